#!/usr/bin/env python3
"""Times Algorithm 1 on one MoE layer (both expert orders, hidden units of each matched pair) in NumPy and SciPy and in
Thalweg, on the same two layers, taking turns.

Needs Python 3.9 or later with NumPy and SciPy, a Java 25, and the built project:

    mvn -q -DskipTests package
    python3 benchmarks/alignment/compare_numpy.py --out docs/results/alignment/numpy

B is A with its experts and hidden units permuted and Gaussian noise of --noise times each tensor's root mean square;
with --independent it is another random layer, as hard as assignment problems get. Weights are float32 files. The NumPy
side, algorithm_1.py, works in --numpy-type; Thalweg multiplies matrices of 2^16 numbers and more in float32 and adds up
in float64. Each side has --threads threads. Timed is everything from weights in memory to permutations; not reading files
nor starting Java, and the first turn is not counted. NumPy forms Gram matrices in whichever of the two ways takes fewer
multiplications. Exit code 1 when the two find different expert orders or similarities.
"""
import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", default="8x512x1792,64x512x256",
                        help="EXPERTSxRESIDUALxHIDDEN, comma-separated (default: %(default)s)")
    parser.add_argument("--turns", type=int, default=3, help="counted turns (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1, help="of each side (default: %(default)s)")
    parser.add_argument("--noise", type=float, default=0.1, help="(default: %(default)s)")
    parser.add_argument("--independent", action="store_true", help="B has nothing to do with A")
    parser.add_argument("--numpy-type", choices=("float64", "float32"), default="float64", help="(default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--out", metavar="STEM", help="writes STEM.json and STEM.md")
    return parser.parse_args()


ARGUMENTS = parse()
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = str(ARGUMENTS.threads)

import numpy as np  # noqa: E402 (the variables above must be set first)
import scipy  # noqa: E402
from algorithm_1 import Clock, algorithm_1  # noqa: E402
from safetensors_files import write  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXPERT = "moe.experts.{}.dense."


def layer(experts, residual, hidden, rng):
    """PyTorch's default initialisation: uniform in ±1/√inputs."""
    def uniform(inputs, *shape):
        return rng.uniform(-1, 1, shape).astype(np.float32) / np.float32(np.sqrt(inputs))
    tensors = {"moe.gate.weight": uniform(residual, experts, residual), "moe.gate.bias": uniform(residual, experts)}
    for expert in range(experts):
        name = EXPERT.format(expert)
        tensors[name + "0.weight"] = uniform(residual, hidden, residual)
        tensors[name + "0.bias"] = uniform(residual, hidden)
        tensors[name + "1.weight"] = uniform(hidden, residual, hidden)
        tensors[name + "1.bias"] = uniform(hidden, residual)
    return tensors


def moved(tensors, noise, rng):
    """The same layer, noisy, with experts and hidden units in another order."""
    def noisy(name):
        tensor = tensors[name]
        deviation = noise * np.sqrt(np.mean(tensor.astype(np.float64) ** 2))
        return (tensor + deviation * rng.standard_normal(tensor.shape)).astype(np.float32)
    experts, _ = tensors["moe.gate.weight"].shape
    order = rng.permutation(experts)
    result = {name: noisy(name)[order] for name in ("moe.gate.weight", "moe.gate.bias")}
    for expert, source in enumerate(order):
        name, other = EXPERT.format(expert), EXPERT.format(source)
        units = rng.permutation(tensors[other + "0.bias"].size)
        result[name + "0.weight"] = noisy(other + "0.weight")[units]
        result[name + "0.bias"] = noisy(other + "0.bias")[units]
        result[name + "1.weight"] = np.ascontiguousarray(noisy(other + "1.weight")[:, units])
        result[name + "1.bias"] = noisy(other + "1.bias")
    return result


class Layer:
    """The maps of all experts in --numpy-type with biases as a last column: [h d+1] and [d h+1]."""
    maps = 2

    def __init__(self, tensors):
        def joined(name):
            weight, bias = (tensors[name + part].astype(ARGUMENTS.numpy_type) for part in ("weight", "bias"))
            return np.hstack([weight, bias[:, None]])
        self.gate = joined("moe.gate.")
        self.experts = len(self.gate)
        self.first, self.last = ([joined(EXPERT.format(expert) + part) for expert in range(self.experts)]
                                 for part in ("0.", "1."))

    def gram(self, expert, number):
        return self.first[expert] if number == 0 else self.last[expert].T

    def unit(self, expert, number):
        return self.first[expert] if number == 0 else self.last[expert][:, :-1].T

    def rest(self, expert):
        return self.last[expert][:, -1]


def turn(a, b):
    """Seconds of each part, and what was found."""
    clock = Clock()
    left, right = Layer(a), Layer(b)
    clock.lap("reading")
    return clock, algorithm_1(left, right, clock)


class Thalweg:
    """The other process: one turn, one answer."""

    def __init__(self, directory, experts, hidden):
        command = [str(ROOT / "benchmarks" / "java.sh"), "AlignmentTimings", str(directory / "a"), str(directory / "b"),
                   f"experts={experts}", f"hidden={hidden}", f"threads={ARGUMENTS.threads}"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def turn(self):
        self.process.stdin.write("turn\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("the Java process ended; its message is above.")
        return json.loads(answer)

    def close(self):
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait(timeout=60)


def compare(shape):
    experts, residual, hidden = (int(size) for size in shape.split("x"))
    rng = np.random.default_rng(ARGUMENTS.seed)
    a = layer(experts, residual, hidden, rng)
    b = layer(experts, residual, hidden, rng) if ARGUMENTS.independent else moved(a, ARGUMENTS.noise, rng)
    with tempfile.TemporaryDirectory() as directory:
        path = pathlib.Path(directory)
        write(path / "a", a, {"model_type": "moe-layer"})
        write(path / "b", b, {"model_type": "moe-layer"})
        thalweg = Thalweg(path, experts, hidden)
        parts, theirs, ours, whole = [], [], [], []
        for number in range(ARGUMENTS.turns + 1):
            clock, found = turn(a, b)
            answer = thalweg.turn()
            if number > 0:  # libraries, caches and the just-in-time compiler are warm now
                parts.append(clock.seconds)
                theirs.append(sum(clock.seconds.values()))
                ours.append(answer["algorithm_1"])
                whole.append(answer["weight_matcher"])
        thalweg.close()
    same = all(found[way]["order"] == answer[way]["order"]
               and abs(found[way]["similarity"] - answer[way]["similarity"]) <= 1e-5 * abs(found[way]["similarity"])
               for way in found)
    return {"layer": shape, "numpy_seconds": theirs, "numpy_parts": parts, "thalweg_seconds": ours,
            "weight_matcher_seconds": whole, "ratio": statistics.median(theirs) / statistics.median(ours),
            "same": same, "java": answer["java"], "libtorch": answer["libtorch"], "blas": answer["blas"]}


def page(rows):
    lines = ["| experts x residual x hidden | NumPy s | of it: experts / products of units / their orders | Thalweg s | ratio "
             "| as `align` does it, s | same answer |", "|---|---:|---|---:|---:|---:|---|"]
    for row in rows:
        middle = {part: statistics.median(one[part] for one in row["numpy_parts"]) for part in row["numpy_parts"][0]}
        costs = middle["gate cost and order"] + middle["reading"] + middle["expert cost"] + middle["expert order"]
        products = middle["products of hidden units"]
        lines.append(f"| {row['layer']} | {statistics.median(row['numpy_seconds']):.3f} "
                     f"| {costs:.3f} / {products:.3f} / {middle['orders of hidden units']:.3f} "
                     f"| {statistics.median(row['thalweg_seconds']):.3f} | {row['ratio']:.2f} "
                     f"| {statistics.median(row['weight_matcher_seconds']):.3f} | {'yes' if row['same'] else '**no**'} |")
    return "\n".join(lines)


def main():
    rows = [compare(shape) for shape in ARGUMENTS.layers.split(",")]
    text = page(rows)
    print(text)
    if ARGUMENTS.out:
        stem = pathlib.Path(ARGUMENTS.out)
        stem.parent.mkdir(parents=True, exist_ok=True)
        document = {"date": time.strftime("%Y-%m-%d"), "numpy": np.__version__, "scipy": scipy.__version__,
                    "machine": f"{platform.machine()}, {os.cpu_count()} processors", "load": os.getloadavg(),
                    **{key: value for key, value in vars(ARGUMENTS).items() if key != "out"}, "rows": rows}
        stem.with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        stem.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    return 0 if all(row["same"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
