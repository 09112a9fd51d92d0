package org.thalweg.assignment;

/**
 * The problem as the algorithms see it: minimise, at least as many columns as rows, one row at a time.
 *
 * <p>Maximisation and tall problems cost no second matrix: a row is negated or gathered into scratch when it is asked
 * for. A tall problem is read by its columns, sixteen at a time while the reading is in order, because sixteen
 * neighbouring floats share a cache line. The array that {@link #row} returns is valid until the next call and must not
 * be changed.
 */
final class CostRows implements DenseRows {
    private static final int GATHERED = 16;

    final int rows;
    final int columns;
    final boolean transposed;
    private final float[][] cost;
    private final Objective objective;
    private final float[][] scratch;
    private int gatheredFrom;
    private int gatheredTo;

    CostRows(AssignmentProblem problem) {
        cost = problem.cost();
        objective = problem.objective();
        transposed = problem.rows() > problem.columns();
        rows = Math.min(problem.rows(), problem.columns());
        columns = transposed ? problem.rows() : problem.columns();
        scratch = transposed ? new float[Math.min(GATHERED, rows)][columns]
                : new float[1][objective == Objective.MAXIMIZE ? columns : 0];
    }

    /** Row i as costs to be minimised, {@code [columns]}, forbidden pairs {@code +∞}. */
    float[] row(int i) {
        if (transposed) {
            return gathered(i);
        }
        if (objective == Objective.MINIMIZE) {
            return cost[i];
        }
        float[] source = cost[i];
        float[] negated = scratch[0];
        for (int j = 0; j < negated.length; j++) {
            negated[j] = -source[j];
        }
        return negated;
    }

    @Override
    public int rowCount() {
        return rows;
    }

    @Override
    public int columnCount() {
        return columns;
    }

    @Override
    public String rowsName() {
        return transposed ? "columns" : "rows";
    }

    @Override
    public double at(int i, int j) {
        return entry(i, j);
    }

    /** One entry as a cost to be minimised. */
    float entry(int i, int j) {
        float entry = transposed ? cost[j][i] : cost[i][j];
        return objective == Objective.MINIMIZE ? entry : -entry;
    }

    /**
     * Names the first entry of a row that is no cost.
     *
     * @throws IllegalArgumentException always, when row i holds NaN or the infinity of the wrong sign
     */
    void refuseBadEntry(int i) {
        for (int j = 0; j < columns; j++) {
            if (transposed) {
                objective.requireEntry(cost[j][i], j, i);
            } else {
                objective.requireEntry(cost[i][j], i, j);
            }
        }
    }

    @Override
    public void relax(int i, double shift, double[] prices, double[] best) {
        relax(row(i), shift, prices, best);
    }

    private static void relax(float[] costs, double shift, double[] prices, double[] best) {
        for (int j = 0; j < best.length; j++) {
            best[j] = Math.min(best[j], costs[j] - prices[j] + shift);
        }
    }

    private float[] gathered(int i) {
        if (i < gatheredFrom || i >= gatheredTo) {
            boolean inOrder = i == gatheredTo || i == 0;
            gatheredFrom = i;
            gatheredTo = Math.min(rows, inOrder ? i + scratch.length : i + 1);
            gather(gatheredTo - gatheredFrom);
        }
        return scratch[i - gatheredFrom];
    }

    private void gather(int count) {
        float sign = (float) objective.sign();
        for (int j = 0; j < columns; j++) {
            float[] source = cost[j];
            for (int k = 0; k < count; k++) {
                scratch[k][j] = sign * source[gatheredFrom + k];
            }
        }
    }
}
