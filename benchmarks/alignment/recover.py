#!/usr/bin/env python3
"""How well `thalweg align` undoes `thalweg scramble`, measured through the command line alone.

    python3 benchmarks/alignment/recover.py --out DIR [--model NAME=DIR ...] [--replicas NAME=DIR,DIR,... ...]

Needs Python 3.9 and nothing else. For each --model, kind of element, level of noise and seed:

    thalweg scramble DIR --out S --noise σ --seed s [--groups permutation,signed-permutation]
    thalweg align DIR S --out T --order gate|expert|best --json

Both write what acted to alignment.json. The element that was found, applied after the one that was planted, has to be
the identity: each position that it leaves alone, and keeps the sign of, was found. A position inside another (a hidden
unit in its expert, a head in its group) counts only when those around it were found too. With --noise, S is the moved
copy of a noisy model, so the distance that is left after exact recovery is the noise.

Without noise everything has to be found, else the exit code is 1. For --replicas, independently trained models, every
pair is aligned in every order and distances are compared.

Writes recover.json and tables.md to --out. Runs are kept in --work and not repeated, so a broken run goes on, and runs
with other levels of noise can be added.
"""
import argparse
import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
ORDERS = ("gate", "expert", "best")
DISCRETE = ("permutation", "signed-permutation")
KINDS = ("experts", "heads", "hidden units", "residual")


def thalweg(arguments, log):
    """Runs a command with --json; returns its document with processor and wall seconds. Ends the study when it fails."""
    start = time.monotonic()
    with open(log, "w", encoding="utf-8") as errors:
        process = subprocess.Popen([str(ROOT / "thalweg"), *map(str, arguments), "--json"],
                                   stdout=subprocess.PIPE, stderr=errors, text=True)
        text = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.stderr.write(pathlib.Path(log).read_text(encoding="utf-8"))
        raise RuntimeError(f"thalweg {' '.join(map(str, arguments))} ended with {process.returncode}")
    document = json.loads(text)
    document["cpu_seconds"] = round(usage.ru_utime + usage.ru_stime, 2)
    document["wall_seconds"] = round(time.monotonic() - start, 2)
    return document


def orders(file):
    """The orders in an alignment.json: for each space its images and its signs (1 or -1)."""
    found = {}
    for space, element in json.loads(pathlib.Path(file).read_text(encoding="utf-8"))["elements"].items():
        if "permutation" in element:
            found[space] = (element["permutation"], [1] * len(element["permutation"]))
        elif "signed_permutation" in element:
            signed = element["signed_permutation"]  # one-based; negative where the sign changes
            found[space] = ([abs(value) - 1 for value in signed], [1 if value > 0 else -1 for value in signed])
    return found


def places(space, spaces):
    """(outer space, position) for every place a space stands at: a.b.3.c in position 3 of a.b where that is a space."""
    parts = space.split(".")
    return [(".".join(parts[:i]), int(parts[i])) for i in range(1, len(parts) - 1)
            if parts[i].isdigit() and ".".join(parts[:i]) in spaces]


def source(space, found, spaces):
    """The name in B of what an alignment puts in a space of A."""
    name = space
    for outer, position in places(space, spaces):
        image = found.get(outer, (range(10**9),))[0][position]
        # Outer names are carried before inner ones, so the prefix has the length that it has in A but for digits.
        head = source(outer, found, spaces)
        name = f"{head}.{image}" + space[len(outer) + 1 + len(str(position)):]
    return name


def composed(found, planted, space, size, spaces):
    """Images and signs of `planted, then found` in a space."""
    identity = (range(size), [1] * size)
    image, sign = found.get(space, identity)
    before, before_sign = planted.get(source(space, found, spaces), identity)
    return [before[i] for i in image], [s * before_sign[i] for i, s in zip(image, sign)]


def kind(space):
    last = [part for part in space.split(".") if not part.isdigit()][-1]
    if last in ("heads", "kv_groups"):
        return "heads"
    if last in ("experts", "groups"):
        return "experts"
    return "residual" if last == "residual" else "hidden units"


def recovered(found, planted, sizes):
    """For each kind how many positions were found, of how many. A group of heads or experts is one position."""
    at_home = {}
    for space, size in sizes.items():
        image, sign = composed(found, planted, space, size, sizes)
        at_home[space] = [image[i] == i and sign[i] > 0 for i in range(size)]
    counts = collections.defaultdict(lambda: [0, 0])
    for space in sizes:
        outside = all(at_home[outer][position] for outer, position in places(space, sizes))
        counts[kind(space)][0] += sum(at_home[space]) if outside else 0
        counts[kind(space)][1] += sizes[space]
    return {name: tuple(count) for name, count in counts.items()}


class Study:
    def __init__(self, arguments):
        self.arguments = arguments
        self.work = pathlib.Path(arguments.work or tempfile.mkdtemp(prefix="thalweg-recover-"))
        self.work.mkdir(parents=True, exist_ok=True)

    def kept(self, name, make):
        """A record that an earlier run left, or a new one."""
        file = self.work / f"{name}.json"
        if not file.exists():
            record = make()
            partial = file.with_suffix(".partial")
            partial.write_text(json.dumps(record), encoding="utf-8")
            partial.rename(file)
            print(f"{time.strftime('%H:%M:%S')} {name}", file=sys.stderr, flush=True)
        return json.loads(file.read_text(encoding="utf-8"))

    def groups(self, name, directory):
        """Kinds of groups and open orders of a model."""
        document = self.kept(f"{name}-inspect", lambda: thalweg(["inspect", directory], self.work / f"{name}.log"))
        return {space["group"] for space in document["spaces"]}

    def align(self, name, one, other, order):
        out = self.work / f"{name}-aligned"
        document = thalweg(["align", one, other, "--out", out, "--order", order, "--overwrite",
                            "--probes", self.arguments.probes], self.work / f"{name}.log")
        return document, out

    def planted(self, name, directory, groups, noise, seed):
        """One element, undone by every order that means something for the model."""
        which = "orders" if groups else "all"
        stem = f"{name}-{which}-{noise:g}-{seed}"
        # What orders experts matters most where everything was moved; elsewhere the default has to do.
        ways = self.arguments.orders.split(",") if self.has_experts(name) and not groups else ["best"]
        missing = [order for order in ways if not (self.work / f"{stem}-{order}.json").exists()]
        scrambled = self.work / f"{stem}-scrambled"
        if missing:
            chosen = ["--groups", ",".join(groups)] if groups else []
            thalweg(["scramble", directory, "--out", scrambled, "--seed", seed, "--noise", noise, "--overwrite", *chosen],
                    self.work / f"{stem}.log")
        records = [self.kept(f"{stem}-{order}", lambda way=order: self.undone(
            {"model": name, "elements": which, "noise": noise, "seed": seed, "order": way},
            directory, scrambled, stem)) for order in ways]
        shutil.rmtree(scrambled, ignore_errors=True)
        return records

    def has_experts(self, name):
        document = json.loads((self.work / f"{name}-inspect.json").read_text(encoding="utf-8"))
        return any("experts" in space["pattern"].split(".") for space in document["spaces"])

    def undone(self, record, directory, scrambled, stem):
        document, out = self.align(f"{stem}-{record['order']}", directory, scrambled, record["order"])
        sizes = {space["space"]: space["size"] for space in document["spaces"] if space["group"] in DISCRETE}
        record["found"] = recovered(orders(out / "alignment.json"), orders(scrambled / "alignment.json"), sizes)
        record["exact"] = all(found == whole for found, whole in record["found"].values())
        for key in ("distance_before", "distance_after", "norm", "verified", "max_abs_difference",
                    "max_rel_difference", "cpu_seconds", "wall_seconds"):
            record[key] = document[key]
        record["left_alone"] = any(space["space"] == "residual" and space["by"] == "left alone"
                                   for space in document["spaces"])
        shutil.rmtree(out)
        return record

    def replica(self, name, directories, one, other, order):
        stem = f"{name}-r{one}-r{other}-{order}"

        def make():
            document, out = self.align(stem, directories[one], directories[other], order)
            shutil.rmtree(out)
            by = {space["space"]: space["by"] for space in document["spaces"] if space["space"].endswith("experts")}
            return {"model": name, "reference": one, "carried": other, "order": order, "expert_order_by": by,
                    **{key: document[key] for key in ("layers", "distance_before", "distance_after", "norm", "verified",
                                                      "max_abs_difference", "cpu_seconds", "wall_seconds")},
                    "moved": {family["pattern"]: [family["moved"], family["positions"]]
                              for family in document["moved"]}}
        return self.kept(stem, make)

    def run(self):
        tasks = []
        with concurrent.futures.ThreadPoolExecutor(self.arguments.jobs) as pool:
            for name, directory in named(self.arguments.model).items():
                labels = self.groups(name, directory)
                discrete = [label for label in DISCRETE if label in labels]
                for groups in [{"all": [], "orders": discrete}[which] for which in self.arguments.elements.split(",")]:
                    for noise in map(float, self.arguments.noise.split(",")):
                        for seed in range(1, self.arguments.seeds + 1):
                            tasks.append(pool.submit(self.planted, name, directory, groups, noise, seed))
            pairs = []
            for name, listed in named(self.arguments.replicas).items():
                directories = listed.split(",")
                for one, other in itertools.combinations(range(len(directories)), 2):
                    for order in ORDERS:
                        pairs.append(pool.submit(self.replica, name, directories, one, other, order))
            records = [record for task in tasks for record in task.result()]
            return records, [task.result() for task in pairs]


def named(values):
    return dict(value.split("=", 1) for value in values)


def share(found, whole):
    return "" if not whole else f"{found}/{whole}" + ("" if found == whole else f" ({100 * found / whole:.1f} %)")


def planted_table(records):
    grouped = collections.defaultdict(list)
    for record in records:
        grouped[record["model"], record["elements"], record["noise"], record["order"]].append(record)
    lines = ["| model | elements | noise | order | exact | experts | heads | hidden units | residual "
             "| before | after | verified | CPU s |",
             "|---|---|---:|---|---:|---:|---:|---:|---:|---:|---:|---|---:|"]
    for (model, which, noise, order), runs in grouped.items():
        sums = {name: [sum(run["found"].get(name, (0, 0))[i] for run in runs) for i in (0, 1)] for name in KINDS}
        lines.append("| " + " | ".join([
            model, which, f"{noise:g}", order, f"{sum(run['exact'] for run in runs)}/{len(runs)}",
            *(share(*sums[name]) for name in KINDS),
            f"{max(run['distance_before'] / run['norm'] for run in runs):.3g}",
            f"{max(run['distance_after'] / run['norm'] for run in runs):.3g}",
            "all" if all(run["verified"] for run in runs) else "**no**",
            f"{sum(run['cpu_seconds'] for run in runs) / len(runs):.1f}"]) + " |")
    return "\n".join(lines)


def replica_table(records):
    """Distances of the layers that any order changes, and of whole models."""
    grouped = collections.defaultdict(dict)
    for record in records:
        grouped[record["model"], record["reference"], record["carried"]][record["order"]] = record
    lines = ["| model | pair | layer | before | " + " | ".join(ORDERS) + " | best is | expert order by |",
             "|---|---|---|---:|" + "---:|" * len(ORDERS) + "---|---|"]
    for (model, one, other), by in grouped.items():
        rows = {}
        for order in ORDERS:
            for layer in by[order]["layers"]:
                rows.setdefault(layer["layer"], {"before": layer["distance_before"]})[order] = layer["distance_after"]
            rows.setdefault("whole model", {"before": by[order]["distance_before"]})[order] = by[order]["distance_after"]
        for layer, row in rows.items():
            if row["before"] == 0 and all(row[order] == 0 for order in ORDERS):
                continue
            if layer == "whole model" and sum(other["before"] > 0 for other in rows.values()) == 2:
                continue  # the one layer that differs says it already
            least = min(row["gate"], row["expert"])
            verdict = "the better" if row["best"] <= least * (1 + 1e-12) else f"**worse by {row['best'] / least - 1:.2%}**"
            chosen = ", ".join(sorted(set(by["best"]["expert_order_by"].values())))
            lines.append(f"| {model} | r{one}, r{other} | {layer} | {row['before']:.4f} | "
                         + " | ".join(f"{row[order]:.4f}" for order in ORDERS) + f" | {verdict} | {chosen} |")
    return "\n".join(lines)


def machine():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
        processor = re.search(r"model name\s*:\s*(.*)", text).group(1)
        memory = int(re.search(r"MemTotal:\s*(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) >> 20
    except (OSError, AttributeError):
        processor, memory = platform.processor(), 0
    return f"{processor}, {os.cpu_count()} processors, {memory} GiB, {platform.system()} {platform.machine()}"


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", action="append", default=[], metavar="NAME=DIR", help="planted elements are undone")
    parser.add_argument("--replicas", action="append", default=[], metavar="NAME=DIR,DIR,...", help="aligned in pairs")
    parser.add_argument("--noise", default="0,0.1,0.2,0.5,1", help="comma-separated (default: %(default)s)")
    parser.add_argument("--elements", default="all,orders",
                        help="of all groups, or orders and signs alone (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=3, help="elements a level (default: %(default)s)")
    parser.add_argument("--orders", default=",".join(ORDERS), help="for models with experts (default: %(default)s)")
    parser.add_argument("--probes", type=int, default=1, help="random inputs of each proof (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="commands at once (default: %(default)s)")
    parser.add_argument("--work", metavar="DIR", help="keeps finished runs (default: a temporary directory)")
    parser.add_argument("--out", metavar="DIR", required=True, help="recover.json and tables.md are written there")
    return parser.parse_args()


def main():
    arguments = parse()
    planted, replicas = Study(arguments).run()
    out = pathlib.Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "recover.json").write_text(json.dumps({
        "date": time.strftime("%Y-%m-%d"), "machine": machine(), "noise": arguments.noise, "seeds": arguments.seeds,
        "probes": arguments.probes, "jobs": arguments.jobs, "planted": planted, "replicas": replicas}, indent=1) + "\n",
        encoding="utf-8")
    tables = [table(rows) for table, rows in ((planted_table, planted), (replica_table, replicas)) if rows]
    (out / "tables.md").write_text("\n\n".join(tables) + "\n", encoding="utf-8")
    print("\n\n".join(tables))
    wrong = [run for run in planted if not run["verified"] or run["noise"] == 0 and not run["exact"]]
    print(f"\n{len(planted)} planted elements, {len(wrong)} not proved or not exact without noise; "
          f"{len(replicas)} alignments of replicas.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
