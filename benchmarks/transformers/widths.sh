#!/usr/bin/env bash
# Aligns narrow GPT-2 models to wide ones and measures the line between them:
#
#   benchmarks/transformers/widths.sh OUT TRAIN TEST WIDE NARROW [WIDE NARROW …]
#
# Each narrow model is widened to residual 64 and 256 hidden units, aligned to the wide one by weights, activations and
# learning (300 steps, on TRAIN), and the loss on TEST is measured at 11 points; as widened too. Adds to OUT.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$1 train=$2 test=$3
shift 3
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

path() { # pair, method, A, B
    printf '{"pair": %s, "method": "%s", "path": %s}\n' "$1" "$2" \
        "$("$root/thalweg" path "$3" "$4" --data "$test" --points 11 --json | tr -d '\n')" >> "$out"
}

pair=0
while [ $# -ge 2 ]; do
    rm -rf "$place"/*
    "$root/thalweg" widen "$2" --out "$place/widened" --residual 64 --hidden 256
    for method in weight activation learned; do
        data=()
        case $method in activation | learned) data=(--data "$train") ;; esac
        "$root/thalweg" align "$1" "$place/widened" --out "$place/b-$method" --reference-out "$place/a-$method" \
            --method $method ${data[@]+"${data[@]}"} --steps 300
        path $pair $method "$place/a-$method" "$place/b-$method"
    done
    path $pair vanilla "$place/a-weight" "$place/widened"
    pair=$((pair + 1))
    shift 2
done
