#!/usr/bin/env bash
# Times one study in one process, on Spark inside one process, on a Spark cluster of two workers, and on such a cluster of
# which one worker is killed when half of the artifacts are there; compares what the runs leave. Prints a table in Markdown
# and fails when a run left other files than the first, but for times.
#
#   benchmarks/spark.sh [STUDY [OPTION...]]     STUDY is quickstart when absent; options are those of 'thalweg study run'
#
# RUNS=DIRECTORY keeps the runs there; MEMORY=1g is what each worker's executor gets.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
study=${1:-quickstart}
options=("${@:2}")
memory=${MEMORY:-1g}
if [ -n "${RUNS:-}" ]; then
    runs=$RUNS
    mkdir -p "$runs"
else
    runs=$(mktemp -d)
    trap 'rm -rf "$runs"' EXIT
fi
cluster="local-cluster[2,1,2048]"
export THALWEG_JAVA_OPTIONS="${THALWEG_JAVA_OPTIONS:-} -Dspark.executor.memory=$memory"

run() { # run NAME [OPTION...] -- sets seconds; the process is this shell's child $started while it runs
    local name=$1 begin=$EPOCHREALTIME
    [ ! -e "$runs/$name" ] || { echo "benchmarks/spark.sh: $runs/$name is there already; delete it." >&2; return 1; }
    "$here/../thalweg" study run "$study" ${options[@]+"${options[@]}"} --out "$runs/$name" "${@:2}" \
        >"$runs/$name.out" 2>"$runs/$name.err" &
    started=$!
    ! [ "$name" = killed ] || kill_one_worker "$runs/$name"
    wait "$started" || { tail -n 5 "$runs/$name.err" >&2; return 1; }
    seconds=$(awk -v a="$begin" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.1f", b - a }')
}

artifacts() { find "$1" -name artifact.json 2>/dev/null | wc -l; }

# The executors are the only processes that the driver starts; the launcher becomes the driver.
kill_one_worker() {
    local half=$(($(artifacts "$runs/process") / 2)) executor
    while [ "$(artifacts "$1")" -lt "$half" ]; do
        kill -0 "$started" 2>/dev/null || return 0
        sleep 0.1
    done
    executor=$(pgrep -P "$started" | head -n 1)
    kill -9 "$executor"
    echo "killed executor $executor" >&2
}

files() { # files RUN -- every file with its digest, without what the clock decides
    local file
    (cd "$1" && find . -type f ! -name .lock ! -name report.html ! -name results.json | sort | while read -r file; do
        case $file in
            */artifact.json) echo "$(sed 's/"seconds" *: *[0-9.E-]*//' "$file" | sha256sum) $file" ;;
            *) sha256sum "$file" ;;
        esac
    done
        sed '/"timing"/,$d' results.json | sha256sum)
}

"$here/../thalweg" --version >/dev/null                     # builds what is not built
"$here/../thalweg" study run --help --spark local >/dev/null
workers=()
[[ " ${options[*]-} " == *" --workers "* ]] || workers=(--workers 2)
echo "| run | seconds | files | equal to the first | attempts lost |"
echo "|---|---|---|---|---|"
status=0
for name in process local cluster killed; do
    case $name in
        process) title="one process, 2 steps at once" master=("${workers[@]}") ;;
        local) title='`local[2]`' master=(--spark "local[2]") ;;
        cluster) title="\`$cluster\`" master=(--spark "$cluster") ;;
        killed) title="\`$cluster\`, one worker killed" master=(--spark "$cluster") ;;
    esac
    run "$name" ${master[@]+"${master[@]}"}
    files "$runs/$name" >"$runs/$name.files"
    equal=yes
    cmp -s "$runs/process.files" "$runs/$name.files" || { equal=no; status=1; }
    lost=$(grep -c "an attempt at the step .* was lost" "$runs/$name.err" || true)
    [ "$name" != killed ] || [ "$lost" -gt 0 ] || { echo "benchmarks/spark.sh: the kill met no step." >&2; status=1; }
    echo "| $title | $seconds | $(wc -l <"$runs/$name.files") | $equal | $lost |"
done
exit "$status"
