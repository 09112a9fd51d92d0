package org.thalweg.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Head;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.decoder.Rope;
import org.thalweg.network.moe.MoeLayer;

/**
 * The fields that most decoders' configurations have in common, with what a family's stock class takes for absent ones.
 *
 * @param fields the configuration; not changed
 * @param tensors names of the model's tensors; not changed
 * @param absent what absent fields mean
 */
record DecoderFields(ConfigFields fields, Set<String> tensors, Defaults absent) {
    static final LayerPlan.Span FULL = new LayerPlan.Span.Full();

    /**
     * What absent fields mean.
     *
     * @param sizes vocabulary, stream, hidden units, layers, heads
     * @param keyHeads key and value heads; as many as heads when empty
     * @param headDim width of a head; the stream's divided by the number of heads when empty
     * @param positions tokens of the longest text
     * @param epsilon of norms
     * @param theta base of rotary frequencies
     * @param tied whether the head is the embedding
     */
    record Defaults(
            Sizes sizes, OptionalInt keyHeads, OptionalInt headDim, int positions, double epsilon, double theta,
            boolean tied) {
        /** Of an untied model with as many key heads as heads. */
        static Defaults of(Sizes sizes, int positions, double epsilon) {
            return new Defaults(
                    sizes, OptionalInt.empty(), OptionalInt.empty(), positions, epsilon, 10_000, false);
        }

        Defaults keyHeads(int count) {
            return new Defaults(sizes, OptionalInt.of(count), headDim, positions, epsilon, theta, tied);
        }

        Defaults headDim(int width) {
            return new Defaults(sizes, keyHeads, OptionalInt.of(width), positions, epsilon, theta, tied);
        }

        Defaults theta(double base) {
            return new Defaults(sizes, keyHeads, headDim, positions, epsilon, base, tied);
        }

        Defaults tied(boolean holds) {
            return new Defaults(sizes, keyHeads, headDim, positions, epsilon, theta, holds);
        }
    }

    /**
     * Sizes that a stock class has for absent fields.
     *
     * @param vocabulary tokens
     * @param residual width of the stream
     * @param hidden hidden units
     * @param layers layers
     * @param heads query heads
     */
    record Sizes(int vocabulary, int residual, int hidden, int layers, int heads) {}

    int residual() {
        return fields.size("hidden_size", absent.sizes().residual());
    }

    int depth() {
        return fields.depth("num_hidden_layers", absent.sizes().layers());
    }

    int heads() {
        return fields.size("num_attention_heads", absent.sizes().heads());
    }

    int keyHeads() {
        OptionalInt given = fields.optionalSize("num_key_value_heads");
        return given.isPresent() ? given.getAsInt() : fields.isNull("num_key_value_heads")
                ? heads() : absent.keyHeads().orElse(heads());
    }

    int headDim() {
        OptionalInt given = fields.optionalSize("head_dim");
        return given.isPresent() ? given.getAsInt()
                : fields.isNull("head_dim") || absent.headDim().isEmpty()
                        ? Math.max(1, residual() / heads()) : absent.headDim().getAsInt();
    }

    int hidden() {
        return fields.size("intermediate_size", absent.sizes().hidden());
    }

    DecoderConfig.Embedding embedding() {
        return DecoderConfig.Embedding.of(fields.size("vocab_size", absent.sizes().vocabulary()));
    }

    boolean tied() {
        return fields.flag("tie_word_embeddings", absent.tied());
    }

    /** The head, by the model's tensors and class. */
    Head head() {
        return head(new Head.Vocabulary(tied()));
    }

    /** As {@link #head()}, where a map to the vocabulary is not a plain one. */
    Head head(Head.Vocabulary vocabulary) {
        if (tensors.contains("score.weight")) {
            return new Head.Classes(fields.labels());
        }
        return fields.isBody(tensors) ? new Head.Body() : vocabulary;
    }

    Norm rms() {
        return Norm.rms(fields.number("rms_norm_eps", absent.epsilon()));
    }

    /** Biases of all four maps when the field holds. */
    Attention.Bias bias(boolean otherwise) {
        return fields.flag("attention_bias", otherwise) ? Attention.Bias.ALL : Attention.Bias.NONE;
    }

    Attention.Grouped grouped(Attention.Bias bias, Attention.QueryKeyNorm norm) {
        return new Attention.Grouped(heads(), keyHeads(), headDim(), bias, norm);
    }

    RopeFields rope() {
        return RopeFields.of(fields, absent.theta(), absent.positions());
    }

    /** Rotary positions of whole heads, pairs being halves apart. */
    Rope fullRope() {
        return rope().rope(headDim(), false);
    }

    HiddenUnits gatedUnits() {
        return new HiddenUnits.Gated(fields.function("hidden_act", "silu"));
    }

    /** A gated feed-forward network; few families read {@code mlp_bias}. */
    DecoderConfig.Dense dense(boolean bias) {
        return new DecoderConfig.Dense(hidden(), gatedUnits(), bias);
    }

    /** Layers that all have the same rotary positions. */
    List<LayerPlan> layers(Rope rope, IntPredicate sparse, IntFunction<LayerPlan.Span> spans) {
        return layers(_ -> Optional.of(rope), sparse, spans);
    }

    /** Layers of one kind each. */
    List<LayerPlan> layers(
            IntFunction<Optional<Rope>> ropes, IntPredicate sparse, IntFunction<LayerPlan.Span> spans) {
        List<LayerPlan> result = new ArrayList<>();
        for (int layer = 0; layer < depth(); layer++) {
            result.add(new LayerPlan(sparse.test(layer), ropes.apply(layer), spans.apply(layer)));
        }
        return result;
    }

    /** The window that all layers have, where the field gives one. */
    IntFunction<LayerPlan.Span> windows(OptionalInt otherwise) {
        OptionalInt given = fields.optionalSize("sliding_window");
        OptionalInt window = given.isPresent() || fields.isNull("sliding_window") ? given : otherwise;
        return _ -> window.isPresent() ? new LayerPlan.Span.Sliding(window.getAsInt()) : FULL;
    }

    /**
     * Spans by {@code layer_types}, or as a family has them where that field is absent.
     *
     * @param window tokens of a sliding window
     * @param otherwise whether a layer slides where the field is absent
     */
    IntFunction<LayerPlan.Span> spans(OptionalInt window, IntPredicate otherwise) {
        Optional<List<String>> types = fields.words("layer_types");
        return layer -> {
            boolean slides = types.map(list -> slides(list, layer)).orElseGet(() -> otherwise.test(layer));
            return slides ? new LayerPlan.Span.Sliding(window.orElseThrow(
                    () -> fields.wrong("sliding_window", "a whole number from 1, since some layers slide"))) : FULL;
        };
    }

    private boolean slides(List<String> types, int layer) {
        if (layer >= types.size()) {
            throw fields.wrong("layer_types", "an array with an entry for each of " + depth() + " layers");
        }
        return switch (types.get(layer)) {
            case "full_attention" -> false;
            case "sliding_attention" -> true;
            default -> throw fields.wrong("layer_types", "an array of full_attention and sliding_attention");
        };
    }

    /** A pre-normalised model whose layers differ in nothing but what {@code layers} says. */
    DecoderConfig decoder(Attention attention, Optional<MoeLayer> moe, List<LayerPlan> layers) {
        return new DecoderConfig(embedding(), head(), residual(), DecoderConfig.Block.pre(rms()), attention,
                dense(false), moe, layers);
    }

    /** The same without experts, with biases in the feed-forward networks where {@code bias} says so. */
    DecoderConfig dense(Attention attention, boolean bias, List<LayerPlan> layers) {
        return new DecoderConfig(embedding(), head(), residual(), DecoderConfig.Block.pre(rms()), attention,
                dense(bias), Optional.empty(), layers);
    }
}
