#!/usr/bin/env python3
"""Recomputes the quickstart from its trained replicas in PyTorch and SciPy alone, and compares every barrier.

    ./thalweg study run quickstart --out RUN
    V/bin/python benchmarks/oracle/recompute_quickstart.py RUN DIRECTORY [--results FILE]

Read from the run: the replicas' safetensors and config.json. Everything else is computed here: the network, the data's
standardisation, Algorithm 1 of arXiv 2509.11348 (expert order by the gate, Eq 10, and by the experts, Eq 11; then hidden
units), the straight lines, losses and accuracies at their points, in float64. Compared are the curves and barriers of the
naive line and of both orders with --results (the run's own results.json when absent), and the permutations with the
run's alignments.

Writes DIRECTORY/quickstart.json and DIRECTORY/quickstart.md. Exit code 1 when a barrier differs by more than 1e-6 or a
permutation differs.
"""
import argparse
import gzip
import json
import os
import pathlib

import numpy as np
import scipy
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from scipy.optimize import linear_sum_assignment

import commands

WORST = 1e-6
DATA = commands.ROOT / "lab/src/main/resources/org/thalweg/data/fashion-mnist-subset"


def idx(name):
    raw = gzip.decompress((DATA / name).read_bytes())
    rank = raw[3]
    shape = [int.from_bytes(raw[4 + 4 * axis:8 + 4 * axis], "big") for axis in range(rank)]
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * rank).reshape(shape)


def test_images():
    """[2000 1 28 28] standardised by the training images, and the classes."""
    train = idx("train-images-idx3-ubyte.gz").astype(np.float64) / 255
    test = idx("t10k-images-idx3-ubyte.gz").astype(np.float64) / 255
    return (torch.from_numpy((test - train.mean()) / train.std())[:, None],
            torch.from_numpy(idx("t10k-labels-idx1-ubyte.gz").astype(np.int64)))


def linear(weights, name, x):
    return F.linear(x, weights[name + ".weight"], weights[name + ".bias"])


def normed(config, weights, name, x):
    return F.layer_norm(x, x.shape[-1:], weights[name + ".weight"], weights[name + ".bias"], config["layer_norm_eps"])


def expert(weights, name, x):
    return linear(weights, name + ".dense.1", F.gelu(linear(weights, name + ".dense.0", x)))


def mixture(moe, weights, name, x):
    """[tokens residual]; every expert is computed and weighed, those not selected with 0."""
    scores = linear(weights, name + ".gate", x)
    if moe["gating"] == "dense":
        shares = scores.softmax(-1)
    else:
        chosen = scores.topk(moe["num_experts_per_tok"], dim=-1).indices
        mask = torch.zeros_like(scores).scatter(1, chosen, 1.0)
        if moe["gating"] == "sparse":  # Eq 3: softmax over the selected alone
            shares = scores.masked_fill(mask == 0, float("-inf")).softmax(-1)
        else:  # Eq 139: softmax over all, without renormalising
            shares = scores.softmax(-1) * mask
    mixed = sum(shares[:, e:e + 1] * expert(weights, f"{name}.experts.{e}", x) for e in range(moe["num_experts"]))
    if moe["gating"] == "deepseek":
        mixed = mixed + expert(weights, name + ".shared_experts", x)
    return mixed


def attention(config, weights, name, x):
    def heads(part):
        projected = linear(weights, f"{name}.attention.{part}", x)
        return projected.unflatten(-1, (config["num_attention_heads"], -1)).transpose(1, 2)
    query, key, value = heads("query"), heads("key"), heads("value")
    share = (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).softmax(-1)
    return linear(weights, name + ".output.dense", (share @ value).transpose(1, 2).flatten(2))


def logits(config, weights, images):
    """A Vision Transformer that normalises before attention and feed-forward network; the class token is read."""
    projection = "vit.embeddings.patch_embeddings.projection"
    patches = F.conv2d(images, weights[projection + ".weight"], weights[projection + ".bias"], stride=config["patch_size"])
    x = patches.flatten(2).transpose(1, 2)
    x = torch.cat([weights["vit.embeddings.cls_token"].expand(len(x), -1, -1), x], 1)
    x = x + weights["vit.embeddings.position_embeddings"]
    for layer in range(config["num_hidden_layers"]):
        name = f"vit.encoder.layer.{layer}"
        x = x + attention(config, weights, name + ".attention", normed(config, weights, name + ".layernorm_before", x))
        read = normed(config, weights, name + ".layernorm_after", x)
        if layer in config["moe"]["layers"]:
            x = x + mixture(config["moe"], weights, name + ".moe", read.flatten(0, 1)).view_as(x)
        else:
            x = x + linear(weights, name + ".output.dense", F.gelu(linear(weights, name + ".intermediate.dense", read)))
    return linear(weights, "classifier", normed(config, weights, "vit.layernorm", x)[:, 0])


def maps(weights, name):
    """First map with its bias as a last column, and the last one likewise."""
    return [np.concatenate([weights[f"{name}.dense.{i}.weight"].numpy(), weights[f"{name}.dense.{i}.bias"].numpy()[:, None]], 1)
            for i in (0, 1)]


def order_by_gate(a, b, name):
    """Eq 10: rows of the gate with their biases, each less its mean over the experts."""
    def rows(weights):
        joined = np.concatenate([weights[name + ".gate.weight"].numpy(), weights[name + ".gate.bias"].numpy()[:, None]], 1)
        return joined - joined.mean(0)
    return linear_sum_assignment(np.linalg.norm(rows(a)[:, None] - rows(b)[None], axis=-1))[1]


def order_by_experts(a, b, name, experts):
    """Eq 11: Gram matrices of both maps, which no order of hidden units changes."""
    def grams(weights):
        pairs = [maps(weights, f"{name}.experts.{e}") for e in range(experts)]
        return [(first.T @ first, last @ last.T) for first, last in pairs]
    own, other = grams(a), grams(b)
    cost = [[np.sqrt(sum(((x - y) ** 2).sum() for x, y in zip(one, two))) for two in other] for one in own]
    return linear_sum_assignment(np.array(cost))[1]


def order_of_units(a, b, of_a, of_b):
    """Git Re-Basin's weight matching, which is one exact assignment for one hidden layer."""
    (first, last), (first_b, last_b) = maps(a, of_a), maps(b, of_b)
    return linear_sum_assignment(first @ first_b.T + last[:, :-1].T @ last_b[:, :-1], maximize=True)[1]


def aligned(a, b, name, order):
    """B with its experts in the order given and their hidden units matched; and the permutations by their space."""
    moved, permutations = dict(b), {"experts": order}
    moved[name + ".gate.weight"] = b[name + ".gate.weight"][order]
    moved[name + ".gate.bias"] = b[name + ".gate.bias"][order]
    networks = [(f"experts.{place}", f"experts.{source}") for place, source in enumerate(order)]
    if name + ".shared_experts.dense.0.weight" in b:
        networks.append(("shared_experts", "shared_experts"))
    for place, source in networks:
        units = order_of_units(a, b, f"{name}.{place}", f"{name}.{source}")
        moved[f"{name}.{place}.dense.0.weight"] = b[f"{name}.{source}.dense.0.weight"][units]
        moved[f"{name}.{place}.dense.0.bias"] = b[f"{name}.{source}.dense.0.bias"][units]
        moved[f"{name}.{place}.dense.1.weight"] = b[f"{name}.{source}.dense.1.weight"][:, units]
        moved[f"{name}.{place}.dense.1.bias"] = b[f"{name}.{source}.dense.1.bias"]
        permutations[f"{place}.hidden.0"] = units
    return moved, permutations


def curve(config, a, b, grid, images, classes):
    losses, accuracies = [], []
    with torch.no_grad():
        for t in grid:
            weights = {name: (1 - t) * a[name] + t * b[name] for name in a}
            said = torch.cat([logits(config, weights, part) for part in images.split(500)])
            losses.append(F.cross_entropy(said, classes).item())
            accuracies.append((said.argmax(-1) == classes).double().mean().item())
    return np.array(losses), np.array(accuracies)


def barrier(grid, losses):
    """Largest rise above the chord on the grid."""
    return float((losses - ((1 - grid) * losses[0] + grid * losses[-1])).max())


def permutations_in(file):
    """The permutations of an alignment, by the end of their space's name."""
    found = {}
    for space, element in json.loads(file.read_text())["elements"].items():
        found[space.split(".moe.", 1)[-1]] = np.array(element["permutation"])
    return found


def compare(run, results):
    images, classes = test_images()
    rows = []
    said = {(pair["replica_a"], pair["replica_b"], pair["method"]): pair for pair in results["pairs"]}
    places = {replica["id"]: next((run / "artifacts" / "finetune").glob(replica["id"] + "-*")) for replica in results["replicas"]}
    for first, second in sorted({key[:2] for key in said}):
        config = json.loads((places[first] / "config.json").read_text())
        a, b = ({name: value.double() for name, value in load_file(places[one] / "model.safetensors").items()}
                for one in (first, second))
        layer = f"vit.encoder.layer.{config['moe']['layers'][0]}.moe"
        orders = {"gate": order_by_gate(a, b, layer), "expert": order_by_experts(a, b, layer, config["moe"]["num_experts"])}
        for method in ("naive", "gate", "expert"):
            pair = said[first, second, method]
            grid = np.array(pair["t"])
            carried, mine = (b, {}) if method == "naive" else aligned(a, b, layer, orders[method])
            losses, accuracies = curve(config, a, carried, grid, images, classes)
            row = {"a": first, "b": second, "method": method, "loss_barrier": barrier(grid, losses),
                   "thalweg_loss_barrier": pair["loss_barrier"], "accuracy_barrier": barrier(grid, -accuracies),
                   "thalweg_accuracy_barrier": pair["accuracy_barrier"],
                   "largest_loss_difference": float(np.abs(losses - pair["loss"]).max()),
                   "largest_accuracy_difference": float(np.abs(accuracies - pair["accuracy"]).max())}
            if method != "naive":
                match = next((run / "artifacts" / "match").glob(f"{first}-{second.rsplit('-', 1)[1]}-*"))
                theirs = permutations_in(match / f"alignment-{method}.json")
                row["expert_order"] = [int(one) for one in mine["experts"]]
                row["same_permutations"] = theirs.keys() == mine.keys() and all(
                    np.array_equal(theirs[space], mine[space]) for space in mine)
            rows.append(row)
            print(first, second, method, f"{row['loss_barrier']:.9f}", f"{row['thalweg_loss_barrier']:.9f}", flush=True)
    return rows


def page(about, rows, summary):
    text = commands.head_of_page("The quickstart recomputed in PyTorch and SciPy", about)
    text += "| largest difference | |\n|---|---|\n"
    text += "".join(f"| {name.replace('_', ' ')} | {value:.1e} |\n" for name, value in summary.items() if isinstance(value, float))
    text += (f"\n{len(rows)} barriers; permutations of experts and hidden units equal to Thalweg's in "
             f"{summary['same_permutations']} of {summary['alignments']} alignments.\n\n")
    text += ("| A | B | order | loss barrier here | by Thalweg | difference | accuracy barrier here | by Thalweg | largest difference of losses |\n"
             "|---|---|---|---|---|---|---|---|---|\n")
    for row in rows:
        text += (f"| {row['a']} | {row['b'].rsplit('-', 1)[1]} | {row['method']} | {row['loss_barrier']:.9f} | {row['thalweg_loss_barrier']:.9f} "
                 f"| {abs(row['loss_barrier'] - row['thalweg_loss_barrier']):.1e} | {row['accuracy_barrier']:.6f} "
                 f"| {row['thalweg_accuracy_barrier']:.6f} | {row['largest_loss_difference']:.1e} |\n")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", type=pathlib.Path, help="the study's directory")
    parser.add_argument("directory", type=pathlib.Path, help="where the table and the JSON go")
    parser.add_argument("--results", type=pathlib.Path, help="results.json to compare with")
    given = parser.parse_args()
    torch.set_num_threads(1)
    results = json.loads((given.results or given.run / "results.json").read_text())
    rows = compare(given.run, results)
    alignments = [row for row in rows if "same_permutations" in row]
    summary = {
        "loss_barrier": max(abs(row["loss_barrier"] - row["thalweg_loss_barrier"]) for row in rows),
        "accuracy_barrier": max(abs(row["accuracy_barrier"] - row["thalweg_accuracy_barrier"]) for row in rows),
        "loss_at_a_point": max(row["largest_loss_difference"] for row in rows),
        "accuracy_at_a_point": max(row["largest_accuracy_difference"] for row in rows),
        "same_permutations": sum(row["same_permutations"] for row in alignments), "alignments": len(alignments)}
    compared = given.results or given.run / "results.json"
    about = commands.record(compared=os.path.relpath(compared, commands.ROOT) if commands.ROOT in compared.resolve().parents else "results.json of the run",
                            run=f"{results['timing']['started_at']}, {results['environment']['jdk']}, {results['environment']['blas']}",
                            seed=results["configuration"]["seed"], scipy=scipy.__version__, numpy=np.__version__)
    del about["thalweg"]  # nothing of Thalweg runs here
    given.directory.mkdir(parents=True, exist_ok=True)
    (given.directory / "quickstart.json").write_text(json.dumps({**about, "summary": summary, "rows": rows}, indent=1) + "\n")
    (given.directory / "quickstart.md").write_text(page(about, rows, summary))
    print(json.dumps(summary))
    if summary["loss_barrier"] > WORST or summary["same_permutations"] < len(alignments):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
