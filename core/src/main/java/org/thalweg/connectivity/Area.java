package org.thalweg.connectivity;

/**
 * The area between a curve and the chord of its ends, counted positive where the curve is worse than the chord:
 * {@code integral over t in [0, 1] of [L(t) - ((1 - t) L(0) + t L(1))] dt} for a loss (Paper A's AUC; for an accuracy
 * the sign flips). A triangle's area is half its height, a parabola's two thirds.
 *
 * <p>Time O(p), no memory but the result. Deterministic.
 *
 * @param signed the trapezoid rule on the grid; parts better than the chord count negative
 * @param positive the integral of the part worse than the chord only, exact for the piecewise-linear curve (segments
 *     that cross the chord are split at the crossing); never less than 0 nor than {@code signed}
 */
public record Area(double signed, double positive) {
    /**
     * The area of a curve's worsening over its chord.
     *
     * @param curve the curve
     * @param better which way the quantity improves
     * @return its area, in the quantity's unit (t has none)
     */
    public static Area of(Curve curve, Better better) {
        Grid grid = curve.grid();
        double signed = 0;
        double positive = 0;
        double before = 0;
        for (int i = 1; i < grid.points(); i++) {
            double width = grid.at(i) - grid.at(i - 1);
            double here = better.worsening(curve.at(i), curve.chord(grid.at(i)));
            signed += width * (before + here) / 2;
            positive += width * positiveMean(before, here);
            before = here;
        }
        return new Area(signed, positive);
    }

    /** The mean of max(0, x) as x runs linearly from one value to another. */
    private static double positiveMean(double from, double to) {
        if (from >= 0 && to >= 0) {
            return (from + to) / 2;
        }
        double top = Math.max(from, to);
        return top <= 0 ? 0 : top / 2 * (top / (top - Math.min(from, to)));
    }
}
