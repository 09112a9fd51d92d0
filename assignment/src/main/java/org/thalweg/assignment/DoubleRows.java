package org.thalweg.assignment;

/** A small square matrix of doubles to be minimised: the outer problem over groups. */
record DoubleRows(double[][] cost, String rowsName) implements DenseRows {
    @Override
    public int rowCount() {
        return cost.length;
    }

    @Override
    public int columnCount() {
        return cost.length;
    }

    @Override
    public double at(int i, int j) {
        return cost[i][j];
    }

    @Override
    public void relax(int i, double shift, double[] prices, double[] best) {
        double[] costs = cost[i];
        for (int j = 0; j < best.length; j++) {
            best[j] = Math.min(best[j], costs[j] - prices[j] + shift);
        }
    }
}
