package org.thalweg.network.decoder;

import java.util.Optional;
import java.util.OptionalInt;

/** What the configurations of the DeepSeek families mean. */
final class DeepSeekParts {
    private DeepSeekParts() {}

    static DecoderConfig moe(ConfigFields fields) {
        requireScoring(fields, "softmax");
        Attention.Bias bias = fields.flag("attention_bias", false) ? Attention.Bias.ALL : Attention.Bias.NONE;
        Attention attention = FamilyParts.grouped(fields,
                fields.size("num_key_value_heads", fields.size("num_attention_heads")), bias,
                Attention.QueryKeyNorm.NONE, 10_000);
        Router router = new Router.Softmax(selected(fields), weighting(fields), Router.Groups.ONE, 1);
        return assemble(fields, attention, router);
    }

    static DecoderConfig v2(ConfigFields fields) {
        requireScoring(fields, "softmax");
        Router.Groups groups = switch (fields.word("topk_method", "greedy")) {
            case "greedy" -> Router.Groups.ONE;
            case "group_limited_greedy" -> groups(fields);
            default -> throw fields.wrong("topk_method", "greedy or group_limited_greedy");
        };
        Router.Weighting weighting = weighting(fields);
        // The published code scales the weights only where it does not renormalise them.
        double scale = weighting == Router.Weighting.OVER_ALL ? fields.number("routed_scaling_factor", 1) : 1;
        return assemble(fields, latent(fields, true),
                new Router.Softmax(selected(fields), weighting, groups, scale));
    }

    static DecoderConfig v3(ConfigFields fields) {
        requireScoring(fields, "sigmoid");
        Router router = new Router.CorrectedSigmoid(
                selected(fields), fields.flag("norm_topk_prob", true), groups(fields),
                fields.number("routed_scaling_factor", 2.5));
        return assemble(fields, latent(fields, fields.flag("rope_interleave", true)), router);
    }

    private static DecoderConfig assemble(ConfigFields fields, Attention attention, Router router) {
        int width = fields.size("moe_intermediate_size");
        OptionalInt sharedCount = fields.optionalSize("n_shared_experts");
        Optional<Experts.Shared> shared = sharedCount.isPresent()
                ? Optional.of(new Experts.Shared(Math.multiplyExact(width, sharedCount.getAsInt()), false))
                : Optional.empty();
        Experts experts = new Experts(
                fields.size("n_routed_experts"), width, FamilyParts.gatedUnits(fields), false, router, shared);
        int frequency = fields.size("moe_layer_freq", 1);
        int dense = firstSparse(fields);
        return new DecoderConfig(
                FamilyParts.ends(fields), fields.size("hidden_size"), FamilyParts.rms(fields), attention,
                FamilyParts.dense(fields), Optional.of(experts),
                FamilyParts.layers(fields, layer -> layer >= dense && layer % frequency == 0,
                        _ -> new LayerPlan.Span.Full()));
    }

    private static int firstSparse(ConfigFields fields) {
        boolean zero = fields.field("first_k_dense_replace").map(value -> value.asInt(-1) == 0).orElse(true);
        return zero ? 0 : fields.size("first_k_dense_replace");
    }

    private static Attention.Latent latent(ConfigFields fields, boolean neighbours) {
        Attention.HeadParts head = new Attention.HeadParts(
                fields.size("qk_nope_head_dim"), fields.size("qk_rope_head_dim"), fields.size("v_head_dim"));
        RopeFields rope = FamilyParts.rope(fields, 10_000);
        return new Attention.Latent(
                fields.size("num_attention_heads"), fields.optionalSize("q_lora_rank"), fields.size("kv_lora_rank"),
                head, fields.flag("attention_bias", false), rope.scoreFactor() / Math.sqrt(head.query()),
                rope.rope(head.rotary(), neighbours));
    }

    private static int selected(ConfigFields fields) {
        return fields.size("num_experts_per_tok");
    }

    private static Router.Weighting weighting(ConfigFields fields) {
        return fields.flag("norm_topk_prob", false)
                ? Router.Weighting.OVER_ALL_RENORMALISED : Router.Weighting.OVER_ALL;
    }

    private static Router.Groups groups(ConfigFields fields) {
        return new Router.Groups(fields.size("n_group"), fields.size("topk_group"));
    }

    private static void requireScoring(ConfigFields fields, String expected) {
        if (!fields.word("scoring_func", expected).equals(expected)) {
            throw fields.wrong("scoring_func", expected);
        }
    }
}
