package org.thalweg.network.decoder;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Tensor names of the families, as Hugging Face's code and the published checkpoints have them. Each family's list
 * starts with the names of its published files.
 */
final class FamilyNames {
    private static final String LAYER = "model.layers.{l}.";

    private static final Map<Role, String> LLAMA_ATTENTION = Map.ofEntries(
            Map.entry(Role.EMBEDDING, "model.embed_tokens.weight"),
            Map.entry(Role.ATTENTION_NORM, LAYER + "input_layernorm.weight"),
            Map.entry(Role.QUERY, LAYER + "self_attn.q_proj.weight"),
            Map.entry(Role.KEY, LAYER + "self_attn.k_proj.weight"),
            Map.entry(Role.VALUE, LAYER + "self_attn.v_proj.weight"),
            Map.entry(Role.ATTENTION_OUTPUT, LAYER + "self_attn.o_proj.weight"),
            Map.entry(Role.FEED_FORWARD_NORM, LAYER + "post_attention_layernorm.weight"),
            Map.entry(Role.FINAL_NORM, "model.norm.weight"),
            Map.entry(Role.HEAD, "lm_head.weight"));

    private static final Map<Role, String> QUERY_KEY_NORMS = Map.of(
            Role.QUERY_NORM, LAYER + "self_attn.q_norm.weight", Role.KEY_NORM, LAYER + "self_attn.k_norm.weight");

    private static final Map<Role, String> LATENT_ATTENTION = Map.of(
            Role.QUERY_DOWN, LAYER + "self_attn.q_a_proj.weight",
            Role.QUERY_DOWN_NORM, LAYER + "self_attn.q_a_layernorm.weight",
            Role.QUERY_UP, LAYER + "self_attn.q_b_proj.weight",
            Role.LATENT_DOWN, LAYER + "self_attn.kv_a_proj_with_mqa.weight",
            Role.LATENT_NORM, LAYER + "self_attn.kv_a_layernorm.weight",
            Role.LATENT_UP, LAYER + "self_attn.kv_b_proj.weight");

    private static final Map<Role, String> GATED_MLP = Map.of(
            Role.GATE, LAYER + "mlp.gate_proj.weight",
            Role.UP, LAYER + "mlp.up_proj.weight",
            Role.DOWN, LAYER + "mlp.down_proj.weight");

    private static final Map<Role, String> EXPERTS = Map.of(
            Role.ROUTER, LAYER + "mlp.gate.weight",
            Role.EXPERT_GATE, LAYER + "mlp.experts.{e}.gate_proj.weight",
            Role.EXPERT_UP, LAYER + "mlp.experts.{e}.up_proj.weight",
            Role.EXPERT_DOWN, LAYER + "mlp.experts.{e}.down_proj.weight");

    private static final Map<Role, String> FUSED_EXPERTS = Map.of(
            Role.ROUTER, LAYER + "mlp.gate.weight",
            Role.EXPERTS_GATE_UP, LAYER + "mlp.experts.gate_up_proj",
            Role.EXPERTS_DOWN, LAYER + "mlp.experts.down_proj");

    private static final Map<Role, String> MIXTRAL_EXPERTS = Map.of(
            Role.ROUTER, LAYER + "block_sparse_moe.gate.weight",
            Role.EXPERT_GATE, LAYER + "block_sparse_moe.experts.{e}.w1.weight",
            Role.EXPERT_UP, LAYER + "block_sparse_moe.experts.{e}.w3.weight",
            Role.EXPERT_DOWN, LAYER + "block_sparse_moe.experts.{e}.w2.weight");

    private static final Map<Role, String> ONE_SHARED_EXPERT = Map.of(
            Role.SHARED_GATE, LAYER + "mlp.shared_expert.gate_proj.weight",
            Role.SHARED_UP, LAYER + "mlp.shared_expert.up_proj.weight",
            Role.SHARED_DOWN, LAYER + "mlp.shared_expert.down_proj.weight",
            Role.SHARED_SWITCH, LAYER + "mlp.shared_expert_gate.weight");

    private static final Map<Role, String> SHARED_EXPERTS = Map.of(
            Role.SHARED_GATE, LAYER + "mlp.shared_experts.gate_proj.weight",
            Role.SHARED_UP, LAYER + "mlp.shared_experts.up_proj.weight",
            Role.SHARED_DOWN, LAYER + "mlp.shared_experts.down_proj.weight");

    private static final Map<Role, String> CORRECTION =
            Map.of(Role.ROUTER_CORRECTION, LAYER + "mlp.gate.e_score_correction_bias");

    private static final Map<Role, String> GPT_OSS_EXPERTS = Map.of(
            Role.SINKS, LAYER + "self_attn.sinks",
            Role.ROUTER, LAYER + "mlp.router.weight",
            Role.EXPERTS_GATE_UP, LAYER + "mlp.experts.gate_up_proj",
            Role.EXPERTS_DOWN, LAYER + "mlp.experts.down_proj");

    private static final Map<Role, String> LLAMA4_FEED_FORWARD = Map.ofEntries(
            Map.entry(Role.GATE, LAYER + "feed_forward.gate_proj.weight"),
            Map.entry(Role.UP, LAYER + "feed_forward.up_proj.weight"),
            Map.entry(Role.DOWN, LAYER + "feed_forward.down_proj.weight"),
            Map.entry(Role.ROUTER, LAYER + "feed_forward.router.weight"),
            Map.entry(Role.EXPERTS_GATE_UP, LAYER + "feed_forward.experts.gate_up_proj"),
            Map.entry(Role.EXPERTS_DOWN, LAYER + "feed_forward.experts.down_proj"),
            Map.entry(Role.SHARED_GATE, LAYER + "feed_forward.shared_expert.gate_proj.weight"),
            Map.entry(Role.SHARED_UP, LAYER + "feed_forward.shared_expert.up_proj.weight"),
            Map.entry(Role.SHARED_DOWN, LAYER + "feed_forward.shared_expert.down_proj.weight"));

    private static final Map<Role, String> GPT2_TABLE = Map.ofEntries(
            Map.entry(Role.EMBEDDING, "transformer.wte.weight"),
            Map.entry(Role.POSITIONS, "transformer.wpe.weight"),
            Map.entry(Role.ATTENTION_NORM, "transformer.h.{l}.ln_1.weight"),
            Map.entry(Role.QUERY_KEY_VALUE, "transformer.h.{l}.attn.c_attn.weight"),
            Map.entry(Role.ATTENTION_OUTPUT, "transformer.h.{l}.attn.c_proj.weight"),
            Map.entry(Role.FEED_FORWARD_NORM, "transformer.h.{l}.ln_2.weight"),
            Map.entry(Role.UP, "transformer.h.{l}.mlp.c_fc.weight"),
            Map.entry(Role.DOWN, "transformer.h.{l}.mlp.c_proj.weight"),
            Map.entry(Role.MOE, "transformer.h.{l}.moe"),
            Map.entry(Role.FINAL_NORM, "transformer.ln_f.weight"),
            Map.entry(Role.HEAD, "lm_head.weight"));

    private static final Map<Role, String> BERT_TABLE = Map.ofEntries(
            Map.entry(Role.EMBEDDING, "bert.embeddings.word_embeddings.weight"),
            Map.entry(Role.POSITIONS, "bert.embeddings.position_embeddings.weight"),
            Map.entry(Role.TOKEN_TYPES, "bert.embeddings.token_type_embeddings.weight"),
            Map.entry(Role.EMBEDDING_NORM, "bert.embeddings.LayerNorm.weight"),
            Map.entry(Role.QUERY, "bert.encoder.layer.{l}.attention.self.query.weight"),
            Map.entry(Role.KEY, "bert.encoder.layer.{l}.attention.self.key.weight"),
            Map.entry(Role.VALUE, "bert.encoder.layer.{l}.attention.self.value.weight"),
            Map.entry(Role.ATTENTION_OUTPUT, "bert.encoder.layer.{l}.attention.output.dense.weight"),
            Map.entry(Role.ATTENTION_NORM, "bert.encoder.layer.{l}.attention.output.LayerNorm.weight"),
            Map.entry(Role.UP, "bert.encoder.layer.{l}.intermediate.dense.weight"),
            Map.entry(Role.DOWN, "bert.encoder.layer.{l}.output.dense.weight"),
            Map.entry(Role.FEED_FORWARD_NORM, "bert.encoder.layer.{l}.output.LayerNorm.weight"),
            Map.entry(Role.HEAD_TRANSFORM, "cls.predictions.transform.dense.weight"),
            Map.entry(Role.FINAL_NORM, "cls.predictions.transform.LayerNorm.weight"),
            Map.entry(Role.HEAD_BIAS, "cls.predictions.bias"));

    private FamilyNames() {}

    static List<TensorNames> bert() {
        return List.of(new TensorNames(BERT_TABLE, false, ExpertLayout.ONE_EACH));
    }

    static List<TensorNames> llama() {
        return List.of(names(ExpertLayout.ONE_EACH, LLAMA_ATTENTION, GATED_MLP));
    }

    /** With the prefix that Hugging Face saves, and without, as in the file OpenAI's weights came in. */
    static List<TensorNames> gpt2() {
        TensorNames saved = new TensorNames(GPT2_TABLE, true, ExpertLayout.ONE_EACH);
        return List.of(saved, saved.replacing("transformer.", ""));
    }

    static List<TensorNames> mixtral() {
        return List.of(
                names(ExpertLayout.ONE_EACH, LLAMA_ATTENTION, MIXTRAL_EXPERTS),
                names(ExpertLayout.FUSED_ROWS, LLAMA_ATTENTION, FUSED_EXPERTS));
    }

    static List<TensorNames> qwen2Moe() {
        return eachAndFused(LLAMA_ATTENTION, GATED_MLP, ONE_SHARED_EXPERT);
    }

    static List<TensorNames> qwen3Moe() {
        return eachAndFused(LLAMA_ATTENTION, QUERY_KEY_NORMS, GATED_MLP);
    }

    static List<TensorNames> olmoe() {
        return eachAndFused(LLAMA_ATTENTION, QUERY_KEY_NORMS);
    }

    static List<TensorNames> deepseekMoe() {
        return eachAndFused(LLAMA_ATTENTION, GATED_MLP, SHARED_EXPERTS);
    }

    static List<TensorNames> deepseekV2() {
        return eachAndFused(LLAMA_ATTENTION, LATENT_ATTENTION, GATED_MLP, SHARED_EXPERTS);
    }

    static List<TensorNames> deepseekV3() {
        return eachAndFused(LLAMA_ATTENTION, LATENT_ATTENTION, GATED_MLP, SHARED_EXPERTS, CORRECTION);
    }

    static List<TensorNames> gptOss() {
        return List.of(names(ExpertLayout.FUSED_ALTERNATING, LLAMA_ATTENTION, GPT_OSS_EXPERTS));
    }

    static List<TensorNames> llama4Text() {
        return List.of(names(ExpertLayout.FUSED_COLUMNS, LLAMA_ATTENTION, LLAMA4_FEED_FORWARD));
    }

    /** The text part of a model that also sees, as the published files name it. */
    static List<TensorNames> llama4() {
        TensorNames text = llama4Text().getFirst();
        return List.of(text.replacing("model.", "language_model.model.")
                .replacing("lm_head", "language_model.lm_head"));
    }

    @SafeVarargs
    private static List<TensorNames> eachAndFused(Map<Role, String>... common) {
        TensorNames each = names(ExpertLayout.ONE_EACH, common);
        TensorNames fused = names(ExpertLayout.FUSED_ROWS, common);
        return List.of(
                names(ExpertLayout.ONE_EACH, each.templates(), EXPERTS),
                names(ExpertLayout.FUSED_ROWS, fused.templates(), FUSED_EXPERTS));
    }

    @SafeVarargs
    private static TensorNames names(ExpertLayout experts, Map<Role, String>... tables) {
        Map<Role, String> all = new EnumMap<>(Role.class);
        for (Map<Role, String> table : tables) {
            all.putAll(table);
        }
        return new TensorNames(all, false, experts);
    }
}
