package org.thalweg.network.residual;

import java.util.List;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.moe.MoeLayer;

/**
 * Sizes and parts of a {@link ResidualNetwork}.
 *
 * @param width of the inputs, which are the residual stream
 * @param outputs how many numbers it answers
 * @param norm in front of each block
 * @param blocks first to last; at least one
 * @param sharedRouter whether all layers of experts read one router (Omni-Router, arXiv 2507.05724)
 */
public record ResidualConfig(int width, int outputs, Norm norm, List<Block> blocks, boolean sharedRouter) {
    /** What a block adds to the stream. */
    public sealed interface Block {
        /**
         * A feed-forward network of one hidden layer.
         *
         * @param hidden its units
         * @param units what they compute
         * @param bias whether its maps have biases
         */
        record Dense(int hidden, HiddenUnits units, boolean bias) implements Block {}

        /**
         * Experts.
         *
         * @param layer the Mixture-of-Experts layer
         * @param factor of its output: a half where a shared expert and routed ones are averaged (AdaMoE)
         */
        record Sparse(MoeLayer layer, double factor) implements Block {}
    }

    /** Refuses sizes that make no network. */
    public ResidualConfig {
        blocks = List.copyOf(blocks);
        if (width < 1 || outputs < 1 || blocks.isEmpty()) {
            throw new WrongUse("a residual network has a width, outputs and blocks, at least 1 each, not " + width
                    + ", " + outputs + " and " + blocks.size() + ".");
        }
        List<Integer> counts = layers(blocks).stream().map(MoeLayer::count).toList();
        if (sharedRouter && counts.stream().distinct().count() != 1) {
            throw new WrongUse("one router serves all layers, so all need the same number of experts, not " + counts
                    + "; give them one number, or a router each.");
        }
    }

    /** The layers of experts, first to last. */
    public List<MoeLayer> layers() {
        return layers(blocks);
    }

    private static List<MoeLayer> layers(List<Block> blocks) {
        return blocks.stream().filter(Block.Sparse.class::isInstance).map(Block.Sparse.class::cast)
                .map(Block.Sparse::layer).toList();
    }
}
