"""Measure cnnbook against other libraries on this machine, as ratios taken in one run.

    python tools/benchmark.py [--json FILE] [--pairs N] [--threads N]

Both sides run in turn, so that they meet the same moods of the machine; a ratio is taken of each
pair, and the table shows the quartiles of these ratios. PyTorch and TensorFlow are compared if
they are installed. Two more tables, for the chapter on speed: a training step after each stage of
that chapter, and the operations of a step against what a core can do at most.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import benchmark_cases as cases
import numpy as np
import sklearn
from benchmark_roofline import bandwidths, points
from benchmark_stages import stages
from threadpoolctl import threadpool_limits

from cnnbook.tables import text_table

REST = 0.1  # seconds before each side's turn: PyTorch's threads spin for a while when they are done
TURN = 0.4  # seconds that a turn takes at least, by repetition: a first run meets cold caches
IDLE = 0.9  # the share of the cores that a test program gets on a machine with nothing else to do
HEADER = ("case", "ms", "against", "ratio: quartile", "median", "quartile", "bar", "of peak")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--pairs", type=int, default=15, help="pairs of runs for a ratio")
    parser.add_argument("--threads", type=int, default=2, help="threads of both sides")
    options = parser.parse_args()

    with threadpool_limits(limits=options.threads, user_api="blas"):
        share, peak = share_of_cores(), peak_rate(options.threads)
        machine = describe(options.threads, share, peak)
        rows = [measure(case, options.pairs, peak) for case in cases.timed(options.threads)]
        rows += [*memory(options.threads), *growth(options)]
        ladder = [{"step": name, "ms": 1000 * time} for name, time in stages(options.threads)]
    with threadpool_limits(limits=1, user_api="blas"):
        roofline = {"peak": peak_rate(1), "bandwidth": bandwidths(), "points": list(points())}
    idle = min(share, share_of_cores()) >= IDLE
    verdict = "measured on an idle machine" if idle else "no conclusion: the machine was busy"

    print("\n".join(f"{name}: {value}" for name, value in machine.items()), end="\n\n")
    print(text_table(HEADER, [cells(row) for row in rows]), end="\n\n")
    print(text_table(("stage", "ms"), [(row["step"], f"{row['ms']:.1f}") for row in ladder]))
    print(f"\n{verdict}")
    if options.json:
        table = {"machine": machine, "verdict": verdict, "rows": rows}
        table |= {"ladder": ladder, "roofline": roofline}
        options.json.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    return 0 if idle else 1


def measure(case, pairs, peak):
    """Time one case, both sides in turn."""
    times = in_turn([side for side in (case.ours, case.theirs) if side], pairs)  # (pairs, sides)
    row = {"case": case.name, "ms": 1000 * float(np.median(times[:, 0])), "bar": case.bar}
    if case.theirs:
        row["against"] = case.other
        row["ratio"] = quartiles(times[:, 0] / times[:, 1])
    if case.operations:
        row["of peak"] = case.operations / float(np.median(times[:, 0])) / peak
    return row


def growth(options):
    """The cost per image, and per pixel, of large inputs against small ones."""
    for name, small, large, factor in cases.growing(options.threads):
        times = in_turn([small, large], options.pairs)
        ratios = times[:, 1] / times[:, 0] / factor
        milliseconds = 1000 * float(np.median(times[:, 1]))
        yield {"case": name, "ms": milliseconds, "ratio": quartiles(ratios), "bar": 1.25}


def memory(threads):
    """The peak memory of a few training steps, each side in a process of its own; on Linux."""
    if not Path("/proc/self/clear_refs").exists():
        return
    sides = ("ours", "theirs") if cases.torch else ("ours",)
    peaks = [peak_of(side, threads) for side in sides]
    row = {"case": f"peak memory of a training step, {peaks[0]:.0f} MB", "bar": 0.5}
    if len(peaks) == 2:
        row["against"] = "PyTorch"
        row["ratio"] = [peaks[0] / peaks[1]] * 3
    yield row


def peak_of(side, threads):
    """Megabytes by which a few training steps raise the memory of a new process."""
    program = f"import benchmark_cases; benchmark_cases.print_peak({side!r}, {threads})"
    command = [sys.executable, "-c", program]
    run = subprocess.run(
        command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True
    )
    return float(run.stdout)


def in_turn(sides, pairs):
    """Seconds of one run of each side, side after side, as an array (pairs, sides)."""
    for side in sides:
        side()  # what happens only once is not counted
    runs = [max(1, round(TURN / seconds(side))) for side in sides]
    return np.array(
        [[seconds(side, n) for side, n in zip(sides, runs, strict=True)] for _ in range(pairs)]
    )


def seconds(run, runs=1):
    time.sleep(REST)
    start = time.perf_counter()
    for _ in range(runs):
        run()
    return (time.perf_counter() - start) / runs


def quartiles(ratios):
    return np.quantile(ratios, [0.25, 0.5, 0.75]).tolist()


def product(size=2048):
    a = np.ones((size, size), np.float32)
    return lambda: a @ a


def peak_rate(threads):
    """Operations per second of NumPy's own matrix product, the best of a few."""
    multiply, operations = product(), 2 * 2048**3
    with threadpool_limits(limits=threads, user_api="blas"):
        return operations / min(seconds(multiply) for _ in range(10))


def share_of_cores():
    """The part of all cores that matrix products get: less than all, if others work too."""
    multiply, cores = product(), os.cpu_count()
    with threadpool_limits(limits=cores, user_api="blas"):
        multiply()
        wall, used = time.perf_counter(), time.process_time()
        for _ in range(10):
            multiply()
        return (time.process_time() - used) / (time.perf_counter() - wall) / cores


def describe(threads, share, peak):
    versions = {"Python": platform.python_version(), "NumPy": np.__version__}
    versions["scikit-learn"] = sklearn.__version__
    if cases.torch:
        versions["PyTorch"] = cases.torch.__version__
    if cases.tensorflow:
        versions["TensorFlow"] = cases.tensorflow.__version__
    return {
        "date": date.today().isoformat(),
        "processor": f"{platform.machine()}, {os.cpu_count()} cores, {threads} threads used",
        "share of the cores": f"{share:.2f}",
        "matrix product": f"{peak / 1e9:.0f} GFLOP/s in float32",
        "versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
    }


def cells(row):
    ratio = [f"{value:.2f}" for value in row["ratio"]] if "ratio" in row else [""] * 3
    time_cell = f"{row['ms']:.1f}" if "ms" in row else ""
    bar = f"{row['bar']:.2f}" if row.get("bar") else ""
    of_peak = f"{row['of peak']:.0%}" if "of peak" in row else ""
    return row["case"], time_cell, row.get("against", ""), *ratio, bar, of_peak


if __name__ == "__main__":
    sys.exit(main())
