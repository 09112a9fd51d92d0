package org.thalweg.matching;

import java.util.OptionalDouble;

/**
 * How close B was after a step of matching.
 *
 * @param start of which start, from 1
 * @param stage what was done
 * @param iteration which time, from 1; of a polish, which sweep
 * @param innerProduct of A and aligned B over all weights, in the gauge in which they are compared; what matching makes
 *     large. Nothing where a match took one pass though their number was not limited, which is compared with no other,
 *     and after other stages, which do not compare in that gauge
 * @param squaredDistance of A and aligned B over all stored weights; of a matching step with the orders, signs and the
 *     rotation of the stream alone, since continuous maps are chosen later
 */
public record Objective(
        int start, Stage stage, int iteration, OptionalDouble innerProduct, double squaredDistance) {
    /** What was done. */
    public enum Stage {
        /** The stream, then everything else, in the gauge in which models are compared. */
        MATCH,
        /** A's gauge was put back where that brings B closer. */
        GAUGE,
        /** A sweep of coordinate descent in the raw weights. */
        POLISH
    }
}
