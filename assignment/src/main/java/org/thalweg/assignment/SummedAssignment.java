package org.thalweg.assignment;

import java.util.List;

/**
 * One assignment for several cost matrices: the permutation that several layers share (a residual stream, a router that
 * all layers use).
 *
 * <p>Minimises {@code sum over l of sum over i of cost_l[i][p(i)]}. The matrices are added entry by entry in double,
 * and the sums stay doubles unless floats hold all of them (small integers, say). Time: one pass over each matrix
 * beside the solve; memory: one matrix. Deterministic; the inputs are not changed.
 */
public final class SummedAssignment {
    private SummedAssignment() {}

    /**
     * The problem of the sum.
     *
     * @param summands problems of equal shape {@code [m n]} and equal objective, at least one
     * @return the problem whose entries are the sums; a pair that one summand forbids is forbidden
     * @throws IllegalArgumentException when there are none, or shapes or objectives differ
     */
    public static AssignmentProblem of(List<AssignmentProblem> summands) {
        if (summands.isEmpty()) {
            throw new IllegalArgumentException("a sum of assignment problems needs at least one, not none.");
        }
        AssignmentProblem first = summands.getFirst();
        for (int k = 1; k < summands.size(); k++) {
            requireAlike(first, summands.get(k), k);
        }
        CostMatrix.Builder sum = new CostMatrix.Builder(first.rows(), first.columns());
        for (int i = 0; i < first.rows(); i++) {
            for (int j = 0; j < first.columns(); j++) {
                double entry = 0;
                for (AssignmentProblem summand : summands) {
                    entry += summand.cost().at(i, j);
                }
                sum.set(i, j, entry);
            }
        }
        return new AssignmentProblem(sum.matrix(), first.objective());
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
}
