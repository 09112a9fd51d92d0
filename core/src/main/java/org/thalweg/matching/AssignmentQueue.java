package org.thalweg.matching;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.tensor.ProductSum;

/**
 * Solves large assignment problems one after the other in a thread of their own, so that the products of the next one
 * are summed meanwhile. One matrix of floats is held and used again. For one calling thread.
 */
final class AssignmentQueue {
    private float[][] rows = new float[0][];
    private boolean areClose = true;
    private Optional<CompletableFuture<Assignment>> last = Optional.empty();

    /** Whether the models may be so close that a part of the products decides; until one problem shows otherwise. */
    boolean areClose() {
        return areClose;
    }

    /** A part of the products did not decide. */
    void foundFar() {
        areClose = false;
    }

    /** The models were moved: they may be close now. */
    void begin() {
        areClose = true;
    }

    /**
     * Begins with a problem of the largest sum when the one before is solved, and returns at once then.
     *
     * @param gains copied, not kept
     * @param size rows and columns
     * @return waits for the solution
     */
    Supplier<Assignment> maximize(ProductSum gains, int size) {
        last.ifPresent(AssignmentQueue::solution);
        if (rows.length != size) {
            // The old matrix must be free before the new one is made.
            rows = new float[0][];
            rows = new float[size][size];
        }
        gains.copyTo(rows);
        float[][] matrix = rows;
        CompletableFuture<Assignment> solving = CompletableFuture.supplyAsync(
                () -> new AssignmentSolver().solve(AssignmentProblem.maximize(matrix)),
                task -> Thread.ofPlatform().daemon().name("assignment").start(task));
        last = Optional.of(solving);
        return () -> solution(solving);
    }

    private static Assignment solution(CompletableFuture<Assignment> solving) {
        try {
            return solving.join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof RuntimeException cause ? cause : failed;
        }
    }
}
