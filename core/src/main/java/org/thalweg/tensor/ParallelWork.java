package org.thalweg.tensor;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Many small pieces of work beside each other, each by one thread. Two threads that share every small operation wait
 * for each other longer than they calculate.
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
     * @param work does one, given its number; called by several threads
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
        List<Background<Integer>> workers = IntStream.range(0, threads).mapToObj(thread ->
                Background.begin("work-" + thread, () -> Gradients.without(() -> {
                    Engine.useThreadsPerOperation(1);
                    doAll(work, next, results);
                    return thread;
                }))).toList();
        try {
            workers.forEach(Background::get);
        } finally {
            workers.forEach(Background::join);
            // Threads that begin later take as many as were set last, in whichever thread.
            Engine.useThreadsPerOperation(before);
        }
        return IntStream.range(0, count).mapToObj(results::get).toList();
    }

    /** Takes the next piece until there is none. */
    private static <T> void doAll(IntFunction<T> work, AtomicInteger next, AtomicReferenceArray<T> results) {
        try {
            for (int piece = next.getAndIncrement(); piece < results.length(); piece = next.getAndIncrement()) {
                results.set(piece, work.apply(piece));
            }
        } catch (RuntimeException | Error failed) {
            // The other threads begin no further piece.
            next.set(results.length());
            throw failed;
        }
    }
}
