package org.thalweg.results;

/**
 * An interval of numbers.
 *
 * @param low its lower end
 * @param high its upper end, not below the lower
 */
public record Interval(double low, double high) {
    /** Refuses ends that are not finite or in the wrong order. */
    public Interval {
        if (!Double.isFinite(low) || !Double.isFinite(high) || low > high) {
            throw new IllegalArgumentException("an interval from " + low + " to " + high + " is none");
        }
    }
}
