package org.thalweg.matching;

/**
 * From where matching starts, and what is done with what it finds.
 *
 * @param count how many starts; the one that leaves the smallest squared distance of the raw weights is kept, the first
 *     on a tie
 * @param seed of all that is random in the starts behind the first
 * @param polish what follows each match
 */
public record StartSettings(int count, long seed, Polishing polish) {
    /** Refuses fewer than one start. */
    public StartSettings {
        if (count < 1) {
            throw new IllegalArgumentException("matching needs at least one start, not " + count);
        }
    }

    /**
     * One start; orders are polished where continuous maps may act. Where they may not, free factors of B's own make
     * the distance of the raw weights tell little about orders.
     *
     * @param gauge in which weights are compared
     * @return the default
     */
    public static StartSettings defaults(MatchingGauge gauge) {
        return new StartSettings(1, 0, switch (gauge) {
            case BALANCED -> Polishing.ORDERS;
            case BALANCED_DISCRETE, AS_TRAINED -> Polishing.NONE;
        });
    }
}
