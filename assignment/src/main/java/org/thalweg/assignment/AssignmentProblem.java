package org.thalweg.assignment;

import java.util.Objects;

/**
 * A dense assignment problem: choose {@code min(m, n)} pairs (row, column), no row and no column twice, so that the sum
 * of their entries is optimal.
 *
 * <p>Because these matrices are large, the problem <b>refers to the caller's rows and copies nothing</b>: whoever
 * changes them before the solve is over gets an answer to neither matrix. Nothing here changes them. Entries are
 * checked by the solver, in the pass it makes anyway.
 *
 * @param cost {@code [m n]} the entry of giving row i to column j; finite, or {@link Objective} 's infinity for a
 *     forbidden pair; doubles at most {@value #LARGEST} in absolute value, so that sums along a path stay finite;
 *     {@code m} and {@code n} in any relation, zero included
 * @param objective whether the sum is minimised or maximised
 */
public record AssignmentProblem(CostMatrix cost, Objective objective) {
    /** The largest absolute value of a finite entry. */
    public static final double LARGEST = 1e300;

    /** Refuses nothing but what is not there. */
    public AssignmentProblem {
        Objects.requireNonNull(cost, "cost");
        Objects.requireNonNull(objective, "objective");
    }

    /**
     * The problem of the smallest sum.
     *
     * @param cost {@code [m n]} costs, {@code +∞} forbids a pair; kept, not copied
     * @return the problem
     * @throws IllegalArgumentException when a row's length differs from the first row's
     */
    public static AssignmentProblem minimize(float[][] cost) {
        return new AssignmentProblem(new CostMatrix.Floats(cost), Objective.MINIMIZE);
    }

    /**
     * The problem of the smallest sum, in doubles.
     *
     * @param cost {@code [m n]} costs, {@code +∞} forbids a pair; kept, not copied
     * @return the problem
     * @throws IllegalArgumentException when a row's length differs from the first row's
     */
    public static AssignmentProblem minimize(double[][] cost) {
        return new AssignmentProblem(new CostMatrix.Doubles(cost), Objective.MINIMIZE);
    }

    /**
     * The problem of the largest sum.
     *
     * @param gain {@code [m n]} gains, {@code -∞} forbids a pair; kept, not copied
     * @return the problem
     * @throws IllegalArgumentException when a row's length differs from the first row's
     */
    public static AssignmentProblem maximize(float[][] gain) {
        return new AssignmentProblem(new CostMatrix.Floats(gain), Objective.MAXIMIZE);
    }

    /**
     * The problem of the largest sum, in doubles.
     *
     * @param gain {@code [m n]} gains, {@code -∞} forbids a pair; kept, not copied
     * @return the problem
     * @throws IllegalArgumentException when a row's length differs from the first row's
     */
    public static AssignmentProblem maximize(double[][] gain) {
        return new AssignmentProblem(new CostMatrix.Doubles(gain), Objective.MAXIMIZE);
    }

    /**
     * The number of rows.
     *
     * @return {@code m}
     */
    public int rows() {
        return cost.rows();
    }

    /**
     * The number of columns.
     *
     * @return {@code n}; 0 when there are no rows
     */
    public int columns() {
        return cost.columns();
    }

    /** The problem of some rows and columns, on a copy; bad entries are refused by their place in this problem. */
    AssignmentProblem select(int[] rows, int[] columns) {
        for (int i : rows) {
            for (int j : columns) {
                objective.requireEntry(cost.at(i, j), i, j);
            }
        }
        return new AssignmentProblem(cost.select(rows, columns), objective);
    }
}
