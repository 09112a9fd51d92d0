#!/usr/bin/env python3
"""One pass of weight matching of two GPT-2 models in NumPy and SciPy (arXiv 2506.22712, section 3.2): the basis of the
stream by embeddings and positions, heads by their circuits, hidden units by inner products, bases inside heads, and the
stream again by all weights.

    python3 benchmarks/alignment/weight_pass.py A B --threads 2

A and B are directories with one float32 file each, norms folded and the stream centred, as compare_weight_pass.py writes
them. Products and circuits are float32, sums of costs and singular value decompositions float64. For each line `turn WAY`
on standard input one pass is timed, from weights in memory to orders and rotation, and a line of JSON printed: its
seconds, the orders, and the peak of this process's memory so far. WAY is how squared distances of circuits are taken:
`differences`, as the formula stands, or `products`, by inner products of all circuits of a layer at once.
"""
import argparse
import json
import os
import pathlib
import resource
import sys
import time


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("a", type=pathlib.Path)
    parser.add_argument("b", type=pathlib.Path)
    parser.add_argument("--threads", type=int, default=2, help="(default: %(default)s)")
    return parser.parse_args()


ARGUMENTS = parse()
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(ARGUMENTS.threads)

import numpy as np  # noqa: E402 (the variables above must be set first)
from scipy.optimize import linear_sum_assignment  # noqa: E402
from safetensors_files import read  # noqa: E402


def model(directory):
    config, tensors = read(directory)
    return config, {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}


def procrustes(products):
    """The rotation R with the largest trace of Rᵀ products."""
    u, _, v = np.linalg.svd(products.astype(np.float64))
    return u @ v


def around_mean(products):
    """The same among rotations that keep the vector of ones, for products of centred weights."""
    u, s, v = np.linalg.svd(products.astype(np.float64))
    keeps = u[:, -1].sum() * v[-1].sum() > 0
    u[:, -1] *= 1 if keeps else -1
    return (u @ v).astype(np.float32)


class Heads:
    """Queries and keys [d+1 k] with the bias as last row, values alike, outputs [k d], of one layer."""

    def __init__(self, weight, bias, outputs, heads):
        both = np.vstack([weight, bias])
        self.queries, self.keys, self.values = (np.split(part, heads, axis=1) for part in np.split(both, 3, axis=1))
        self.outputs = np.split(outputs, heads, axis=0)

    def circuits(self):
        """Of each head the score of two positions, without what a softmax ignores, and what it writes of a value."""
        return ([q @ k[:-1].T for q, k in zip(self.queries, self.keys)],
                [v @ o for v, o in zip(self.values, self.outputs)])


def by_differences(a, b):
    costs = np.zeros((len(a[0]), len(a[0])))
    for ours, theirs in zip(a, b):
        for i, one in enumerate(ours):
            for j, other in enumerate(theirs):
                costs[i, j] += np.sum((one - other) ** 2, dtype=np.float64)
    return costs


def by_products(a, b):
    costs = np.zeros((len(a[0]), len(a[0])))
    for ours, theirs in zip(a, b):
        one, other = (np.stack(circuits).reshape(len(circuits), -1) for circuits in (ours, theirs))
        costs += np.sum(one ** 2, axis=1, dtype=np.float64)[:, None] + np.sum(other ** 2, axis=1, dtype=np.float64)
        costs -= 2 * (one @ other.T)
    return costs


def inner(a, i, b, j):
    """What the bases inside head i of A and head j of B add to the products of the stream, B's weights in A's basis."""
    of_queries = procrustes(b.queries[j].T @ a.queries[i] + b.keys[j].T @ a.keys[i]).astype(np.float32)
    of_values = procrustes(b.values[j].T @ a.values[i] + b.outputs[j] @ a.outputs[i].T).astype(np.float32)
    return (b.queries[j][:-1] @ of_queries @ a.queries[i][:-1].T + b.keys[j][:-1] @ of_queries @ a.keys[i][:-1].T
            + b.values[j][:-1] @ of_values @ a.values[i][:-1].T + (b.outputs[j].T @ of_values) @ a.outputs[i])


def one_pass(a, b, config, costs):
    total = b["wte.weight"].T @ a["wte.weight"] + b["wpe.weight"].T @ a["wpe.weight"]
    turn = around_mean(total)
    orders = {"heads": [], "units": []}
    for layer in range(config["n_layer"]):
        def of(tensors, name):
            return tensors[f"h.{layer}.{name}"]
        heads = [Heads(read_by, of(tensors, "attn.c_attn.bias"), written, config["n_head"])
                 for tensors, read_by, written in (
                     (a, of(a, "attn.c_attn.weight"), of(a, "attn.c_proj.weight")),
                     (b, turn.T @ of(b, "attn.c_attn.weight"), of(b, "attn.c_proj.weight") @ turn))]
        order = linear_sum_assignment(costs(heads[0].circuits(), heads[1].circuits()))[1]
        gains = (of(a, "mlp.c_fc.weight").T @ (turn.T @ of(b, "mlp.c_fc.weight"))
                 + np.outer(of(a, "mlp.c_fc.bias"), of(b, "mlp.c_fc.bias"))
                 + of(a, "mlp.c_proj.weight") @ (of(b, "mlp.c_proj.weight") @ turn).T)
        units = linear_sum_assignment(gains, maximize=True)[1]
        total += of(b, "mlp.c_fc.weight")[:, units] @ of(a, "mlp.c_fc.weight").T
        total += of(b, "mlp.c_proj.weight")[units].T @ of(a, "mlp.c_proj.weight")
        total += turn @ sum(inner(heads[0], i, heads[1], j) for i, j in enumerate(order))
        orders["heads"].append(order.tolist())
        orders["units"].append(units.tolist())
    return orders, around_mean(total)


def main():
    config, a = model(ARGUMENTS.a)
    _, b = model(ARGUMENTS.b)
    ways = {"differences": by_differences, "products": by_products}
    for line in sys.stdin:
        request = line.split()
        if request == ["quit"]:
            break
        if len(request) != 2 or request[0] != "turn" or request[1] not in ways:
            raise SystemExit(f"'{line.strip()}' is no request; expected turn differences, turn products or quit")
        start = time.perf_counter()
        orders, _ = one_pass(a, b, config, ways[request[1]])
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, **orders,
                          "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)


if __name__ == "__main__":
    main()
