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
    double forbidden() {
        return this == MINIMIZE ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY;
    }

    /**
     * Refuses what is no entry.
     *
     * @throws IllegalArgumentException when it is NaN, the infinity that does not forbid, or too large to be added up,
     *     naming the position
     */
    void requireEntry(double entry, int row, int column) {
        if (Double.isNaN(entry) || entry == -forbidden()) {
            throw new IllegalArgumentException("the cost matrix holds " + entry + " at row " + row + ", column "
                    + column + "; entries must be finite, or " + forbidden() + " for a forbidden pair.");
        }
        if (Math.abs(entry) > AssignmentProblem.LARGEST && Double.isFinite(entry)) {
            throw new IllegalArgumentException("the cost matrix holds " + entry + " at row " + row + ", column "
                    + column + ", above " + AssignmentProblem.LARGEST + ", where sums may overflow; scale it down.");
        }
    }
}
