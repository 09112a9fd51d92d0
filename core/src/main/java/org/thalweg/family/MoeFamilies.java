package org.thalweg.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import org.thalweg.network.HiddenUnits;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Head;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.decoder.Rope;
import org.thalweg.network.moe.Experts;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/** What the configurations of decoders with softmax-routed experts mean, and of Llama 4. */
final class MoeFamilies {
    private static final DecoderFields.Defaults MIXTRAL = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(32_000, 4096, 14_336, 32, 32), 4096 * 32, 1e-5).keyHeads(8).theta(1e6);
    private static final DecoderFields.Defaults QWEN2_MOE = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(151_936, 2048, 5632, 24, 16), 32_768, 1e-6).keyHeads(16);
    private static final DecoderFields.Defaults QWEN3_MOE = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(151_936, 2048, 6144, 24, 32), 32_768, 1e-6).keyHeads(4);
    private static final DecoderFields.Defaults OLMOE = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(50_304, 2048, 2048, 16, 16), 4096, 1e-5);
    private static final DecoderFields.Defaults GPT_OSS = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(201_088, 2880, 2880, 36, 64), 131_072, 1e-5)
            .keyHeads(8).headDim(64).theta(150_000);
    private static final DecoderFields.Defaults LLAMA4 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(202_048, 5120, 8192, 48, 40), 4096 * 32, 1e-5)
            .keyHeads(8).headDim(128).theta(500_000);

    private static final DecoderFields.Defaults ERNIE = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(103_424, 2560, 12_288, 28, 20), 131_072, 1e-5)
            .keyHeads(4).theta(500_000).tied(true);

    private MoeFamilies() {}

    static DecoderConfig mixtral(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, MIXTRAL);
        Router router = new Router.Softmax(fields.size("num_experts_per_tok", 2),
                Router.Weighting.OVER_ALL_RENORMALISED, Router.Groups.ONE, 1, false);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("num_local_experts", "num_experts"), 8),
                experts(read, read.hidden()), router, false, Optional.empty());
        return read.decoder(read.grouped(Attention.Bias.NONE, Attention.QueryKeyNorm.NONE), Optional.of(moe),
                read.layers(read.fullRope(), _ -> true, read.windows(OptionalInt.empty())));
    }

    static DecoderConfig qwen2Moe(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, QWEN2_MOE);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("num_experts", "num_local_experts"), 60),
                experts(read, fields.size("moe_intermediate_size", 1408)), plainSoftmax(fields, 4), false,
                Optional.of(new MoeLayer.Shared(fields.size("shared_expert_intermediate_size", 5632), true)));
        Attention.Bias bias = fields.flag("qkv_bias", true) ? Attention.Bias.QUERY_KEY_VALUE : Attention.Bias.NONE;
        OptionalInt window = LlamaFamilies.qwenWindow(fields);
        int most = fields.count("max_window_layers", 28);
        return read.decoder(read.grouped(bias, Attention.QueryKeyNorm.NONE), Optional.of(moe),
                read.layers(read.fullRope(), layer -> isSparse(fields, layer),
                        read.spans(window, layer -> window.isPresent() && layer % 2 == 0 && layer < most)));
    }

    static DecoderConfig qwen3Moe(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, QWEN3_MOE);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("num_experts", "num_local_experts"), 128),
                experts(read, fields.size("moe_intermediate_size", 768)), plainSoftmax(fields, 8), false,
                Optional.empty());
        OptionalInt window = LlamaFamilies.qwenWindow(fields);
        return read.decoder(read.grouped(read.bias(false), Attention.QueryKeyNorm.EACH_HEAD), Optional.of(moe),
                read.layers(read.fullRope(), layer -> isSparse(fields, layer), _ -> window.isPresent()
                        ? new LayerPlan.Span.Sliding(window.getAsInt()) : DecoderFields.FULL));
    }

    private static boolean isSparse(ConfigFields fields, int layer) {
        return !fields.numbers("mlp_only_layers").contains(layer)
                && (layer + 1) % fields.size("decoder_sparse_step", 1) == 0;
    }

    static DecoderConfig olmoe(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, OLMOE);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("num_experts", "num_local_experts"), 64),
                experts(read, read.hidden()), plainSoftmax(fields, 8), false, Optional.empty());
        OptionalDouble clip = fields.optionalNumber("clip_qkv").map(OptionalDouble::of).orElse(OptionalDouble.empty());
        Attention.Grouped plain = read.grouped(read.bias(false), Attention.QueryKeyNorm.ALL_HEADS);
        return read.decoder(plain.with(plain.extras().clippedAt(clip)), Optional.of(moe),
                read.layers(read.fullRope(), _ -> true, _ -> DecoderFields.FULL));
    }

    static DecoderConfig gptOss(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(withYarn(fields), tensors, GPT_OSS);
        Router router = new Router.Softmax(fields.size("num_experts_per_tok", 4), Router.Weighting.OVER_CHOSEN,
                Router.Groups.ONE, 1, false);
        HiddenUnits units = new HiddenUnits.ClampedGated(7);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("num_local_experts", "num_experts"), 128),
                new Experts.OneLayer(read.hidden(), units, true), router, true, Optional.empty());
        Attention.Grouped plain = read.grouped(read.bias(true), Attention.QueryKeyNorm.NONE);
        OptionalInt window = fields.sizeOrNone("sliding_window", 128);
        return new DecoderConfig(read.embedding(), read.head(), read.residual(),
                DecoderConfig.Block.pre(read.rms()), plain.with(plain.extras().withSinks()),
                new DecoderConfig.Dense(read.hidden(), units, true), Optional.of(moe),
                read.layers(read.fullRope(), _ -> true, read.spans(window, layer -> layer % 2 == 0)));
    }

    /** A gpt-oss model without any fields about rotary positions has YaRN. */
    private static ConfigFields withYarn(ConfigFields fields) {
        if (fields.field("rope_parameters").isPresent()
                || fields.object("rope_scaling").filter(scaling -> !scaling.node().isEmpty()).isPresent()) {
            return fields;
        }
        var node = fields.node().deepCopy();
        node.putObject("rope_parameters").put("rope_type", "yarn").put("factor", 32.0).put("beta_fast", 32.0)
                .put("beta_slow", 1.0).put("truncate", false).put("original_max_position_embeddings", 4096);
        return new ConfigFields(fields.modelType(), node);
    }

    static DecoderConfig llama4(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, LLAMA4);
        Attention.QueryKeyNorm norm = fields.flag("use_qk_norm", true)
                ? Attention.QueryKeyNorm.EACH_HEAD_WITHOUT_GAIN : Attention.QueryKeyNorm.NONE;
        Optional<Attention.Temperature> temperature = truthy(fields, "attn_temperature_tuning")
                ? Optional.of(new Attention.Temperature(
                        fields.number("floor_scale", 8192), fields.number("attn_scale", 0.1)))
                : Optional.empty();
        HiddenUnits units = read.gatedUnits();
        MoeLayer moe = new MoeLayer(fields.size("num_local_experts", 16),
                new Experts.OneLayer(read.hidden(), units, false),
                new Router.SigmoidOnInput(fields.size("num_experts_per_tok", 1)), false,
                Optional.of(new MoeLayer.Shared(read.hidden(), false)));
        Attention.Grouped plain = read.grouped(read.bias(false), norm);
        return new DecoderConfig(read.embedding(), read.head(), read.residual(),
                DecoderConfig.Block.pre(read.rms()), plain.with(plain.extras().withTemperature(temperature)),
                new DecoderConfig.Dense(fields.size("intermediate_size_mlp", 16_384), units, false),
                Optional.of(moe), llama4Layers(read));
    }

    private static List<LayerPlan> llama4Layers(DecoderFields read) {
        ConfigFields fields = read.fields();
        if (fields.node().has("head_dim")) {
            fields.size("head_dim");
        }
        int step = fields.size("interleave_moe_layer_step", 1);
        int interval = fields.size("no_rope_layer_interval", 4);
        boolean namesLayers = fields.field("moe_layers").isPresent();
        List<Integer> sparse = fields.numbers("moe_layers");
        // Despite its name the field holds 1 where there is rotation.
        List<Integer> rotation = fields.numbers("no_rope_layers");
        if (!rotation.isEmpty() && rotation.size() < read.depth()) {
            throw fields.wrong("no_rope_layers", "an array of at least " + read.depth() + " numbers, one a layer");
        }
        Optional<List<String>> types = fields.words("layer_types");
        OptionalInt chunk = fields.sizeOrNone("attention_chunk_size", 8192);
        Rope rope = read.rope().rope(read.headDim(), true);
        List<LayerPlan> result = new ArrayList<>();
        for (int layer = 0; layer < read.depth(); layer++) {
            boolean rotary = layer < rotation.size() ? rotation.get(layer) != 0 : (layer + 1) % interval != 0;
            boolean experts = namesLayers ? sparse.contains(layer) : (layer + 1) % step == 0;
            int number = layer;
            boolean chunked = types.map(list -> isChunked(fields, list, number)).orElse(rotary) && chunk.isPresent();
            result.add(new LayerPlan(experts, rotary ? Optional.of(rope) : Optional.empty(),
                    chunked ? new LayerPlan.Span.Chunked(chunk.getAsInt()) : DecoderFields.FULL));
        }
        return result;
    }

    private static boolean isChunked(ConfigFields fields, List<String> types, int layer) {
        return switch (layer < types.size() ? types.get(layer) : "") {
            case "chunked_attention" -> true;
            case "full_attention" -> false;
            default -> throw fields.wrong("layer_types", "an array of chunked_attention and full_attention");
        };
    }

    /** A flag that older code writes as a number. */
    private static boolean truthy(ConfigFields fields, String key) {
        return fields.field(key).map(value -> value.isNumber() ? value.doubleValue() != 0 : value.asBoolean(true))
                .orElse(true);
    }

    /** ERNIE 4.5, without the layers that predict further tokens. */
    static DecoderConfig ernie(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, ERNIE);
        boolean bias = fields.flag("use_bias", false);
        int width = fields.size("moe_intermediate_size", 1536);
        int shared = fields.count("moe_num_shared_experts", 2);
        Router router = new Router.Softmax(fields.size(fields.either("moe_k", "num_experts_per_tok"), 6),
                Router.Weighting.OVER_ALL_RENORMALISED, Router.Groups.ONE, 1, true,
                fields.number("moe_norm_min", 1e-12));
        MoeLayer moe = new MoeLayer(fields.size(fields.either("moe_num_experts", "num_experts"), 64),
                experts(read, width), router, false, shared == 0 ? Optional.empty()
                        : Optional.of(new MoeLayer.Shared(
                                fields.times("moe_num_shared_experts", shared, width), false, bias)));
        int interval = fields.size("moe_layer_interval", 1);
        int first = fields.count("moe_layer_start_index", 1);
        int end = fields.field("moe_layer_end_index")
                .filter(value -> value.isIntegralNumber() && value.intValue() == -1).isPresent()
                ? read.depth() - 1 : fields.count("moe_layer_end_index", read.depth() - 1);
        Head head = read.head(new Head.Vocabulary(read.tied(), 1, OptionalDouble.empty(), bias));
        return new DecoderConfig(read.embedding(), head, read.residual(), DecoderConfig.Block.pre(read.rms()),
                read.grouped(bias ? Attention.Bias.ALL : Attention.Bias.NONE, Attention.QueryKeyNorm.NONE),
                new DecoderConfig.Dense(read.hidden(), read.gatedUnits(), bias), Optional.of(moe),
                read.layers(read.rope().rope(read.headDim(), true),
                        layer -> (layer + 1) % interval == 0 && layer >= first && layer <= end,
                        _ -> DecoderFields.FULL));
    }

    static Experts experts(DecoderFields read, int width) {
        return new Experts.OneLayer(width, read.gatedUnits(), false);
    }

    static Router plainSoftmax(ConfigFields fields, int selected) {
        Router.Weighting weighting = fields.flag("norm_topk_prob", false)
                ? Router.Weighting.OVER_ALL_RENORMALISED : Router.Weighting.OVER_ALL;
        return new Router.Softmax(
                fields.size("num_experts_per_tok", selected), weighting, Router.Groups.ONE, 1, false);
    }
}
