#!/usr/bin/env python3
"""Times a training step of the CIFAR-size ViT here and in PyTorch, in turns, and prints one JSON document.

Needs Python 3.9 or later and the built project (mvn -q -DskipTests package):

    python3 benchmarks/training/compare_pytorch.py --out docs/results/performance/training.json

Programs: Thalweg on MKL, Thalweg on OpenBLAS (where there is no MKL, on OpenBLAS only), and, when this Python can import
torch, PyTorch twice: computing what Thalweg computes (the last layer only for the class token, which is all that the
classifier reads) and every token. Each program does some steps, then the next has its turn; all wait meanwhile. Every
number is the median over all steps of all turns; ratios are of medians of the same run.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH, LAYERS, HEADS, HIDDEN, PATCH, SIDE, CLASSES = 128, 6, 8, 512, 4, 32, 10
# Worker threads spin for up to 0.2 s after their last work, which would slow the next program's first step down.
REST_SECONDS = 0.5


class Java:
    """A Thalweg process that does steps when told to."""

    def __init__(self, blas, batch):
        environment = dict(os.environ, THALWEG_BLAS=blas)
        command = [str(ROOT / "benchmarks" / "java.sh"), "TrainingStepTimings", "turns", f"batch={batch}"]
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.about = json.loads(self.line())

    def line(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"compare_pytorch.py: the Java program ended early (exit code {self.process.wait()})")
        return line

    def steps(self, threads, count):
        self.process.stdin.write(f"{threads} {count}\n")
        return json.loads(self.line())["ms"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


class PyTorch:
    """The same step in PyTorch: plain functions of named tensors, AdamW with its defaults."""

    def __init__(self, torch, batch, every_token):
        self.torch, self.every_token = torch, every_token
        torch.manual_seed(1)
        self.tensors = {}
        self.linear("patches", WIDTH, 3 * PATCH * PATCH)
        self.tensor("class_token", torch.randn(1, 1, WIDTH) * 0.02)
        self.tensor("positions", torch.randn(1, (SIDE // PATCH) ** 2 + 1, WIDTH) * 0.02)
        for layer in range(LAYERS):
            for part in ("query", "key", "value", "output"):
                self.linear(f"{layer}.{part}", WIDTH, WIDTH)
            self.linear(f"{layer}.up", HIDDEN, WIDTH)
            self.linear(f"{layer}.down", WIDTH, HIDDEN)
            self.norm(f"{layer}.before")
            self.norm(f"{layer}.after")
        self.norm("last")
        self.linear("classifier", CLASSES, WIDTH)
        self.optimiser = torch.optim.AdamW(list(self.tensors.values()), lr=1e-3, weight_decay=0.01)
        self.images = torch.randn(batch, 3, SIDE, SIDE)
        self.labels = torch.arange(batch) % CLASSES
        self.about = {"measurement": "training step", "python": sys.version.split()[0], "torch": torch.__version__,
                      "every_token": every_token}

    def tensor(self, name, value):
        self.tensors[name] = value.requires_grad_(True)

    def linear(self, name, out, inputs):
        bound = inputs ** -0.5
        self.tensor(name + ".weight", self.torch.empty(out, inputs).uniform_(-bound, bound))
        self.tensor(name + ".bias", self.torch.empty(out).uniform_(-bound, bound))

    def norm(self, name):
        self.tensor(name + ".weight", self.torch.ones(WIDTH))
        self.tensor(name + ".bias", self.torch.zeros(WIDTH))

    def map(self, name, x):
        return self.torch.nn.functional.linear(x, self.tensors[name + ".weight"], self.tensors[name + ".bias"])

    def normed(self, name, x):
        weight, bias = self.tensors[name + ".weight"], self.tensors[name + ".bias"]
        return self.torch.nn.functional.layer_norm(x, (WIDTH,), weight, bias, 1e-12)

    def heads(self, x):
        return x.reshape(x.shape[0], x.shape[1], HEADS, WIDTH // HEADS).transpose(1, 2)

    def forward(self):
        functional = self.torch.nn.functional
        batch, across = self.images.shape[0], SIDE // PATCH
        patches = self.images.reshape(batch, 3, across, PATCH, across, PATCH).permute(0, 2, 4, 1, 3, 5)
        x = self.map("patches", patches.reshape(batch, across * across, 3 * PATCH * PATCH))
        x = self.torch.cat([self.tensors["class_token"].expand(batch, 1, WIDTH), x], 1) + self.tensors["positions"]
        for layer in range(LAYERS):
            y = self.normed(f"{layer}.before", x)
            reading = y
            if layer == LAYERS - 1 and not self.every_token:
                reading, x = y[:, :1], x[:, :1]
            mixed = functional.scaled_dot_product_attention(
                self.heads(self.map(f"{layer}.query", reading)), self.heads(self.map(f"{layer}.key", y)),
                self.heads(self.map(f"{layer}.value", y)))
            x = x + self.map(f"{layer}.output", mixed.transpose(1, 2).reshape(x.shape))
            hidden = functional.gelu(self.map(f"{layer}.up", self.normed(f"{layer}.after", x)))
            x = x + self.map(f"{layer}.down", hidden)
        return self.map("classifier", self.normed("last", x[:, 0]))

    def steps(self, threads, count):
        self.torch.set_num_threads(threads)
        milliseconds = []
        for _ in range(count):
            start = time.perf_counter()
            loss = self.torch.nn.functional.cross_entropy(self.forward(), self.labels)
            loss.item()
            self.optimiser.zero_grad()
            loss.backward()
            self.optimiser.step()
            milliseconds.append((time.perf_counter() - start) * 1e3)
        return milliseconds

    def close(self):
        pass


def programs(batch):
    """By name, in the order of their turns; and a sentence when PyTorch is not among them."""
    found = {}
    mkl = Java("mkl", batch)
    if mkl.about["blas"] == "mkl":
        found["thalweg_mkl"] = mkl
    else:
        mkl.close()
    found["thalweg_openblas"] = Java("openblas", batch)
    try:
        import torch
    except ImportError:
        return found, "this Python cannot import torch, so only the Java side was measured"
    found["pytorch"] = PyTorch(torch, batch, False)
    found["pytorch_every_token"] = PyTorch(torch, batch, True)
    return found, None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=6)
    parser.add_argument("--steps", type=int, default=5, help="steps of a turn")
    parser.add_argument("--warmup", type=int, default=5, help="steps of each program before its first turn")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--out", type=pathlib.Path, help="also write the document there")
    options = parser.parse_args()

    runners, missing = programs(options.batch)
    document = {"measurement": "training step", "batch": options.batch, "steps": options.turns * options.steps,
                "warmup": options.warmup, "programs": {name: runner.about for name, runner in runners.items()}}
    if missing:
        document["missing"] = missing
        print("compare_pytorch.py: " + missing + ".", file=sys.stderr)
    document["runs"] = []
    for threads in options.threads:
        milliseconds = {name: [] for name in runners}
        for runner in runners.values():
            runner.steps(threads, options.warmup)
        for _ in range(options.turns):
            for name, runner in runners.items():
                time.sleep(REST_SECONDS)
                milliseconds[name] += runner.steps(threads, options.steps)
        medians = {name: statistics.median(values) for name, values in milliseconds.items()}
        ours = medians.get("thalweg_mkl", medians["thalweg_openblas"])
        ratios = {"openblas_to_mkl": medians["thalweg_openblas"] / ours} if "thalweg_mkl" in medians else {}
        for name in ("pytorch", "pytorch_every_token"):
            if name in medians:
                ratios["thalweg_to_" + name] = ours / medians[name]
        document["runs"].append({"threads": threads, "median_ms": medians, "ratios": ratios, "ms": milliseconds})
    for runner in runners.values():
        runner.close()
    text = json.dumps(document)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()
