package org.thalweg.family;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.LayerPlan;
import org.thalweg.network.decoder.Rope;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/** What the configurations of decoders mean whose experts are chosen by corrected sigmoids, but for DeepSeek-V3's. */
final class SigmoidFamilies {
    private static final String PARTIAL = "partial_rotary_factor";
    private static final DecoderFields.Defaults GLM = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(151_552, 4096, 10_944, 46, 96), 131_072, 1e-5).keyHeads(8);
    private static final DecoderFields.Defaults DOTS = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(152_064, 4608, 10_944, 62, 32), 2048, 1e-6).keyHeads(32);
    private static final DecoderFields.Defaults MINI_MAX = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(200_064, 3072, 1536, 62, 48), 196_608, 1e-6)
            .keyHeads(8).headDim(128).theta(5_000_000);
    private static final DecoderFields.Defaults LING = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(157_184, 2048, 5120, 20, 16), 32_768, 1e-6)
            .keyHeads(4).headDim(128).theta(600_000);

    private SigmoidFamilies() {}

    /** GLM-4.5 (arXiv 2508.06471). */
    static DecoderConfig glm(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, GLM);
        Router router = new Router.CorrectedSigmoid(fields.size("num_experts_per_tok", 8),
                fields.flag("norm_topk_prob", true), groups(fields, 1, 1), fields.number("routed_scaling_factor", 1));
        int width = fields.size("moe_intermediate_size", 1408);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("n_routed_experts", "num_local_experts"), 128),
                MoeFamilies.experts(read, width), router, false,
                DeepSeekFamilies.shared(fields, "n_shared_experts", width, fields.count("n_shared_experts", 1)));
        Attention.Bias bias = fields.flag("attention_bias", false)
                ? Attention.Bias.QUERY_KEY_VALUE : Attention.Bias.NONE;
        Attention.QueryKeyNorm norm = fields.flag("use_qk_norm", false)
                ? Attention.QueryKeyNorm.EACH_HEAD : Attention.QueryKeyNorm.NONE;
        int dense = fields.count("first_k_dense_replace", 1);
        // A null is no absent field here: it stands for all coordinates.
        Rope rope = read.rope().partial(read.headDim(), fields.node().has(PARTIAL) ? 1 : 0.5, false);
        return read.decoder(read.grouped(bias, norm), Optional.of(moe),
                read.layers(rope, layer -> layer >= dense, _ -> DecoderFields.FULL));
    }

    /** dots.llm1 (arXiv 2506.05767). */
    static DecoderConfig dots(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, DOTS);
        Router router = new Router.CorrectedSigmoid(fields.size("num_experts_per_tok"),
                fields.flag("norm_topk_prob", false), groups(fields, 1, 1), fields.number("routed_scaling_factor", 1));
        int width = fields.size("moe_intermediate_size", 1408);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("n_routed_experts", "num_local_experts")),
                MoeFamilies.experts(read, width), router, false,
                DeepSeekFamilies.shared(fields, "n_shared_experts", width, fields.size("n_shared_experts")));
        OptionalInt window = fields.sizeOrNone("sliding_window", 4096);
        int first = fields.count("max_window_layers", 62);
        int dense = fields.count("first_k_dense_replace", 0);
        return read.decoder(read.grouped(read.bias(false), Attention.QueryKeyNorm.EACH_HEAD), Optional.of(moe),
                read.layers(read.fullRope(), layer -> layer >= dense,
                        read.spans(window, layer -> window.isPresent() && layer >= first)));
    }

    /** MiniMax-M2. */
    static DecoderConfig miniMax(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, MINI_MAX);
        Router router = new Router.CorrectedSigmoid(
                fields.size("num_experts_per_tok", 8), true, Router.Groups.ONE, 1);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("num_local_experts", "num_experts"), 256),
                MoeFamilies.experts(read, read.hidden()), router, false, Optional.empty());
        OptionalInt turning = fields.optionalSize("rotary_dim");
        double share = fields.node().has(PARTIAL) || turning.isEmpty()
                ? 1 : turning.getAsInt() / (double) read.headDim();
        return read.decoder(read.grouped(Attention.Bias.NONE, Attention.QueryKeyNorm.ALL_HEADS), Optional.of(moe),
                read.layers(read.rope().partial(read.headDim(), share, false), _ -> true, _ -> DecoderFields.FULL));
    }

    /** Ling 2.0 (arXiv 2510.22115), whose code comes with its files. */
    static DecoderConfig ling(ConfigFields fields, Set<String> tensors) {
        // There is no stock class that says what these mean when they are absent.
        for (String key : List.of("num_experts", "num_experts_per_tok", "n_group", "topk_group",
                "first_k_dense_replace", "moe_intermediate_size", "use_qk_norm")) {
            if (fields.field(key).isEmpty()) {
                throw fields.wrong(key, "given");
            }
        }
        fields.refuseUnless("score_function", "sigmoid");
        fields.refuseUnless("moe_router_enable_expert_bias", true);
        fields.refuseUnless("use_bias", false);
        DecoderFields read = new DecoderFields(fields, tensors, LING);
        int selected = fields.size("num_experts_per_tok", 8);
        Router router = new Router.CorrectedSigmoid(
                selected, selected > 1, groups(fields, 8, 4), fields.number("routed_scaling_factor", 1));
        int width = fields.size("moe_intermediate_size", 512);
        MoeLayer moe = new MoeLayer(fields.size("num_experts", 256), MoeFamilies.experts(read, width), router, false,
                DeepSeekFamilies.shared(fields, "num_shared_experts", width, fields.count("num_shared_experts", 1)));
        Attention.Bias bias = fields.flag("use_qkv_bias", false)
                ? Attention.Bias.QUERY_KEY_VALUE : Attention.Bias.NONE;
        Attention.QueryKeyNorm norm = fields.flag("use_qk_norm", true)
                ? Attention.QueryKeyNorm.EACH_HEAD : Attention.QueryKeyNorm.NONE;
        int dense = fields.count("first_k_dense_replace", 0);
        Rope rope = read.rope().partial(read.headDim(), 1, false);
        List<LayerPlan> layers = read.layers(rope, layer -> layer >= dense, _ -> DecoderFields.FULL);
        // Some configurations count the layers that predict further tokens among the layers.
        int depth = 0;
        while (depth < layers.size() && !NextTokenLayers.has(tensors, depth)) {
            depth++;
        }
        return read.decoder(read.grouped(bias, norm), Optional.of(moe), layers.subList(0, depth));
    }

    private static Router.Groups groups(ConfigFields fields, int count, int kept) {
        return new Router.Groups(fields.size("n_group", count), fields.size("topk_group", kept), 2);
    }
}
