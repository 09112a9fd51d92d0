package org.thalweg.connectivity;

import java.util.Arrays;

/**
 * Where a path between two models is measured: weights on model B, from A at 0 to B at 1.
 *
 * @param t [p] the weights on B, strictly increasing, the first 0 and the last 1, p &gt;= 2; copied in and out
 */
public record Grid(double[] t) {
    /** The number of points of Paper A's curves. */
    public static final int DEFAULT_POINTS = 25;

    /** Refuses weights that do not rise strictly from 0 to 1. */
    public Grid {
        t = t.clone();
        if (t.length < 2) {
            throw new IllegalArgumentException("a grid needs at least the two ends t = 0 and t = 1, found "
                    + t.length + " points");
        }
        if (t[0] != 0 || t[t.length - 1] != 1) {
            throw new IllegalArgumentException("a grid runs from t = 0 to t = 1, found " + t[0] + " to "
                    + t[t.length - 1]);
        }
        for (int i = 1; i < t.length; i++) {
            if (!(t[i] > t[i - 1])) {
                throw new IllegalArgumentException("a grid's t must increase strictly, found " + t[i] + " after "
                        + t[i - 1] + " at point " + (i + 1));
            }
        }
    }

    /**
     * Equally spaced points, {@code t_i = i / (points - 1)}, both ends included.
     *
     * @param points how many, at least 2
     * @return the grid
     * @throws IllegalArgumentException when fewer than 2 points are asked for
     */
    public static Grid uniform(int points) {
        double[] t = new double[Math.max(points, 0)];
        for (int i = 0; i < t.length; i++) {
            t[i] = (double) i / (points - 1);
        }
        return new Grid(t);
    }

    /**
     * Paper A's grid: 25 equally spaced points.
     *
     * @return the grid
     */
    public static Grid standard() {
        return uniform(DEFAULT_POINTS);
    }

    @Override
    public double[] t() {
        return t.clone();
    }

    /**
     * The number of points.
     *
     * @return p, at least 2
     */
    public int points() {
        return t.length;
    }

    /**
     * One weight, without copying the rest.
     *
     * @param index from 0 to {@code points() - 1}
     * @return the weight on B there
     */
    public double at(int index) {
        return t[index];
    }

    /**
     * The same places seen from B: {@code 1 - t}, in rising order.
     *
     * @return the mirrored grid
     */
    public Grid reversed() {
        double[] mirrored = new double[t.length];
        for (int i = 0; i < t.length; i++) {
            mirrored[i] = 1 - t[t.length - 1 - i];
        }
        return new Grid(mirrored);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Grid grid && Arrays.equals(t, grid.t);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(t);
    }

    @Override
    public String toString() {
        return "Grid" + Arrays.toString(t);
    }
}
