package org.thalweg.family;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.Norm;
import org.thalweg.network.UnitFunction;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Head;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.decoder.Rope;

/** What the configurations of Gemma (arXiv 2403.08295), Gemma 2 (2408.00118) and Gemma 3 (2503.19786) mean. */
final class GemmaFamilies {
    private static final DecoderFields.Defaults GEMMA = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(256_000, 3072, 24_576, 28, 16), 8192, 1e-6).keyHeads(16).headDim(256).tied(true);
    private static final DecoderFields.Defaults GEMMA2 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(256_000, 2304, 9216, 26, 8), 8192, 1e-6).keyHeads(4).headDim(256).tied(true);
    private static final DecoderFields.Defaults GEMMA3 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(262_208, 2304, 9216, 26, 8), 131_072, 1e-6).keyHeads(4).headDim(256).tied(true);
    private static final String USUAL = "gelu_pytorch_tanh";

    private GemmaFamilies() {}

    static DecoderConfig gemma(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, GEMMA);
        Attention.Grouped attention = read.grouped(read.bias(false), Attention.QueryKeyNorm.NONE);
        UnitFunction function = fields.function("hidden_act", USUAL);
        // The first releases say gelu and mean its approximation.
        HiddenUnits units = new HiddenUnits.Gated(
                fields.word("hidden_act", USUAL).equals("gelu") ? UnitFunction.GELU_TANH : function);
        return config(read, new Ends(DecoderConfig.NormPlace.BEFORE, OptionalDouble.empty()), attention, units,
                read.layers(read.fullRope(), _ -> false, _ -> DecoderFields.FULL));
    }

    static DecoderConfig gemma2(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, GEMMA2);
        Attention.Grouped attention = scaled(read, Attention.QueryKeyNorm.NONE);
        return config(read, around(fields, 30),
                attention.with(attention.extras().cappedAt(cap(fields, "attn_logit_softcapping", 50))), units(fields),
                read.layers(read.fullRope(), _ -> false, read.spans(window(fields), layer -> layer % 2 == 0)));
    }

    /** Gemma 3, whose attention takes no notice of {@code attn_logit_softcapping}. */
    static DecoderConfig gemma3(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, GEMMA3);
        int pattern = fields.size("sliding_window_pattern", 6);
        IntFunction<LayerPlan.Span> spans = read.spans(window(fields), layer -> (layer + 1) % pattern != 0);
        Rope sliding = RopeFields.ofLayers(fields, "sliding_attention", GEMMA3.positions()).rope(read.headDim(), false);
        Rope full = RopeFields.ofLayers(fields, "full_attention", GEMMA3.positions()).rope(read.headDim(), false);
        return config(read, around(fields, 0), scaled(read, Attention.QueryKeyNorm.EACH_HEAD),
                units(fields), read.layers(
                        layer -> Optional.of(spans.apply(layer) instanceof LayerPlan.Span.Sliding ? sliding : full),
                        _ -> false, spans));
    }

    /** Gemma 3 from files of the model with a vision tower, when they have none. */
    static DecoderConfig gemma3Text(ConfigFields fields, Set<String> tensors) {
        ConfigFields text = new ConfigFields(fields.modelType(), fields.object("text_config")
                .map(own -> own.node().deepCopy()).orElseGet(() -> fields.node().objectNode()));
        text.node().put("tie_word_embeddings", fields.flag("tie_word_embeddings", true));
        return gemma3(text, tensors);
    }

    /** Where norms stand, and the bound of the logits. */
    private record Ends(DecoderConfig.NormPlace place, OptionalDouble cap) {}

    private static Ends around(ConfigFields fields, double usualCap) {
        return new Ends(DecoderConfig.NormPlace.AROUND, cap(fields, "final_logit_softcapping", usualCap));
    }

    private static DecoderConfig config(
            DecoderFields read, Ends ends, Attention attention, HiddenUnits units, List<LayerPlan> layers) {
        read.fields().refuseUnless("use_bidirectional_attention", false);
        Norm norm = new Norm(false, false, read.rms().epsilon(), 1);
        return new DecoderConfig(
                read.embedding().times(Math.sqrt(read.residual())),
                read.head(new Head.Vocabulary(read.tied(), 1, ends.cap())), read.residual(),
                new DecoderConfig.Block(norm, ends.place(), 1, false), attention,
                new DecoderConfig.Dense(read.hidden(), units, false), Optional.empty(), layers);
    }

    private static Attention.Grouped scaled(DecoderFields read, Attention.QueryKeyNorm norm) {
        Attention.Grouped plain = read.grouped(read.bias(false), norm);
        return plain.with(plain.extras().scaledBy(1 / Math.sqrt(read.fields().number("query_pre_attn_scalar", 256))));
    }

    private static HiddenUnits units(ConfigFields fields) {
        return new HiddenUnits.Gated(fields.function("hidden_activation", USUAL));
    }

    private static OptionalInt window(ConfigFields fields) {
        return fields.sizeOrNone("sliding_window", 4096);
    }

    /** A bound of scores or logits: none where the field is null, the usual one where it is absent. */
    private static OptionalDouble cap(ConfigFields fields, String key, double otherwise) {
        return fields.optionalNumber(key).map(OptionalDouble::of).orElseGet(() ->
                fields.node().has(key) || otherwise == 0 ? OptionalDouble.empty() : OptionalDouble.of(otherwise));
    }
}
