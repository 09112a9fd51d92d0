package org.thalweg.assignment;

import java.util.Arrays;
import java.util.List;

/**
 * One assignment for several cost matrices: the permutation that several layers share (a residual stream, a router that
 * all layers use).
 *
 * <p>Minimises {@code sum over l of sum over i of cost_l[i][p(i)]}. The matrices are added entry by entry in double
 * and rounded to float once. So the answer is exact for the rounded sum, and its unrounded cost is above the unrounded
 * optimum by at most {@code m · 2⁻²³} times the largest absolute entry of the sum. Where all sums are floats (small
 * integers, say) nothing is rounded. Time: one pass over each matrix beside the solve; memory: one matrix.
 * Deterministic; the inputs are not changed.
 */
public final class SummedAssignment {
    private SummedAssignment() {}

    /**
     * The problem of the sum.
     *
     * @param summands problems of equal shape {@code [m n]} and equal objective, at least one
     * @return the problem whose entries are the sums; a pair that one summand forbids is forbidden
     * @throws IllegalArgumentException when there are none, or shapes or objectives differ, or a sum of finite entries
     *     is too large for a float
     */
    public static AssignmentProblem of(List<AssignmentProblem> summands) {
        if (summands.isEmpty()) {
            throw new IllegalArgumentException("a sum of assignment problems needs at least one, not none.");
        }
        AssignmentProblem first = summands.getFirst();
        for (int k = 1; k < summands.size(); k++) {
            requireAlike(first, summands.get(k), k);
        }
        float[][] sum = new float[first.rows()][first.columns()];
        double[] row = new double[first.columns()];
        for (int i = 0; i < sum.length; i++) {
            Arrays.fill(row, 0);
            for (AssignmentProblem summand : summands) {
                add(row, summand.cost()[i]);
            }
            round(row, sum[i], i);
        }
        return new AssignmentProblem(sum, first.objective());
    }

    private static void requireAlike(AssignmentProblem first, AssignmentProblem other, int number) {
        if (other.rows() != first.rows() || other.columns() != first.columns()) {
            throw new IllegalArgumentException("summand " + number + " has " + other.rows() + " rows and "
                    + other.columns() + " columns where summand 0 has " + first.rows() + " and " + first.columns()
                    + "; all must have one shape.");
        }
        if (other.objective() != first.objective()) {
            throw new IllegalArgumentException("summand " + number + " is to " + other.objective()
                    + " where summand 0 is to " + first.objective() + "; all must have one objective.");
        }
    }

    private static void add(double[] row, float[] summand) {
        for (int j = 0; j < row.length; j++) {
            row[j] += summand[j];
        }
    }

    private static void round(double[] row, float[] rounded, int i) {
        for (int j = 0; j < row.length; j++) {
            rounded[j] = (float) row[j];
            if (Float.isInfinite(rounded[j]) && Double.isFinite(row[j])) {
                throw new IllegalArgumentException("the sum at row " + i + ", column " + j + " is " + row[j]
                        + ", too large for a float; scale the matrices down.");
            }
        }
    }
}
