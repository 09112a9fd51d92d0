#!/usr/bin/env bash
# Merges pairs of models by several methods, with and without alignment, and measures the merges:
#
#   benchmarks/merging/measure.sh OUT.jsonl TEST TRAIN NAME A B
#   benchmarks/merging/measure.sh OUT.jsonl TEST - NAME BASE A B      three models: A and B were fine-tuned from BASE
#
# Adds one line for each merge to OUT.jsonl: what `thalweg merge --json` printed, and the pair and the alignment. Each
# line has the loss of the merge without alignment too. TRAIN is for alignments that run the models.
# `benchmarks/java.sh MergingPage OUT.jsonl` makes the table.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
out=$1 test=$2 train=$3 name=$4
shift 4
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

merge() { # alignment, then what the command takes
    local align=$1
    shift
    local data=()
    case $align in activation | learned) data=(--align-data "$train") ;; esac
    rm -rf "$place/merged"
    local answer
    answer=$("$root/thalweg" merge "$@" --align "$align" ${data[@]+"${data[@]}"} --out "$place/merged" \
        --evaluate "$test" --json 2> "$place/errors" | tr -d '\n') || { cat "$place/errors" >&2; exit 1; }
    printf '{"pair": "%s", "align": "%s", "merge": %s}\n' "$name" "$align" "$answer" >> "$out"
}

if [ $# -eq 2 ]; then
    for align in auto activation; do
        merge $align "$1" "$2" --method linear --weights 0.5,0.5
        merge $align "$2" --base "$1" --method slerp --parameter t=0.5
        merge $align "$1" "$2" --method nuslerp --weights 0.5,0.5
        merge $align "$1" "$2" --method multislerp --weights 0.5,0.5
        merge $align "$1" "$2" --method karcher
        merge $align "$2" --base "$1" --method ties --weights 0.5 --parameter density=0.5 --parameter normalize=false
    done
    merge learned "$1" "$2" --method linear --weights 0.5,0.5
else
    merge auto "$2" "$3" --method linear --weights 0.5,0.5
    merge auto "$3" --base "$2" --method slerp --parameter t=0.5
    merge auto "$2" "$3" --base "$1" --method task_arithmetic --weights 0.5,0.5
    merge auto "$2" "$3" --base "$1" --method ties --weights 0.5,0.5 --parameter density=0.5
    merge auto "$2" "$3" --base "$1" --method dare_ties --weights 0.5,0.5 --parameter density=0.5
    merge auto "$2" "$3" --base "$1" --method della --weights 0.5,0.5 --parameter density=0.5
    merge auto "$2" "$3" --base "$1" --method breadcrumbs --weights 0.5,0.5 --parameter density=0.9
    merge auto "$2" "$3" --base "$1" --method model_stock
    merge auto "$2" "$3" --base "$1" --method sce
fi
