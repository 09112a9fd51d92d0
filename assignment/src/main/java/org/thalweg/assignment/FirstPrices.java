package org.thalweg.assignment;

import java.util.Arrays;

/**
 * The first pass over the matrix: checks every entry, and finds prices to start from.
 *
 * <p>A square problem starts from {@code price[j] = min over i of (cost[i][j] - min over k of cost[i][k])}: rows first,
 * columns second. The other way round, which is the textbook's, rows of very small costs (dead units) would all see the
 * prices that the large rows made and fight over the same columns. A wide problem starts from zero, because a column
 * that stays alone must keep the price zero.
 */
final class FirstPrices {
    private final CostRows cost;
    private final Matching matching;

    FirstPrices(CostRows cost, Matching matching) {
        this.cost = cost;
        this.matching = matching;
    }

    /**
     * Sets the prices; where the cheapest columns of all rows differ, that is an optimum, and the matching is complete.
     *
     * @param warm {@code [columns]} earlier column duals in the caller's objective, or empty; for square problems
     * @param sign 1 where the caller minimises, -1 where the caller maximises
     * @return whether the matching is complete
     */
    boolean settle(double[] warm, double sign) {
        boolean square = cost.rows == cost.columns;
        double[] zero = new double[cost.columns];
        double[] lowest = new double[cost.columns];
        Arrays.fill(lowest, Double.POSITIVE_INFINITY);
        ReducedRow reduced = new ReducedRow(cost, zero);
        boolean distinct = true;
        for (int i = 0; i < cost.rows; i++) {
            reduced.load(i);
            double smallest = reduced.minimum();
            if (cost.isSuspect(reduced.isPlain())) {
                cost.refuseBadEntry(i);
            }
            if (smallest == Double.POSITIVE_INFINITY) {
                throw DenseAugmentation.infeasible(cost, 1);
            }
            if (square) {
                cost.lower(smallest, lowest);
            }
            if (distinct) {
                distinct = takeCheapest(i, reduced);
            }
        }
        if (distinct) {
            return true;
        }
        Arrays.fill(matching.columnOf, Matching.NONE);
        Arrays.fill(matching.rowOf, Matching.NONE);
        if (square) {
            setPrices(lowest, warm, sign);
        }
        return false;
    }

    private boolean takeCheapest(int i, ReducedRow reduced) {
        int j = reduced.cheapest(i);
        if (matching.rowOf[j] != Matching.NONE) {
            return false;
        }
        matching.assign(i, j);
        return true;
    }

    private void setPrices(double[] lowest, double[] warm, double sign) {
        for (int j = 0; j < lowest.length; j++) {
            if (lowest[j] == Double.POSITIVE_INFINITY) {
                throw DenseAugmentation.infeasible(cost, cost.rows);
            }
            matching.price[j] = warm.length > 0 ? sign * warm[j] : lowest[j];
        }
    }
}
