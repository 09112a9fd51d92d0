package org.thalweg.assignment;

/** What the sum over the chosen pairs should become. */
public enum Objective {
    /** The sum of costs becomes as small as possible; {@code +∞} forbids a pair. */
    MINIMIZE,

    /** The sum of gains becomes as large as possible; {@code -∞} forbids a pair. */
    MAXIMIZE;

    /** The factor that turns an entry into a cost to be minimised: 1 or -1. */
    double sign() {
        return this == MINIMIZE ? 1 : -1;
    }

    /** The value by which the caller forbids a pair. */
    float forbidden() {
        return this == MINIMIZE ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
    }

    /**
     * Refuses what is no entry.
     *
     * @throws IllegalArgumentException when it is NaN or the infinity that does not forbid, naming the position
     */
    void requireEntry(float entry, int row, int column) {
        if (Float.isNaN(entry) || entry == -forbidden()) {
            throw new IllegalArgumentException("the cost matrix holds " + entry + " at row " + row + ", column "
                    + column + "; entries must be finite, or " + forbidden() + " for a forbidden pair.");
        }
    }
}
