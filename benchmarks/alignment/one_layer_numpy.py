#!/usr/bin/env python3
"""Algorithm 1 in NumPy and SciPy, in float32, on one layer of two large checkpoints: a layer of Mixtral or OLMoE (both orders
of the experts, hidden units of each matched pair), or a feed-forward network of Llama (its hidden units).

    python3 benchmarks/alignment/one_layer_numpy.py A B [--layer 0] [--threads 2] [--planted B/alignment.json]
                                                    [--found T/alignment.json] [--out FILE]

Needs Python 3.9 or later with NumPy, SciPy, PyTorch (to read bfloat16) and safetensors. `benchmarks/java.sh
large.GenerateCheckpoint` makes A and its partner; `thalweg scramble PARTNER --out B --groups
permutation,signed-permutation` moves it. --planted is the alignment that scramble wrote: with it the residual stream of B
is moved back first, which this program does not look for, and what is found is compared with what was planted. --found is
the alignment that `thalweg align A B --out T` wrote: exit code 1 when its order of experts is neither of the two here, or
its hidden units are not those here but for one in a hundred.

Prints one JSON document: seconds by part, orders of experts, similarities. Hidden units are in --out alone.
"""
import argparse
import json
import os
import pathlib
import sys


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("a", type=pathlib.Path)
    parser.add_argument("b", type=pathlib.Path)
    parser.add_argument("--layer", type=int, default=0, help="(default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="(default: %(default)s)")
    parser.add_argument("--planted", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--found", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--out", type=pathlib.Path, metavar="FILE")
    return parser.parse_args()


ARGUMENTS = parse()
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(ARGUMENTS.threads)

import numpy as np  # noqa: E402 (the variables above must be set first)
import scipy  # noqa: E402
import torch  # noqa: E402
from safetensors import safe_open  # noqa: E402
from algorithm_1 import Clock, algorithm_1, units  # noqa: E402

MAPS = {"llama": ("mlp.", ("gate_proj", "up_proj", "down_proj")),
        "olmoe": ("mlp.experts.{}.", ("gate_proj", "up_proj", "down_proj")),
        "mixtral": ("block_sparse_moe.experts.{}.", ("w1", "w3", "w2"))}
ROUTER = {"olmoe": "mlp.gate.weight", "mixtral": "block_sparse_moe.gate.weight"}
TOLERATED = 0.01


class Layer:
    """One layer of a checkpoint; a map is read when it is asked for, in float32."""
    maps = 3

    def __init__(self, directory, stream=None):
        self.directory, self.stream = directory, stream
        self.config = json.loads((directory / "config.json").read_text())
        index = directory / "model.safetensors.index.json"
        self.shards = json.loads(index.read_text())["weight_map"] if index.exists() else {}
        self.start = f"model.layers.{ARGUMENTS.layer}."
        kind = self.config["model_type"]
        self.experts = self.config.get("num_local_experts", self.config.get("num_experts", 1))
        self.gate = self.read(ROUTER[kind], 1) if kind in ROUTER else None

    def read(self, name, axis):
        """A tensor as NumPy has it, its residual axis moved back."""
        stored = self.start + name
        with safe_open(self.directory / self.shards.get(stored, "model.safetensors"), "pt") as file:
            tensor = file.get_tensor(stored).to(torch.float32).numpy()
        if self.stream is not None:
            positions, signs = self.stream
            shape = [1, 1]
            shape[axis] = -1
            tensor = np.take(tensor, positions, axis) * signs.reshape(shape)
        return tensor

    def unit(self, expert, number):
        start, names = MAPS[self.config["model_type"]]
        name = start.format(expert) + names[number] + ".weight"
        return self.read(name, 1) if number < 2 else self.read(name, 0).T

    gram = unit

    def rest(self, expert):
        return None


def elements(file):
    return json.loads(file.read_text())["elements"]


def stream(planted):
    """Which position of B each position of A has become, and its sign."""
    signed = np.array(planted["residual"]["signed_permutation"])
    inverse = np.argsort(np.abs(signed) - 1)
    return inverse, np.sign(signed)[inverse].astype(np.float32)


def named(alignment, expert):
    """The order of hidden units of an expert, by the place that it has in the result."""
    start = f"layers.{ARGUMENTS.layer}."
    return np.array(next(element["permutation"] for space, element in alignment.items()
                         if space in (f"{start}moe.experts.{expert}.hidden", f"{start}mlp.hidden")))


def experts_of(alignment, count):
    element = alignment.get(f"layers.{ARGUMENTS.layer}.moe.experts")
    return list(range(count)) if element is None else element["permutation"]


def as_planted(found, planted):
    """The share of units that are where they were put."""
    order = np.argsort(experts_of(planted, len(found["order"])))
    right = 0
    for expert, columns in enumerate(found["units"]):
        source = named(planted, order[expert])
        right += np.mean(np.argsort(source) == columns) if order[expert] == found["order"][expert] else 0
    return {"order_of_experts": order.tolist() == found["order"], "share_of_units": right / len(found["units"])}


def as_found(ways, thalweg):
    """Whether the other program found one of these orders, and the share of equal units."""
    for way, found in ways.items():
        if experts_of(thalweg, len(found["order"])) == found["order"]:
            shares = [np.mean(named(thalweg, expert) == columns) for expert, columns in enumerate(found["units"])]
            return {"order_of_experts": way, "share_of_units": float(np.mean(shares))}
    return {"order_of_experts": None, "share_of_units": 0.0}


def main():
    torch.set_num_threads(ARGUMENTS.threads)
    planted = elements(ARGUMENTS.planted) if ARGUMENTS.planted else None
    clock = Clock()
    a, b = Layer(ARGUMENTS.a), Layer(ARGUMENTS.b, stream(planted) if planted else None)
    clock.lap("reading")
    if a.gate is None:
        columns, similarity = units(a, b, 0, 0, clock)
        ways = {"units": {"order": [0], "similarity": similarity, "units": [columns]}}
    else:
        ways = algorithm_1(a, b, clock)
    best = max(ways, key=lambda way: ways[way]["similarity"])
    document = {"a": str(ARGUMENTS.a), "b": str(ARGUMENTS.b), "layer": ARGUMENTS.layer, "threads": ARGUMENTS.threads,
                "numpy": np.__version__, "scipy": scipy.__version__, "seconds": sum(clock.seconds.values()),
                "parts": clock.seconds, "best": best,
                "ways": {way: {"order": found["order"], "similarity": found["similarity"]}
                         for way, found in ways.items()}}
    if planted:
        document["as_planted"] = as_planted(ways[best], planted)
    if ARGUMENTS.found:
        document["as_thalweg_found"] = as_found(ways, elements(ARGUMENTS.found))
    print(json.dumps(document, indent=1))
    if ARGUMENTS.out:
        document["units"] = {way: [columns.tolist() for columns in found["units"]] for way, found in ways.items()}
        ARGUMENTS.out.write_text(json.dumps(document) + "\n", encoding="utf-8")
    return 0 if document.get("as_thalweg_found", {}).get("share_of_units", 1) >= 1 - TOLERATED else 1


if __name__ == "__main__":
    sys.exit(main())
