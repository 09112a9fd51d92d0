package org.thalweg.scaling;

import java.util.Arrays;

/**
 * Least squares of a small dense linear system by Householder reflections of its columns, each scaled to length 1, so
 * that units do not matter. Time O(n p²), memory O(n p). Of the libraries in use only libtorch solves such systems,
 * which takes seconds to load, and none has Student's t; a library for both would be one more dependency.
 */
final class LinearLeastSquares {
    /** A column that others make up to this part of its length is taken to be made up by them. */
    private static final double DEPENDENT = 1e-10;

    private final double[][] columns;
    private final double[] rest;
    private final double[] lengths;
    private boolean dependent;

    private LinearLeastSquares(double[][] rows, double[] targets) {
        int unknowns = rows[0].length;
        columns = new double[unknowns][rows.length];
        lengths = new double[unknowns];
        rest = targets.clone();
        for (int j = 0; j < unknowns; j++) {
            for (int i = 0; i < rows.length; i++) {
                columns[j][i] = rows[i][j];
            }
            double length = length(columns[j], 0);
            lengths[j] = length == 0 ? 1 : length;
            for (int i = 0; i < rows.length; i++) {
                columns[j][i] /= lengths[j];
            }
        }
    }

    /**
     * Solves.
     *
     * @param rows [n p], at least p rows; not changed
     * @param targets [n]; not changed
     */
    static LinearLeastSquares of(double[][] rows, double[] targets) {
        LinearLeastSquares system = new LinearLeastSquares(rows, targets);
        for (int k = 0; k < system.columns.length; k++) {
            system.eliminate(k);
        }
        return system;
    }

    /** Turns a column, and with it all later ones and the targets, so that nothing is left below its diagonal. */
    private void eliminate(int k) {
        double length = length(columns[k], k);
        dependent |= !(length > DEPENDENT);
        if (length == 0) {
            return;
        }
        double diagonal = -Math.copySign(length, columns[k][k]);
        double[] normal = columns[k].clone();
        Arrays.fill(normal, 0, k, 0);
        normal[k] -= diagonal;
        double square = dot(normal, normal, k);
        for (int j = k + 1; j < columns.length; j++) {
            reflect(columns[j], normal, square, k);
        }
        reflect(rest, normal, square, k);
        Arrays.fill(columns[k], k, columns[k].length, 0);
        columns[k][k] = diagonal;
    }

    private static void reflect(double[] vector, double[] normal, double square, int from) {
        double factor = 2 * dot(vector, normal, from) / square;
        for (int i = from; i < vector.length; i++) {
            vector[i] -= factor * normal[i];
        }
    }

    /** Whether the unknowns cannot be told apart, or a number is not finite; then there is no solution. */
    boolean isDependent() {
        return dependent;
    }

    /** The unknowns, [p]. */
    double[] solution() {
        double[] solution = new double[columns.length];
        for (int k = solution.length - 1; k >= 0; k--) {
            double sum = rest[k];
            for (int j = k + 1; j < solution.length; j++) {
                sum -= columns[j][k] * solution[j];
            }
            solution[k] = sum / columns[k][k];
        }
        for (int k = 0; k < solution.length; k++) {
            solution[k] /= lengths[k];
        }
        return solution;
    }

    /** The sum of squares that is left. */
    double residual() {
        return dot(rest, rest, columns.length);
    }

    private static double length(double[] vector, int from) {
        return Math.sqrt(dot(vector, vector, from));
    }

    private static double dot(double[] a, double[] b, int from) {
        double sum = 0;
        for (int i = from; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
