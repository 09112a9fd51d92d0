package org.thalweg.assignment;

import java.util.Arrays;

/**
 * Turns a complete matching and its prices into the caller's result: duals, cost and gap, computed from the input
 * matrix in one pass of O(m · n) that shares nothing with the search.
 */
final class Certificate {
    private Certificate() {}

    static Assignment of(CostRows cost, Matching matching, Objective objective) {
        double sign = objective.sign();
        double[] ofRows = new double[cost.rows];
        double[] ofColumns = matching.price;
        ReducedRow reduced = new ReducedRow(ofColumns);
        CompensatedSum total = new CompensatedSum();
        CompensatedSum gap = new CompensatedSum();
        for (int i = 0; i < cost.rows; i++) {
            float[] costs = cost.row(i);
            int column = matching.columnOf[i];
            reduced.load(costs);
            ofRows[i] = reduced.minimum();
            total.add(costs[column]);
            gap.add(costs[column] - ofColumns[column] - ofRows[i]);
        }
        for (int j = 0; j < cost.columns; j++) {
            if (matching.rowOf[j] == Matching.NONE) {
                gap.add(Math.abs(ofColumns[j]));
            }
        }
        double[] first = scaled(cost.transposed ? ofColumns : ofRows, sign);
        double[] second = scaled(cost.transposed ? ofRows : ofColumns, sign);
        int[] columnOfRow = cost.transposed ? matching.rowOf : matching.columnOf;
        return new Assignment(columnOfRow, sign * total.value() + 0.0, first, second, gap.value());
    }

    private static double[] scaled(double[] duals, double sign) {
        double[] result = Arrays.copyOf(duals, duals.length);
        for (int k = 0; k < result.length; k++) {
            // Adding zero turns -0.0 into 0.0, so that a maximum of nothing does not read as minus zero.
            result[k] = sign * result[k] + 0.0;
        }
        return result;
    }
}
