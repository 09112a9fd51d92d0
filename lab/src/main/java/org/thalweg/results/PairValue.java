package org.thalweg.results;

/**
 * A number that belongs to two replicas.
 *
 * @param a the replica at t = 0, by its id
 * @param b the replica at t = 1, by its id
 * @param value the number, finite
 */
public record PairValue(String a, String b, double value) {
    /** Refuses a pair of a replica with itself and numbers that are not finite. */
    public PairValue {
        if (a.equals(b) || !Double.isFinite(value)) {
            throw new IllegalArgumentException("a pair is of two replicas and its number finite, found " + a + ", " + b
                    + ": " + value);
        }
    }
}
