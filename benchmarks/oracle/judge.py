#!/usr/bin/env python3
"""Stock Hugging Face transformers judges the directories that Thalweg writes.

    V/bin/python benchmarks/oracle/judge.py DIRECTORY [--only NAME ...] [--seed N] [--keep]

For each variant (models.py) a tiny random model is saved by the stock class. Thalweg then runs

    scramble SOURCE            apply its alignment.json to SOURCE, and its inverse to what scramble wrote
    align SOURCE to scrambled  canonical SOURCE            verify SOURCE and scrambled

and the stock class loads every directory that was written: no tensor may be missing, unexpected or of another shape, and
its outputs in float64 must be the source's, to 1e-4 of the largest. Models in bfloat16 are moved by orders and signs alone,
which lose nothing: there 1e-9 is asked, and the inverse must bring every number back. Their canonical form is rounded; it
may differ by 5e-2, or by more where the command says so itself (`rounded`). verify must say of what scramble wrote what
the stock class says. A refusal is a row with its sentence. `moved` is the share of stored numbers that are not those of the
source.

Writes DIRECTORY/judge.json and DIRECTORY/judge.md. Exit code 1 when a directory is not what it should be.
"""
import argparse
import collections
import json
import pathlib
import shutil
import tempfile
import warnings

import torch
import transformers
from safetensors.torch import load_file

import commands
import models

USUAL, LOSSLESS, ROUNDED = 1e-4, 1e-9, 5e-2


def asked(place, seed, exact, kinds):
    """Commands by name, each with the directory that it writes."""
    source, scrambled = place / "source", place / "scrambled"
    key = scrambled / "alignment.json"
    lossless = [kind for kind in ("permutation", "signed-permutation") if kind in kinds]
    groups = ["--groups", ",".join(lossless)] if exact and lossless else []
    return {
        "scramble": (["scramble", source, "--out", scrambled, "--seed", seed, *groups, "--json"], scrambled),
        "verify": (["verify", source, scrambled, "--json"], None),
        "align": (["align", source, scrambled, "--out", place / "aligned", "--maps", "discrete" if exact else "all", "--json"], place / "aligned"),
        "apply": (["apply", key, source, "--out", place / "applied", "--json"], place / "applied"),
        "apply --inverse": (["apply", key, scrambled, "--inverse", "--out", place / "undone", "--json"], place / "undone"),
        "canonical": (["canonical", source, "--out", place / "canonical", "--json"], place / "canonical"),
    }


def stored(directory):
    found = {}
    for file in sorted(directory.glob("model*.safetensors")):
        found.update(load_file(file))
    return found


def moved(source, written):
    """Share of the source's numbers that stand otherwise in what was written, tensors that are gone included."""
    old, new = stored(source), stored(written)
    changed = sum(value.numel() if name not in new or new[name].shape != value.shape else int((new[name] != value).sum())
                  for name, value in old.items())
    return changed / sum(value.numel() for value in old.values())


def judged(name, variant, machine, work, seed):
    """Rows of one variant."""
    place = work / name
    models.save(models.build(variant, seed), variant, place / "source")
    source, complaints = models.load(variant.cls, place / "source", variant.dtype)
    if complaints:
        raise SystemExit(f"{name}: the stock class refuses the model it made: {complaints}")
    lowest = max(3, (getattr(source.config, "pad_token_id", None) or 0) + 1)
    given = models.inputs(source, seed + 1, lowest=lowest)
    reference = models.outputs(source, given)
    exact = variant.dtype == "bfloat16"
    _, inspected = machine.run("inspect", place / "source", "--json")
    commands_ = asked(place, seed, exact, {space["group"] for space in inspected.get("spaces", [])})
    answers = machine.run_all(command for command, _ in commands_.values())
    same = None
    for (command, (_, written)), (code, document) in zip(commands_.items(), answers):
        row = {"model": name, "command": command, "accepted": "error" not in document, "says": document.get("error", "")}
        if row["accepted"] and written is not None:
            row.update(weighed(variant, place / "source", written, given, reference))
            most = USUAL if not exact else ROUNDED if command == "canonical" else LOSSLESS
            row["good"] = row["clean"] and row["difference"] <= most and (
                not (exact and command == "apply --inverse") or row["moved"] == 0)
            row["rounded"] = exact and command == "canonical" and row["clean"] and document["stored_max_rel_difference"] > ROUNDED
            same = row["good"] if command == "scramble" else same
        if command == "verify" and row["accepted"]:
            row.update(verified=document["verified"], good=same is not None and document["verified"] == same)
        yield row


def weighed(variant, source, written, given, reference):
    """What the stock class says of a written directory."""
    try:
        model, complaints = models.load(variant.cls, written, variant.dtype)
        difference, trouble = models.relative_difference(reference, models.outputs(model, given)), ""
    except Exception as refused:  # noqa: BLE001 - whatever the stock class raises is its answer
        complaints, difference, trouble = {}, None, f"{type(refused).__name__}: {str(refused).strip()[:200]}"
    return {"loading": complaints, "stock_says": trouble, "clean": not complaints and not trouble,
            "difference": difference, "moved": moved(source, written)}


def kind(row):
    if not row["accepted"]:
        return "refused"
    return "good" if row["good"] else "rounded" if row.get("rounded") else "WRONG"


def page(about, rows):
    text = commands.head_of_page("Stock transformers on what Thalweg writes", about)
    counts = collections.Counter((row["command"], kind(row)) for row in rows)
    text += "| command | good | rounded | wrong | refused |\n|---|---|---|---|---|\n"
    for command in dict.fromkeys(row["command"] for row in rows):
        text += f"| {command} | " + " | ".join(str(counts[command, one]) for one in ("good", "rounded", "WRONG", "refused")) + " |\n"
    text += "\n| model | command | | loading | relative difference | moved | says |\n|---|---|---|---|---|---|---|\n"
    for row in rows:
        difference = "" if row.get("difference") is None else f"{row['difference']:.1e}"
        share = f"{row['moved']:.0%}" if "moved" in row else ""
        loading = "" if "loading" not in row else commands.cell(row["loading"] or row["stock_says"] or "clean")[:160]
        text += (f"| {row['model']} | {row['command']} | {kind(row)} | {loading} | {difference} | {share} "
                 f"| {commands.cell(row['says'])[:200]} |\n")
    return text


def write(given, rows):
    about = commands.record(seed=given.seed, tolerances=f"{USUAL} (float32), {LOSSLESS} (orders and signs), {ROUNDED} (rounded)", rows=len(rows))
    given.directory.mkdir(parents=True, exist_ok=True)
    (given.directory / "judge.json").write_text(json.dumps({**about, "rows": rows}, indent=1) + "\n")
    (given.directory / "judge.md").write_text(page(about, rows))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path, help="where the table and the JSON go")
    parser.add_argument("--only", nargs="+", default=[], help="names of variants, or of families with all their variants")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", action="store_true", help="keep the models, and say where they are")
    given = parser.parse_args()
    known = models.variants()
    names = [name for name in known if not given.only or name in given.only or name.split("-")[0] in given.only]
    if not names:
        parser.error("no variant has one of these names")
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity(transformers.logging.CRITICAL)
    transformers.logging.disable_progress_bar()
    torch.set_num_threads(1)
    work = pathlib.Path(tempfile.mkdtemp(prefix="thalweg-judge-"))
    rows = []
    with commands.Commands() as machine:
        for name in names:
            own = list(judged(name, known[name], machine, work, given.seed))
            for row in own:
                row["says"] = row["says"].replace(str(work) + "/", "")
            rows.extend(own)
            write(given, rows)
            print(f"{name}: " + ", ".join(f"{row['command']} {kind(row)}" for row in own), flush=True)
            if not given.keep:
                shutil.rmtree(work / name)
    print(f"models: {work}" if given.keep else f"written: {given.directory}/judge.md, judge.json")
    if not given.keep:
        shutil.rmtree(work)
    if any(kind(row) == "WRONG" for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
