package org.thalweg.scaling;

import java.util.function.DoubleUnaryOperator;

/**
 * An interval by profile likelihood: the values of one coefficient for which the sum of squares, with the best of all
 * others, exceeds the smallest by no more than chance explains. It follows a law that is not linear in its
 * coefficients, where an interval from derivatives at the best value is too short.
 *
 * @param smallest the smallest sum of squares
 * @param bound the sum at the ends: smallest (1 + t² / degrees of freedom)
 */
record ProfileInterval(double smallest, double bound) {
    private static final int MOST_DOUBLINGS = 60;
    private static final int MOST_STEPS = 30;
    private static final double CLOSE = 1e-4;

    static ProfileInterval of(double smallest, int degrees) {
        double t = new StudentT(degrees).bound(Estimate.CONFIDENCE);
        return new ProfileInterval(smallest, smallest * (1 + t * t / degrees));
    }

    /**
     * One end.
     *
     * @param profile the sum of squares by the coefficient's value
     * @param best the value with the smallest sum
     * @param step a guess of the way to the end, with its sign
     * @param wall a value beyond which the end does not lie, may be infinite
     */
    double end(DoubleUnaryOperator profile, double best, double step, double wall) {
        double inside = best;
        double excessInside = -Math.sqrt(bound - smallest);
        double outside = best;
        double way = step;
        double excessOutside = -1;
        for (int doubling = 0; excessOutside <= 0; doubling++) {
            if (outside == wall || doubling == MOST_DOUBLINGS) {
                return wall;
            }
            outside = step > 0 ? Math.min(best + way, wall) : Math.max(best + way, wall);
            excessOutside = excess(profile, outside);
            if (excessOutside <= 0) {
                inside = outside;
                excessInside = excessOutside;
            }
            way *= 2;
        }
        for (int k = 0; k < MOST_STEPS && Math.abs(outside - inside) > CLOSE * Math.abs(outside - best); k++) {
            // The root of the excess is almost straight. A step away from both ends moves the far one too.
            double part = Math.clamp(excessInside / (excessInside - excessOutside), 0.05, 0.95);
            double middle = inside + part * (outside - inside);
            double excess = excess(profile, middle);
            if (excess <= 0) {
                inside = middle;
                excessInside = excess;
            } else {
                outside = middle;
                excessOutside = excess;
            }
        }
        return inside + (outside - inside) / 2;
    }

    /** Negative inside the interval, almost linear in the value. */
    private double excess(DoubleUnaryOperator profile, double value) {
        return Math.sqrt(Math.max(0, profile.applyAsDouble(value) - smallest)) - Math.sqrt(bound - smallest);
    }
}
