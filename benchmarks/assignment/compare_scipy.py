#!/usr/bin/env python3
"""Times SciPy's linear_sum_assignment and Thalweg's solver on the same matrices, taking turns.

Needs Python 3.9 or later with NumPy and SciPy, a Java 25, and the built project:

    mvn -q -DskipTests package
    python3 benchmarks/assignment/compare_scipy.py --out docs/results/assignment.md

Both run on one thread and are given the same float32 values; SciPy gets them as the float64 array it works on, made
before its clock starts. Times are thread CPU time, the median of the turns; reading files is not timed. The Java process
is one for the whole run and has solved each matrix for a second before its first turn. Exit code 1 when a cost differs
or a goal is missed by any cell and --strict is given.
"""
import argparse
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import numpy as np  # noqa: E402 (the variables above must be set first)
import scipy  # noqa: E402
from scipy.optimize import linear_sum_assignment  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
WIDTH = 768  # inputs and outputs of a hidden unit in the factor matrices
TINY = (4, 8, 16, 32, 64)
COMMAND = "python3 benchmarks/assignment/compare_scipy.py --trained DIR --out docs/results/assignment.md"


def factors(n, rng):
    return rng.standard_normal((n, WIDTH)), rng.standard_normal((n, WIDTH))


def uniform(n, rng):
    return rng.random((n, n))


def gaussian(n, rng):
    a, b = factors(n, rng)
    return -a @ b.T


def permuted(n, rng):
    a, noise = factors(n, rng)
    return -a @ (a[rng.permutation(n)] + 0.1 * noise).T


def weak_signal(n, rng):
    a, noise = factors(n, rng)
    return -a @ (0.1 * a[rng.permutation(n)] + noise).T


def heavy_tailed(n, rng):
    shared = rng.standard_normal((64, WIDTH))
    sides = []
    for own in factors(n, rng):
        side = rng.standard_normal((n, 64)) @ shared / 8 + 0.5 * own
        sides.append(side * np.exp(0.4 * rng.standard_normal((n, 1))))
    return -sides[0] @ sides[1].T


def dead_units(n, rng):
    a, b = (side * np.where(rng.random((n, 1)) < 0.3, 1e-4, 1.0) for side in factors(n, rng))
    return -a @ b.T


def three_values(n, rng):
    return rng.integers(0, 3, (n, n))


def hundred_values(n, rng):
    return rng.integers(0, 100, (n, n))


def constant(n, rng):
    return np.ones((n, n))


def rank_one(n, rng):
    return -np.outer(rng.standard_normal(n), rng.standard_normal(n))


def machol_wien(n, rng):
    return np.outer(np.arange(1, n + 1), np.arange(1, n + 1))


def geometric(n, rng):
    a, b = rng.random((n, 2)), rng.random((n, 2))
    return np.hypot(a[:, :1] - b[:, 0], a[:, 1:] - b[:, 1])


# Name, maker, and the largest size that is run unless --cases names the case: SciPy needs minutes on the last ones.
CASES = {
    "uniform": (uniform, 1 << 30),
    "gaussian": (gaussian, 1 << 30),
    "permuted": (permuted, 1 << 30),
    "weak-signal": (weak_signal, 1 << 30),
    "heavy-tailed": (heavy_tailed, 1 << 30),
    "dead-units": (dead_units, 1 << 30),
    "three-values": (three_values, 1 << 30),
    "hundred-values": (hundred_values, 1 << 30),
    "constant": (constant, 1 << 30),
    "rank-one": (rank_one, 2048),
    "machol-wien": (machol_wien, 2048),
    "geometric": (geometric, 4096),
}


class Thalweg:
    """The other process: one request, one answer."""

    def __init__(self, java):
        listed = ROOT / "benchmarks" / "target" / "benchmarks.classpath"
        if not listed.exists():
            sys.exit(f"{listed} is missing: build first, with mvn -q -DskipTests package.")
        classpath = os.pathsep.join([str(ROOT / "benchmarks" / "target" / "classes"), listed.read_text().strip()])
        self.process = subprocess.Popen(
            [java, "-XX:+UseSerialGC", "-Xmx4g", "-cp", classpath, "org.thalweg.benchmarks.AssignmentTimings"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, request):
        self.process.stdin.write(request + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"the Java process ended at the request '{request}'; its message is above.")
        return answer.split()

    def solve(self, times):
        cpu, _, cost, gap = self.ask(f"solve {times}")
        return float(cpu), float(cost), float(gap)

    def close(self):
        self.process.stdin.write("quit\n")
        self.process.stdin.close()
        self.process.wait(timeout=60)


def scipy_seconds(cost, times):
    start = time.thread_time()
    for _ in range(times):
        rows, columns = linear_sum_assignment(cost)
    seconds = (time.thread_time() - start) / times
    return seconds, float(cost[rows, columns].sum())


def turns_for(n, asked):
    return asked or (7 if n <= 512 else 5 if n <= 2048 else 3 if n <= 4096 else 1)


def compare(name, matrix, thalweg, directory, asked):
    """One row of the table; the matrix is float32."""
    n = matrix.shape[0]
    times = max(1, 20000 // (n * n)) if n <= 64 else 1
    path = pathlib.Path(directory) / "cost.npy"
    np.save(path, matrix)
    thalweg.ask(f"load {path}")
    double = matrix.astype(np.float64)
    theirs, ours = [], []
    for _ in range(turns_for(n, asked)):
        seconds, best = scipy_seconds(double, times)
        theirs.append(seconds)
        seconds, cost, gap = thalweg.solve(times)
        ours.append(seconds)
    row = {"n": n, "case": name, "scipy": statistics.median(theirs), "thalweg": statistics.median(ours),
           "difference": abs(cost - best) / max(abs(best), 1e-300) if cost != best else 0.0, "gap": gap}
    row["warm"] = warm(matrix, thalweg, path, turns_for(n, asked)) if n >= 512 else None
    row["ratio"] = row["scipy"] / row["thalweg"]
    return row


def warm(matrix, thalweg, path, turns):
    """Seconds to solve the matrix again after a change of 2 % of its spread, from the old duals."""
    rng = np.random.default_rng(2)
    change = 0.02 * float(matrix.std()) * rng.standard_normal(matrix.shape, dtype=np.float32)
    np.save(path, matrix + change)
    thalweg.ask(f"again {path}")
    return statistics.median(thalweg.solve(1)[0] for _ in range(turns))


def goal(row):
    """The smallest ratio that the project promises for a cell."""
    if row["case"] in ("gaussian", "uniform", "weak-signal") or row["case"].startswith("trained"):
        for size, ratio in ((8192, 15), (4096, 10), (1024, 5)):
            if row["n"] >= size:
                return ratio
    if row["case"] == "heavy-tailed" and row["n"] >= 1024:
        return 3
    return 0.5


def milliseconds(seconds):
    return f"{seconds * 1e3:.4g}"


def table(rows):
    lines = ["| n | case | SciPy ms | Thalweg ms | ratio | goal | again after 2 % change, ms | cost differs by | gap |",
             "|---:|---|---:|---:|---:|---:|---:|---:|---:|"]
    for row in rows:
        met = "" if row["ratio"] >= goal(row) else " **missed**"
        again = milliseconds(row["warm"]) if row["warm"] is not None else ""
        lines.append(f"| {row['n']} | {row['case']} | {milliseconds(row['scipy'])} | {milliseconds(row['thalweg'])} "
                     f"| {row['ratio']:.2f}x | {goal(row):g}x{met} | {again} | {row['difference']:.1g} "
                     f"| {row['gap']:.1g} |")
    return "\n".join(lines)


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def page(rows, arguments):
    version = subprocess.run([arguments.java, "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    return f"""# The assignment solver against SciPy

One alternating run of `benchmarks/assignment/compare_scipy.py` on the same matrices: SciPy {scipy.__version__}
(float64), NumPy {np.__version__}, {version}, {processor()}, {os.cpu_count()} logical processors, one thread each.
Thread CPU time, median of the turns; files and JVM start are not timed, just-in-time compilation is over. The ratio is
SciPy's time divided by Thalweg's. The gap is primal cost less dual bound, computed from the matrix after each solve.

{table(rows)}

The command:

    {COMMAND}

DIR is written by `benchmarks/java.sh TrainedCosts RUN DIR` from the run of `benchmarks/assignment/wide-experts.yaml`
(`./thalweg study run benchmarks/assignment/wide-experts.yaml`). Left out because SciPy alone takes minutes there: rank-one
and machol-wien above n = 2,048, geometric above 4,096; `--sizes N --cases NAME` runs them.
"""


def trained(directory):
    for path in sorted(pathlib.Path(directory).glob("*.npy")):
        matrix = np.load(path)
        if matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1]:
            yield f"trained: {path.stem}", np.ascontiguousarray(matrix, dtype=np.float32)


def parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="4,8,16,32,64,512,1024,2048,4096,8192", help="comma-separated")
    parser.add_argument("--cases", default="", help=f"comma-separated, of {', '.join(CASES)}")
    parser.add_argument("--trained", metavar="DIR", help="square cost matrices of trained networks, *.npy")
    parser.add_argument("--repeat", type=int, default=0, help="turns per cell (default: by size, 7 to 1)")
    parser.add_argument("--java", default="", help="a Java 25 (default: the one the launcher finds)")
    parser.add_argument("--out", metavar="FILE.md", help="write the page there too")
    parser.add_argument("--strict", action="store_true", help="exit code 1 when a goal is missed")
    arguments = parser.parse_args()
    if not arguments.java:
        found = subprocess.run(["bash", "-c", 'source "$0" && find_jdk', str(ROOT / "build-tools" / "jvm.sh")],
                               capture_output=True, text=True)
        if found.returncode != 0:
            sys.exit(found.stderr.strip())
        arguments.java = os.path.join(found.stdout.strip(), "bin", "java")
    return arguments


def main():
    arguments = parse()
    named = [name for name in arguments.cases.split(",") if name]
    unknown = [name for name in named if name not in CASES]
    if unknown:
        sys.exit(f"no such case: {', '.join(unknown)}; there are {', '.join(CASES)}.")
    thalweg = Thalweg(arguments.java)
    rows = []
    with tempfile.TemporaryDirectory() as directory:
        for n in (int(size) for size in arguments.sizes.split(",") if size):
            for number, (name, (make, largest)) in enumerate(CASES.items()):
                if name in named or not named and n <= largest:
                    matrix = np.ascontiguousarray(make(n, np.random.default_rng((n, number))), dtype=np.float32)
                    rows.append(compare(name, matrix, thalweg, directory, arguments.repeat))
                    print(table(rows[-1:]).splitlines()[-1], flush=True)
        for name, matrix in trained(arguments.trained) if arguments.trained else ():
            rows.append(compare(name, matrix, thalweg, directory, arguments.repeat))
            print(table(rows[-1:]).splitlines()[-1], flush=True)
    thalweg.close()
    text = page(rows, arguments)
    if arguments.out:
        pathlib.Path(arguments.out).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(arguments.out).write_text(text, encoding="utf-8")
    print("\n" + text)
    wrong = [row for row in rows if row["difference"] > 1e-9]
    missed = [row for row in rows if row["ratio"] < goal(row)]
    print(f"{len(rows)} cells, {len(wrong)} with another cost than SciPy, {len(missed)} under their goal.")
    return 1 if wrong or missed and arguments.strict else 0


if __name__ == "__main__":
    sys.exit(main())
