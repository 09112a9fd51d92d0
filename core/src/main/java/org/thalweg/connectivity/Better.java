package org.thalweg.connectivity;

/** Which way a quantity improves, hence on which side of the chord its barrier stands. */
public enum Better {
    /** Lower is better, as for a loss: the barrier is how far the curve rises above the chord. */
    LOWER,
    /** Higher is better, as for an accuracy: the barrier is how far the curve falls below the chord. */
    HIGHER;

    /**
     * How much worse a value is than a baseline.
     *
     * @param value the value
     * @param baseline what it is held against
     * @return positive when the value is worse, in the quantity's unit
     */
    public double worsening(double value, double baseline) {
        // Subtracted the other way round, not negated: equal values then give 0 and never -0.
        return switch (this) {
            case LOWER -> value - baseline;
            case HIGHER -> baseline - value;
        };
    }
}
