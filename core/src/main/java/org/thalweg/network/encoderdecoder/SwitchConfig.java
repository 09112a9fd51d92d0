package org.thalweg.network.encoderdecoder;

import java.util.List;
import java.util.Optional;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/**
 * Sizes of a Switch Transformer (Fedus et al. 2021, arXiv 2101.03961).
 *
 * @param vocabulary tokens
 * @param residual width of the stream
 * @param heads of every attention
 * @param headWidth width of a head; heads times this need not be {@code residual}
 * @param hidden units of a feed-forward network and of an expert
 * @param units their non-linearity
 * @param experts in a sparse block
 * @param capacity tokens of a text that an expert serves
 * @param routerBias whether routers have biases
 * @param encoder for each block of the encoder whether it is sparse
 * @param decoder for each block of the decoder whether it is sparse
 * @param positions buckets of relative positions
 * @param epsilon of every norm
 * @param tied whether the head and both embeddings are one tensor; else each is its own
 */
public record SwitchConfig(
        int vocabulary,
        int residual,
        int heads,
        int headWidth,
        int hidden,
        HiddenUnits units,
        int experts,
        int capacity,
        boolean routerBias,
        List<Boolean> encoder,
        List<Boolean> decoder,
        RelativePositions positions,
        double epsilon,
        boolean tied) {
    /** Keeps a damaged config.json from asking for a table of names that fills the memory. */
    private static final int MOST_EXPERTS = 1 << 18;

    /** Copies the lists and refuses numbers of experts that no model has. */
    public SwitchConfig {
        encoder = List.copyOf(encoder);
        decoder = List.copyOf(decoder);
        long blocks = encoder.size() + decoder.size();
        if (experts * blocks > MOST_EXPERTS) {
            throw new WorkFailure("config.json asks for " + experts + " experts in each of up to " + blocks
                    + " blocks, more than " + MOST_EXPERTS + " in all");
        }
    }

    /** The layer of a sparse block: each token goes to its best expert, weighed by its probability among all. */
    MoeLayer moe() {
        return new MoeLayer(experts, new Experts.OneLayer(hidden, units, false),
                new Router.Softmax(1, Router.Weighting.OVER_ALL, Router.Groups.ONE, 1, false), routerBias,
                Optional.empty());
    }

    /** Every norm. */
    Norm norm() {
        return Norm.rms(epsilon);
    }
}
