package org.thalweg.results;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Optional;

/**
 * How far a rotation of the residual stream turns: one flat object of {@code results.json}.
 *
 * @param dataset the data set's name
 * @param rotation {@code weight}: the rotation that weight matching found; {@code correction}: what learning put behind
 *     it
 * @param replicaA the replica that stayed, by its id
 * @param replicaB the replica that was moved, by its id
 * @param angles of the eigenvalues, in radians, each in [0, π], ascending; one for each coordinate of the stream. A
 *     rotation drawn at random has them nearly evenly spread
 * @param excluded why there are none, if there are none
 */
public record RotationAngles(
        String dataset, String rotation, String replicaA, String replicaB, double[] angles, Optional<String> excluded) {
    /** Copies the array. */
    public RotationAngles {
        angles = angles.clone();
    }

    @Override
    @JsonProperty
    public double[] angles() {
        return angles.clone();
    }

    /**
     * An angle by its rank.
     *
     * @param share from 0, the smallest, to 1, the largest
     * @return radians, straight between the two nearest ranks
     * @throws IllegalStateException when there are no angles
     */
    public double quantile(double share) {
        if (angles.length == 0) {
            throw new IllegalStateException("there are no angles");
        }
        double rank = share * (angles.length - 1);
        int below = (int) rank;
        int above = Math.min(angles.length - 1, below + 1);
        return angles[below] + (rank - below) * (angles[above] - angles[below]);
    }
}
