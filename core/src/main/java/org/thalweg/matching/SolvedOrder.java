package org.thalweg.matching;

import org.thalweg.assignment.Assignment;
import org.thalweg.assignment.AssignmentProblem;
import org.thalweg.assignment.AssignmentSolver;
import org.thalweg.group.Permutation;

/**
 * An order found by an exact assignment problem, with its certificate.
 *
 * @param order {@code order.image(i)} is the index in B placed at position i of A
 * @param cost the sum of the chosen entries
 * @param dualityGap how far at most the sum is from the best of all orders, but for the rounding of entries to float
 */
public record SolvedOrder(Permutation order, double cost, double dualityGap) {
    /** The order of the smallest sum. */
    static SolvedOrder cheapest(double[][] cost) {
        float[][] rounded = new float[cost.length][cost.length];
        for (int row = 0; row < cost.length; row++) {
            for (int column = 0; column < cost.length; column++) {
                rounded[row][column] = (float) cost[row][column];
            }
        }
        Assignment solved = new AssignmentSolver().solve(AssignmentProblem.minimize(rounded));
        Permutation order = new Permutation(solved.columnOfRow());
        return new SolvedOrder(order, sum(cost, order), solved.dualityGap());
    }

    /** The sum of the entries that an order chooses. */
    static double sum(double[][] cost, Permutation order) {
        double sum = 0;
        for (int row = 0; row < cost.length; row++) {
            sum += cost[row][order.image(row)];
        }
        return sum;
    }
}
