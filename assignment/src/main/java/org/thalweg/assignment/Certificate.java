package org.thalweg.assignment;

/**
 * Turns a complete matching and its prices into the caller's result: duals, cost and gap, computed from the input
 * matrix in one pass of O(m · n) that shares nothing with the search. The prices of the matching become the duals.
 */
final class Certificate {
    private Certificate() {}

    static Assignment of(CostRows cost, Matching matching) {
        double sign = cost.objective.sign();
        double[] ofRows = new double[cost.rows];
        double[] ofColumns = matching.price;
        ReducedRow reduced = new ReducedRow(cost, ofColumns);
        CompensatedSum total = new CompensatedSum();
        CompensatedSum gap = new CompensatedSum();
        for (int i = 0; i < cost.rows; i++) {
            reduced.load(i);
            ofRows[i] = reduced.minimum();
            int column = matching.columnOf[i];
            total.add(cost.at(column));
            gap.add(cost.at(column) - ofColumns[column] - ofRows[i]);
        }
        for (int j = 0; j < cost.columns; j++) {
            if (matching.rowOf[j] == Matching.NONE) {
                gap.add(Math.abs(ofColumns[j]));
            }
        }
        scale(ofRows, sign);
        scale(ofColumns, sign);
        double[] first = cost.transposed ? ofColumns : ofRows;
        double[] second = cost.transposed ? ofRows : ofColumns;
        int[] columnOfRow = cost.transposed ? matching.rowOf : matching.columnOf;
        return new Assignment(columnOfRow, sign * total.value() + 0.0, first, second, gap.value());
    }

    private static void scale(double[] duals, double sign) {
        for (int k = 0; k < duals.length; k++) {
            // Adding zero turns -0.0 into 0.0, so that a maximum of nothing does not read as minus zero.
            duals[k] = sign * duals[k] + 0.0;
        }
    }
}
