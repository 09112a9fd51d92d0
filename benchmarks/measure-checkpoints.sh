#!/usr/bin/env bash
# Measures time and memory of the commands on generated checkpoints and writes docs/results/checkpoints.md with the
# numbers beside it. Linux only; wants an otherwise idle machine. What it is given is passed on, in the form NAME=VALUE:
#
#   benchmarks/measure-checkpoints.sh work=DIR [shapes=L:1,M:1] [commands=scramble,align] [partner=independent] ...
#
# All options are in benchmarks/large/README.md. Models are made below work=DIR and deleted after.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
(cd "$root" && mvn -B -q -ntp -DskipTests -Dcheckstyle.skip package)
touch "$root/cli/target/thalweg.classpath" # or else the first command that is measured would build once more
exec "$here/java.sh" large.MeasureCommands root="$root" out="$root/docs/results" "$@"
