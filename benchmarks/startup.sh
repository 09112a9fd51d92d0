#!/usr/bin/env bash
# Times whole commands, process start included, on small inputs: once on the machine as it is and once with every
# processor kept busy by a loop. Prints a table in Markdown, medians in seconds.
#
#   benchmarks/startup.sh [LAUNCHER...]      LAUNCHER is ./thalweg when absent; RUNS=10 of each command
#
# Several launchers (of different versions) take turns, so that what else the machine does meets all of them.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../build-tools/jvm.sh"
runs=${RUNS:-10}
launchers=("$@")
[ $# -gt 0 ] || launchers=("$here/../thalweg")
scratch=$(mktemp -d)
loops=()
stop_loops() {
    [ ${#loops[@]} -eq 0 ] || kill "${loops[@]}" 2>/dev/null || true
    loops=()
}
trap 'stop_loops; rm -rf "$scratch"' EXIT

for launcher in "${launchers[@]}"; do "$launcher" --version >/dev/null; done # builds what is not built
set_java_command "$(echo "$here"/../cli/target/thalweg-cli-*.jar):$(cat "$here/../cli/target/thalweg.classpath")"
"${java_command[@]}" org.thalweg.cli.Rehearsal "$scratch"

commands=("--version" "--help" "assign $scratch/costs-64.npy" "assign $scratch/costs-1024.npy" "inspect $scratch/a"
    "verify $scratch/a $scratch/b" "align $scratch/a $scratch/b --out $scratch/again --overwrite")

time_of() { # prints the seconds that a command takes
    local begin=$EPOCHREALTIME
    "$@" >/dev/null 2>"$scratch/errors" || { cat "$scratch/errors" >&2; exit 1; }
    awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.3f\n", b - a }'
}

median() { sort -n "$1" | awk '{ t[NR] = $1 } END { printf "%.2f", (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2 }'; }

table() { # table STATE
    local command words launcher i run
    for command in "${commands[@]}"; do
        read -r -a words <<<"$command"
        rm -f "$scratch"/times-*
        for ((run = 0; run < runs; run++)); do
            for i in "${!launchers[@]}"; do time_of "${launchers[$i]}" "${words[@]}" >>"$scratch/times-$i"; done
        done
        printf '| %s | %s |' "$1" "${command//$scratch\//}"
        for i in "${!launchers[@]}"; do printf ' %s |' "$(median "$scratch/times-$i")"; done
        printf '\n'
    done
}

echo "Median of $runs runs in seconds, $(date -u +%Y-%m-%d), $(getconf _NPROCESSORS_ONLN) processors" \
    "($(sed -n 's/^model name.*: //p' /proc/cpuinfo 2>/dev/null | head -n 1)), load average at the start" \
    "$(cut -d ' ' -f 1 /proc/loadavg 2>/dev/null)."
echo
printf '| machine | command |'; printf ' %s |' "${launchers[@]}"; printf '\n|---|---|'
printf -- '--:|%.0s' "${launchers[@]}"; printf '\n'
table "as it is"
for ((i = 0; i < $(getconf _NPROCESSORS_ONLN); i++)); do
    while :; do :; done & loops+=($!)
done
table "busy"
