package org.thalweg.network.decoder;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * What the configurations of the families mean. Defaults for absent fields are those of Hugging Face's configuration
 * classes; sizes without a safe default must be there.
 */
final class FamilyParts {
    static final LayerPlan.Span FULL = new LayerPlan.Span.Full();

    private FamilyParts() {}

    static DecoderConfig llama(ConfigFields fields) {
        return denseDecoder(fields, fields.size("num_key_value_heads", fields.size("num_attention_heads")), _ -> FULL);
    }

    static DecoderConfig mistral(ConfigFields fields) {
        return denseDecoder(fields, fields.size("num_key_value_heads", 8), window(fields));
    }

    private static DecoderConfig denseDecoder(
            ConfigFields fields, int keyHeads, IntFunction<LayerPlan.Span> spans) {
        Attention.Bias bias = fields.flag("attention_bias", false) ? Attention.Bias.ALL : Attention.Bias.NONE;
        return new DecoderConfig(
                ends(fields), fields.size("hidden_size"), rms(fields),
                grouped(fields, keyHeads, bias, Attention.QueryKeyNorm.NONE, 10_000), dense(fields),
                Optional.empty(), layers(fields, _ -> false, spans));
    }

    static DecoderConfig mixtral(ConfigFields fields) {
        Router router = new Router.Softmax(
                fields.size("num_experts_per_tok", 2), Router.Weighting.OVER_ALL_RENORMALISED,
                Router.Groups.ONE, 1);
        Experts experts = new Experts(
                fields.size("num_local_experts"), fields.size("intermediate_size"), gatedUnits(fields), false, router,
                Optional.empty());
        return new DecoderConfig(
                ends(fields), fields.size("hidden_size"), rms(fields),
                grouped(fields, fields.size("num_key_value_heads", 8), Attention.Bias.NONE,
                        Attention.QueryKeyNorm.NONE, 1_000_000),
                dense(fields), Optional.of(experts), layers(fields, _ -> true, window(fields)));
    }

    static DecoderConfig qwen2Moe(ConfigFields fields) {
        Experts.Shared shared = new Experts.Shared(fields.size("shared_expert_intermediate_size"), true);
        Attention.Bias bias =
                fields.flag("qkv_bias", true) ? Attention.Bias.QUERY_KEY_VALUE : Attention.Bias.NONE;
        return qwen(fields, Optional.of(shared), grouped(fields,
                fields.size("num_key_value_heads", fields.size("num_attention_heads")), bias,
                Attention.QueryKeyNorm.NONE, 10_000));
    }

    static DecoderConfig qwen3Moe(ConfigFields fields) {
        Attention.Bias bias = fields.flag("attention_bias", false) ? Attention.Bias.ALL : Attention.Bias.NONE;
        return qwen(fields, Optional.empty(), grouped(fields, fields.size("num_key_value_heads", 4), bias,
                Attention.QueryKeyNorm.EACH_HEAD, 10_000));
    }

    private static DecoderConfig qwen(ConfigFields fields, Optional<Experts.Shared> shared, Attention attention) {
        int step = fields.size("decoder_sparse_step", 1);
        List<Integer> dense = fields.numbers("mlp_only_layers");
        int firstSliding = fields.size("max_window_layers", 28);
        IntFunction<LayerPlan.Span> windows = window(fields);
        boolean sliding = fields.flag("use_sliding_window", false);
        Experts experts = new Experts(
                fields.size("num_experts"), fields.size("moe_intermediate_size"), gatedUnits(fields), false,
                plainSoftmax(fields), shared);
        return new DecoderConfig(
                ends(fields), fields.size("hidden_size"), rms(fields), attention, dense(fields),
                Optional.of(experts),
                layers(fields, layer -> !dense.contains(layer) && (layer + 1) % step == 0,
                        layer -> sliding && layer >= firstSliding ? windows.apply(layer) : FULL));
    }

    static DecoderConfig olmoe(ConfigFields fields) {
        Attention.Bias bias = fields.flag("attention_bias", false) ? Attention.Bias.ALL : Attention.Bias.NONE;
        Attention.Grouped plain = grouped(fields,
                fields.size("num_key_value_heads", fields.size("num_attention_heads")), bias,
                Attention.QueryKeyNorm.ALL_HEADS, 10_000);
        OptionalDouble clip = fields.optionalNumber("clip_qkv").map(OptionalDouble::of).orElse(OptionalDouble.empty());
        Experts experts = new Experts(
                fields.size("num_experts", 64), fields.size("intermediate_size"), gatedUnits(fields), false,
                plainSoftmax(fields), Optional.empty());
        return new DecoderConfig(
                ends(fields), fields.size("hidden_size"), rms(fields),
                with(plain, new Attention.Extras(false, clip, Optional.empty())), dense(fields),
                Optional.of(experts), layers(fields, _ -> true, _ -> FULL));
    }

    static DecoderConfig gptOss(ConfigFields fields) {
        Attention.Bias bias = fields.flag("attention_bias", true) ? Attention.Bias.ALL : Attention.Bias.NONE;
        Attention.Grouped plain = grouped(fields, fields.size("num_key_value_heads", 8), bias,
                Attention.QueryKeyNorm.NONE, 150_000);
        Router router = new Router.Softmax(
                fields.size("num_experts_per_tok", 4), Router.Weighting.OVER_CHOSEN, Router.Groups.ONE, 1);
        HiddenUnits units = new HiddenUnits.ClampedGated(fields.number("swiglu_limit", 7));
        int width = fields.size("intermediate_size");
        Experts experts = new Experts(
                fields.size("num_local_experts"), width, units, true, router, Optional.empty());
        IntFunction<LayerPlan.Span> windows = window(fields);
        return new DecoderConfig(
                ends(fields), fields.size("hidden_size"), rms(fields),
                with(plain, new Attention.Extras(true, OptionalDouble.empty(), Optional.empty())),
                new DecoderConfig.Dense(width, units, true), Optional.of(experts),
                layers(fields, _ -> true, layer -> layer % 2 == 0 ? windows.apply(layer) : FULL));
    }

    static DecoderConfig llama4(ConfigFields fields) {
        Attention.Bias bias = fields.flag("attention_bias", false) ? Attention.Bias.ALL : Attention.Bias.NONE;
        Attention.QueryKeyNorm norm = fields.flag("use_qk_norm", true)
                ? Attention.QueryKeyNorm.EACH_HEAD_WITHOUT_GAIN : Attention.QueryKeyNorm.NONE;
        Attention.Grouped plain = grouped(fields, fields.size("num_key_value_heads", 8), bias, norm, 500_000);
        Optional<Attention.Temperature> temperature = truthy(fields, "attn_temperature_tuning")
                ? Optional.of(new Attention.Temperature(
                        fields.number("floor_scale", 8192), fields.number("attn_scale", 0.1)))
                : Optional.empty();
        HiddenUnits units = gatedUnits(fields);
        int width = fields.size("intermediate_size");
        Experts experts = new Experts(
                fields.size("num_local_experts"), width, units, false,
                new Router.SigmoidOnInput(fields.size("num_experts_per_tok", 1)),
                Optional.of(new Experts.Shared(width, false)));
        return new DecoderConfig(
                ends(fields), fields.size("hidden_size"), rms(fields),
                with(new Attention.Grouped(plain.heads(), plain.keyHeads(), plain.headDim(), bias, norm,
                        plain.extras(), Optional.of(rope(fields, 500_000).rope(plain.headDim(), true))),
                        new Attention.Extras(false, OptionalDouble.empty(), temperature)),
                new DecoderConfig.Dense(fields.size("intermediate_size_mlp"), units, false),
                Optional.of(experts), llama4Layers(fields));
    }

    private static List<LayerPlan> llama4Layers(ConfigFields fields) {
        int step = fields.size("interleave_moe_layer_step", 1);
        int interval = fields.size("no_rope_layer_interval", 4);
        List<Integer> sparse = fields.numbers("moe_layers");
        // Despite its name the field holds 1 where there is rotation.
        List<Integer> rotation = fields.numbers("no_rope_layers");
        OptionalInt chunk = fields.optionalSize("attention_chunk_size");
        List<LayerPlan> result = new ArrayList<>();
        for (int layer = 0; layer < fields.depth("num_hidden_layers"); layer++) {
            boolean rotary = layer < rotation.size() ? rotation.get(layer) != 0 : (layer + 1) % interval != 0;
            boolean experts = sparse.isEmpty() ? (layer + 1) % step == 0 : sparse.contains(layer);
            LayerPlan.Span span = rotary && chunk.isPresent()
                    ? new LayerPlan.Span.Chunked(chunk.getAsInt()) : FULL;
            result.add(new LayerPlan(experts, rotary, span));
        }
        return result;
    }

    /** A flag that older code writes as a number. */
    private static boolean truthy(ConfigFields fields, String key) {
        return fields.field(key).map(value -> value.isNumber() ? value.doubleValue() != 0 : value.asBoolean(true))
                .orElse(true);
    }

    private static Router plainSoftmax(ConfigFields fields) {
        Router.Weighting weighting = fields.flag("norm_topk_prob", false)
                ? Router.Weighting.OVER_ALL_RENORMALISED : Router.Weighting.OVER_ALL;
        return new Router.Softmax(fields.size("num_experts_per_tok"), weighting, Router.Groups.ONE, 1);
    }

    private static Attention.Grouped with(Attention.Grouped plain, Attention.Extras extras) {
        return new Attention.Grouped(plain.heads(), plain.keyHeads(), plain.headDim(), plain.bias(), plain.norm(),
                extras, plain.rope());
    }

    static Attention.Grouped grouped(
            ConfigFields fields, int keyHeads, Attention.Bias bias, Attention.QueryKeyNorm norm, double theta) {
        int heads = fields.size("num_attention_heads");
        int headDim = fields.size("head_dim", Math.max(1, fields.size("hidden_size") / heads));
        return new Attention.Grouped(heads, keyHeads, headDim, bias, norm, Attention.Extras.NONE,
                Optional.of(rope(fields, theta).rope(headDim, false)));
    }

    static RopeFields rope(ConfigFields fields, double theta) {
        return new RopeFields(fields, theta);
    }

    static DecoderConfig.Ends ends(ConfigFields fields) {
        return new DecoderConfig.Ends(
                fields.size("vocab_size"), OptionalInt.empty(), fields.flag("tie_word_embeddings", false),
                Optional.empty());
    }

    static Norm rms(ConfigFields fields) {
        return new Norm(false, fields.number("rms_norm_eps"), false);
    }

    static DecoderConfig.Dense dense(ConfigFields fields) {
        return new DecoderConfig.Dense(
                fields.size("intermediate_size"), gatedUnits(fields), fields.flag("mlp_bias", false));
    }

    static HiddenUnits gatedUnits(ConfigFields fields) {
        return new HiddenUnits.Gated(UnitFunction.named(fields.word("hidden_act", "silu")));
    }

    static List<LayerPlan> layers(ConfigFields fields, IntPredicate sparse, IntFunction<LayerPlan.Span> spans) {
        Optional<List<String>> types = fields.words("layer_types");
        List<LayerPlan> result = new ArrayList<>();
        for (int layer = 0; layer < fields.depth("num_hidden_layers"); layer++) {
            int index = layer;
            LayerPlan.Span span = types.filter(list -> index < list.size())
                    .map(list -> spanNamed(fields, list.get(index)))
                    .orElseGet(() -> spans.apply(index));
            result.add(new LayerPlan(sparse.test(layer), true, span));
        }
        return result;
    }

    private static LayerPlan.Span spanNamed(ConfigFields fields, String type) {
        return switch (type) {
            case "full_attention" -> FULL;
            case "sliding_attention" -> new LayerPlan.Span.Sliding(fields.size("sliding_window"));
            default -> throw fields.wrong("layer_types", "an array of full_attention and sliding_attention");
        };
    }

    private static IntFunction<LayerPlan.Span> window(ConfigFields fields) {
        OptionalInt window = fields.optionalSize("sliding_window");
        return _ -> window.isPresent() ? new LayerPlan.Span.Sliding(window.getAsInt()) : FULL;
    }
}
