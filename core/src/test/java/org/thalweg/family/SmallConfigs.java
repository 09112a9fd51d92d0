package org.thalweg.family;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.thalweg.network.Network;
import org.thalweg.network.decoder.Decoder;
import org.thalweg.symmetry.Architecture;
import org.thalweg.tensor.Parameters;

/** A small configuration of every family that uses all of the family's parts. */
public final class SmallConfigs {
    private static final String SIZES = """
        {vocab_size: 13, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 4, num_key_value_heads: 2,
         intermediate_size: 10, rms_norm_eps: 1.0e-5, rope_theta: 100.0,
        """;
    private static final String LATENT = """
         num_key_value_heads: 4, q_lora_rank: 5, kv_lora_rank: 7, qk_nope_head_dim: 3, qk_rope_head_dim: 4,
         v_head_dim: 5,
        """;
    private static final String YARN = """
         max_position_embeddings: 32, rope_scaling: {type: yarn, factor: 4.0, original_max_position_embeddings: 8,
           beta_fast: 4, beta_slow: 1, mscale: 0.7, mscale_all_dim: 0.9},
        """;

    private static final String NEOX = """
        {vocab_size: 13, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 2, intermediate_size: 10,
         rotary_emb_base: 100.0,
        """;

    private static final String GPT2_MOE = """
        {vocab_size: 13, n_embd: 16, n_layer: 2, n_head: 4, n_positions: 9,
         moe: {layers: [1], num_experts: 4, expert_hidden_sizes: [6], expert_act: gelu,
        """;

    private static final Map<String, String> BY_FAMILY = new TreeMap<>(Map.ofEntries(
            Map.entry("llama", SIZES + "rope_scaling: {rope_type: llama3, factor: 8.0, low_freq_factor: 1.0, "
                    + "high_freq_factor: 4.0, original_max_position_embeddings: 16}}"),
            Map.entry("mistral", SIZES + "head_dim: 6, sliding_window: 3, tie_word_embeddings: true}"),
            Map.entry("gpt2", "{vocab_size: 13, n_embd: 16, n_layer: 2, n_head: 4, n_positions: 9, n_inner: null}"),
            Map.entry("gpt2 untied", "{vocab_size: 13, n_embd: 16, n_layer: 2, n_head: 4, n_positions: 9, "
                    + "n_inner: 20, tie_word_embeddings: false}"),
            Map.entry("gpt2-moe", GPT2_MOE + "gating: sparse, num_experts_per_tok: 2}}"),
            Map.entry("gpt2-moe top-1", GPT2_MOE + "gating: sparse, num_experts_per_tok: 1}}"),
            Map.entry("gpt2-moe dense", GPT2_MOE + "gating: dense}, tie_word_embeddings: false}"),
            Map.entry("gpt2-moe deepseek", GPT2_MOE + "gating: deepseek, num_experts_per_tok: 2, "
                    + "n_shared_experts: 2, expert_act: relu}, activation_function: relu}"),
            Map.entry("gpt2-moe deepseek-v3", GPT2_MOE + "gating: deepseek-v3, num_experts_per_tok: 2, "
                    + "n_shared_experts: 1, n_group: 2, topk_group: 1, num_experts: 6, expert_act: silu}}"),
            Map.entry("gpt2-moe gpt-oss", GPT2_MOE + "gating: gpt-oss, num_experts_per_tok: 2, expert_act: silu}}"),
            Map.entry("bert", "{vocab_size: 13, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 4, "
                    + "intermediate_size: 10, max_position_embeddings: 9}"),
            Map.entry("bert relu", "{vocab_size: 13, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 4, "
                    + "intermediate_size: 10, max_position_embeddings: 9, hidden_act: relu}"),
            Map.entry("roberta", "{vocab_size: 13, hidden_size: 16, num_hidden_layers: 2, num_attention_heads: 4, "
                    + "intermediate_size: 10, max_position_embeddings: 12, pad_token_id: 2}"),
            Map.entry("gpt_neox", NEOX + "rotary_pct: 0.75, tie_word_embeddings: true}"),
            Map.entry("gpt_neox serial", NEOX + "hidden_size: 24, rotary_pct: 1.0, use_parallel_residual: false, "
                    + "attention_bias: false, hidden_act: relu}"),
            Map.entry("phi3", SIZES + "head_dim: 6, partial_rotary_factor: 0.67, max_position_embeddings: 64, "
                    + "original_max_position_embeddings: 16, sliding_window: 3, rope_scaling: {type: longrope, "
                    + "short_factor: [1.0, 1.5], long_factor: [2.0, 4.0]}}"),
            Map.entry("olmo2", SIZES + "attention_bias: true}"),
            Map.entry("olmo2 tied", SIZES + "head_dim: 6, tie_word_embeddings: true}"),
            Map.entry("granite", SIZES + "attention_bias: true, mlp_bias: true, embedding_multiplier: 3.0, "
                    + "attention_multiplier: 0.2, residual_multiplier: 0.4, logits_scaling: 2.0}"),
            Map.entry("smollm3", SIZES + "no_rope_layers: [0, 1], attention_bias: true, mlp_bias: true, "
                    + "use_sliding_window: true, sliding_window: 3}"),
            Map.entry("qwen2", SIZES + "use_sliding_window: true, sliding_window: 3, max_window_layers: 1}"),
            Map.entry("qwen3", SIZES + "head_dim: 6, attention_bias: true}"),
            Map.entry("gemma", SIZES + "head_dim: 6, attention_bias: true}"),
            Map.entry("gemma2", SIZES + "head_dim: 6, sliding_window: 3, query_pre_attn_scalar: 8, "
                    + "attn_logit_softcapping: 2.0, final_logit_softcapping: 3.0}"),
            Map.entry("gemma2 untied", SIZES + "head_dim: 4, tie_word_embeddings: false}"),
            Map.entry("gemma3_text", SIZES + "head_dim: 6, sliding_window: 3, query_pre_attn_scalar: 8, "
                    + "sliding_window_pattern: 2, rope_local_base_freq: 50.0, "
                    + "rope_scaling: {rope_type: linear, factor: 2.0}}"),
            Map.entry("gemma3", "{text_config: " + SIZES + "head_dim: 6, sliding_window_pattern: 2}}"),
            Map.entry("mixtral", SIZES + "num_local_experts: 4, num_experts_per_tok: 2}"),
            Map.entry("qwen2_moe", SIZES + "num_hidden_layers: 3, moe_intermediate_size: 5, num_experts: 6, "
                    + "shared_expert_intermediate_size: 7, num_experts_per_tok: 3, mlp_only_layers: [1]}"),
            Map.entry("qwen3_moe", SIZES + "head_dim: 6, moe_intermediate_size: 5, num_experts: 6, "
                    + "num_experts_per_tok: 3, norm_topk_prob: true, decoder_sparse_step: 2}"),
            Map.entry("olmoe", SIZES + "num_experts: 6, num_experts_per_tok: 2, clip_qkv: 0.8}"),
            Map.entry("deepseek", SIZES + "moe_intermediate_size: 5, n_routed_experts: 6, n_shared_experts: 2, "
                    + "num_experts_per_tok: 2, first_k_dense_replace: 1}"),
            Map.entry("deepseek_v2", SIZES + LATENT + YARN + "q_lora_rank: null, moe_intermediate_size: 5, "
                    + "n_routed_experts: 6, n_shared_experts: 2, num_experts_per_tok: 2, first_k_dense_replace: 1, "
                    + "topk_method: group_limited_greedy, n_group: 3, topk_group: 1, routed_scaling_factor: 1.5}"),
            Map.entry("deepseek_v3", SIZES + LATENT + "moe_intermediate_size: 5, n_routed_experts: 6, "
                    + "n_shared_experts: 1, num_experts_per_tok: 2, first_k_dense_replace: 1, n_group: 3, "
                    + "topk_group: 2, routed_scaling_factor: 2.5}"),
            Map.entry("gpt_oss", SIZES + "head_dim: 6, num_local_experts: 4, num_experts_per_tok: 2, "
                    + "sliding_window: 2, max_position_embeddings: 32, rope_scaling: "
                    + "{rope_type: yarn, factor: 4.0, original_max_position_embeddings: 8, beta_fast: 1.0, "
                    + "beta_slow: 0.1, truncate: false}}"),
            Map.entry("llama4_text", SIZES + "head_dim: 6, intermediate_size_mlp: 9, num_local_experts: 4, "
                    + "interleave_moe_layer_step: 2, no_rope_layers: [0, 1], attention_chunk_size: 3, "
                    + "floor_scale: 2, num_experts_per_tok: 1}"),
            Map.entry("mixtral top-1", SIZES + "num_local_experts: 4, num_experts_per_tok: 1, sliding_window: 3}"),
            Map.entry("deepseek_v2 biases", SIZES + LATENT + "attention_bias: true, moe_intermediate_size: 5, "
                    + "n_routed_experts: 6, num_experts_per_tok: 2, topk_method: greedy, first_k_dense_replace: 1}"),
            Map.entry("deepseek_v3 biases", SIZES + LATENT + "attention_bias: true, rope_interleave: false, "
                    + "moe_intermediate_size: 5, n_routed_experts: 6, num_experts_per_tok: 2, "
                    + "first_k_dense_replace: 1, n_group: 3, topk_group: 2, norm_topk_prob: false}"),
            Map.entry("llama4_text biases", SIZES + "head_dim: 6, intermediate_size_mlp: 9, num_local_experts: 4, "
                    + "attention_bias: true, use_qk_norm: false, num_experts_per_tok: 2, no_rope_layers: [1, 1]}"),
            Map.entry("granitemoe", SIZES + "num_local_experts: 4, num_experts_per_tok: 2, attention_bias: true, "
                    + "embedding_multiplier: 3.0, logits_scaling: 2.0, residual_multiplier: 0.4, "
                    + "attention_multiplier: 0.2}"),
            Map.entry("granitemoe tied", SIZES + "num_local_experts: 4, num_experts_per_tok: 3, "
                    + "tie_word_embeddings: true, embedding_multiplier: 3.0, logits_scaling: 2.0, "
                    + "residual_multiplier: 0.4, attention_multiplier: 0.2}"),
            Map.entry("ernie4_5_moe", SIZES + "num_hidden_layers: 4, use_bias: true, moe_intermediate_size: 5, "
                    + "moe_num_experts: 6, moe_k: 3, moe_num_shared_experts: 2, moe_layer_interval: 2, "
                    + "moe_layer_start_index: 1, moe_layer_end_index: -1, tie_word_embeddings: false}"),
            Map.entry("ernie4_5_moe tied", SIZES + "moe_intermediate_size: 5, moe_num_experts: 4, moe_k: 2, "
                    + "moe_num_shared_experts: 0, moe_norm_min: 0.3}"),
            Map.entry("glm4_moe", SIZES + "head_dim: 8, num_hidden_layers: 3, attention_bias: true, "
                    + "use_qk_norm: true, moe_intermediate_size: 5, n_routed_experts: 6, num_experts_per_tok: 2, "
                    + "n_group: 3, topk_group: 2, routed_scaling_factor: 2.5}"),
            Map.entry("glm4_moe plain", SIZES + "head_dim: 10, partial_rotary_factor: 0.4, moe_intermediate_size: 5, "
                    + "n_routed_experts: 6, num_experts_per_tok: 2, n_shared_experts: 2, norm_topk_prob: false}"),
            Map.entry("dots1", SIZES + "head_dim: 6, attention_bias: true, moe_intermediate_size: 5, "
                    + "n_routed_experts: 6, n_shared_experts: 2, num_experts_per_tok: 3, first_k_dense_replace: 1, "
                    + "n_group: 2, topk_group: 1, norm_topk_prob: true, routed_scaling_factor: 2.5, "
                    + "sliding_window: 3, max_window_layers: 1}"),
            Map.entry("minimax_m2", SIZES + "head_dim: 8, rotary_dim: 4, num_local_experts: 6, "
                    + "num_experts_per_tok: 2}"),
            Map.entry("bailing_moe_v2", SIZES + "head_dim: 8, partial_rotary_factor: 0.5, use_qk_norm: true, "
                    + "num_experts: 6, num_experts_per_tok: 2, num_shared_experts: 1, moe_intermediate_size: 5, "
                    + "n_group: 3, topk_group: 2, first_k_dense_replace: 1, routed_scaling_factor: 2.5}"),
            Map.entry("bailing_moe_v2 plain", SIZES + "head_dim: 6, partial_rotary_factor: 1.0, use_qk_norm: false, "
                    + "use_qkv_bias: true, num_experts: 6, num_experts_per_tok: 4, num_shared_experts: 0, "
                    + "moe_intermediate_size: 5, n_group: 1, topk_group: 1, first_k_dense_replace: 0}"),
            Map.entry("llama4", "{text_config: " + SIZES + "head_dim: 6, intermediate_size_mlp: 9, "
                    + "num_local_experts: 4, num_hidden_layers: 4, attn_temperature_tuning: 0}}")));

    private SmallConfigs() {}

    /** The value of {@code model_type} of every family. */
    public static Set<String> families() {
        return BY_FAMILY.keySet().stream().map(SmallConfigs::family).collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every family, and after a space what is different where a family has another configuration too. */
    public static Set<String> variants() {
        return BY_FAMILY.keySet();
    }

    /** The {@code model_type} of a variant. */
    public static String family(String variant) {
        return variant.split(" ")[0];
    }

    /** A fresh {@code config.json} of a variant. */
    public static ObjectNode of(String variant) {
        return parse(BY_FAMILY.get(variant)).put("model_type", family(variant));
    }

    /** The network of a configuration. */
    public static Network network(ObjectNode config) {
        return Families.of(config).read(config, Set.of()).network();
    }

    /** The decoder of a configuration. */
    public static Decoder decoder(ObjectNode config) {
        return (Decoder) network(config);
    }

    /** The architecture of a model, under further flags. */
    public static Architecture architecture(ObjectNode config, Parameters model, String... flags) {
        Family family = Families.of(config);
        return family.spec().bind(model, family.read(config, model.names()).conditions().with(Set.of(flags)));
    }

    /** A configuration from a YAML mapping in flow style. */
    public static ObjectNode parse(String flow) {
        try {
            return (ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(flow);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
