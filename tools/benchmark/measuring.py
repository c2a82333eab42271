"""Ratios of our time and memory to others', each pair taken one after the other.

How fast a process is depends on the memory that it happened to get, so that a comparison is made in
several rounds of new processes, and the ratios of all rounds are put together.
"""

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import comparisons
import numpy as np
from comparisons import OLDER, OURS
from worker import Worker

ROUNDS = 3  # of new processes for a comparison
REST = 0.1  # seconds before each side's turn: some threads spin for a while when they are done
TURN = 0.4  # seconds that a turn takes at least, by repetition: a first run meets cold caches


@dataclass(frozen=True)
class Side:
    """What one of the processes of a comparison runs."""

    library: str
    module: str
    function: str
    arguments: tuple = ()
    setting: str = ""  # its name, where a library is tried with several
    options: dict = field(default_factory=dict)
    checkout: Path | None = None

    def worker(self, threads):
        worker = Worker(self.module, threads, self.checkout)
        worker.make(self.function, self.arguments, self.options)
        return worker


def compared(case, options):
    """Time one case in all libraries that have it, side by side; a row for each of them."""
    sides = sides_of(case, options.libraries, options.against)
    return rows_of(case, sides, paired_times(sides, options))


def sides_of(case, libraries, checkout=None):
    """Ours first, then every other library, with each of its settings."""
    module = case.module if case.module != "ours" else comparisons.MODULES[OURS]
    sides = [Side(OURS, module, case.function, case.arguments)]
    for library in case.others:
        if library == OLDER and checkout:
            sides += [Side(library, module, case.function, case.arguments, checkout=checkout)]
        elif library in libraries:
            settings = case.settings if library == "PyTorch" else comparisons.PLAIN
            work = comparisons.MODULES[library], case.theirs or case.function, case.arguments
            sides += [Side(library, *work, name, chosen) for name, chosen in settings.items()]
    return sides


def rows_of(case, sides, times):
    """Our time, and its ratio to that of each library with its fastest setting.

    Parameters
    ----------
    times : array (pairs, sides)
        Seconds, our own first.
    """
    ms = 1000 * float(np.median(times[:, 0]))
    row = {"case": case.name, "ms": ms}
    if case.operations:
        row["operations"] = case.operations
    if len(sides) == 1:
        yield row
    medians = np.median(times, axis=0)
    for library in dict.fromkeys(side.library for side in sides[1:]):
        places = [place for place, side in enumerate(sides) if side.library == library]
        fastest = min(places, key=lambda place: medians[place])
        against = {"against": library, "setting": sides[fastest].setting}
        ratio = quartiles(times[:, 0] / times[:, fastest])
        yield row | against | {"ratio": ratio, "bar": case.bars.get(library)}


def growth(case, options):
    """The cost per image, or per pixel, of large inputs against small ones."""
    module = comparisons.MODULES[OURS]
    sides = [Side(OURS, module, case.function, size) for size in (case.small, case.large)]
    times = paired_times(sides, options)
    ratio = quartiles(times[:, 1] / times[:, 0] / case.factor)
    ms = 1000 * float(np.median(times[:, 1]))
    return {"case": case.name, "ms": ms, "ratio": ratio, "bar": case.bar}


def paired_times(sides, options):
    """Seconds of all sides in turn: an array (pairs, sides)."""
    rounds = []
    for _ in range(ROUNDS):
        workers = [side.worker(options.threads) for side in sides]
        rounds.append(in_turn(workers, options.pairs))
        for worker in workers:
            worker.close()
    return np.concatenate(rounds)


def in_turn(workers, pairs):
    """Seconds of one run of each worker, one after the other, as an array (pairs, workers)."""
    runs = [max(1, round(TURN / worker.seconds())) for worker in workers]
    times = []
    for _ in range(pairs):
        turns = []
        for worker, count in zip(workers, runs, strict=True):
            time.sleep(REST)
            turns.append(worker.seconds(count))
        times.append(turns)
    return np.array(times)


def memory(options):
    """The peak memory of a few training steps, each side in a process of its own; on Linux."""
    if not Path("/proc/self/clear_refs").exists():
        return
    ours = peak_of(OURS, options.threads)
    row = {"case": comparisons.MEMORY, "MB": ours, "bar": comparisons.MEMORY_BAR}
    if "PyTorch" in options.libraries:
        theirs = min(
            peak_of("PyTorch", options.threads, setting) for setting in comparisons.ORDERS.values()
        )
        row |= {"against": "PyTorch", "ratio": [ours / theirs] * 3}
    yield row


def peak_of(library, threads, setting=None):
    """Megabytes by which a few training steps raise the memory of a new process."""
    module = comparisons.MODULES[library]
    program = (
        f"import ours, {module} as side; "
        f"ours.print_peak_of(lambda: side.reference_step({threads}, **{setting or {}}))"
    )
    command, folder = [sys.executable, "-c", program], Path(__file__).parent
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return float(run.stdout)


def quartiles(ratios):
    return np.quantile(ratios, [0.25, 0.5, 0.75]).tolist()
