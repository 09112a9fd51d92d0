package org.thalweg.network.encoderdecoder;

import org.thalweg.failure.WorkFailure;

/**
 * Buckets of the distance between two tokens (Raffel et al. 2020, section 2.1): small distances have one each, larger
 * ones share buckets whose bounds grow geometrically, and all beyond the farthest share the last.
 *
 * @param buckets how many there are; when later tokens count too, half of them are theirs
 * @param farthest distance from which on all share a bucket
 */
public record RelativePositions(int buckets, int farthest) {
    /** Refuses numbers that leave a kind of distance without a bucket. */
    public RelativePositions {
        if (buckets < 4 || buckets % 2 != 0 || farthest <= buckets / 2) {
            throw new WorkFailure("config.json asks for " + buckets + " relative_attention_num_buckets up to distance "
                    + farthest + " (relative_attention_max_distance); the first must be even and at least 4, the "
                    + "second more than half of it");
        }
    }

    /**
     * The bucket of a distance.
     *
     * @param from position of the token that attends
     * @param to position of the token it attends to
     * @param bothWays whether later tokens have buckets of their own (encoders); otherwise all share that of distance 0
     * @return from 0 to {@code buckets − 1}
     */
    public int bucket(int from, int to, boolean bothWays) {
        int ours = bothWays ? buckets / 2 : buckets;
        int first = bothWays && to > from ? ours : 0;
        int distance = bothWays ? Math.abs(from - to) : Math.max(0, from - to);
        int exact = ours / 2;
        if (distance < exact) {
            return first + distance;
        }
        // In float32, as the published code computes it: a bound lies exactly on some distances.
        float share = (float) Math.log((float) distance / exact) / (float) Math.log((double) farthest / exact);
        return first + Math.min(ours - 1, exact + (int) (share * (ours - exact)));
    }
}
