package org.thalweg.assignment;

import java.util.Arrays;

/**
 * The textbook O(m² n) Hungarian algorithm with potentials, in doubles, written for reading: what every other answer is
 * compared with. Minimises, needs {@code m <= n}; {@code +∞} forbids a pair.
 */
public final class ReferenceSolver {
    private ReferenceSolver() {}

    /** The smallest sum, or {@code +∞} when no complete assignment exists. */
    private static double ofWide(double[][] cost) {
        int m = cost.length;
        int n = m == 0 ? 0 : cost[0].length;
        double[] u = new double[m + 1];
        double[] v = new double[n + 1];
        int[] rowOf = new int[n + 1]; // columns count from 1, row 0 means free
        int[] before = new int[n + 1];
        for (int i = 1; i <= m; i++) {
            if (!augment(cost, new double[][] {u, v}, rowOf, before, i)) {
                return Double.POSITIVE_INFINITY;
            }
        }
        double sum = 0;
        for (int j = 1; j <= n; j++) {
            sum += rowOf[j] == 0 ? 0 : cost[rowOf[j] - 1][j - 1];
        }
        return sum;
    }

    private static boolean augment(double[][] cost, double[][] potentials, int[] rowOf, int[] before, int row) {
        double[] u = potentials[0];
        double[] v = potentials[1];
        int n = v.length - 1;
        double[] slack = new double[n + 1];
        boolean[] used = new boolean[n + 1];
        Arrays.fill(slack, Double.POSITIVE_INFINITY);
        rowOf[0] = row;
        int column = 0;
        while (rowOf[column] != 0) {
            used[column] = true;
            int i = rowOf[column];
            int next = 0;
            double delta = Double.POSITIVE_INFINITY;
            for (int j = 1; j <= n; j++) {
                double reduced = cost[i - 1][j - 1] - u[i] - v[j];
                if (!used[j] && reduced < slack[j]) {
                    slack[j] = reduced;
                    before[j] = column;
                }
                if (!used[j] && slack[j] < delta) {
                    delta = slack[j];
                    next = j;
                }
            }
            if (delta == Double.POSITIVE_INFINITY) {
                return false;
            }
            for (int j = 0; j <= n; j++) {
                if (used[j]) {
                    u[rowOf[j]] += delta;
                    v[j] -= delta;
                } else {
                    slack[j] -= delta;
                }
            }
            column = next;
        }
        while (column != 0) {
            rowOf[column] = rowOf[before[column]];
            column = before[column];
        }
        return true;
    }

    /** The smallest sum over a matrix of floats in any shape. */
    public static double optimum(float[][] cost) {
        return optimum(new CostMatrix.Floats(cost));
    }

    /** The smallest sum over a matrix in any shape, added up in double. */
    static double optimum(CostMatrix cost) {
        int m = cost.rows();
        int n = cost.columns();
        double[][] wide = new double[Math.min(m, n)][Math.max(m, n)];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                if (m <= n) {
                    wide[i][j] = cost.at(i, j);
                } else {
                    wide[j][i] = cost.at(i, j);
                }
            }
        }
        return ofWide(wide);
    }

    /** The smallest sum by trying every assignment; {@code m <= n <= 8}. */
    static double exhaustive(float[][] cost, int row, int usedColumns) {
        return exhaustive(new CostMatrix.Floats(cost), row, usedColumns);
    }

    /** The same for both kinds of entries. */
    static double exhaustive(CostMatrix cost, int row, int usedColumns) {
        if (row == cost.rows()) {
            return 0;
        }
        double best = Double.POSITIVE_INFINITY;
        for (int j = 0; j < cost.columns(); j++) {
            if ((usedColumns & 1 << j) == 0 && cost.at(row, j) < Double.POSITIVE_INFINITY) {
                best = Math.min(best, cost.at(row, j) + exhaustive(cost, row + 1, usedColumns | 1 << j));
            }
        }
        return best;
    }
}
