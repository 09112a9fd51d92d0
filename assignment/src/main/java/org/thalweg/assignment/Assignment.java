package org.thalweg.assignment;

import java.util.Arrays;

/**
 * An optimal assignment with the proof that it is one.
 *
 * <p>The dual variables satisfy {@code rowDuals[i] + columnDuals[j] <= cost[i][j]} for a minimum ({@code >=} for a
 * maximum), and in a problem with more columns than rows no column dual is above zero (below, for a maximum), likewise
 * row duals when there are more rows. So the sum of all duals bounds every assignment, and
 *
 * <pre>dualityGap = |cost - (sum of rowDuals + sum of columnDuals)|</pre>
 *
 * bounds how far this one is from the best. It is computed from the caller's matrix after the solve, as a sum of terms
 * that cannot be negative, and is zero but for the rounding of doubles.
 *
 * @param columnOfRow {@code [m]} the column of each row, -1 where a row of a tall problem stays alone
 * @param cost the sum of the chosen entries in double
 * @param rowDuals {@code [m]} dual variables of the rows
 * @param columnDuals {@code [n]} dual variables of the columns: the warm start of a similar problem
 * @param dualityGap distance between cost and bound, not negative
 */
public record Assignment(int[] columnOfRow, double cost, double[] rowDuals, double[] columnDuals, double dualityGap) {
    /** Copies the arrays. */
    public Assignment {
        columnOfRow = columnOfRow.clone();
        rowDuals = rowDuals.clone();
        columnDuals = columnDuals.clone();
    }

    /**
     * The column of each row.
     *
     * @return {@code [m]} a copy; -1 where a row has none
     */
    @Override
    public int[] columnOfRow() {
        return columnOfRow.clone();
    }

    /**
     * The dual variables of the rows.
     *
     * @return {@code [m]} a copy
     */
    @Override
    public double[] rowDuals() {
        return rowDuals.clone();
    }

    /**
     * The dual variables of the columns.
     *
     * @return {@code [n]} a copy
     */
    @Override
    public double[] columnDuals() {
        return columnDuals.clone();
    }

    /**
     * The inverse map.
     *
     * @return {@code [n]} the row of each column, -1 where a column of a wide problem stays alone
     */
    public int[] rowOfColumn() {
        int[] rowOf = new int[columnDuals.length];
        Arrays.fill(rowOf, -1);
        for (int i = 0; i < columnOfRow.length; i++) {
            if (columnOfRow[i] >= 0) {
                rowOf[columnOfRow[i]] = i;
            }
        }
        return rowOf;
    }
}
