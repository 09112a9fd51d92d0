#!/usr/bin/env python3
"""Changes each field of a config.json and asks both judges: the stock class, and `thalweg verify`.

    V/bin/python benchmarks/oracle/mutate.py DIRECTORY [--only NAME ...] [--seed N] [--keep]

The weights stay; config.json is changed in one field or loses it. The stock class loads the same weights with the changed
configuration, which gives the truth: `same` when it takes every tensor and its float64 outputs differ by at most 1e-9 of
the largest, `different` when they differ by more, `unloadable` when the class refuses or misses a tensor. `thalweg verify
ORIGINAL CHANGED --tolerance 1e-9` must say the same exactly where the truth is `same`; elsewhere a difference or a
refusal is right. A model that verify refuses unchanged is one row. Where only texts longer than verify's own (24 tokens) differ, the truth is `same when short`, and both
answers are counted apart.

Writes DIRECTORY/mutations.json and DIRECTORY/mutations.md.
"""
import argparse
import collections
import json
import os
import pathlib
import shutil
import tempfile
import threading
import warnings

import torch
import transformers

import commands
import models

TOLERANCE = 1e-9
SHORT = 24  # what verify's random texts have
LONG = 60
# Variants beside the base of each family: those whose configuration has fields of its own.
ALSO = ["llama-linear", "llama-dynamic", "llama-llama3", "llama-yarn", "llama-longrope", "llama-biases", "qwen2-sliding",
        "phi3-longrope", "phi3-sliding", "gpt_neox-serial", "gpt2-layer-scaled", "qwen2_moe-sparse-step",
        "qwen3_moe-dense-layer", "olmoe-clip", "deepseek_v2-greedy", "deepseek_v3-yarn", "gpt_oss-yarn",
        "llama4_text-tuning", "gemma3_text-bias", "llama-LlamaForSequenceClassification",
        "bert-BertForSequenceClassification"]
ACTIVATIONS = ["silu", "gelu", "relu", "gelu_new", "gelu_pytorch_tanh", "quick_gelu", "tanh"]
CHOICES = {
    "hidden_act": ACTIVATIONS, "hidden_activation": ACTIVATIONS, "activation_function": ACTIVATIONS,
    "dense_act_fn": ACTIVATIONS, "pooler_act": ["tanh", "relu"], "dtype": ["float32", "bfloat16"],
    "torch_dtype": ["float32", "bfloat16"], "rope_type": ["default", "linear", "dynamic"],
    "topk_method": ["greedy", "group_limited_greedy", "noaux_tc"], "scoring_func": ["softmax", "sigmoid"],
    "position_embedding_type": ["absolute", "relative_key"], "feed_forward_proj": ["relu", "gated-gelu", "gelu"],
    "problem_type": ["single_label_classification", "regression"], "transformers_version": ["4.30.0"],
    "layer_types": ["full_attention", "sliding_attention", "chunked_attention"],
    "mlp_layer_types": ["dense", "sparse"],
}
# Plausible values where a configuration says null or nothing at all.
WHERE_NULL = {
    "sliding_window": [4], "head_dim": [6], "n_inner": [32], "q_lora_rank": [10], "clip_qkv": [0.3],
    "attn_logit_softcapping": [5.0], "final_logit_softcapping": [3.0], "swiglu_limit": [1.0], "pad_token_id": [0],
    "bos_token_id": [1], "eos_token_id": [2], "attention_chunk_size": [4], "n_group": [2], "topk_group": [1],
}
ADDED = [("rope_theta", 500000.0), ("rope_scaling", {"rope_type": "linear", "factor": 2.0}),
         ("rope_scaling", {"type": "linear", "factor": 2.0}), ("partial_rotary_factor", 0.5), ("sliding_window", 4),
         ("use_sliding_window", True), ("attention_bias", True), ("attn_logit_softcapping", 5.0),
         ("final_logit_softcapping", 3.0), ("head_dim", 6), ("scale_embedding", True), ("a_field_that_nobody_knows", 3)]
# These say which class to ask, in what form it answers, and in which precision.
NO_FIELDS_OF_THE_FUNCTION = {"model_type", "_name_or_path", "return_dict", "reorder_and_upcast_attn"}
NAMES_OF_LABELS = {"id2label", "label2id"}


def other_values(name, value):
    """Values that might as well stand there."""
    if name in CHOICES and (value is None or isinstance(value, str)):
        return [one for one in CHOICES[name] if one != value]
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return sorted({value + 1, value * 2, value // 2} - {value})
    if isinstance(value, float):
        return [value * 2, value / 2] if value else [0.5]
    if isinstance(value, list) and value:
        turned = list(reversed(value))
        changed = [other_values(name, value[0])[0] if other_values(name, value[0]) else value[0]] + value[1:]
        return [one for one in (turned, changed, value[:-1]) if one != value]
    if isinstance(value, list):
        return [[0]]
    return WHERE_NULL.get(name, []) if value is None else []


def fields(config, path=()):
    """Every field that is no object, with its way from the top."""
    for name, value in config.items():
        if isinstance(value, dict):
            if name not in NAMES_OF_LABELS:
                yield from fields(value, path + (name,))
        elif name not in NO_FIELDS_OF_THE_FUNCTION:
            yield path + (name,), value


def changed(config, path, value):
    copy = json.loads(json.dumps(config))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    return copy


def without(config, path):
    copy = json.loads(json.dumps(config))
    inner = copy
    for name in path[:-1]:
        inner = inner[name]
    del inner[path[-1]]
    return copy


def mutations(config, defaults):
    """Name of the change and the changed configuration; the first is no change at all."""
    yield "nothing", config
    for path, value in fields(config):
        if path == ("architectures",):
            continue
        yield ".".join(path) + " removed", without(config, path)
        for other in other_values(path[-1], value):
            yield f"{'.'.join(path)}: {json.dumps(value)} -> {json.dumps(other)}", changed(config, path, other)
        if value is not None and path[-1] in WHERE_NULL:
            yield f"{'.'.join(path)}: {json.dumps(value)} -> null", changed(config, path, None)
    for name, value in defaults.items():
        if name not in config and name not in NO_FIELDS_OF_THE_FUNCTION and not isinstance(value, dict):
            for other in other_values(name, value):
                yield f"{name}: absent ({json.dumps(value)}) -> {json.dumps(other)}", changed(config, (name,), other)
    for name, value in ADDED:
        if name not in config and name not in defaults:
            yield f"{name}: absent -> {json.dumps(value)}", changed(config, (name,), value)
    yield from of_older_form(config)


def of_older_form(config):
    """The same as transformers 4 writes it, with `rope_theta` and `rope_scaling`, and changes of those fields."""
    rotation = config.get("rope_parameters")
    if not isinstance(rotation, dict) or any(isinstance(value, dict) for value in rotation.values()):
        return
    older = {name: value for name, value in config.items() if name not in ("rope_parameters", "dtype")}
    scaling = {name: value for name, value in rotation.items() if name not in ("rope_theta", "partial_rotary_factor")}
    older.update({name: rotation[name] for name in ("rope_theta", "partial_rotary_factor") if name in rotation},
                 torch_dtype="float32", rope_scaling=None if scaling.get("rope_type") == "default" else scaling)
    yield "older form", older
    kind = older["rope_scaling"]
    if kind is not None:
        named = {("type" if name == "rope_type" else name): value for name, value in kind.items()}
        yield "older form, rope_scaling.type instead of rope_type", {**older, "rope_scaling": named}
    for path, value in fields({name: older[name] for name in ("rope_theta", "partial_rotary_factor", "rope_scaling") if name in older}):
        yield f"older form, {'.'.join(path)} removed", without(older, path)
        for other in other_values(path[-1], value):
            yield f"older form, {'.'.join(path)}: {json.dumps(value)} -> {json.dumps(other)}", changed(older, path, other)


def said(cls, directory, seed):
    """Outputs of the stock class on short and long inputs, or why there are none."""
    try:
        model, complaints = models.load(cls, directory)
        if complaints:
            return None, "; ".join(f"{key}: {', '.join(names[:2])}" for key, names in complaints.items())
        return [models.outputs(model, models.inputs(model, seed, tokens=tokens, lowest=0)) for tokens in (SHORT, LONG)], ""
    except Exception as refused:  # noqa: BLE001 - whatever the stock class raises is its answer
        return None, f"{type(refused).__name__}: {str(refused).strip().splitlines()[0] if str(refused).strip() else ''}"


def truth_of(reference, found):
    if found is None:
        return "unloadable", None
    short, long = (models.relative_difference(a, b) for a, b in zip(reference, found))
    if short > TOLERANCE:
        return "different", short
    return ("same when short" if long > TOLERANCE else "same"), max(short, long)


def answer_of(code, document):
    if "error" in document:
        return "refused", document["error"], None
    return ("same" if code == 0 else "different"), document.get("first_difference", ""), document["max_rel_difference"]


def verdict_of(truth, answer):
    if truth == "same":
        return {"same": "right", "different": "different though same", "refused": "refused though same"}[answer]
    if truth == "same when short":
        return "right" if answer != "same" else "same, but longer texts differ"
    return "right" if answer != "same" else ("same though different" if truth == "different" else "same though unloadable")


def judge(name, variant, machine, work, seed):
    """Rows of one variant."""
    original = work / name / "original"
    model = models.build(variant, seed)
    models.save(model, variant, original)
    config = json.loads((original / "config.json").read_text())
    defaults = json.loads(json.dumps(model.config.to_dict(), default=str))
    changes = list(mutations(config, defaults))
    code, document = machine.run("verify", original, original, "--json")
    if "error" in document:
        changes = changes[:1]  # the rest would say the same again
    weights = [file for file in original.iterdir() if file.name != "config.json"]
    for number, (_, mutated) in enumerate(changes):
        place = work / name / str(number)
        place.mkdir()
        for file in weights:
            os.link(file, place / file.name)
        (place / "config.json").write_text(json.dumps(mutated, indent=2))
    places = [work / name / str(number) for number in range(len(changes))]
    answers = []
    asked = [["verify", original, place, "--tolerance", str(TOLERANCE), "--probes", "16", "--json"] for place in places]
    asking = threading.Thread(target=lambda: answers.extend(machine.run_all(asked)))
    asking.start()
    reference, why = said(variant.cls, original, seed)
    if reference is None:
        raise SystemExit(f"{name}: the stock class refuses the model it made: {why}")
    judged = [said(variant.cls, place, seed) for place in places]
    asking.join()
    if len(answers) != len(places):
        raise SystemExit(f"{name}: {len(answers)} answers to {len(places)} commands; see the messages above.")
    for (change, _), (found, why), (code, document) in zip(changes, judged, answers):
        truth, difference = truth_of(reference, found)
        answer, sentence, measured = answer_of(code, document)
        sentence = sentence.replace(f"{work}/{name}/", "")
        yield {"model": name, "change": change, "stock": truth, "stock_difference": difference, "stock_says": why,
               "thalweg": answer, "thalweg_difference": measured, "thalweg_says": sentence,
               "verdict": "refused unchanged" if answer == "refused" and change == "nothing" else verdict_of(truth, answer)}


ORDER = ["same though different", "same though unloadable", "different though same", "refused though same",
         "same, but longer texts differ", "refused unchanged"]


def page(about, rows):
    counts = collections.Counter(row["verdict"] for row in rows)
    text = commands.head_of_page("Changed configurations: `thalweg verify` beside the stock classes", about)
    text += "| verdict | changes |\n|---|---|\n"
    text += "".join(f"| {verdict} | {counts[verdict]} |\n" for verdict in ["right"] + ORDER)
    for verdict in ORDER:
        listed = [row for row in rows if row["verdict"] == verdict]
        if listed:
            text += f"\n## {verdict[0].upper() + verdict[1:]}\n\n"
            text += "| model | change | stock class | difference | Thalweg |\n|---|---|---|---|---|\n"
            for row in listed:
                number = "" if row["stock_difference"] is None else f"{row['stock_difference']:.1e}"
                text += (f"| {row['model']} | {commands.cell(row['change'])} | {row['stock']} "
                         f"{commands.cell(row['stock_says'])[:120]} | {number} | {row['thalweg']} "
                         f"{commands.cell(row['thalweg_says'])[:160]} |\n")
    text += "\n## By model\n\n| model | changes | right | stock: same | Thalweg: same, different, refused |\n|---|---|---|---|---|\n"
    for name in dict.fromkeys(row["model"] for row in rows):
        own = [row for row in rows if row["model"] == name]
        said_ = collections.Counter(row["thalweg"] for row in own)
        text += (f"| {name} | {len(own)} | {sum(row['verdict'] == 'right' for row in own)} "
                 f"| {sum(row['stock'] == 'same' for row in own)} "
                 f"| {said_['same']}, {said_['different']}, {said_['refused']} |\n")
    return text


def write(given, rows):
    about = commands.record(seed=given.seed, tolerance=TOLERANCE, inputs=f"texts of {SHORT} and {LONG} tokens, images",
                            changes=len(rows))
    given.directory.mkdir(parents=True, exist_ok=True)
    (given.directory / "mutations.json").write_text(json.dumps({**about, "rows": rows}, indent=1) + "\n")
    (given.directory / "mutations.md").write_text(page(about, rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, help="where the table and the JSON go")
    parser.add_argument("--only", nargs="+", default=[], help="names of variants")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="keep the models, and say where they are")
    given = parser.parse_args()
    known = models.variants()
    names = given.only or [*models.BASES, *ALSO]
    if unknown := [name for name in names if name not in known]:
        parser.error(f"unknown variants: {', '.join(unknown)}")
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity(transformers.logging.CRITICAL)
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    work = pathlib.Path(tempfile.mkdtemp(prefix="thalweg-mutate-"))
    rows = []
    with commands.Commands() as machine:
        for name in names:
            rows.extend(judge(name, known[name], machine, work, given.seed))
            wrong = collections.Counter(row["verdict"] for row in rows if row["model"] == name and row["verdict"] != "right")
            write(given, rows)
            print(f"{name}: {sum(row['model'] == name for row in rows)} changes, {dict(wrong) or 'all right'}", flush=True)
    if given.keep:
        print(f"models: {work}")
    else:
        shutil.rmtree(work)
    print(f"written: {given.directory}/mutations.md, mutations.json")


if __name__ == "__main__":
    main()
