package org.thalweg.results;

import java.util.OptionalDouble;

/**
 * Where an expert order stands among the measured orders, all {@code n!} or a sample with the methods' own among them,
 * each followed by hidden matching, by barrier (Paper A, Table 7).
 *
 * @param rank 1 + the number of orders with a strictly lower barrier; 1 is best
 * @param lHat {@code 100 (barrier - lowest) / (naive - lowest)} in percent: 0 is the best order, 100 is naive; absent
 *     when naive equals the lowest
 */
public record Ranking(int rank, OptionalDouble lHat) {
    /** Refuses ranks below 1 and excesses that are not finite. */
    public Ranking {
        if (!Double.isFinite(lHat.orElse(0))) {
            throw new IllegalArgumentException("an excess that cannot be computed is absent, not " + lHat);
        }
        if (rank < 1) {
            throw new IllegalArgumentException("ranks count from 1, found " + rank);
        }
    }
}
