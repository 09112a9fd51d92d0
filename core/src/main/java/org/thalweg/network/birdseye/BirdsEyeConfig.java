package org.thalweg.network.birdseye;

import java.util.List;
import java.util.OptionalDouble;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.moe.MoeConfig;

/**
 * Sizes of a network of two agents.
 *
 * @param scene what it sees and answers
 * @param width of the stream
 * @param encoder the block that each patch passes
 * @param decoder the block that each object passes
 * @param fusesPredictions whether both agents predict an object that both have seen and the mean counts; else the
 *     first agent that has seen it predicts. Features are added either way
 * @param epsilon added to the variance by the LayerNorm, without gain, that follows a block instead of the skip around
 *     it, as in the code that the authors released; none for the skip
 */
public record BirdsEyeConfig(
        BirdsEyeScene scene, int width, Block encoder, Block decoder, boolean fusesPredictions,
        OptionalDouble epsilon) {
    /** Refuses a stream of no width. */
    public BirdsEyeConfig {
        if (width < 1) {
            throw new WrongUse("the stream has a width of at least 1, not " + width + ".");
        }
    }

    /** What stands in a block. */
    public sealed interface Block {
        /**
         * One feed-forward network of ReLU units.
         *
         * @param hidden its units
         */
        record FeedForward(int hidden) implements Block {}

        /**
         * Experts.
         *
         * @param moe their sizes and gate, which has a bias
         */
        record Experts(MoeConfig moe) implements Block {}
    }

    /** The encoder, block 0, and the decoder, block 1. */
    public List<Block> blocks() {
        return List.of(encoder, decoder);
    }
}
