package org.thalweg.assignment;

/** Rows of floats. */
final class FloatRows extends CostRows {
    private final float[][] cost;
    private final float[][] scratch;
    private float[] current = new float[0];
    private float[] costChunk = new float[0];
    private double[] priceChunk = new double[0];

    FloatRows(float[][] cost, AssignmentProblem problem, String rowsName) {
        super(problem, rowsName);
        this.cost = cost;
        scratch = new float[scratchRows()][columns];
    }

    @Override
    double at(int i, int j) {
        double entry = transposed ? cost[j][i] : cost[i][j];
        return objective == Objective.MINIMIZE ? entry : -entry;
    }

    @Override
    double at(int j) {
        return current[j];
    }

    @Override
    void lowerLanes(double[] prices, double[] lanes) {
        int width = lanes.length;
        if (costChunk.length != width) {
            costChunk = new float[width];
            priceChunk = new double[width];
        }
        int base = 0;
        for (; base + width <= columns; base += width) {
            System.arraycopy(current, base, costChunk, 0, width);
            System.arraycopy(prices, base, priceChunk, 0, width);
            lowerLanes(lanes, costChunk, priceChunk);
        }
        for (int j = base; j < columns; j++) {
            lanes[j - base] = Math.min(lanes[j - base], current[j] - prices[j]);
        }
    }

    @Override
    void relax(double shift, double[] prices, double[] best) {
        relax(current, shift, prices, best);
    }

    @Override
    void lower(double smallest, double[] lowest) {
        lower(current, smallest, lowest);
    }

    // The loops stand apart, so that the compiler sees simple ones and makes vector code of them wherever they are
    // called.

    private static void lowerLanes(double[] lanes, float[] costs, double[] prices) {
        for (int j = 0; j < lanes.length; j++) {
            lanes[j] = Math.min(lanes[j], costs[j] - prices[j]);
        }
    }

    private static void relax(float[] costs, double shift, double[] prices, double[] best) {
        for (int j = 0; j < best.length; j++) {
            best[j] = Math.min(best[j], costs[j] - prices[j] + shift);
        }
    }

    private static void lower(float[] costs, double smallest, double[] lowest) {
        for (int j = 0; j < lowest.length; j++) {
            lowest[j] = Math.min(lowest[j], costs[j] - smallest);
        }
    }

    @Override
    ListedCosts list(int length) {
        return new ListedCosts.OfFloats(new float[length]);
    }

    @Override
    boolean isSuspect(boolean plain) {
        return !plain;
    }

    @Override
    void readGiven(int i) {
        current = cost[i];
    }

    @Override
    void readScratch(int k) {
        current = scratch[k];
    }

    @Override
    void negate(int i) {
        float[] source = cost[i];
        float[] negated = scratch[0];
        for (int j = 0; j < negated.length; j++) {
            negated[j] = -source[j];
        }
    }

    @Override
    void gather(int from, int count) {
        float sign = (float) objective.sign();
        for (int j = 0; j < columns; j++) {
            float[] source = cost[j];
            for (int k = 0; k < count; k++) {
                scratch[k][j] = sign * source[from + k];
            }
        }
    }
}
