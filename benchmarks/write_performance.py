#!/usr/bin/env python3
"""Writes performance.md from the JSON documents of run-performance.sh: write_performance.py DIRECTORY COMMAND FILE."""
import datetime
import json
import os
import pathlib
import platform
import sys


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def training(document):
    lines = [
        "## A training step",
        "",
        f"ViT of width 128, 6 layers, 8 heads, MLP 512, patches of 4 on 3 x 32 x 32 images, batch {document['batch']}, AdamW:",
        f"forward, loss, backward, update. Median of {document['steps']} steps in turns, after {document['warmup']} to warm up.",
        "",
        "| threads | program | ms a step |",
        "|---|---|---|",
    ]
    for run in document["runs"]:
        for name, median in run["median_ms"].items():
            lines.append(f"| {run['threads']} | {name.replace('_', ' ')} | {median:.1f} |")
    lines.append("")
    for run in document["runs"]:
        said = [f"{name.replace('_', ' ')} {ratio:.2f}" for name, ratio in run["ratios"].items()]
        lines.append(f"- {run['threads']} threads: " + (", ".join(said) or "no ratio, one program only") + ".")
    if "missing" in document:
        lines += ["", f"No comparison with PyTorch here: {document['missing']}. The script makes it where torch is."]
    else:
        lines += ["", "`pytorch` computes what Thalweg does, the last layer for the class token only; `pytorch every token`",
                  "is the usual way. The aim is a ratio of at most 1.05 to `pytorch`."]
    return lines


def curve(document):
    seconds = {name: sorted(values)[len(values) // 2] for name, values in document["seconds"].items()}
    return [
        "## A curve",
        "",
        f"{document['points']} points, {document['images']} images, 4 densely gated experts in the last of 6 layers of the same ViT,",
        f"{document['threads']} thread(s), median of {document['turns']} turns. The shared prefix is timed with its one pass included.",
        "",
        "| way | s | ratio |",
        "|---|---|---|",
        f"| layers before the experts computed once | {seconds['shared_prefix']:.2f} | 1 |",
        f"| whole network at each point | {seconds['whole_network']:.2f} | {document['ratio_whole_network']:.1f} |",
        f"| whole network, every token in the last layer | {seconds['whole_network_every_token']:.2f} "
        f"| {document['ratio_whole_network_every_token']:.1f} |",
        "",
        "The ViT computes only the class token in its last layer, since nothing reads the others; part of the first ratio",
        "comes from that, as the experts then see one token of each image. The third row is how it is done elsewhere.",
        f"All three curves agree within {document['max_abs_loss_difference']:.1e} nats. The aim is a ratio of at least 4.",
    ]


def memory(document):
    series = document["series"]
    later = [point["resident_mib"] for point in series if point["step"] >= 2 * document["every"]]
    lines = [
        "## Memory of training",
        "",
        f"Resident set of a training by the `Trainer` that studies use: the same ViT, batch {document['batch']}, "
        f"{document['steps']} steps.",
        "",
        "| step | MiB |",
        "|---|---|",
    ]
    lines += [f"| {point['step']} | {point['resident_mib']:.0f} |" for point in series]
    if later:
        lines += ["", f"From step {2 * document['every']} on it lies between {min(later):.0f} and {max(later):.0f} MiB."]
    return lines


def main():
    directory, command, target = pathlib.Path(sys.argv[1]), sys.argv[2], pathlib.Path(sys.argv[3])
    read = lambda name: json.loads((directory / (name + ".json")).read_text())
    documents = {name: read(name) for name in ("training", "curve", "memory")}
    about = documents["curve"]
    load = "unknown" if not hasattr(os, "getloadavg") else f"{os.getloadavg()[0]:.1f}"
    lines = [
        "# Performance",
        "",
        f"Made by `{command}` on {datetime.date.today().isoformat()}: {os.cpu_count()} processors ({processor()}), "
        f"{platform.system()} {platform.machine()},",
        f"{about['java']}, libtorch {about['libtorch']}, {about['blas']}, options of the launcher. Load at the end {load}.",
        f"Ratios are of one run; milliseconds are this machine's. Every single time: `{directory.name}/*.json` beside this page.",
        "",
    ]
    for part in (training(documents["training"]), curve(documents["curve"]), memory(documents["memory"])):
        lines += part + [""]
    target.write_text("\n".join(lines).rstrip() + "\n")


if __name__ == "__main__":
    main()
