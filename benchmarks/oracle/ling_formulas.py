#!/usr/bin/env python3
"""Ling 2.0 (BailingMoeV2), which has no class in transformers: a small model of random weights under the names of its public
files, and its outputs, computed here in float64 from the formulas of the architecture, token by token.

    ling_formulas.py DIR       writes DIR/config.json, model.safetensors and expected.safetensors
"""
import json
import math
import pathlib
import sys

import numpy as np
from safetensors.numpy import save_file

CONFIG = dict(
    model_type="bailing_moe_v2", architectures=["BailingMoeV2ForCausalLM"], hidden_size=16, num_hidden_layers=3,
    num_attention_heads=4, num_key_value_heads=2, head_dim=8, intermediate_size=24, vocab_size=40, rope_theta=600.0,
    partial_rotary_factor=0.5, use_qk_norm=True, use_qkv_bias=False, use_bias=False, rms_norm_eps=1e-6, hidden_act="silu",
    num_experts=6, num_experts_per_tok=2, num_shared_experts=1, moe_intermediate_size=6, n_group=3, topk_group=2,
    first_k_dense_replace=1, routed_scaling_factor=2.5, score_function="sigmoid", moe_router_enable_expert_bias=True,
    num_nextn_predict_layers=0, tie_word_embeddings=False)


def weights(c, rng):
    d, heads, keys, width = c["hidden_size"], c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"]
    shapes = {"model.word_embeddings.weight": (c["vocab_size"], d), "model.norm.weight": (d,),
              "lm_head.weight": (c["vocab_size"], d)}
    for layer in range(c["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        shapes |= {at + "input_layernorm.weight": (d,), at + "post_attention_layernorm.weight": (d,),
                   at + "attention.query_key_value.weight": ((heads + 2 * keys) * width, d),
                   at + "attention.query_layernorm.weight": (width,), at + "attention.key_layernorm.weight": (width,),
                   at + "attention.dense.weight": (d, heads * width)}
        if layer < c["first_k_dense_replace"]:
            parts = {"mlp.": c["intermediate_size"]}
        else:
            parts = {f"mlp.experts.{e}.": c["moe_intermediate_size"] for e in range(c["num_experts"])}
            parts["mlp.shared_experts."] = c["moe_intermediate_size"] * c["num_shared_experts"]
            shapes |= {at + "mlp.gate.weight": (c["num_experts"], d), at + "mlp.gate.expert_bias": (c["num_experts"],)}
        for part, hidden in parts.items():
            shapes |= {at + part + "gate_proj.weight": (hidden, d), at + part + "up_proj.weight": (hidden, d),
                       at + part + "down_proj.weight": (d, hidden)}
    return {name: ((1 if name.endswith("norm.weight") else 0) + 0.35 * rng.standard_normal(shape)).astype(np.float32)
            for name, shape in shapes.items()}


def norm(x, gain, epsilon):
    return gain * x / np.sqrt((x * x).mean() + epsilon)


def turned(x, position, c):
    """Pairs (i, i + half) of the first coordinates turn by position * theta^(-2i / turning); the others stay."""
    turning = int(c["head_dim"] * c["partial_rotary_factor"])
    half = turning // 2
    out = x.copy()
    for i in range(half):
        angle = position * c["rope_theta"] ** (-2 * i / turning)
        out[i] = x[i] * math.cos(angle) - x[i + half] * math.sin(angle)
        out[i + half] = x[i + half] * math.cos(angle) + x[i] * math.sin(angle)
    return out


def gated(w, at, x):
    gate = w[at + "gate_proj.weight"] @ x
    return w[at + "down_proj.weight"] @ (gate / (1 + np.exp(-gate)) * (w[at + "up_proj.weight"] @ x))


def attention(w, at, stream, c):
    heads, keys, width, epsilon = c["num_attention_heads"], c["num_key_value_heads"], c["head_dim"], c["rms_norm_eps"]
    queries, cached = [], []
    for position, x in enumerate(stream):
        rows = (w[at + "query_key_value.weight"] @ x).reshape(heads + 2 * keys, width)
        queries.append([turned(norm(row, w[at + "query_layernorm.weight"], epsilon), position, c) for row in rows[:heads]])
        cached.append([(turned(norm(rows[heads + k], w[at + "key_layernorm.weight"], epsilon), position, c),
                        rows[heads + keys + k]) for k in range(keys)])
    result = []
    for position in range(len(stream)):
        joined = []
        for head in range(heads):
            k = head // (heads // keys)
            scores = np.array([queries[position][head] @ cached[to][k][0] / math.sqrt(width) for to in range(position + 1)])
            shares = np.exp(scores - scores.max())
            shares /= shares.sum()
            joined.append(sum(share * cached[to][k][1] for to, share in enumerate(shares)))
        result.append(w[at + "dense.weight"] @ np.concatenate(joined))
    return result


def experts(w, at, x, c):
    scores = 1 / (1 + np.exp(-(w[at + "gate.weight"] @ x)))
    corrected = scores + w[at + "gate.expert_bias"]
    size = c["num_experts"] // c["n_group"]
    worth = [sum(sorted(corrected[g * size:(g + 1) * size])[-2:]) for g in range(c["n_group"])]
    kept = sorted(range(c["n_group"]), key=lambda g: -worth[g])[:c["topk_group"]]
    chosen = sorted((e for e in range(c["num_experts"]) if e // size in kept),
                    key=lambda e: -corrected[e])[:c["num_experts_per_tok"]]
    total = sum(scores[e] for e in chosen) + 1e-20
    shared = gated(w, at + "shared_experts.", x)
    return shared + c["routed_scaling_factor"] * sum(
        scores[e] / total * gated(w, f"{at}experts.{e}.", x) for e in chosen)


def logits(w, ids, c):
    stream = [w["model.word_embeddings.weight"][token] for token in ids]
    for layer in range(c["num_hidden_layers"]):
        at = f"model.layers.{layer}."
        normed = [norm(x, w[at + "input_layernorm.weight"], c["rms_norm_eps"]) for x in stream]
        stream = [x + more for x, more in zip(stream, attention(w, at + "attention.", normed, c))]
        normed = [norm(x, w[at + "post_attention_layernorm.weight"], c["rms_norm_eps"]) for x in stream]
        dense = layer < c["first_k_dense_replace"]
        stream = [x + (gated(w, at + "mlp.", y) if dense else experts(w, at + "mlp.", y, c))
                  for x, y in zip(stream, normed)]
    return [w["lm_head.weight"] @ norm(x, w["model.norm.weight"], c["rms_norm_eps"]) for x in stream]


def main():
    directory = pathlib.Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    stored = weights(CONFIG, rng)
    ids = rng.integers(3, CONFIG["vocab_size"], (2, 13))
    exact = {name: value.astype(np.float64) for name, value in stored.items()}
    (directory / "config.json").write_text(json.dumps(CONFIG, indent=2) + "\n")
    save_file(stored, directory / "model.safetensors", {"format": "pt"})
    save_file({"input_ids": ids, "outputs": np.array([logits(exact, text, CONFIG) for text in ids])},
              directory / "expected.safetensors", {"made_by": "ling_formulas.py"})


if __name__ == "__main__":
    main()
