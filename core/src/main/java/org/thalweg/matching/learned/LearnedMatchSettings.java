package org.thalweg.matching.learned;

import java.util.EnumSet;
import java.util.Set;

/**
 * How an alignment is learned.
 *
 * @param parts what is learned; all else stays as the start has it
 * @param rotation how rotations depend on what is learned
 * @param sampler at which mean of the models the loss is taken
 * @param bothEnds whether A, of many models the first, moves too (arXiv 2606.23607); only the difference acts on the
 *     others in the end
 * @param latents at the start
 * @param steps of the optimiser
 * @param stopping when learning ends early
 * @param seed of batches, places on the line, and the start
 */
public record LearnedMatchSettings(
        Set<Part> parts,
        Rotation rotation,
        Sampler sampler,
        boolean bothEnds,
        Latents latents,
        Steps steps,
        Stopping stopping,
        long seed) {
    /** Copies the set. */
    public LearnedMatchSettings {
        parts = Set.copyOf(parts);
    }

    /** What can be learned. */
    public enum Part {
        /** The residual stream: its rotation, or its order where the norms are not folded. */
        STREAM,
        /** Orders of heads and hidden units. Experts keep the order that weights give. */
        ORDERS,
        /** Rotations of bases inside heads, of rotary pairs their phases. */
        BASES
    }

    /** How a rotation depends on what is learned. */
    public enum Rotation {
        /** The polar factor of a free matrix, as in arXiv 2506.22712. */
        PROJECTION,
        /** The exponential of a skew-symmetric matrix. */
        EXPONENTIAL
    }

    /**
     * The free numbers at the start.
     *
     * @param noise of rotations, standard deviation of each entry; the published code has 0.01, which turns the stream
     *     of width 256 by 6 degrees
     * @param orderScale diagonal of the matrices from which orders are read; with 1, as in the published code, some
     *     hundred steps of Adam exchange nothing
     * @param orderNoise of those matrices, in units of {@code orderScale}; for soft orders the largest entry off the
     *     diagonal, in units of 1 / size
     * @param softRounds for soft orders, how often rows and columns are divided; 0 for orders that are learned straight
     *     through
     */
    public record Latents(double noise, double orderScale, double orderNoise, int softRounds) {}

    /**
     * The optimiser: AdamW, cosine with warm-up.
     *
     * @param count how many steps
     * @param batch examples of a step
     * @param learningRate the highest
     * @param warmup share of the steps with a rising rate
     * @param weightDecay of the free numbers
     */
    public record Steps(int count, int batch, double learningRate, double warmup, double weightDecay) {}

    /**
     * When learning ends early.
     *
     * @param heldOut share of the examples, the last ones, on which progress is measured and none is learned
     * @param mostHeldOut how many these are at most
     * @param every how many steps progress is measured
     * @param patience how many measurements without progress end it
     */
    public record Stopping(double heldOut, int mostHeldOut, int every, int patience) {}

    /**
     * What {@code thalweg align --method learned} does when nothing else is asked for.
     *
     * @return stream and bases of B, 600 steps; orders stay as weights give them, since learning them too was worse on
     *     held-out examples in our trials
     */
    public static LearnedMatchSettings defaults() {
        return new LearnedMatchSettings(
                EnumSet.of(Part.STREAM, Part.BASES),
                Rotation.PROJECTION,
                Sampler.NARROW,
                false,
                new Latents(0, 0.05, 0, 0),
                new Steps(600, 32, 3e-3, 0.05, 0),
                new Stopping(0.1, 512, 50, 6),
                0);
    }

    /** Soft orders: twenty rounds, a start near the orders that weights give. */
    public static final Latents SOFT = new Latents(0, 0.05, 0.025, 20);

    /** The same with other parts. */
    public LearnedMatchSettings with(Set<Part> others) {
        return new LearnedMatchSettings(others, rotation, sampler, bothEnds, latents, steps, stopping, seed);
    }

    /** The same with other steps. */
    public LearnedMatchSettings with(Steps others) {
        return new LearnedMatchSettings(parts, rotation, sampler, bothEnds, latents, others, stopping, seed);
    }

    /** The same from other free numbers. */
    public LearnedMatchSettings with(Latents others) {
        return new LearnedMatchSettings(parts, rotation, sampler, bothEnds, others, steps, stopping, seed);
    }

    /** The same with another place on the line. */
    public LearnedMatchSettings with(Sampler other) {
        return new LearnedMatchSettings(parts, rotation, other, bothEnds, latents, steps, stopping, seed);
    }

    /** The same with rotations that depend otherwise on what is learned. */
    public LearnedMatchSettings with(Rotation other) {
        return new LearnedMatchSettings(parts, other, sampler, bothEnds, latents, steps, stopping, seed);
    }

    /** The same with another seed. */
    public LearnedMatchSettings with(long other) {
        return new LearnedMatchSettings(parts, rotation, sampler, bothEnds, latents, steps, stopping, other);
    }

    /** The same with both ends moving. */
    public LearnedMatchSettings withBothEnds() {
        return new LearnedMatchSettings(parts, rotation, sampler, true, latents, steps, stopping, seed);
    }
}
