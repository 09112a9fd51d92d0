#!/usr/bin/env bash
# Measures training steps, curves and the memory of training, and writes docs/results/performance.md with the raw
# numbers beside it. Wants an otherwise idle machine and, for the comparison, a python3 that can import torch.
#
#   benchmarks/run-performance.sh [--quick] [DIRECTORY]     DIRECTORY is docs/results when absent
#
# --quick does a few steps of everything, to see that it works; its numbers mean nothing.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
said="benchmarks/run-performance.sh${*:+ $*}"
training=() curve=() memory=()
if [ "${1:-}" = --quick ]; then
    training=(--turns 1 --steps 1 --warmup 1 --batch 8)
    curve=(images=8 batch=8 points=3 turns=1)
    memory=(steps=20 every=5 batch=8)
    shift
fi
results=${1:-$here/../docs/results}
mkdir -p "$results/performance"

(cd "$here/.." && mvn -B -q -ntp -DskipTests -Dcheckstyle.skip package)
echo "training steps ..." >&2
python3 "$here/training/compare_pytorch.py" "${training[@]}" --out "$results/performance/training.json" >/dev/null
echo "curves ..." >&2
"$here/java.sh" CurveTimings "${curve[@]}" >"$results/performance/curve.json"
echo "memory of training ..." >&2
"$here/java.sh" MemoryOfTraining "${memory[@]}" >"$results/performance/memory.json"
python3 "$here/write_performance.py" "$results/performance" "$said" "$results/performance.md"
echo "written: $results/performance.md" >&2
