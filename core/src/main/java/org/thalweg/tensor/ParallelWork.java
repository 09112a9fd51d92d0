package org.thalweg.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Many small pieces of work beside each other, each by one thread. Two threads that share every small operation wait
 * for each other longer than they calculate. No piece is worked on when a call has returned, whether it failed or not:
 * the tensors of the pieces may be freed then. A parallel stream gives no such promise, it fails while other threads
 * work on.
 */
public final class ParallelWork {
    private ParallelWork() {}

    /**
     * Does all pieces, as many at a time as an operation of the calling thread has threads, on the CPU alone. With
     * several threads gradients are not recorded. A piece frees the tensors that it makes; it may write to parts of a
     * tensor to which no other piece writes.
     *
     * @param <T> what a piece yields
     * @param count how many pieces
     * @param work does one, given its number; called by several threads, one of which is the calling one
     * @return what they yielded, by number; throws what a piece threw when all threads have ended
     */
    public static <T> List<T> map(int count, IntFunction<T> work) {
        int before = Engine.threadsPerOperation();
        int threads = Math.min(count, Device.current() == Device.CPU ? before : 1);
        if (threads <= 1) {
            return IntStream.range(0, count).mapToObj(work).toList();
        }
        AtomicReferenceArray<T> results = new AtomicReferenceArray<>(count);
        AtomicInteger next = new AtomicInteger();
        List<Background<Integer>> others = new ArrayList<>();
        try {
            while (others.size() < threads - 1) {
                others.add(Background.begin("work-" + others.size(), () -> doAll(work, next, results)));
            }
            doAll(work, next, results);
            others.forEach(Background::get);
        } finally {
            // Where a thread did not begin or this one failed, the others begin no further piece.
            next.set(count);
            others.forEach(Background::join);
            // Threads that begin later take as many as were set last, in whichever thread.
            Engine.useThreadsPerOperation(before);
        }
        return IntStream.range(0, count).mapToObj(results::get).toList();
    }

    /**
     * Does all pieces as {@link #map} does.
     *
     * @param count how many pieces
     * @param work does one, given its number; called by several threads; what it throws is thrown when all have ended
     */
    public static void forEach(int count, IntConsumer work) {
        map(count, piece -> {
            work.accept(piece);
            return piece;
        });
    }

    /** Takes the next piece until there is none. */
    private static <T> int doAll(IntFunction<T> work, AtomicInteger next, AtomicReferenceArray<T> results) {
        return Gradients.without(() -> {
            Engine.useThreadsPerOperation(1);
            int done = 0;
            try {
                for (int at = next.getAndIncrement(); at < results.length(); at = next.getAndIncrement()) {
                    results.set(at, work.apply(at));
                    done++;
                }
            } catch (RuntimeException | Error failed) {
                next.set(results.length());
                throw failed;
            }
            return done;
        });
    }
}
