package org.thalweg.assignment;

import java.util.Arrays;

/**
 * One row of reduced costs {@code cost[i][j] - price[j]}, seen through minima of strided lanes.
 *
 * <p>Lane l holds the columns l, l + width, l + 2·width, … Loading a row costs one element-wise pass of vector
 * code; afterwards the columns below a threshold are found by looking into the few lanes whose minimum is below it.
 */
final class ReducedRow {
    private static final int MOST_LANES = 512;
    private static final int FEWEST_LANES = 32;

    double[] value = new double[0]; // [columns] once collect was called: reduced costs found, in its order
    int[] column = new int[0]; // [columns] once collect was called: their columns
    private final CostRows costs;
    private final double[] prices;
    private final int columns;
    private final int width;
    private final double[] laneMinimum; // [width]
    private double[] scratch = new double[0];
    private double smallest;
    private double sum;

    ReducedRow(CostRows costs, double[] prices) {
        this.costs = costs;
        this.prices = prices;
        columns = prices.length;
        width = Math.clamp(Integer.highestOneBit(Math.max(1, columns / 8)), FEWEST_LANES, MOST_LANES);
        laneMinimum = new double[width];
    }

    /** Takes up row i, which must stay the current one until the last collect. */
    void load(int i) {
        Arrays.fill(laneMinimum, Double.POSITIVE_INFINITY);
        costs.read(i);
        costs.lowerLanes(prices, laneMinimum);
        summarise();
    }

    /** The smallest reduced cost of the row; unspecified when the row holds NaN. */
    double minimum() {
        return smallest;
    }

    /** Whether no entry of the row is NaN, and no lane is without a finite entry. */
    boolean isPlain() {
        return Double.isFinite(sum);
    }

    /** The mean of the finite lane minima: with {@link #minimum}, the scale of the row's lower tail. */
    double meanLane() {
        if (Double.isFinite(sum)) {
            return sum / width;
        }
        double finiteSum = 0;
        int finite = 0;
        for (double lane : laneMinimum) {
            if (Double.isFinite(lane)) {
                finiteSum += lane;
                finite++;
            }
        }
        return finite == 0 ? Double.POSITIVE_INFINITY : finiteSum / finite;
    }

    /** Minimum and sum of the lanes; four of each, because one would wait for the addition before it. */
    private void summarise() {
        double[] lanes = laneMinimum;
        double least = Double.POSITIVE_INFINITY;
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        for (int j = 0; j < lanes.length; j += 4) {
            double a = lanes[j];
            double b = lanes[j + 1];
            double c = lanes[j + 2];
            double d = lanes[j + 3];
            sum0 += a;
            sum1 += b;
            sum2 += c;
            sum3 += d;
            // Branches that are hardly ever taken; comparing neighbours first would be a coin toss each.
            if (a < least) {
                least = a;
            }
            if (b < least) {
                least = b;
            }
            if (c < least) {
                least = c;
            }
            if (d < least) {
                least = d;
            }
        }
        smallest = least;
        sum = sum0 + sum1 + (sum2 + sum3);
    }

    /**
     * Finds columns whose reduced cost is at most a finite threshold, beginning with the given lane, so that equal rows
     * see equal columns in different orders.
     *
     * @param most when to stop looking; a few more may be found
     * @return how many were found; they stand in {@link #column} and {@link #value}
     */
    int collect(double threshold, int start, int most) {
        if (value.length < columns) {
            value = new double[columns];
            column = new int[columns];
        }
        int firstLane = start % width;
        int found = collectLanes(firstLane, width, threshold, 0, most);
        return collectLanes(0, firstLane, threshold, found, most);
    }

    private int collectLanes(int from, int to, double threshold, int before, int most) {
        double[] lanes = laneMinimum;
        double[] values = value;
        int[] found = column;
        int count = before;
        for (int lane = from; lane < to && count < most; lane++) {
            if (lanes[lane] <= threshold) {
                for (int j = lane; j < columns; j += width) {
                    double reduced = costs.at(j) - prices[j];
                    if (reduced <= threshold) {
                        found[count] = j;
                        values[count++] = reduced;
                    }
                }
            }
        }
        return count;
    }

    /** A column whose reduced cost is the row's minimum: column {@code start}, or the next such one. */
    int cheapest(int start) {
        int firstLane = start % width;
        int firstBase = start % columns - firstLane;
        for (int k = 0; k < width; k++) {
            int lane = firstLane + k < width ? firstLane + k : firstLane + k - width;
            if (laneMinimum[lane] == smallest) {
                for (int j = Math.max(0, firstBase) + lane; j < columns; j += width) {
                    if (costs.at(j) - prices[j] == smallest) {
                        return j;
                    }
                }
                for (int j = lane; j < columns; j += width) {
                    if (costs.at(j) - prices[j] == smallest) {
                        return j;
                    }
                }
            }
        }
        throw new IllegalStateException("a row without a smallest entry was not refused when it was read");
    }

    /** The number of columns. */
    int columns() {
        return columns;
    }

    /** The threshold below or at which at least {@code wanted} lanes have their minimum, {@code +∞} if fewer do. */
    double laneThreshold(int wanted) {
        if (wanted >= width) {
            return Double.POSITIVE_INFINITY;
        }
        double[] ranked = scratch(width);
        System.arraycopy(laneMinimum, 0, ranked, 0, width);
        return Selection.ofRank(ranked, width, wanted);
    }

    /** The reduced cost of rank {@code rank} (0 is the smallest) among the {@code found} collected last. */
    double foundOfRank(int found, int rank) {
        double[] ranked = scratch(found);
        System.arraycopy(value, 0, ranked, 0, found);
        return Selection.ofRank(ranked, found, rank);
    }

    private double[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new double[Math.max(length, Math.min(columns, MOST_LANES))];
        }
        return scratch;
    }
}
