package org.thalweg.family;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Head;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/** What the configurations of Llama and of dense decoders like it mean. */
final class LlamaFamilies {
    private static final DecoderFields.Defaults LLAMA = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(32_000, 4096, 11_008, 32, 32), 2048, 1e-6);
    private static final DecoderFields.Defaults MISTRAL = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(32_000, 4096, 14_336, 32, 32), 4096 * 32, 1e-6).keyHeads(8);
    private static final DecoderFields.Defaults QWEN2 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(151_936, 4096, 22_016, 32, 32), 32_768, 1e-6).keyHeads(32);

    private static final DecoderFields.Defaults PHI3 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(32_064, 3072, 8192, 32, 32), 4096, 1e-5);
    private static final DecoderFields.Defaults OLMO2 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(50_304, 4096, 11_008, 32, 32), 2048, 1e-5);
    private static final DecoderFields.Defaults SMOLLM3 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(128_256, 2048, 11_008, 36, 16), 32_768, 1e-6).keyHeads(4).theta(2e6).tied(true);

    private LlamaFamilies() {}

    static DecoderConfig llama(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, LLAMA);
        return read.dense(read.grouped(read.bias(false), Attention.QueryKeyNorm.NONE), fields.flag("mlp_bias", false),
                read.layers(read.fullRope(), _ -> false, _ -> DecoderFields.FULL));
    }

    static DecoderConfig granite(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, LLAMA);
        return granite(read, fields.flag("mlp_bias", false), Optional.empty());
    }

    /** Granite MoE, every layer of which has experts. */
    static DecoderConfig graniteMoe(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, LLAMA);
        Router router = new Router.Softmax(fields.size("num_experts_per_tok", 2), Router.Weighting.OVER_CHOSEN,
                Router.Groups.ONE, 1, false);
        return granite(read, false, Optional.of(new MoeLayer(fields.size("num_local_experts", 8),
                MoeFamilies.experts(read, read.hidden()), router, false, Optional.empty())));
    }

    /** Llama with factors of embedding, scores, sublayers and logits. */
    private static DecoderConfig granite(DecoderFields read, boolean mlpBias, Optional<MoeLayer> moe) {
        ConfigFields fields = read.fields();
        Attention.Grouped plain = read.grouped(read.bias(false), Attention.QueryKeyNorm.NONE);
        return new DecoderConfig(
                read.embedding().times(fields.number("embedding_multiplier", 1)),
                read.head(new Head.Vocabulary(
                        read.tied(), 1 / fields.number("logits_scaling", 1), OptionalDouble.empty())),
                read.residual(),
                new DecoderConfig.Block(read.rms(), DecoderConfig.NormPlace.BEFORE,
                        fields.number("residual_multiplier", 1), false),
                plain.with(plain.extras().scaledBy(fields.number("attention_multiplier", 1))),
                read.dense(mlpBias), moe,
                read.layers(read.fullRope(), _ -> moe.isPresent(), _ -> DecoderFields.FULL));
    }

    /** Phi-3, whose files hold query, key and value in one tensor, and gate and up in another. */
    static DecoderConfig phi3(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(withLongRope(fields), tensors, PHI3);
        return read.decoder(read.grouped(Attention.Bias.NONE, Attention.QueryKeyNorm.NONE), Optional.empty(),
                read.layers(read.rope().partial(read.headDim(), 1, false), _ -> false,
                        read.windows(OptionalInt.empty())));
    }

    /** Phi-3 knows one way of scaling, under older names too; absent original positions are 4096. */
    private static ConfigFields withLongRope(ConfigFields fields) {
        ConfigFields changed = new ConfigFields(fields.modelType(), fields.node().deepCopy());
        if (fields.field("original_max_position_embeddings").isEmpty()) {
            changed.node().put("original_max_position_embeddings", 4096);
        }
        for (String key : List.of("rope_scaling", "rope_parameters")) {
            changed.object(key).ifPresent(rope -> {
                String type = rope.word("rope_type", rope.word("type", "default"));
                if (Set.of("su", "yarn").contains(type)) {
                    rope.node().put("rope_type", "longrope");
                } else if (!Set.of("default", "longrope").contains(type)) {
                    throw rope.wrong(rope.either("rope_type", "type"), "default or longrope");
                }
            });
        }
        return changed;
    }

    /** OLMo 2: norms behind the sublayers, queries and keys normalised before the split into heads. */
    static DecoderConfig olmo2(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, OLMO2);
        return new DecoderConfig(
                read.embedding(), read.head(), read.residual(),
                new DecoderConfig.Block(read.rms(), DecoderConfig.NormPlace.BEHIND, 1, false),
                read.grouped(read.bias(false), Attention.QueryKeyNorm.ALL_HEADS), read.dense(false), Optional.empty(),
                read.layers(read.fullRope(), _ -> false, _ -> DecoderFields.FULL));
    }

    /** SmolLM3: some layers without positions. */
    static DecoderConfig smolLm3(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, SMOLLM3);
        OptionalInt window = fields.optionalSize("sliding_window");
        boolean slides = fields.flag("use_sliding_window", false) && window.isPresent();
        IntPredicate rotary = rotaryLayers(read);
        return read.dense(read.grouped(read.bias(false), Attention.QueryKeyNorm.NONE), fields.flag("mlp_bias", false),
                read.layers(layer -> rotary.test(layer) ? Optional.of(read.fullRope()) : Optional.empty(),
                        _ -> false, read.spans(window, layer -> slides && !rotary.test(layer))));
    }

    /** Which layers have rotary positions: despite its name the field {@code no_rope_layers} holds 1 for these. */
    private static IntPredicate rotaryLayers(DecoderFields read) {
        ConfigFields fields = read.fields();
        if (fields.field("no_rope_layers").isEmpty()) {
            int interval = fields.size("no_rope_layer_interval", 4);
            return layer -> (layer + 1) % interval != 0;
        }
        List<Integer> rotation = fields.numbers("no_rope_layers");
        if (rotation.size() < read.depth()) {
            throw fields.wrong("no_rope_layers", "an array with an entry for each of " + read.depth() + " layers");
        }
        return layer -> rotation.get(layer) != 0;
    }

    static DecoderConfig mistral(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, MISTRAL);
        return read.decoder(read.grouped(Attention.Bias.NONE, Attention.QueryKeyNorm.NONE), Optional.empty(),
                read.layers(read.fullRope(), _ -> false, read.windows(OptionalInt.of(4096))));
    }

    static DecoderConfig qwen2(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, QWEN2);
        return qwen(read, read.grouped(Attention.Bias.QUERY_KEY_VALUE, Attention.QueryKeyNorm.NONE));
    }

    static DecoderConfig qwen3(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, QWEN2.headDim(128));
        return qwen(read, read.grouped(read.bias(false), Attention.QueryKeyNorm.EACH_HEAD));
    }

    private static DecoderConfig qwen(DecoderFields read, Attention attention) {
        OptionalInt window = qwenWindow(read.fields());
        int first = read.fields().count("max_window_layers", 28);
        return read.decoder(attention, Optional.empty(), read.layers(read.fullRope(), _ -> false,
                read.spans(window, layer -> window.isPresent() && layer >= first)));
    }

    /** The window of a Qwen model, which counts only where it is switched on. */
    static OptionalInt qwenWindow(ConfigFields fields) {
        if (!fields.flag("use_sliding_window", false)) {
            return OptionalInt.empty();
        }
        return fields.sizeOrNone("sliding_window", 4096);
    }
}
