package org.thalweg.scaling;

import java.util.function.UnaryOperator;
import org.thalweg.failure.WorkFailure;

/**
 * Nonlinear least squares of a handful of parameters by Levenberg's and Marquardt's damped Gauss-Newton steps, the
 * damping scaled by the columns of the Jacobian. Derivatives are central differences, so parameters should be of the
 * size of 1.
 */
final class LevenbergMarquardt {
    private static final int MOST_STEPS = 500;
    private static final double STEP = 1e-6;
    private static final double SMALL = 1e-12;
    private static final double ROUNDING = 1e-15;
    private static final double LEAST_DAMPING = 1e-12;
    private static final double MOST_DAMPING = 1e12;

    private final UnaryOperator<double[]> residuals;
    private double[] point;
    private double[] residual;
    private double damping = 1e-3;

    private LevenbergMarquardt(UnaryOperator<double[]> residuals, double[] start) {
        this.residuals = residuals;
        this.point = start.clone();
        this.residual = residuals.apply(point);
    }

    /**
     * The smallest sum of squares near a start.
     *
     * @param residuals from parameters [p] to residuals [n], n above p
     * @param start parameters; not changed
     * @return the parameters, and how well the residuals determine them
     * @throws WorkFailure when 500 steps do not lead there
     */
    static Minimum minimum(UnaryOperator<double[]> residuals, double[] start) {
        LevenbergMarquardt search = new LevenbergMarquardt(residuals, start);
        for (int step = 0; step < MOST_STEPS; step++) {
            if (search.isDone()) {
                return search.here();
            }
        }
        throw new WorkFailure("the fit did not converge in " + MOST_STEPS + " steps; leave out runs that are unlike "
                + "the others, or give more.");
    }

    /** Takes one step that makes the sum smaller; true when no step does, or only by rounding. */
    private boolean isDone() {
        double[][] jacobian = jacobian();
        double before = square(residual);
        for (; damping <= MOST_DAMPING; damping *= 10) {
            double[] change = change(jacobian);
            double[] candidate = sum(point, change);
            double[] there = residuals.apply(candidate);
            double after = square(there);
            if (after < before) {
                boolean small = isSmall(change) || before - after <= ROUNDING * before;
                point = candidate;
                residual = there;
                damping = Math.max(damping / 10, LEAST_DAMPING);
                return small;
            }
        }
        return true;
    }

    private boolean isSmall(double[] change) {
        for (int j = 0; j < change.length; j++) {
            if (Math.abs(change[j]) > SMALL * (Math.abs(point[j]) + 1)) {
                return false;
            }
        }
        return true;
    }

    /** The step: least squares of the linearised residuals with a damped row for each parameter below them. */
    private double[] change(double[][] jacobian) {
        int rows = jacobian.length;
        int unknowns = point.length;
        double[][] damped = new double[rows + unknowns][];
        double[] targets = new double[rows + unknowns];
        for (int i = 0; i < rows; i++) {
            damped[i] = jacobian[i];
            targets[i] = -residual[i];
        }
        for (int j = 0; j < unknowns; j++) {
            double square = 0;
            for (double[] row : jacobian) {
                square += row[j] * row[j];
            }
            damped[rows + j] = new double[unknowns];
            damped[rows + j][j] = Math.sqrt(damping * (square == 0 ? 1 : square));
        }
        return LinearLeastSquares.of(damped, targets).solution();
    }

    private double[][] jacobian() {
        double[][] jacobian = new double[residual.length][point.length];
        for (int j = 0; j < point.length; j++) {
            double width = STEP * Math.max(1, Math.abs(point[j]));
            double[] above = residuals.apply(moved(j, width));
            double[] below = residuals.apply(moved(j, -width));
            for (int i = 0; i < residual.length; i++) {
                jacobian[i][j] = (above[i] - below[i]) / (2 * width);
            }
        }
        return jacobian;
    }

    private double[] moved(int j, double by) {
        double[] moved = point.clone();
        moved[j] += by;
        return moved;
    }

    private Minimum here() {
        LinearLeastSquares system = LinearLeastSquares.of(jacobian(), residual);
        return new Minimum(point, system.standardErrors(), square(residual), system.isDependent());
    }

    private static double[] sum(double[] a, double[] b) {
        double[] sum = new double[a.length];
        for (int j = 0; j < a.length; j++) {
            sum[j] = a[j] + b[j];
        }
        return sum;
    }

    private static double square(double[] vector) {
        double sum = 0;
        for (double one : vector) {
            sum += one * one;
        }
        return sum;
    }

    /**
     * Where the sum of squares is smallest.
     *
     * @param parameters [p]
     * @param standardErrors [p], for residuals with a deviation of 1; no numbers when {@code dependent}
     * @param sum the sum of squares
     * @param dependent whether the residuals do not tell the parameters apart
     */
    record Minimum(double[] parameters, double[] standardErrors, double sum, boolean dependent) {}
}
