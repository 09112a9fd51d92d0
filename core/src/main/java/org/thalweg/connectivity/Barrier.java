package org.thalweg.connectivity;

/**
 * How much worse than its ends a path between two models gets, under every definition in use, so that a published
 * number can be compared whichever its authors chose.
 *
 * <p>{@code height} is the barrier of Paper A's Equation (1) (Tran et al., On Linear Mode Connectivity of
 * Mixture-of-Experts Architectures, NeurIPS 2025), {@code sup over t of [ L(t) - ((1 - t) L(0) + t L(1)) ]}, with the
 * supremum taken over the grid. The paper puts t on A, we put it on B; the height is the same and {@code at} mirrors.
 * The ends are on the grid and contribute 0, so the height is never negative; authors who leave the ends out can
 * report negative barriers, which is {@code interior}. For a quantity that is better when higher, every sign is
 * flipped: positive always means worse.
 *
 * <p>Time O(p). Deterministic. Curves are finite by construction.
 *
 * @param height the largest worsening over the chord, on the whole grid; &gt;= 0
 * @param at the weight on B where that is, the smallest when several tie (0 when the path is nowhere worse)
 * @param interior the largest worsening over the chord without the two ends; may be negative, 0 on a grid without
 *     interior
 * @param overMean the worst value against the mean of the ends, {@code max L - (L(0) + L(1)) / 2}
 * @param overWorseEnd the worst value against the worse end, {@code max L - max(L(0), L(1))}; &gt;= 0
 * @param worst the worst value on the grid: the largest loss or the smallest accuracy
 * @param worstAt the weight on B where that is, the smallest when several tie
 * @param area the area over the chord, signed and positive part
 */
public record Barrier(
        double height,
        double at,
        double interior,
        double overMean,
        double overWorseEnd,
        double worst,
        double worstAt,
        Area area) {
    /**
     * Measures a curve.
     *
     * @param curve the curve; not changed
     * @param better which way its quantity improves
     * @return its barrier, in the quantity's unit
     */
    public static Barrier of(Curve curve, Better better) {
        Grid grid = curve.grid();
        int last = grid.points() - 1;
        int highest = 0;
        int worst = 0;
        double interior = last > 1 ? Double.NEGATIVE_INFINITY : 0;
        for (int i = 1; i <= last; i++) {
            double above = aboveChord(curve, better, i);
            if (above > aboveChord(curve, better, highest)) {
                highest = i;
            }
            if (i < last) {
                interior = Math.max(interior, above);
            }
            if (better.worsening(curve.at(i), curve.at(worst)) > 0) {
                worst = i;
            }
        }
        double value = curve.at(worst);
        double overMean = better.worsening(value, (curve.atA() + curve.atB()) / 2);
        double overWorseEnd =
                Math.min(better.worsening(value, curve.atA()), better.worsening(value, curve.atB()));
        return new Barrier(aboveChord(curve, better, highest), grid.at(highest), interior, overMean, overWorseEnd,
                value, grid.at(worst), Area.of(curve, better));
    }

    private static double aboveChord(Curve curve, Better better, int index) {
        return better.worsening(curve.at(index), curve.chord(curve.grid().at(index)));
    }
}
