#!/usr/bin/env python3
"""Times one pass of weight matching of two GPT-2 models, the stream's rotation included, in NumPy and SciPy and in
Thalweg, on the same files, with the same number of threads, taking turns, and says what memory each took.

Needs Linux, Python 3.9 or later with NumPy and SciPy, a Java 25, and the built project:

    mvn -q -DskipTests package
    python3 benchmarks/alignment/compare_weight_pass.py --out docs/results/alignment/weight-pass

The shapes are those of GPT-2 124M unless other ones are asked for; --small is to see that all works. A is random, as GPT-2
begins its training, with norms folded and the stream centred. B is another such model (`independent`), and A with its
heads and hidden units in another order, its stream rotated and noise of --noise times each tensor's root mean square
(`moved`). The NumPy side is weight_pass.py, in two ways; Thalweg's is WeightPass, whose pass also balances both models
and counts the inner product and the distance that it reached. Timed is from weights in memory to orders and rotation;
not reading files nor starting Java, and the first turn is not counted. Thalweg's whole match, with all its passes, is
timed once beside it. Exit code 1 when a side does not find the orders of the moved model again.
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

import numpy as np
import scipy
from safetensors_files import write

HERE = pathlib.Path(__file__).resolve().parent
WAYS = ["products", "differences"]


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--layers", type=int, default=12, help="(default: %(default)s)")
    parser.add_argument("--width", type=int, default=768, help="of the stream (default: %(default)s)")
    parser.add_argument("--heads", type=int, default=12, help="of a layer (default: %(default)s)")
    parser.add_argument("--hidden", type=int, default=3072, help="units of a layer (default: %(default)s)")
    parser.add_argument("--vocabulary", type=int, default=50257, help="(default: %(default)s)")
    parser.add_argument("--positions", type=int, default=1024, help="(default: %(default)s)")
    parser.add_argument("--small", action="store_true", help="2 layers of width 48 in place of all this")
    parser.add_argument("--turns", type=int, default=3, help="counted turns (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="of each side (default: %(default)s)")
    parser.add_argument("--noise", type=float, default=0.1, help="of the moved model (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="(default: %(default)s)")
    parser.add_argument("--out", metavar="STEM", help="writes STEM.json and STEM.md")
    arguments = parser.parse_args()
    if arguments.small:
        arguments.layers, arguments.width, arguments.heads, arguments.hidden = 2, 48, 4, 96
        arguments.vocabulary, arguments.positions = 500, 32
    return arguments


def config(sizes):
    return {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"], "n_layer": sizes.layers, "n_embd": sizes.width,
            "n_head": sizes.heads, "n_inner": sizes.hidden, "vocab_size": sizes.vocabulary,
            "n_positions": sizes.positions, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new"}


def centred(tensor, axis):
    return tensor - tensor.mean(axis=axis, keepdims=True, dtype=np.float64).astype(np.float32)


def random_model(sizes, rng):
    def normal(*shape):
        return 0.02 * rng.standard_normal(shape, np.float32)
    width, hidden = sizes.width, sizes.hidden
    ones, zeros = np.ones(width, np.float32), np.zeros(width, np.float32)
    tensors = {"wte.weight": centred(normal(sizes.vocabulary, width), 1),
               "wpe.weight": centred(normal(sizes.positions, width), 1)}
    for layer in range(sizes.layers):
        name = f"h.{layer}."
        tensors |= {name + "ln_1.weight": ones, name + "ln_1.bias": zeros,
                    name + "attn.c_attn.weight": centred(normal(width, 3 * width), 0),
                    name + "attn.c_attn.bias": normal(3 * width),
                    name + "attn.c_proj.weight": centred(normal(width, width), 1),
                    name + "attn.c_proj.bias": centred(normal(width), 0),
                    name + "ln_2.weight": ones, name + "ln_2.bias": zeros,
                    name + "mlp.c_fc.weight": centred(normal(width, hidden), 0), name + "mlp.c_fc.bias": normal(hidden),
                    name + "mlp.c_proj.weight": centred(normal(hidden, width), 1),
                    name + "mlp.c_proj.bias": centred(normal(width), 0)}
    return tensors | {"ln_f.weight": ones, "ln_f.bias": zeros}


def rotation(width, rng):
    """A random rotation that keeps the vector of ones."""
    basis = np.linalg.qr(np.column_stack([np.ones(width), rng.standard_normal((width, width - 1))]))[0][:, 1:]
    inner = np.linalg.qr(rng.standard_normal((width - 1, width - 1)))[0]
    return (basis @ inner @ basis.T + np.full((width, width), 1 / width)).astype(np.float32)


def moved_model(tensors, sizes, rng):
    """A in another basis and other orders, with noise; and of each position of A where it stands now."""
    turn = rotation(sizes.width, rng)
    result, places = {}, {"heads": [], "units": []}
    def noisy(tensor, axis):
        deviation = sizes.noise * np.sqrt(np.mean(tensor.astype(np.float64) ** 2))
        noise = deviation * rng.standard_normal(tensor.shape)
        return (tensor + (centred(noise.astype(np.float32), axis) if axis is not None else noise)).astype(np.float32)
    for name in ("wte.weight", "wpe.weight"):
        result[name] = noisy(tensors[name], 1) @ turn
    for layer in range(sizes.layers):
        name = f"h.{layer}."
        heads, units = rng.permutation(sizes.heads), rng.permutation(sizes.hidden)
        of_heads = np.arange(sizes.width).reshape(sizes.heads, -1)[heads].ravel()
        columns = np.concatenate([of_heads + part * sizes.width for part in range(3)])
        result |= {
            name + "attn.c_attn.weight": turn.T @ noisy(tensors[name + "attn.c_attn.weight"], 0)[:, columns],
            name + "attn.c_attn.bias": noisy(tensors[name + "attn.c_attn.bias"], None)[columns],
            name + "attn.c_proj.weight": noisy(tensors[name + "attn.c_proj.weight"], 1)[of_heads] @ turn,
            name + "attn.c_proj.bias": noisy(tensors[name + "attn.c_proj.bias"], 0) @ turn,
            name + "mlp.c_fc.weight": turn.T @ noisy(tensors[name + "mlp.c_fc.weight"], 0)[:, units],
            name + "mlp.c_fc.bias": noisy(tensors[name + "mlp.c_fc.bias"], None)[units],
            name + "mlp.c_proj.weight": noisy(tensors[name + "mlp.c_proj.weight"], 1)[units] @ turn,
            name + "mlp.c_proj.bias": noisy(tensors[name + "mlp.c_proj.bias"], 0) @ turn}
        places["heads"].append(np.argsort(heads).tolist())
        places["units"].append(np.argsort(units).tolist())
    return {name: result.get(name, tensor) for name, tensor in tensors.items()}, places


def stock(tensors):
    return {"transformer." + name: tensor for name, tensor in tensors.items()}


class Side:
    """A process that answers each request with a line of JSON."""

    def __init__(self, command):
        self.process = subprocess.Popen([str(part) for part in command], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("a process ended; its message is above.")
        return json.loads(answer)

    def close(self):
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait(timeout=60)


def share(found, places):
    """Which part of all heads, and of all units, is where it was put."""
    return {kind: float(np.mean(np.concatenate(
        [np.equal(one, other) for one, other in zip(found[kind], places[kind])]))) for kind in places}


def compare(kind, directory, places, arguments):
    a, b = directory / "a", directory / kind
    theirs = Side([sys.executable, HERE / "weight_pass.py", a, b, "--threads", arguments.threads])
    ours = Side([HERE.parent / "java.sh", "WeightPass", a, b, f"threads={arguments.threads}"])
    numpy, thalweg = {way: [] for way in WAYS}, []
    peaks = {}
    for number in range(arguments.turns + 1):
        for way in WAYS:
            answer = theirs.ask(f"turn {way}")
            # The peak of a process does not fall, so the way that comes first has its own from the first turn.
            peaks.setdefault(way, answer["peak_mib"])
            if number > 0:  # libraries, caches and the just-in-time compiler are warm now
                numpy[way].append(answer["seconds"])
        own = ours.ask("turn")
        if number > 0:
            thalweg.append(own["seconds"])
    whole = ours.ask("whole")
    theirs.close()
    ours.close()
    row = {"b": kind, "numpy_seconds": numpy, "numpy_peak_mib": peaks, "thalweg_seconds": thalweg,
           "thalweg_peak_mib": own["peak_mib"],
           "ratio": {way: statistics.median(numpy[way]) / statistics.median(thalweg) for way in WAYS},
           "thalweg_whole_match": {key: whole[key] for key in ("seconds", "passes", "peak_mib")},
           "java": whole["java"], "libtorch": whole["libtorch"], "blas": whole["blas"]}
    if places:
        row["numpy_found"], row["thalweg_found"] = share(answer, places), share(whole, places)
    return row


def page(rows):
    lines = ["| B | NumPy s, circuits by products | by differences | Thalweg s | ratio | | NumPy peak MiB | "
             "Thalweg peak MiB | Thalweg, whole match |", "|---|---:|---:|---:|---:|---:|---:|---:|---:|"]
    for row in rows:
        middle = {way: statistics.median(row["numpy_seconds"][way]) for way in WAYS}
        whole = row["thalweg_whole_match"]
        lines.append(f"| {row['b']} | {middle['products']:.2f} | {middle['differences']:.2f} "
                     f"| {statistics.median(row['thalweg_seconds']):.2f} | {row['ratio']['products']:.2f} "
                     f"| {row['ratio']['differences']:.2f} | {row['numpy_peak_mib']['products']:.0f} "
                     f"| {row['thalweg_peak_mib']:.0f} | {whole['seconds']:.1f} s, {whole['passes']} passes |")
    return "\n".join(lines)


def main():
    arguments = parse()
    rng = np.random.default_rng(arguments.seed)
    rows = []
    with tempfile.TemporaryDirectory() as place:
        directory = pathlib.Path(place)
        a = random_model(arguments, rng)
        write(directory / "a", stock(a), config(arguments))
        write(directory / "independent", stock(random_model(arguments, rng)), config(arguments))
        moved, places = moved_model(a, arguments, rng)
        write(directory / "moved", stock(moved), config(arguments))
        del a, moved
        rows = [compare("independent", directory, {}, arguments), compare("moved", directory, places, arguments)]
    text = page(rows)
    print(text)
    if arguments.out:
        stem = pathlib.Path(arguments.out)
        stem.parent.mkdir(parents=True, exist_ok=True)
        document = {"date": time.strftime("%Y-%m-%d"), "numpy": np.__version__, "scipy": scipy.__version__,
                    "machine": f"{platform.machine()}, {os.cpu_count()} processors", "load": os.getloadavg(),
                    **{key: value for key, value in vars(arguments).items() if key != "out"}, "rows": rows}
        stem.with_suffix(".json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        stem.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
    found = [row[side][kind] for row in rows for side in ("numpy_found", "thalweg_found") if side in row
             for kind in row[side]]
    return 0 if min(found) > 0.99 else 1


if __name__ == "__main__":
    sys.exit(main())
