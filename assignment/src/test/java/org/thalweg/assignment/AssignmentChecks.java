package org.thalweg.assignment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;

/** What must hold of every answer, checked against nothing but the input matrix. */
final class AssignmentChecks {
    private AssignmentChecks() {}

    /** The sum of absolute entries that rounding errors are relative to: the largest finite entry times the rows. */
    static double scale(float[][] cost) {
        return scale(new CostMatrix.Floats(cost));
    }

    /** The same for both kinds of entries. */
    static double scale(CostMatrix cost) {
        double largest = 0;
        for (int i = 0; i < cost.rows(); i++) {
            for (int j = 0; j < cost.columns(); j++) {
                double entry = cost.at(i, j);
                largest = Math.max(largest, Double.isInfinite(entry) ? 0 : Math.abs(entry));
            }
        }
        return Math.max(largest * Math.max(1, cost.rows()), Float.MIN_NORMAL);
    }

    /** A complete assignment, its cost, feasible duals, and a gap that closes within rounding. */
    static void assertCertified(AssignmentProblem problem, Assignment answer) {
        CostMatrix cost = problem.cost();
        int[] columnOf = answer.columnOfRow();
        double tolerance = 1e-12 * scale(cost);
        assertThat(Arrays.stream(columnOf).filter(j -> j >= 0).distinct().count())
                .isEqualTo(Math.min(problem.rows(), problem.columns()))
                .isEqualTo(Arrays.stream(columnOf).filter(j -> j >= 0).count());
        double sum = 0;
        for (int i = 0; i < columnOf.length; i++) {
            sum += columnOf[i] < 0 ? 0 : cost.at(i, columnOf[i]);
        }
        assertThat(Math.abs(sum - answer.cost())).isLessThanOrEqualTo(tolerance);
        assertDualsFeasible(problem, answer, tolerance);
        double bound = Arrays.stream(answer.rowDuals()).sum() + Arrays.stream(answer.columnDuals()).sum();
        assertThat(answer.dualityGap()).isBetween(0.0, tolerance);
        assertThat(Math.abs(answer.cost() - bound)).isLessThanOrEqualTo(10 * tolerance);
    }

    private static void assertDualsFeasible(AssignmentProblem problem, Assignment answer, double tolerance) {
        double sign = problem.objective().sign();
        double[] u = answer.rowDuals();
        double[] v = answer.columnDuals();
        double worst = 0;
        for (int i = 0; i < u.length; i++) {
            for (int j = 0; j < v.length; j++) {
                worst = Math.max(worst, sign * (u[i] + v[j] - problem.cost().at(i, j)));
            }
        }
        double[] loose = problem.rows() < problem.columns() ? v : u;
        if (problem.rows() != problem.columns()) {
            worst = Math.max(worst, Arrays.stream(loose).map(dual -> sign * dual).max().orElse(0));
        }
        assertThat(worst).isLessThanOrEqualTo(tolerance);
    }
}
