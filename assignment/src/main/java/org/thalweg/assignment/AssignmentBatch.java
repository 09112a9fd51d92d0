package org.thalweg.assignment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Independent problems solved at the same time: the layers, heads or experts of a network.
 *
 * <p>One solver per thread takes the next unsolved problem; a single scan is too short to be worth dividing. Time: the
 * sum of the solves divided by the threads, at best. Memory: the matrices plus one solver's scratch per thread. The
 * results stand in the order of the problems and are the same for every number of threads.
 */
public final class AssignmentBatch {
    private AssignmentBatch() {}

    /**
     * Solves all problems, on as many threads as the machine has cores.
     *
     * @param problems the problems; not changed
     * @return their assignments, in the same order
     * @throws IllegalArgumentException when an entry of a problem is bad; the first problem's in order, if several
     * @throws InfeasibleAssignmentException when a problem has no complete assignment, likewise
     */
    public static List<Assignment> solve(List<AssignmentProblem> problems) {
        return solve(problems, Runtime.getRuntime().availableProcessors());
    }

    /**
     * Solves all problems on a number of threads.
     *
     * @param problems the problems; not changed
     * @param threads how many at most, at least 1
     * @return their assignments, in the same order
     * @throws IllegalArgumentException when {@code threads} is below 1, or an entry of a problem is bad
     * @throws InfeasibleAssignmentException when a problem has no complete assignment
     */
    public static List<Assignment> solve(List<AssignmentProblem> problems, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("a batch needs at least 1 thread, not " + threads + ".");
        }
        List<AssignmentProblem> work = List.copyOf(problems);
        Outcome[] outcomes = new Outcome[work.size()];
        AtomicInteger next = new AtomicInteger();
        List<Thread> started = new ArrayList<>();
        for (int k = 1; k < Math.min(threads, work.size()); k++) {
            started.add(Thread.ofPlatform().daemon().name("assignment-" + k).start(() -> work(work, outcomes, next)));
        }
        work(work, outcomes, next);
        boolean interrupted = false;
        for (Thread thread : started) {
            interrupted |= joined(thread);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        List<Assignment> answers = new ArrayList<>(outcomes.length);
        for (Outcome outcome : outcomes) {
            answers.add(switch (outcome) {
                case Solved solved -> solved.assignment();
                case Failed failed -> throw failed.cause();
                case Broken broken -> throw broken.cause();
            });
        }
        return List.copyOf(answers);
    }

    private static void work(List<AssignmentProblem> problems, Outcome[] outcomes, AtomicInteger next) {
        AssignmentSolver solver = new AssignmentSolver();
        for (int k = next.getAndIncrement(); k < outcomes.length; k = next.getAndIncrement()) {
            try {
                outcomes[k] = new Solved(solver.solve(problems.get(k)));
            } catch (RuntimeException refused) {
                outcomes[k] = new Failed(refused);
            } catch (Error broken) {
                outcomes[k] = new Broken(broken);
            }
        }
    }

    /** Waits for a thread to the end, because it writes into our array; says whether we were interrupted meanwhile. */
    private static boolean joined(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException asked) {
                interrupted = true;
            }
        }
    }

    private sealed interface Outcome permits Solved, Failed, Broken {}

    private record Solved(Assignment assignment) implements Outcome {}

    private record Failed(RuntimeException cause) implements Outcome {}

    private record Broken(Error cause) implements Outcome {}
}
