package org.thalweg.tensor;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Work that goes on in a thread of its own, which ends with it.
 *
 * @param <T> what the work yields
 */
public final class Background<T> {
    private final CompletableFuture<T> work;

    private Background(CompletableFuture<T> work) {
        this.work = work;
    }

    /**
     * Begins.
     *
     * @param <T> what the work yields
     * @param name of the thread
     * @param work what to do
     * @return the work
     */
    public static <T> Background<T> begin(String name, Supplier<T> work) {
        return new Background<>(CompletableFuture.supplyAsync(
                ReusedMemory.inherited(work), task -> Thread.ofPlatform().daemon().name(name).start(task)));
    }

    /** Waits for the end, whether the work failed or not. */
    void join() {
        work.exceptionally(_ -> null).join();
    }

    /**
     * Waits for the end.
     *
     * @return what the work yielded; throws what the work threw
     */
    public T get() {
        try {
            return work.join();
        } catch (CompletionException failed) {
            switch (failed.getCause()) {
                case RuntimeException unchecked -> throw unchecked;
                case Error error -> throw error;
                case Throwable checked -> throw new IllegalStateException(checked);
            }
        }
    }
}
