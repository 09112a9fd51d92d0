package org.thalweg.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;

/**
 * Threads that work beside the one that waits for them. Work begins in the order in which it was given; when this is
 * closed, what has not ended is interrupted and waited for, so nothing works on after its caller has left.
 */
final class Workers implements AutoCloseable {
    private final ExecutorService threads;

    Workers(int count) {
        this.threads = Executors.newFixedThreadPool(
                count, Thread.ofPlatform().daemon().name("thalweg-files").factory());
    }

    /** As many as there are processors, but few: disks and memory are what limits such work. */
    static Workers few() {
        return new Workers(Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4));
    }

    /**
     * Begins work.
     *
     * @return waits for the result; throws what the work threw, an {@link IOException} as an unchecked one
     */
    <T> Supplier<T> begin(Callable<T> work) {
        Future<T> result = threads.submit(work);
        return () -> {
            try {
                return result.get();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while files were read or written", interrupted);
            } catch (ExecutionException failed) {
                switch (failed.getCause()) {
                    case RuntimeException unchecked -> throw unchecked;
                    case Error error -> throw error;
                    case IOException refused -> throw new UncheckedIOException(refused);
                    case Throwable checked -> throw new IllegalStateException(checked);
                }
            }
        };
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
