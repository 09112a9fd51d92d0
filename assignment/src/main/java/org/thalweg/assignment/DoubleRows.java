package org.thalweg.assignment;

/** Rows of doubles. */
final class DoubleRows extends CostRows {
    private final double[][] cost;
    private final double[][] scratch;
    private double[] current = new double[0];
    private double[] costChunk = new double[0];
    private double[] priceChunk = new double[0];

    DoubleRows(double[][] cost, AssignmentProblem problem, String rowsName) {
        super(problem, rowsName);
        this.cost = cost;
        scratch = new double[scratchRows()][columns];
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
            costChunk = new double[width];
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

    private static void lowerLanes(double[] lanes, double[] costs, double[] prices) {
        for (int j = 0; j < lanes.length; j++) {
            lanes[j] = Math.min(lanes[j], costs[j] - prices[j]);
        }
    }

    private static void relax(double[] costs, double shift, double[] prices, double[] best) {
        for (int j = 0; j < best.length; j++) {
            best[j] = Math.min(best[j], costs[j] - prices[j] + shift);
        }
    }

    private static void lower(double[] costs, double smallest, double[] lowest) {
        for (int j = 0; j < lowest.length; j++) {
            lowest[j] = Math.min(lowest[j], costs[j] - smallest);
        }
    }

    @Override
    ListedCosts list(int length) {
        return new ListedCosts.OfDoubles(new double[length]);
    }

    @Override
    boolean isSuspect(boolean plain) {
        double largest = 0;
        for (double entry : current) {
            // Infinities are forbidden pairs, or make the lanes' sum infinite and are seen by that.
            double size = Math.abs(entry);
            largest = size < Double.POSITIVE_INFINITY && size > largest ? size : largest;
        }
        return !plain || largest > AssignmentProblem.LARGEST;
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
        double[] source = cost[i];
        double[] negated = scratch[0];
        for (int j = 0; j < negated.length; j++) {
            negated[j] = -source[j];
        }
    }

    @Override
    void gather(int from, int count) {
        double sign = objective.sign();
        for (int j = 0; j < columns; j++) {
            double[] source = cost[j];
            for (int k = 0; k < count; k++) {
                scratch[k][j] = sign * source[from + k];
            }
        }
    }
}
