#!/usr/bin/env bash
# Runs one of the timing programs as the launcher runs Thalweg: benchmarks/java.sh CLASS [ARGUMENT...]
# THALWEG_BLAS=openblas avoids MKL. Build first: mvn -q -DskipTests package
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$here/../build-tools/jvm.sh"
if [ ! -s "$here/target/benchmarks.classpath" ]; then
    echo "benchmarks/java.sh: the project is not built; run: mvn -q -DskipTests package" >&2
    exit 2
fi
set_java_command "$here/target/classes:$(cat "$here/target/benchmarks.classpath")"
exec "${java_command[@]}" "org.thalweg.benchmarks.$1" "${@:2}"
