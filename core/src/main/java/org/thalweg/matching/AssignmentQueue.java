package org.thalweg.matching;

import java.util.Optional;
import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.tensor.Background;
import org.thalweg.tensor.ProductSum;

/**
 * Solves large assignment problems one after the other in a thread of their own, so that the products of the next one
 * are summed meanwhile. One matrix of floats is held and used again. For one calling thread.
 */
final class AssignmentQueue {
    private float[][] rows = new float[0][];
    private boolean areClose = true;
    private Optional<Background<Assignment>> last = Optional.empty();

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
     * @return waits for the solution
     */
    Background<Assignment> maximize(ProductSum gains) {
        last.ifPresent(Background::get);
        if (rows.length != gains.size()) {
            // The old matrix must be free before the new one is made.
            rows = new float[0][];
            rows = new float[gains.size()][gains.size()];
        }
        gains.copyTo(rows);
        float[][] matrix = rows;
        Background<Assignment> solving = Background.begin(
                "assignment", () -> new AssignmentSolver().solve(AssignmentProblem.maximize(matrix)));
        last = Optional.of(solving);
        return solving;
    }
}
