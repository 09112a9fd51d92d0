"""Tiny random models made with the stock classes of Hugging Face transformers, and what those classes compute.

Used by judge.py and mutate.py. A variant is a stock class with its settings and the way in which it is stored. Every
parameter is random, gains, biases and stored buffers included, so that nothing is left out by being 0 or 1.
"""
import dataclasses
import pathlib

import torch
import transformers as T
from torch.overrides import TorchFunctionMode

SIZES = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, intermediate_size=24,
             vocab_size=40, max_position_embeddings=64, tie_word_embeddings=False,
             bos_token_id=None, eos_token_id=None, pad_token_id=None)
ENCODER = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24, vocab_size=40,
               max_position_embeddings=64)
IMAGES = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24, image_size=8,
              patch_size=4, num_channels=3, num_labels=5)
GPT2 = dict(n_embd=16, n_layer=2, n_head=4, n_positions=64, vocab_size=40, bos_token_id=None, eos_token_id=None,
            pad_token_id=None)
SWITCH = dict(d_model=16, d_kv=4, d_ff=24, num_layers=4, num_sparse_encoder_layers=2, num_decoder_layers=4,
              num_sparse_decoder_layers=2, num_heads=4, num_experts=4, expert_capacity=1000, router_jitter_noise=0.0,
              vocab_size=40, dropout_rate=0.0, decoder_start_token_id=0)
LATENT = dict(q_lora_rank=10, kv_lora_rank=8, qk_rope_head_dim=4, qk_nope_head_dim=6, v_head_dim=5, n_shared_experts=1,
              n_routed_experts=8, num_experts_per_tok=3, moe_intermediate_size=12, first_k_dense_replace=1,
              num_hidden_layers=3, num_key_value_heads=4)
SCALED = dict(embedding_multiplier=3.0, attention_multiplier=0.2, residual_multiplier=0.4, logits_scaling=2.0)


def sized(**changes):
    return {**SIZES, **changes}


def experts(**changes):
    return sized(moe_intermediate_size=12, num_experts=6, num_experts_per_tok=2, **changes)


def rope(kind, **fields):
    return dict(rope_parameters=dict(rope_type=kind, rope_theta=10000.0, **fields))


def yarn(**fields):
    return rope("yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=32.0, beta_slow=1.0, **fields)


LLAMA3 = rope("llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)
LINEAR = rope("linear", factor=2.0)
DYNAMIC = rope("dynamic", factor=2.0)
LONG = rope("longrope", short_factor=[1.0, 1.5], long_factor=[2.0, 4.0], factor=4.0, original_max_position_embeddings=16)
HALF = rope("default", partial_rotary_factor=0.5)


@dataclasses.dataclass(frozen=True)
class Variant:
    """A stock class, its settings, and how the model is stored."""
    cls: str
    settings: dict
    dtype: str = "float32"
    shard: str = ""
    in_memory_names: bool = False  # the fused tensors of transformers 5 instead of the published names

    def changed(self, **fields):
        return dataclasses.replace(self, **fields)


def lm(family, settings):
    return Variant(family + ("LMHeadModel" if family == "GPT2" else "ForCausalLM"), settings)


BASES = {
    "llama": lm("Llama", sized()),
    "mistral": lm("Mistral", sized(sliding_window=4)),
    "qwen2": lm("Qwen2", sized()),
    "qwen3": lm("Qwen3", sized(head_dim=6)),
    "gemma": lm("Gemma", sized(head_dim=6, tie_word_embeddings=True)),
    "gemma2": lm("Gemma2", sized(head_dim=6, sliding_window=4, query_pre_attn_scalar=8, tie_word_embeddings=True)),
    "gemma3_text": lm("Gemma3", sized(head_dim=6, sliding_window=4, query_pre_attn_scalar=8, num_hidden_layers=3,
                                      layer_types=["sliding_attention", "sliding_attention", "full_attention"],
                                      tie_word_embeddings=True)),
    "phi3": lm("Phi3", sized()),
    "olmo2": lm("Olmo2", sized()),
    "granite": lm("Granite", sized(**SCALED)),
    "granitemoe": lm("GraniteMoe", sized(num_local_experts=6, num_experts_per_tok=2, **SCALED)),
    "gpt_neox": lm("GPTNeoX", sized(**HALF)),
    "smollm3": lm("SmolLM3", sized(no_rope_layers=[1, 0], num_hidden_layers=2)),
    "gpt2": lm("GPT2", GPT2),
    "bert": Variant("BertForMaskedLM", ENCODER),
    "roberta": Variant("RobertaForMaskedLM", {**ENCODER, "pad_token_id": 1}),
    "vit": Variant("ViTForImageClassification", IMAGES),
    "mixtral": lm("Mixtral", sized(num_local_experts=6, num_experts_per_tok=2)),
    "qwen2_moe": lm("Qwen2Moe", experts(shared_expert_intermediate_size=20, norm_topk_prob=False)),
    "qwen3_moe": lm("Qwen3Moe", experts(head_dim=6, norm_topk_prob=True)),
    "olmoe": lm("Olmoe", sized(num_experts=6, num_experts_per_tok=3, norm_topk_prob=False)),
    "deepseek_v2": lm("DeepseekV2", sized(**LATENT, topk_method="group_limited_greedy", n_group=4, topk_group=2,
                                          routed_scaling_factor=1.5)),
    "deepseek_v3": lm("DeepseekV3", sized(**LATENT, n_group=4, topk_group=2, norm_topk_prob=True,
                                          routed_scaling_factor=2.5)),
    "gpt_oss": lm("GptOss", sized(head_dim=6, num_local_experts=6, num_experts_per_tok=2, sliding_window=4,
                                  layer_types=["sliding_attention", "full_attention"], **rope("default"))),
    "llama4_text": lm("Llama4", sized(head_dim=4, num_local_experts=4, num_experts_per_tok=1, intermediate_size_mlp=20,
                                      interleave_moe_layer_step=2, num_hidden_layers=4, attention_chunk_size=8)),
    "switch_transformers": Variant("SwitchTransformersForConditionalGeneration", SWITCH),
    "glm4_moe": lm("Glm4Moe", sized(head_dim=8, moe_intermediate_size=12, n_routed_experts=8, num_experts_per_tok=2,
                                    n_shared_experts=1, n_group=2, topk_group=1, first_k_dense_replace=1,
                                    use_qk_norm=True, attention_bias=True, **HALF)),
    "dots1": lm("Dots1", sized(moe_intermediate_size=12, n_routed_experts=8, num_experts_per_tok=2, n_shared_experts=1,
                               n_group=1, topk_group=1, first_k_dense_replace=1)),
    "ernie4_5_moe": lm("Ernie4_5_Moe", sized(moe_num_experts=6, moe_k=2, moe_num_shared_experts=1,
                                             moe_intermediate_size=12, moe_layer_start_index=1, moe_layer_end_index=2,
                                             moe_layer_interval=1, num_hidden_layers=3)),
    "minimax_m2": lm("MiniMaxM2", sized(head_dim=6, num_local_experts=6, num_experts_per_tok=2)),
}
# What differs from the family's base: settings first, then how it is stored.
CHANGES = {
    "llama": {
        "tied": dict(tie_word_embeddings=True), "biases": dict(attention_bias=True, mlp_bias=True),
        "mha": dict(num_key_value_heads=4), "mqa": dict(num_key_value_heads=1, head_dim=6), "linear": LINEAR,
        "dynamic": DYNAMIC, "llama3": LLAMA3, "yarn": yarn(), "longrope": LONG, "gelu": dict(hidden_act="gelu"),
        "relu": dict(hidden_act="relu")},
    "mistral": {"full": dict(sliding_window=None), "tied": dict(tie_word_embeddings=True), "yarn": yarn()},
    "qwen2": {
        "tied": dict(tie_word_embeddings=True), "sliding": dict(use_sliding_window=True, sliding_window=4,
                                                                max_window_layers=1), "yarn": yarn()},
    "qwen3": {"tied": dict(tie_word_embeddings=True), "bias": dict(attention_bias=True), "linear": LINEAR},
    "gemma": {"untied": dict(tie_word_embeddings=False), "bias": dict(attention_bias=True)},
    "gemma2": {"no-caps": dict(attn_logit_softcapping=None, final_logit_softcapping=None),
               "untied": dict(tie_word_embeddings=False)},
    "gemma3_text": {"bias": dict(attention_bias=True), "untied": dict(tie_word_embeddings=False)},
    "phi3": {"partial": HALF, "longrope": LONG, "sliding": dict(sliding_window=4), "tied": dict(tie_word_embeddings=True)},
    "olmo2": {"bias": dict(attention_bias=True), "tied": dict(tie_word_embeddings=True)},
    "granite": {"biases": dict(attention_bias=True, mlp_bias=True), "tied": dict(tie_word_embeddings=True)},
    "granitemoe": {"bias": dict(attention_bias=True), "tied": dict(tie_word_embeddings=True)},
    "gpt_neox": {"serial": dict(use_parallel_residual=False), "no-bias": dict(attention_bias=False),
                 "tied": dict(tie_word_embeddings=True)},
    "smollm3": {"tied": dict(tie_word_embeddings=True), "bias": dict(attention_bias=True)},
    "gpt2": {"untied": dict(tie_word_embeddings=False), "relu": dict(activation_function="relu"),
             "layer-scaled": dict(scale_attn_by_inverse_layer_idx=True), "n_inner": dict(n_inner=20)},
    "bert": {"untied": dict(tie_word_embeddings=False), "relu": dict(hidden_act="relu")},
    "roberta": {"untied": dict(tie_word_embeddings=False)},
    "vit": {"no-qkv-bias": dict(qkv_bias=False)},
    "mixtral": {"sliding": dict(sliding_window=4), "tied": dict(tie_word_embeddings=True), "top1": dict(num_experts_per_tok=1)},
    "qwen2_moe": {"sparse-step": dict(decoder_sparse_step=2, norm_topk_prob=True, num_hidden_layers=4),
                  "no-qkv-bias": dict(qkv_bias=False)},
    "qwen3_moe": {"dense-layer": dict(mlp_only_layers=[0], norm_topk_prob=False), "bias": dict(attention_bias=True),
                  "tied": dict(tie_word_embeddings=True)},
    "olmoe": {"clip": dict(clip_qkv=0.5), "norm": dict(norm_topk_prob=True), "bias": dict(attention_bias=True)},
    "deepseek_v2": {"greedy": dict(q_lora_rank=None, topk_method="greedy", n_group=1, topk_group=1),
                    "bias": dict(attention_bias=True)},
    "deepseek_v3": {"yarn": dict(n_group=1, topk_group=1, norm_topk_prob=False, **yarn(mscale=1.0, mscale_all_dim=1.0)),
                    "no-q-lora": dict(q_lora_rank=None), "bias": dict(attention_bias=True)},
    "gpt_oss": {"yarn": yarn(truncate=False), "no-bias": dict(attention_bias=False)},
    "llama4_text": {"no-qk-norm": dict(use_qk_norm=False), "tuning": dict(attn_temperature_tuning=True, floor_scale=4, attn_scale=0.2),
                    "no-rope-layer": dict(no_rope_layers=[1, 0, 1, 0])},
    "switch_transformers": {"untied": dict(tie_word_embeddings=False), "gelu": dict(dense_act_fn="gelu")},
    "glm4_moe": {"plain": dict(use_qk_norm=False, attention_bias=False), "top2": dict(topk_group=2)},
    "dots1": {"groups": dict(n_group=4, topk_group=2)},
    "ernie4_5_moe": {"bias": dict(use_bias=True), "tied": dict(tie_word_embeddings=True)},
    "minimax_m2": {"partial": rope("default", partial_rotary_factor=0.67)},
}
HEADS = {
    "llama": ["LlamaModel", "LlamaForSequenceClassification"], "mistral": ["MistralModel"],
    "qwen2": ["Qwen2Model", "Qwen2ForSequenceClassification"], "qwen3": ["Qwen3ForSequenceClassification"],
    "gemma2": ["Gemma2ForSequenceClassification"], "gpt_neox": ["GPTNeoXModel", "GPTNeoXForSequenceClassification"],
    "gpt2": ["GPT2Model", "GPT2ForSequenceClassification"], "mixtral": ["MixtralModel", "MixtralForSequenceClassification"],
    "qwen3_moe": ["Qwen3MoeModel"],
    "bert": ["BertModel", "BertForSequenceClassification", "BertForTokenClassification", "BertForPreTraining",
             "BertForQuestionAnswering"],
    "roberta": ["RobertaModel", "RobertaForSequenceClassification"], "vit": ["ViTModel"],
    "switch_transformers": ["SwitchTransformersModel"],
}
SHARDED = ["llama", "gpt2", "bert", "vit", "mixtral", "qwen3_moe", "gpt_oss", "switch_transformers"]
FUSED = ["mixtral", "qwen2_moe", "qwen3_moe", "olmoe", "deepseek_v2", "deepseek_v3", "granitemoe", "glm4_moe", "dots1",
         "ernie4_5_moe", "minimax_m2", "switch_transformers", "llama4_text", "gpt_oss"]


def variants():
    """All variants by name, families together."""
    found = {}
    for family, base in BASES.items():
        found[family] = base
        for name, changes in CHANGES.get(family, {}).items():
            found[f"{family}-{name}"] = base.changed(settings={**base.settings, **changes})
        for cls in HEADS.get(family, []):
            settings = dict(base.settings)
            if "SequenceClassification" in cls:
                settings.update(num_labels=5, pad_token_id=settings.get("pad_token_id", 0) or 0)
            elif "TokenClassification" in cls:
                settings.update(num_labels=5)
            found[f"{family}-{cls}"] = base.changed(cls=cls, settings=settings)
        if family in SHARDED:
            found[f"{family}-sharded"] = base.changed(shard="8KB")
        if family in FUSED:
            found[f"{family}-fused"] = base.changed(in_memory_names=True)
        found[f"{family}-bf16"] = base.changed(dtype="bfloat16")
    return found


def build(variant, seed):
    """A new model in evaluation mode, every stored number random, rounded to the variant's type."""
    cls = getattr(T, variant.cls)
    config_class = T.Llama4TextConfig if variant.cls.startswith("Llama4") else cls.config_class
    torch.manual_seed(seed)
    model = cls(settled(config_class(**variant.settings))).float().eval()
    generator = torch.Generator().manual_seed(seed)
    stored = set(model.state_dict())
    values = list(model.named_parameters()) + [(name, value) for name, value in model.named_buffers() if name in stored]
    for name, value in values:
        if value.is_floating_point():
            noise = torch.randn(value.shape, generator=generator)
            gain = value.dim() == 1 and name.endswith("weight")
            with torch.no_grad():
                value.copy_(1 + 0.3 * noise if gain else (0.2 if value.dim() == 1 else 0.35) * noise)
    return model.to(getattr(torch, variant.dtype))


def settled(config):
    """The plain implementations, whose order of sums does not depend on the machine."""
    config._attn_implementation = "eager"
    if hasattr(config, "_experts_implementation"):
        config._experts_implementation = "eager"
    return config


def save(model, variant, directory):
    keywords = dict(max_shard_size=variant.shard) if variant.shard else {}
    if variant.in_memory_names:
        keywords["save_original_format"] = False
    model.save_pretrained(directory, **keywords)
    (pathlib.Path(directory) / "generation_config.json").unlink(missing_ok=True)


def load(cls, directory, dtype="float32"):
    """The stock class on a directory, and what it complained of: missing, unexpected and mismatched tensors."""
    settings = dict(attn_implementation="eager")
    model, told = getattr(T, cls).from_pretrained(
        directory, output_loading_info=True, dtype=getattr(torch, dtype), local_files_only=True, **settings)
    settled(model.config)
    complaints = {key: sorted(str(one) for one in told[key]) for key in ("missing_keys", "unexpected_keys", "mismatched_keys")
                  if told.get(key)}
    return model.eval(), complaints


class InFloat64(TorchFunctionMode):
    """Turns every wish for float32 into one for float64: the stock classes norm and route in float32 of their own."""

    def __torch_function__(self, function, types, arguments=(), keywords=None):
        if function is torch.Tensor.float:
            function = torch.Tensor.double
        arguments = tuple(torch.float64 if one is torch.float32 else one for one in arguments)
        keywords = {key: torch.float64 if one is torch.float32 else one for key, one in (keywords or {}).items()}
        return function(*arguments, **keywords)


def inputs(model, seed, texts=3, tokens=24, lowest=3):
    """Random inputs for a stock model; tokens below the lowest are left to padding and marks."""
    generator = torch.Generator().manual_seed(seed)
    config = model.config
    if hasattr(config, "patch_size") and hasattr(config, "num_channels"):
        side = config.image_size if isinstance(config.image_size, int) else config.image_size[0]
        return dict(pixel_values=torch.randn(texts, config.num_channels, side, side, generator=generator, dtype=torch.float64))
    ids = torch.randint(lowest, config.vocab_size, (texts, tokens), generator=generator)
    if getattr(config, "is_encoder_decoder", False):
        return dict(input_ids=ids, decoder_input_ids=torch.randint(lowest, config.vocab_size, (texts, tokens // 2), generator=generator))
    return dict(input_ids=ids)


def outputs(model, given):
    """What the stock class says, in float64: its logits, or its last hidden states when it has no head; one flat tensor."""
    with torch.no_grad(), InFloat64():
        said = model.double()(**given, **({"use_cache": False} if "input_ids" in given and takes_cache(model) else {}))
    parts = [said[name] for name in ("logits", "prediction_logits", "seq_relationship_logits", "start_logits", "end_logits",
                                     "last_hidden_state", "pooler_output") if name in said and said[name] is not None]
    return torch.cat([part.double().flatten() for part in parts])


def takes_cache(model):
    return hasattr(model.config, "use_cache") and "ViT" not in type(model).__name__


def relative_difference(a, b):
    """Largest difference over the largest number of a; infinite when the shapes differ or a number is not finite."""
    if a.shape != b.shape or not (torch.isfinite(a).all() and torch.isfinite(b).all()):
        return float("inf")
    return ((a - b).abs().max() / a.abs().max()).item()
