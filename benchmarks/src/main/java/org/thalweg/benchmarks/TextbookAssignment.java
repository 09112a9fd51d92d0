package org.thalweg.benchmarks;

import java.util.Arrays;

/**
 * The textbook shortest-augmenting-path algorithm on whole rows in doubles, one array per quantity, no lists, no
 * scaling: what the solver's speed is measured against on machines without SciPy. Square problems, O(n³).
 */
final class TextbookAssignment {
    private TextbookAssignment() {}

    /** The smallest sum over the permutations of a square matrix {@code [n n]} of finite costs. */
    static double optimum(float[][] cost) {
        int n = cost.length;
        double[] rowDual = new double[n];
        double[] columnDual = new double[n];
        int[] rowOf = new int[n];
        Arrays.fill(rowOf, -1);
        for (int i = 0; i < n; i++) {
            augment(cost, new double[][] {rowDual, columnDual}, rowOf, i);
        }
        double sum = 0;
        for (int j = 0; j < n; j++) {
            sum += cost[rowOf[j]][j];
        }
        return sum;
    }

    private static void augment(float[][] cost, double[][] duals, int[] rowOf, int freeRow) {
        int n = rowOf.length;
        double[] distance = new double[n];
        int[] before = new int[n];
        boolean[] done = new boolean[n];
        Arrays.fill(distance, Double.POSITIVE_INFINITY);
        Arrays.fill(before, -1);
        int row = freeRow;
        int column = -1;
        double reached = 0;
        while (row >= 0) {
            int nearest = -1;
            for (int j = 0; j < n; j++) {
                if (done[j]) {
                    continue;
                }
                double through = reached + cost[row][j] - duals[0][row] - duals[1][j];
                if (through < distance[j]) {
                    distance[j] = through;
                    before[j] = column;
                }
                if (nearest < 0 || distance[j] < distance[nearest]) {
                    nearest = j;
                }
            }
            column = nearest;
            reached = distance[column];
            done[column] = true;
            row = rowOf[column];
        }
        duals[0][freeRow] += reached;
        for (int j = 0; j < n; j++) {
            if (done[j] && j != column) {
                duals[0][rowOf[j]] += reached - distance[j];
                duals[1][j] -= reached - distance[j];
            }
        }
        for (int j = column; j >= 0; j = before[j]) {
            rowOf[j] = before[j] < 0 ? freeRow : rowOf[before[j]];
        }
    }
}
