#!/usr/bin/env bash
# Aligns every two of three models that another program trained, and measures the line between them:
#
#   benchmarks/transformers/elsewhere.sh DIR OUT
#
# DIR is what train_gpt2.py wrote: models 0, 1, 2, train.json and test.json. By weights, by activations with a rotation
# and by learning (300 steps); 11 points of the test part. Adds one line of JSON to OUT for each pair and method.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
models=$1 out=$2
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

path() { # pair, method, A, B
    printf '{"pair": "%s", "method": "%s", "path": %s}\n' "$1" "$2" \
        "$("$root/thalweg" path "$3" "$4" --data "$models/test.json" --points 11 --json | tr -d '\n')" >> "$out"
}

for pair in "0 1" "0 2" "1 2"; do
    read -r a b <<< "$pair"
    path "$pair" vanilla "$models/$a" "$models/$b"
    for method in weight activation learned; do
        data=()
        case $method in activation | learned) data=(--data "$models/train.json") ;; esac
        "$root/thalweg" align "$models/$a" "$models/$b" --out "$place/b" --reference-out "$place/a" \
            --method $method ${data[@]+"${data[@]}"} --steps 300
        path "$pair" $method "$place/a" "$place/b"
        rm -rf "$place"/*
    done
done
