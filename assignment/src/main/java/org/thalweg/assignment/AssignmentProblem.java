package org.thalweg.assignment;

import java.util.Objects;

/**
 * A dense assignment problem: choose {@code min(m, n)} pairs (row, column), no row and no column twice, so that the sum
 * of their entries is optimal.
 *
 * <p>Because these matrices are large (0.8 GB at {@code m = n = 14336}), the problem <b>refers to the caller's rows and
 * copies nothing</b>: whoever changes them before the solve is over gets an answer to neither matrix. Nothing here
 * changes them. Entries are checked by the solver, in the pass it makes anyway.
 *
 * @param cost {@code [m n]} the entry of giving row i to column j; finite, or {@link Objective} 's infinity for a
 *     forbidden pair; rows of equal length, {@code m} and {@code n} in any relation, zero included
 * @param objective whether the sum is minimised or maximised
 */
public record AssignmentProblem(float[][] cost, Objective objective) {
    /**
     * Refuses rows of different lengths.
     *
     * @throws IllegalArgumentException when a row's length differs from the first row's
     */
    public AssignmentProblem {
        Objects.requireNonNull(objective, "objective");
        for (int i = 1; i < cost.length; i++) {
            if (cost[i].length != cost[0].length) {
                throw new IllegalArgumentException("row " + i + " of the cost matrix has " + cost[i].length
                        + " columns where row 0 has " + cost[0].length + "; all rows must be equally long.");
            }
        }
    }

    /**
     * The problem of the smallest sum.
     *
     * @param cost {@code [m n]} costs, {@code +∞} forbids a pair; kept, not copied
     * @return the problem
     */
    public static AssignmentProblem minimize(float[][] cost) {
        return new AssignmentProblem(cost, Objective.MINIMIZE);
    }

    /**
     * The problem of the largest sum.
     *
     * @param gain {@code [m n]} gains, {@code -∞} forbids a pair; kept, not copied
     * @return the problem
     */
    public static AssignmentProblem maximize(float[][] gain) {
        return new AssignmentProblem(gain, Objective.MAXIMIZE);
    }

    /**
     * The number of rows.
     *
     * @return {@code m}
     */
    public int rows() {
        return cost.length;
    }

    /**
     * The number of columns.
     *
     * @return {@code n}; 0 when there are no rows
     */
    public int columns() {
        return cost.length == 0 ? 0 : cost[0].length;
    }
}
