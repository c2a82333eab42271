"""Measure cnnbook against other libraries on this machine, as ratios taken in one run.

    python tools/benchmark [--json FILE] [--pairs N] [--threads N]

Both sides run in turn, each in a process of its own, so that they meet the same moods of the
machine; a ratio is taken of each pair, and the table shows the quartiles of these ratios. How fast
a process is depends on the memory that it happened to get, so that a comparison is made in several
pairs of new processes, and their ratios are put together. PyTorch and TensorFlow are compared if
they are installed. Two more tables, for the chapter on speed: a training step after each stage of
that chapter, and the operations of a step against what a core can do at most.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import comparisons
import numpy as np
from roofline import bandwidths, points
from stages import stages
from threadpoolctl import threadpool_limits
from worker import Worker, seconds

from cnnbook.tables import text_table

ROUNDS = 3  # pairs of processes for a comparison
REST = 0.1  # seconds before each side's turn: some threads spin for a while when they are done
TURN = 0.4  # seconds that a turn takes at least, by repetition: a first run meets cold caches
IDLE = 0.9  # the share of the cores that a test program gets on a machine with nothing else to do
HEADER = ("case", "ms", "against", "ratio: quartile", "median", "quartile", "bar", "of peak")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the tables there too")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of runs of a pair of processes")
    parser.add_argument("--threads", type=int, default=2, help="threads of both sides")
    options = parser.parse_args()

    libraries = [
        "cnnbook",
        *(name for name, found in comparisons.PACKAGES.items() if find_spec(found)),
    ]
    with threadpool_limits(limits=options.threads, user_api="blas"):
        share, peak = share_of_cores(), peak_rate()
        ladder = [{"step": name, "ms": 1000 * time} for name, time in stages(options.threads)]
    with threadpool_limits(limits=1, user_api="blas"):
        roofline = {"peak": peak_rate(), "bandwidth": bandwidths(), "points": list(points())}
    rows = [
        row for case in comparisons.COMPARED for row in compared(libraries, case, options, peak)
    ]
    rows += [*memory(libraries, options.threads), *growth(options)]
    share = min(share, share_of_cores())
    idle = share >= IDLE
    machine = describe(libraries, options.threads, share, peak)
    verdict = "measured on an idle machine" if idle else "no conclusion: the machine was busy"

    print("\n".join(f"{name}: {value}" for name, value in machine.items()), end="\n\n")
    print(text_table(HEADER, [cells(row) for row in rows]), end="\n\n")
    print(text_table(("stage", "ms"), [(row["step"], f"{row['ms']:.1f}") for row in ladder]))
    print(f"\n{verdict}")
    if options.json:
        tables = {"machine": machine, "verdict": verdict, "rows": rows}
        tables |= {"ladder": ladder, "roofline": roofline}
        options.json.write_text(json.dumps(tables, indent=1) + "\n", encoding="utf-8")
    return 0 if idle else 1


def compared(libraries, case, options, peak):
    """Time one case against every library that has it; a row for each."""
    others = [name for name in case.others if name in libraries]
    for name in others or [None]:
        sides = [(side, case.function, case.arguments) for side in ("cnnbook", name) if side]
        times = paired_times(sides, options)
        ms = 1000 * float(np.median(times[:, 0]))
        row = {"case": case.name, "ms": ms, "bar": case.bar if name == case.others[0] else None}
        if name:
            row |= {"against": name, "ratio": quartiles(times[:, 0] / times[:, 1])}
        if case.operations:
            row["of peak"] = 1000 * case.operations / ms / peak
        yield row


def growth(options):
    """The cost per image, and per pixel, of large inputs against small ones."""
    for case in comparisons.GROWING:
        sides = [("cnnbook", case.function, size) for size in (case.small, case.large)]
        times = paired_times(sides, options)
        ratio = quartiles(times[:, 1] / times[:, 0] / case.factor)
        ms = 1000 * float(np.median(times[:, 1]))
        yield {"case": case.name, "ms": ms, "ratio": ratio, "bar": case.bar}


def paired_times(sides, options):
    """Seconds of sides (library, function, arguments) in turn: an array (pairs, sides)."""
    rounds = []
    for _ in range(ROUNDS):
        workers = [Worker(comparisons.MODULES[library], options.threads) for library, *_ in sides]
        for worker, (_, *work) in zip(workers, sides, strict=True):
            worker.make(*work)
        rounds.append(in_turn(workers, options.pairs))
        for worker in workers:
            worker.close()
    return np.concatenate(rounds)


def memory(libraries, threads):
    """The peak memory of a few training steps, each side in a process of its own; on Linux."""
    if not Path("/proc/self/clear_refs").exists():
        return
    ours = peak_of("cnnbook", threads)
    row = {"case": f"peak memory of a training step, {ours:.0f} MB", "bar": 0.5}
    if "PyTorch" in libraries:
        row |= {"against": "PyTorch", "ratio": [ours / peak_of("PyTorch", threads)] * 3}
    yield row


def peak_of(library, threads):
    """Megabytes by which a few training steps raise the memory of a new process."""
    program = (
        f"import ours, {comparisons.MODULES[library]} as side; "
        f"ours.print_peak_of(lambda: side.reference_step({threads}))"
    )
    command, folder = [sys.executable, "-c", program], Path(__file__).parent
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return float(run.stdout)


def in_turn(sides, pairs):
    """Seconds of one run of each side, side after side, as an array (pairs, sides)."""
    runs = [max(1, round(TURN / side.seconds())) for side in sides]
    times = []
    for _ in range(pairs):
        turns = []
        for side, count in zip(sides, runs, strict=True):
            time.sleep(REST)
            turns.append(side.seconds(count))
        times.append(turns)
    return np.array(times)


def quartiles(ratios):
    return np.quantile(ratios, [0.25, 0.5, 0.75]).tolist()


def product(size=2048):
    a = np.ones((size, size), np.float32)
    return lambda: a @ a


def peak_rate():
    """Operations per second of NumPy's own matrix product, the best of a few."""
    multiply = product()
    return 2 * 2048**3 / min(seconds(multiply) for _ in range(10))


def share_of_cores():
    """The part of all cores that matrix products get: less than all, if others work too."""
    multiply, cores = product(), os.cpu_count()
    with threadpool_limits(limits=cores, user_api="blas"):
        multiply()
        wall, used = time.perf_counter(), time.process_time()
        for _ in range(10):
            multiply()
        return (time.process_time() - used) / (time.perf_counter() - wall) / cores


def describe(libraries, threads, share, peak):
    packages = {"NumPy": "numpy"} | {name: comparisons.PACKAGES[name] for name in libraries[1:]}
    found = [f"{name} {import_module(found).__version__}" for name, found in packages.items()]
    return {
        "date": date.today().isoformat(),
        "processor": f"{processor()}, {os.cpu_count()} cores, {threads} threads used",
        "share of the cores": f"{share:.2f}",
        "matrix product": f"{peak / 1e9:.0f} GFLOP/s in float32",
        "versions": ", ".join([f"Python {platform.python_version()}", *found]),
    }


def processor():
    """The processor's name, where the system tells it."""
    information = Path("/proc/cpuinfo")
    text = information.read_text() if information.exists() else ""
    names = re.findall(r"^model name\s*: (.+)$", text, re.MULTILINE)
    return names[0] if names else platform.processor() or platform.machine()


def cells(row):
    ratio = [f"{value:.2f}" for value in row["ratio"]] if "ratio" in row else [""] * 3
    time_cell = f"{row['ms']:.1f}" if "ms" in row else ""
    bar = f"{row['bar']:.2f}" if row.get("bar") else ""
    of_peak = f"{row['of peak']:.0%}" if "of peak" in row else ""
    return row["case"], time_cell, row.get("against", ""), *ratio, bar, of_peak


if __name__ == "__main__":
    sys.exit(main())
