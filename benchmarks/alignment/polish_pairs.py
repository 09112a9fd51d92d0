#!/usr/bin/env python3
"""Trains pairs of feed-forward networks with PyTorch, aligns them with several starts and polishes, and measures barriers.

Needs Python 3.9 or later with PyTorch, NumPy and safetensors, the built project, and MNIST's four IDX files:

    python3 benchmarks/alignment/polish_pairs.py --mnist DIR --work DIR

Networks are 784-64-64-64-10 with ReLU, six epochs of Adam (1e-3, cosine to 0, batches of 256), one thread. The barrier is
the largest excess of the test loss over the chord at 25 points.
"""
import argparse
import gzip
import json
import pathlib
import subprocess

import numpy as np
import torch
from safetensors.torch import load_file, save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = (784, 64, 64, 64, 10)
WAYS = (("--polish", "none"), ("--polish", "orders"), ("--polish", "orders", "--starts", "16"))


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mnist", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--pairs", default="2-3,4-5,2-4,3-5", help="pairs of seeds (default: %(default)s)")
    parser.add_argument("--epochs", type=int, default=6, help="(default: %(default)s)")
    return parser.parse_args()


def images(directory, name):
    pixels = np.frombuffer(gzip.open(directory / f"{name}-images-idx3-ubyte.gz").read(), np.uint8, offset=16)
    labels = np.frombuffer(gzip.open(directory / f"{name}-labels-idx1-ubyte.gz").read(), np.uint8, offset=8)
    scaled = pixels.reshape(-1, 784).astype("float32") / 255
    return (torch.tensor(scaled) - 0.13) / 0.31, torch.tensor(labels.astype("int64"))


def logits(weights, x):
    last = len(weights) // 2 - 1
    for layer in range(last + 1):
        x = torch.nn.functional.linear(x, weights[f"fc.{layer}.weight"], weights[f"fc.{layer}.bias"])
        x = torch.relu(x) if layer < last else x
    return x


def train(seed, epochs, data, out):
    torch.manual_seed(seed)
    layers = [torch.nn.Linear(a, b) for a, b in zip(SIZES, SIZES[1:])]
    weights = {f"fc.{i}.{kind}": getattr(layer, kind) for i, layer in enumerate(layers) for kind in ("weight", "bias")}
    x, y = data
    steps = epochs * (len(x) // 256)
    adam = torch.optim.Adam(weights.values(), lr=1e-3)
    rate = torch.optim.lr_scheduler.CosineAnnealingLR(adam, steps)
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for first in range(0, len(x) - 255, 256):
            batch = order[first:first + 256]
            adam.zero_grad()
            torch.nn.functional.cross_entropy(logits(weights, x[batch]), y[batch]).backward()
            adam.step()
            rate.step()
    out.mkdir(parents=True, exist_ok=True)
    save_file({name: w.detach().contiguous() for name, w in weights.items()}, out / "model.safetensors", {"format": "pt"})
    (out / "config.json").write_text(json.dumps({"model_type": "mlp", "sizes": list(SIZES), "activation": "relu"}))


def barrier(a, b, data):
    with torch.no_grad():
        losses = [torch.nn.functional.cross_entropy(
            logits({name: (1 - i / 24) * a[name] + i / 24 * b[name] for name in a}, data[0]), data[1]).item()
            for i in range(25)]
    return max(loss - (1 - i / 24) * losses[0] - i / 24 * losses[24] for i, loss in enumerate(losses))


def main():
    arguments = parse()
    torch.set_num_threads(1)
    training, test = images(arguments.mnist, "train"), images(arguments.mnist, "t10k")
    pairs = [tuple(map(int, pair.split("-"))) for pair in arguments.pairs.split(",")]
    places = {seed: arguments.work / f"mlp{seed}" for pair in pairs for seed in pair}
    for seed, place in places.items():
        train(seed, arguments.epochs, training, place)
    weights = {seed: load_file(place / "model.safetensors") for seed, place in places.items()}
    print("pair,way,squared_distance,barrier")
    for one, other in pairs:
        for way in ((),) + WAYS:
            moved = weights[other]
            if way:
                out = arguments.work / "moved"
                subprocess.run([ROOT / "thalweg", "align", places[one], places[other], "--out", out, "--overwrite", *way],
                               check=True, stdout=subprocess.DEVNULL)
                moved = load_file(out / "model.safetensors")
            distance = sum(float(((weights[one][name] - moved[name]) ** 2).sum()) for name in moved)
            print(f"{one}-{other},{' '.join(way) or 'as trained'},{distance:.2f},"
                  f"{barrier(weights[one], moved, test):.4f}", flush=True)


if __name__ == "__main__":
    main()
