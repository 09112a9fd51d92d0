package org.thalweg.connectivity;

import java.util.Arrays;

/**
 * One quantity measured along a path between two models, read as piecewise linear between its points.
 *
 * @param grid where it was measured, p points
 * @param values [p] what was measured there, in the quantity's own unit (loss: mean cross-entropy in nats; accuracy:
 *     a fraction in [0, 1]); finite; copied in and out
 */
public record Curve(Grid grid, double[] values) {
    /** Refuses a length other than the grid's and values that are not finite: a curve through NaN has no barrier. */
    public Curve {
        values = values.clone();
        if (values.length != grid.points()) {
            throw new IllegalArgumentException("a curve on a grid of " + grid.points() + " points needs as many values,"
                    + " found " + values.length);
        }
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new IllegalArgumentException("a curve's values must be finite, found " + values[i] + " at t = "
                        + grid.at(i));
            }
        }
    }

    @Override
    public double[] values() {
        return values.clone();
    }

    /**
     * One value, without copying the rest.
     *
     * @param index from 0 to {@code grid().points() - 1}
     * @return the value there
     */
    public double at(int index) {
        return values[index];
    }

    /**
     * The value at model A.
     *
     * @return the value at t = 0
     */
    public double atA() {
        return values[0];
    }

    /**
     * The value at model B.
     *
     * @return the value at t = 1
     */
    public double atB() {
        return values[values.length - 1];
    }

    /**
     * The straight line between the ends, {@code (1 - t) atA + t atB}; exactly the ends' values at the ends.
     *
     * @param t the weight on B
     * @return the chord's height there
     */
    public double chord(double t) {
        return (1 - t) * atA() + t * atB();
    }

    /**
     * The same curve walked from B to A.
     *
     * @return the mirrored curve
     */
    public Curve reversed() {
        double[] mirrored = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            mirrored[i] = values[values.length - 1 - i];
        }
        return new Curve(grid.reversed(), mirrored);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Curve curve && grid.equals(curve.grid) && Arrays.equals(values, curve.values);
    }

    @Override
    public int hashCode() {
        return 31 * grid.hashCode() + Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Curve[" + grid + ", " + Arrays.toString(values) + "]";
    }
}
