#!/usr/bin/env python3
"""Configurations of families with experts for make_test_resources.py, as dense_variants.py has them of dense families.

    moe_variants.py DIR        writes DIR/NAME/config.json, model.safetensors and expected.safetensors of every variant
"""
import pathlib
import sys

import dense_variants

LATENT = dict(q_lora_rank=6, kv_lora_rank=8, qk_nope_head_dim=6, qk_rope_head_dim=4, v_head_dim=5, attention_bias=True,
              moe_intermediate_size=6, n_routed_experts=6, num_experts_per_tok=2, first_k_dense_replace=1,
              num_key_value_heads=4)
GRANITE = dict(num_local_experts=4, embedding_multiplier=3.0, logits_scaling=2.0, residual_multiplier=0.4,
               attention_multiplier=0.2)
ERNIE = dict(moe_intermediate_size=6, moe_num_experts=6)
SIGMOID = dict(moe_intermediate_size=6, n_routed_experts=6, num_experts_per_tok=2)
VARIANTS = {
    "mixtral-top-1": ("mixtral", "MixtralForCausalLM", dict(
        num_local_experts=4, num_experts_per_tok=1, sliding_window=4)),
    "deepseek_v2-biases": ("deepseek_v2", "DeepseekV2ForCausalLM", dict(LATENT)),
    "deepseek_v3-biases": ("deepseek_v3", "DeepseekV3ForCausalLM", dict(
        LATENT, n_group=3, topk_group=2, norm_topk_prob=False, rope_interleave=False)),
    "llama4_text-biases": ("llama4_text", "Llama4ForCausalLM", dict(
        head_dim=6, intermediate_size_mlp=20, num_local_experts=4, num_experts_per_tok=2, attention_bias=True,
        use_qk_norm=False, no_rope_layers=[1, 1])),
    "granitemoe-biases": ("granitemoe", "GraniteMoeForCausalLM", dict(GRANITE, attention_bias=True)),
    "granitemoe-tied": ("granitemoe", "GraniteMoeForCausalLM", dict(
        GRANITE, num_experts_per_tok=1, tie_word_embeddings=True)),
    "ernie4_5_moe-biases": ("ernie4_5_moe", "Ernie4_5_MoeForCausalLM", dict(
        ERNIE, num_hidden_layers=4, use_bias=True, moe_k=2, moe_layer_interval=2, moe_layer_end_index=2,
        tie_word_embeddings=False)),
    "ernie4_5_moe-tied": ("ernie4_5_moe", "Ernie4_5_MoeForCausalLM", dict(
        ERNIE, moe_k=1, moe_num_shared_experts=0, moe_norm_min=0.3, moe_layer_start_index=0)),
    "glm4_moe-plain": ("glm4_moe", "Glm4MoeForCausalLM", dict(
        SIGMOID, head_dim=10, partial_rotary_factor=0.4, n_shared_experts=2, norm_topk_prob=False)),
    "glm4_moe-groups": ("glm4_moe", "Glm4MoeForCausalLM", dict(
        SIGMOID, head_dim=8, use_qk_norm=True, n_group=3, topk_group=2, routed_scaling_factor=2.5)),
    "dots1-sliding": ("dots1", "Dots1ForCausalLM", dict(
        SIGMOID, head_dim=6, attention_bias=True, n_shared_experts=2, first_k_dense_replace=1, n_group=2, topk_group=1,
        norm_topk_prob=True, routed_scaling_factor=2.5, sliding_window=4, max_window_layers=1)),
    "minimax_m2-partial": ("minimax_m2", "MiniMaxM2ForCausalLM", dict(
        head_dim=8, rotary_dim=4, num_local_experts=6, num_experts_per_tok=3)),
}

if __name__ == "__main__":
    dense_variants.write(pathlib.Path(sys.argv[1]), VARIANTS)
