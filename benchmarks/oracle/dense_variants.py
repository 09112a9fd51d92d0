#!/usr/bin/env python3
"""Configurations of dense families for make_test_resources.py, older forms and absent fields among them.

    dense_variants.py DIR      writes DIR/NAME/config.json, model.safetensors and expected.safetensors of every variant

A file says no more than what differs from the stock class's own values, but for sizes, so that these are judged too.
"""
import json
import pathlib
import sys

import make_test_resources

SIZES = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=24,
             vocab_size=40, pad_token_id=0, bos_token_id=None, eos_token_id=None)
ENCODER = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24, vocab_size=40,
               max_position_embeddings=24, pad_token_id=5)
CLASSES = dict(id2label={str(label): f"LABEL_{label}" for label in range(3)})
LONG = dict(original_max_position_embeddings=8, max_position_embeddings=32)
FACTORS = dict(short_factor=[1.0, 1.5], long_factor=[2.0, 4.0])
GEMMA = dict(head_dim=6, query_pre_attn_scalar=8, sliding_window=4)
VARIANTS = {
    "smollm3": ("smollm3", "SmolLM3ForCausalLM", dict(num_hidden_layers=4)),
    "smollm3-biases": ("smollm3", "SmolLM3ForCausalLM", dict(
        no_rope_layers=[0, 1], attention_bias=True, mlp_bias=True, use_sliding_window=True, sliding_window=4,
        tie_word_embeddings=False, rope_scaling=dict(type="linear", factor=2.0), rope_theta=500.0)),
    "smollm3-body": ("smollm3", "SmolLM3Model", dict(no_rope_layer_interval=2)),
    "phi3-longrope": ("phi3", "Phi3ForCausalLM", dict(rope_scaling=dict(type="yarn", **FACTORS), **LONG)),
    "phi3-longrope-short": ("phi3", "Phi3ForCausalLM", dict(
        rope_scaling=dict(type="longrope", **FACTORS), original_max_position_embeddings=16, max_position_embeddings=64)),
    "phi3-partial": ("phi3", "Phi3ForCausalLM", dict(
        hidden_size=32, partial_rotary_factor=0.5, sliding_window=4, tie_word_embeddings=True,
        rope_scaling=dict(type="longrope", **FACTORS), **LONG)),
    "phi3-classes": ("phi3", "Phi3ForSequenceClassification", CLASSES),
    "llama-dynamic": ("llama", "LlamaForCausalLM", dict(
        rope_scaling=dict(rope_type="dynamic", factor=2.0), max_position_embeddings=8)),
    "llama-longrope": ("llama", "LlamaForCausalLM", dict(rope_parameters=dict(
        rope_type="longrope", rope_theta=10000.0, factor=4.0, original_max_position_embeddings=8, **FACTORS))),
    "llama-body": ("llama", "LlamaModel", {}),
    "qwen2-sliding": ("qwen2", "Qwen2ForCausalLM", dict(
        use_sliding_window=True, sliding_window=4, max_window_layers=1, mlp_bias=True)),
    "qwen2-classes": ("qwen2", "Qwen2ForSequenceClassification", CLASSES),
    "qwen3-bias": ("qwen3", "Qwen3ForCausalLM", dict(attention_bias=True, head_dim=8, tie_word_embeddings=True)),
    "gemma-plain": ("gemma", "GemmaForCausalLM", dict(
        head_dim=6, hidden_act="gelu", attention_bias=True, tie_word_embeddings=False)),
    "gemma-classes": ("gemma", "GemmaForSequenceClassification", dict(head_dim=6, **CLASSES)),
    "gemma2-uncapped": ("gemma2", "Gemma2ForCausalLM", dict(
        GEMMA, attn_logit_softcapping=None, final_logit_softcapping=None, attention_bias=True, tie_word_embeddings=False)),
    "gemma2-capped": ("gemma2", "Gemma2ForCausalLM", dict(GEMMA, attn_logit_softcapping=1.0, final_logit_softcapping=2.0)),
    "gemma2-body": ("gemma2", "Gemma2Model", GEMMA),
    "gemma3_text-older": ("gemma3_text", "Gemma3ForCausalLM", dict(
        GEMMA, num_hidden_layers=3, sliding_window_pattern=2, rope_theta=2000.0, rope_local_base_freq=50.0,
        rope_scaling=dict(rope_type="linear", factor=8.0), attn_logit_softcapping=1.0, final_logit_softcapping=2.0)),
    "olmo2-bias": ("olmo2", "Olmo2ForCausalLM", dict(attention_bias=True, tie_word_embeddings=True)),
    "olmo2-classes": ("olmo2", "Olmo2ForSequenceClassification", CLASSES),
    "granite-biases": ("granite", "GraniteForCausalLM", dict(
        attention_bias=True, mlp_bias=True, tie_word_embeddings=True, embedding_multiplier=3, residual_multiplier=0.4,
        logits_scaling=7.0)),
    "gpt_neox-serial": ("gpt_neox", "GPTNeoXForCausalLM", dict(
        use_parallel_residual=False, attention_bias=False, rotary_pct=1.0, rotary_emb_base=500, hidden_act="relu")),
    "gpt_neox-quarter": ("gpt_neox", "GPTNeoXForCausalLM", dict(
        hidden_size=32, rope_theta=7.0, tie_word_embeddings=True, hidden_act="gelu_new")),
    "gpt_neox-body": ("gpt_neox", "GPTNeoXModel", dict(rotary_pct=0.5)),
    "gpt_neox-classes": ("gpt_neox", "GPTNeoXForSequenceClassification", dict(rotary_pct=0.5, **CLASSES)),
    "roberta": ("roberta", "RobertaForMaskedLM", dict(ENCODER, hidden_act="relu")),
    "roberta-body": ("roberta", "RobertaModel", ENCODER),
    "roberta-classes": ("roberta", "RobertaForSequenceClassification", dict(ENCODER, **CLASSES)),
}


def write(root, variants):
    """Writes the directories of some variants."""
    for name, (family, cls, settings) in variants.items():
        directory = root / name
        directory.mkdir(parents=True, exist_ok=True)
        sizes = ENCODER if family == "roberta" else SIZES
        config = json.dumps({"model_type": family, "architectures": [cls], **sizes, **settings}, indent=2) + "\n"
        (directory / "config.json").write_text(config)
        make_test_resources.draw(directory)
        (directory / "config.json").write_text(config)  # as it was, not as the class writes it
        make_test_resources.expect(directory)


if __name__ == "__main__":
    write(pathlib.Path(sys.argv[1]), VARIANTS)
