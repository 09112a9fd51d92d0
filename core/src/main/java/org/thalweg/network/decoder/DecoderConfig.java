package org.thalweg.network.decoder;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.thalweg.failure.WorkFailure;
import org.thalweg.network.MoeConfig;

/**
 * Sizes and parts of a decoder-only Transformer, or, with spans that see later tokens too, of an encoder.
 *
 * @param ends what stands before and after the layers
 * @param residual width of the residual stream
 * @param norm kind of every norm
 * @param attention the same in every layer but for {@code layers}
 * @param dense feed-forward network of layers that are not sparse
 * @param experts experts of sparse layers, as published families have them
 * @param moe experts of sparse layers, as {@link org.thalweg.network.MoeLayer} has them; one of the two is present when
 *     any layer is sparse
 * @param layers what each layer is
 */
public record DecoderConfig(
        Ends ends,
        int residual,
        Norm norm,
        Attention attention,
        Dense dense,
        Optional<Experts> experts,
        Optional<MoeConfig> moe,
        List<LayerPlan> layers) {
    /**
     * Embedding and head.
     *
     * @param vocabulary tokens
     * @param positions learned positions, if any
     * @param tied whether the head is the embedding
     * @param masked what BERT adds, if anything
     */
    public record Ends(int vocabulary, OptionalInt positions, boolean tied, Optional<MaskedEnds> masked) {}

    /**
     * Ends of a masked language model: token types (every token is of type 0 here) and a norm at the embedding; a
     * linear map, a non-linearity and a bias at the head.
     *
     * @param tokenTypes how many types there are
     * @param function the non-linearity of the head
     */
    public record MaskedEnds(int tokenTypes, UnitFunction function) {}

    /**
     * A dense feed-forward network.
     *
     * @param width hidden units
     * @param units their non-linearity
     * @param bias whether its maps have biases
     */
    public record Dense(int width, HiddenUnits units, boolean bias) {}

    /** As the whole, without a layer of ours. */
    DecoderConfig(
            Ends ends, int residual, Norm norm, Attention attention, Dense dense, Optional<Experts> experts,
            List<LayerPlan> layers) {
        this(ends, residual, norm, attention, dense, experts, Optional.empty(), layers);
    }

    /** Copies the list and refuses parts that do not fit together. */
    public DecoderConfig {
        layers = List.copyOf(layers);
        require(!layers.isEmpty(), "a decoder needs at least one layer");
        switch (attention) {
            case Attention.Grouped grouped -> {
                require(grouped.heads() % grouped.keyHeads() == 0, "config.json asks for " + grouped.heads()
                        + " query heads on " + grouped.keyHeads() + " key heads; the first must be a multiple");
                grouped.rope().ifPresent(rope -> require(2 * rope.frequencies().size() == grouped.headDim(),
                        "config.json asks for rotary positions in heads of odd width " + grouped.headDim()));
            }
            case Attention.Latent latent -> require(2 * latent.rope().frequencies().size()
                            == latent.head().rotary(),
                    "config.json asks for rotary positions in parts of odd width " + latent.head().rotary());
        }
        require(experts.isPresent() || moe.isPresent() || layers.stream().noneMatch(LayerPlan::sparse),
                "config.json asks for sparse layers but names no experts");
        require(experts.isEmpty() || moe.isEmpty(), "config.json asks for two kinds of experts");
        experts.ifPresent(DecoderConfig::check);
        int count = experts.map(Experts::count).or(() -> moe.map(MoeConfig::experts)).orElse(0);
        // Keeps a damaged config.json from asking for a table of names that fills the memory.
        require((long) count * layers.size() <= 1 << 18, "config.json asks for " + count + " experts in each of "
                + layers.size() + " layers, more than " + (1 << 18) + " in all");
    }

    /** The experts of a sparse layer. */
    Experts sparseExperts() {
        return experts.orElseThrow();
    }

    private static void check(Experts experts) {
        require(experts.router().selected() <= experts.count(), "config.json asks for "
                + experts.router().selected() + " experts for each token but there are " + experts.count());
        Router.Groups groups = switch (experts.router()) {
            case Router.Softmax softmax -> softmax.groups();
            case Router.CorrectedSigmoid sigmoid -> sigmoid.groups();
            case Router.SigmoidOnInput _ -> Router.Groups.ONE;
        };
        require(experts.count() % groups.count() == 0 && groups.kept() <= groups.count(), "config.json asks for "
                + groups.kept() + " of " + groups.count() + " groups of " + experts.count()
                + " experts; groups must be of equal size and enough");
        require(experts.router().selected() <= experts.count() / groups.count() * groups.kept(),
                "config.json asks for " + experts.router().selected() + " experts for each token, more than "
                        + groups.kept() + " groups hold");
    }

    private static void require(boolean holds, String sentence) {
        if (!holds) {
            throw new WorkFailure(sentence);
        }
    }
}
