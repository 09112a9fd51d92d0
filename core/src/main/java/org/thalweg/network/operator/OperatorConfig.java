package org.thalweg.network.operator;

import java.util.Optional;
import org.thalweg.failure.WrongUse;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/**
 * Sizes of an operator Transformer for fields on a periodic line.
 *
 * @param points of the grid
 * @param frames how many states, one after the other, the network sees
 * @param patch neighbouring points that become one position of the stream
 * @param width of the stream, of patches' and modes' hidden units, and of features
 * @param blocks mixers with a feed-forward part each
 * @param feedForward the feed-forward parts
 */
public record OperatorConfig(int points, int frames, int patch, int width, int blocks, FeedForward feedForward) {
    /** Channels of a gate for one unit of the attention over them. */
    private static final int REDUCTION = 16;

    /** What stands behind each mixer. */
    public sealed interface FeedForward {
        /**
         * Routed and shared experts of one map each.
         *
         * @param experts routed ones, n
         * @param selected how many each input uses, k
         * @param shared experts that all inputs use, averaged
         * @param temperature of the softmax over the chosen scores
         */
        record Routed(int experts, int selected, int shared, double temperature) implements FeedForward {}

        /**
         * Two maps.
         *
         * @param hidden units between them
         */
        record Plain(int hidden) implements FeedForward {}
    }

    /** Refuses sizes that make no network. */
    public OperatorConfig {
        if (points < 1 || frames < 1 || patch < 1 || width < 1 || blocks < 1) {
            throw new WrongUse("points, frames, patch, width and blocks of an operator Transformer are at least 1.");
        }
        if (points % patch != 0) {
            throw new WrongUse("a patch of " + patch + " points does not divide a grid of " + points
                    + "; choose a divisor.");
        }
        switch (feedForward) {
            case FeedForward.Routed(int experts, int selected, int shared, double temperature) -> {
                if (selected < 1 || selected > experts) {
                    throw new WrongUse("the gate selects k = " + selected + " of " + experts
                            + " experts; choose k between 1 and the number of experts.");
                }
                if (shared < 1 || !(temperature > 0) || Double.isInfinite(temperature)) {
                    throw new WrongUse("there are " + shared + " shared experts and the temperature is " + temperature
                            + "; there must be at least 1, and the temperature must be more than 0.");
                }
            }
            case FeedForward.Plain(int hidden) -> {
                if (hidden < 1) {
                    throw new WrongUse("a feed-forward part has at least 1 hidden unit, not " + hidden + ".");
                }
            }
        }
    }

    /** Positions of the stream. */
    public int positions() {
        return points / patch;
    }

    /** Units of the attention over a gate's channels. */
    int squeezed() {
        return Math.max(1, 2 * width / REDUCTION);
    }

    /** The layer of experts, if there are any. */
    public Optional<MoeLayer> layer() {
        return !(feedForward instanceof FeedForward.Routed(int experts, int selected, int shared, double temperature))
                ? Optional.empty()
                : Optional.of(new MoeLayer(experts, new Experts.OneMatrix(width, UnitFunction.GELU),
                        new Router.Tempered(selected, temperature), true,
                        Optional.of(new MoeLayer.Shared(shared, false))));
    }

    /**
     * The same sizes with another temperature.
     *
     * @param temperature of the softmax over the chosen scores
     * @return new sizes; these where there are no experts
     */
    public OperatorConfig at(double temperature) {
        return !(feedForward instanceof FeedForward.Routed(int experts, int selected, int shared, double _)) ? this
                : new OperatorConfig(points, frames, patch, width, blocks,
                        new FeedForward.Routed(experts, selected, shared, temperature));
    }
}
