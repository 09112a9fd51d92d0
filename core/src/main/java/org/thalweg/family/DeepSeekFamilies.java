package org.thalweg.family;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import org.thalweg.network.decoder.Attention;
import org.thalweg.network.decoder.DecoderConfig;
import org.thalweg.network.decoder.Rope;
import org.thalweg.network.moe.MoeLayer;
import org.thalweg.network.moe.Router;

/** What the configurations of the DeepSeek families mean. */
final class DeepSeekFamilies {
    private static final DecoderFields.Defaults MOE = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(102_400, 4096, 11_008, 30, 32), 2048, 1e-6);
    private static final DecoderFields.Defaults V2 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(102_400, 4096, 11_008, 32, 32), 2048, 1e-6);
    private static final DecoderFields.Defaults V3 = DecoderFields.Defaults.of(
            new DecoderFields.Sizes(129_280, 7168, 18_432, 61, 128), 4096, 1e-6).keyHeads(128);

    private DeepSeekFamilies() {}

    /** DeepSeekMoE (arXiv 2401.06066), whose code comes with its files. */
    static DecoderConfig moe(ConfigFields fields, Set<String> tensors) {
        fields.refuseUnless("scoring_func", "softmax");
        DecoderFields read = new DecoderFields(fields, tensors, MOE);
        int width = fields.size("moe_intermediate_size", 1407);
        int shared = fields.count("n_shared_experts", 0);
        MoeLayer moe = new MoeLayer(fields.size("n_routed_experts"), MoeFamilies.experts(read, width),
                MoeFamilies.plainSoftmax(fields, 6), false, shared(fields, "n_shared_experts", width, shared));
        int frequency = fields.size("moe_layer_freq", 1);
        int dense = fields.count("first_k_dense_replace", 0);
        return read.decoder(read.grouped(read.bias(false), Attention.QueryKeyNorm.NONE), Optional.of(moe),
                read.layers(read.fullRope(), layer -> layer >= dense && layer % frequency == 0,
                        _ -> DecoderFields.FULL));
    }

    /** DeepSeek-V2 (arXiv 2405.04434). The stock class ignores {@code norm_topk_prob}. */
    static DecoderConfig v2(ConfigFields fields, Set<String> tensors) {
        fields.refuseUnless("mlp_bias", false);
        DecoderFields read = new DecoderFields(fields, tensors, V2);
        Router.Groups groups = switch (fields.word("topk_method", "greedy")) {
            case "greedy" -> Router.Groups.ONE;
            case "group_limited_greedy" -> new Router.Groups(fields.size("n_group"), fields.size("topk_group"), 1);
            default -> throw fields.wrong("topk_method", "greedy or group_limited_greedy");
        };
        Router router = new Router.Softmax(fields.size("num_experts_per_tok"), Router.Weighting.OVER_ALL, groups,
                fields.number("routed_scaling_factor", 1), false);
        int width = fields.size("moe_intermediate_size", 1407);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("n_routed_experts", "num_experts"), 64),
                MoeFamilies.experts(read, width), router, false,
                shared(fields, "n_shared_experts", width, fields.count("n_shared_experts", 2)));
        int dense = fields.count("first_k_dense_replace", 0);
        return latent(read, moe, layer -> layer >= dense, true);
    }

    /** DeepSeek-V3 (arXiv 2412.19437), without the layers that predict further tokens. */
    static DecoderConfig v3(ConfigFields fields, Set<String> tensors) {
        DecoderFields read = new DecoderFields(fields, tensors, V3);
        Router router = new Router.CorrectedSigmoid(
                fields.size("num_experts_per_tok", 8), fields.flag("norm_topk_prob", true),
                new Router.Groups(fields.size("n_group", 8), fields.size("topk_group", 4), 2),
                fields.number("routed_scaling_factor", 2.5));
        int width = fields.size("moe_intermediate_size", 2048);
        MoeLayer moe = new MoeLayer(fields.size(fields.either("n_routed_experts", "num_local_experts"), 256),
                MoeFamilies.experts(read, width), router, false,
                shared(fields, "n_shared_experts", width, fields.count("n_shared_experts", 1)));
        int dense = fields.count("first_k_dense_replace", 3);
        fields.refuseUnless("head_dim", fields.size("qk_rope_head_dim", 64));
        return latent(read, moe, layer -> layer >= dense, fields.flag("rope_interleave", true));
    }

    /** As many shared experts as a field says, which are one wide network. */
    static Optional<MoeLayer.Shared> shared(ConfigFields fields, String key, int width, int count) {
        return count == 0 ? Optional.empty()
                : Optional.of(new MoeLayer.Shared(fields.times(key, count, width), false));
    }

    private static DecoderConfig latent(DecoderFields read, MoeLayer moe, IntPredicate sparse, boolean neighbours) {
        ConfigFields fields = read.fields();
        Attention.HeadParts head = new Attention.HeadParts(
                fields.size("qk_nope_head_dim", 128), fields.size("qk_rope_head_dim", 64),
                fields.size("v_head_dim", 128));
        if (read.keyHeads() != read.heads()) {
            throw fields.wrong("num_key_value_heads", "num_attention_heads (" + read.heads() + ")");
        }
        RopeFields rope = read.rope();
        OptionalInt queryRank = fields.sizeOrNone("q_lora_rank", 1536);
        Attention attention = new Attention.Latent(read.heads(), queryRank, fields.size("kv_lora_rank", 512), head,
                fields.flag("attention_bias", false), rope.scoreFactor() / Math.sqrt(head.query()));
        Rope turned = rope.rope(head.rotary(), neighbours);
        return read.decoder(attention, Optional.of(moe), read.layers(turned, sparse, _ -> DecoderFields.FULL));
    }
}
