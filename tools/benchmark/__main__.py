"""Measure cnnbook against other libraries on this machine, as ratios taken in one run.

    python tools/benchmark [--against FOLDER] [--runs N] [--json FILE] [--pairs N] [--threads N]

All sides run in turn, each in a process of its own, so that they meet the same moods of the
machine; a ratio is taken of each pair, and the table shows the quartiles of these ratios. PyTorch
and TensorFlow are compared if they are installed, each with the fastest of its settings, and an
older version of this package if a folder with a checkout of it is given. Two more tables, for the
chapter on speed: a training step after each stage of that chapter, and the operations of a step
against what a core can do at most. Of several runs the median one is shown and stored, with the
ratios of all; the file keeps a table for each processor.
"""

import argparse
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import comparisons
import machine
import measuring
import stored
from comparisons import OLDER
from roofline import bandwidths, points
from stages import ladder
from threadpoolctl import threadpool_limits

from cnnbook.tables import text_table

IDLE = 0.9  # the share of the cores that a test program gets on a machine with nothing else to do
VERDICTS = {True: "measured on an idle machine", False: "no conclusion: the machine was busy"}
HEADER = ("case", "ms", "of peak", "against", "quartile", "ratio", "quartile", "runs", "bar")


def main():
    options = arguments()
    runs = [run(options) for _ in range(options.runs)]
    table = stored.median_run(runs)
    if not all(each["verdict"] == VERDICTS[True] for each in runs):
        table["verdict"] = VERDICTS[False]
    show(table)
    if options.json:
        stored.store(options.json, table)
    return 0 if table["verdict"] == VERDICTS[True] else 1


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--against", type=Path, metavar="FOLDER", help="an older version's checkout"
    )
    parser.add_argument(
        "--runs", type=int, default=1, help="whole runs, of which the median counts"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="store the tables there too")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of runs of a pair of processes")
    parser.add_argument("--threads", type=int, default=2, help="threads of all sides")
    options = parser.parse_args()
    packages = comparisons.PACKAGES.items()
    options.libraries = [name for name, found in packages if find_spec(found)]
    if options.against:
        options.against = options.against.resolve()
        version(options.against)  # refuses what is no checkout, before anything is measured
    return options


def run(options):
    """All that is measured, once."""
    with threadpool_limits(limits=options.threads, user_api="blas"):
        share, peak = machine.share_of_cores(), machine.peak_rate()
        stages = list(ladder(options.threads))
    with threadpool_limits(limits=1, user_api="blas"):
        roofline = {
            "peak": machine.peak_rate(),
            "bandwidth": bandwidths(),
            "points": list(points()),
        }
    rows = [row for case in comparisons.COMPARED for row in measuring.compared(case, options)]
    rows = [with_share(row, peak) for row in rows]
    rows += [*measuring.memory(options)]
    rows += [measuring.growth(case, options) for case in comparisons.GROWING]
    share = min(share, machine.share_of_cores())
    packages = {"cnnbook": "cnnbook", "NumPy": "numpy"} | {
        name: comparisons.PACKAGES[name] for name in options.libraries
    }
    described = machine.describe(packages, options.threads, share, peak)
    if options.against:
        described["older version"] = version(options.against)
    measured = {"rows": rows, "ladder": stages, "roofline": roofline}
    return {"machine": described, "verdict": VERDICTS[share >= IDLE], **measured}


def with_share(row, peak):
    """The row with the share of the peak that its operations reach, where they were counted."""
    if "operations" not in row:
        return row
    return row | {"of peak": 1000 * row["operations"] / row["ms"] / peak}


def version(checkout):
    """The version that a checkout of the project says it is."""
    project = checkout / "pyproject.toml"
    if not project.exists():
        raise SystemExit(f"{checkout} is no checkout of the project: it has no pyproject.toml")
    return tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]


def show(table):
    """Print a table, and a sentence for every bar that is missed."""
    described = table["machine"]
    print("\n".join(f"{name}: {value}" for name, value in described.items()), end="\n\n")
    print(text_table(HEADER, [cells(row, described) for row in table["rows"]]), end="\n\n")
    stages = [
        (row["step"], f"{row['ms']:.1f}", "{:.1f} to {:.1f}".format(*row["quartiles"]))
        for row in table["ladder"]
    ]
    print(text_table(("stage", "ms", "quartiles"), stages), end="\n\n")
    missed = list(stored.missed_bars(table["rows"]))
    print("\n".join(missed) if missed else "Every bar is met.")
    print(table["verdict"])


def cells(row, described):
    against = row.get("against", "")
    if against == OLDER:
        against = f"version {described['older version']}"
    if row.get("setting"):
        against += f", {row['setting']}"
    ratio = [f"{value:.2f}" for value in row["ratio"]] if "ratio" in row else [""] * 3
    runs = "{:.2f} to {:.2f}".format(row["runs"][0], row["runs"][-1]) if "runs" in row else ""
    time_cell = f"{row['ms']:.1f}" if "ms" in row else f"{row['MB']:.0f} MB"
    of_peak = f"{row['of peak']:.0%}" if "of peak" in row else ""
    bar = f"{row['bar']:.2f}" if row.get("bar") else ""
    return row["case"], time_cell, of_peak, against, *ratio, runs, bar


if __name__ == "__main__":
    sys.exit(main())
