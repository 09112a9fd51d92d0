package org.thalweg.matching.activation;

import org.thalweg.matching.ExpertOrdering;
import org.thalweg.matching.ResidualMatching;

/**
 * How two models are aligned by their activations.
 *
 * @param residual what is done about the residual stream; {@link ResidualMatching#NONE} is the published method's best
 * @param values what acts on the values inside a head
 * @param experts what orders experts, whose activations are not compared
 * @param samples how many positions of inputs are compared: tokens, or patches of images
 * @param seed of the choice of inputs
 */
public record ActivationMatchSettings(
        ResidualMatching residual, Values values, ExpertOrdering experts, int samples, long seed) {
    /** What acts on the values inside a head. */
    public enum Values {
        /** Orders, as in the published method. */
        ORDERS,
        /** Rotations (orthogonal Procrustes problem). */
        ROTATIONS
    }

    /** The same with something else done about the stream. */
    public ActivationMatchSettings with(ResidualMatching other) {
        return new ActivationMatchSettings(other, values, experts, samples, seed);
    }

    /** Enough for streams of some hundred numbers. */
    public static final int SAMPLES = 4096;
}
