"""The machine: what it is, what it can do at most, and whether it has time for a measurement."""

import json
import os
import platform
import re
import subprocess
import time
from datetime import date
from importlib import import_module
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits
from worker import seconds

WIDTHS = {"avx512f": 512, "avx2": 256, "asimd": 128, "sse2": 128}  # bits of a vector, by flag


def describe(packages, threads, share, peak):
    """What a reader has to know of the machine and of the libraries on it.

    Parameters
    ----------
    packages : dict of str to str
        Module by name of the library.
    """
    found = [f"{name} {import_module(module).__version__}" for name, module in packages.items()]
    return {
        "date": date.today().isoformat(),
        **processor(_text("/proc/cpuinfo"), _caches()),
        "cores": f"{os.cpu_count()}, {threads} threads used",
        "share of the cores": f"{share:.2f}",
        "matrix product": f"{peak / 1e9:.0f} GFLOP/s in float32",
        "versions": ", ".join([f"Python {platform.python_version()}", *found]),
    }


def processor(cpuinfo, caches):
    """Name, model, clock, caches and width of vectors, as far as the system tells them."""
    facts = dict(re.findall(r"^(\S[^\t:]*?)\s*: (.+)$", cpuinfo, re.MULTILINE))
    name = facts.get("model name") or platform.processor() or platform.machine()
    details = {"processor": re.sub(r"\((R|TM)\)", "", name)}
    if "cpu family" in facts:
        details["model"] = f"family {facts['cpu family']}, model {facts['model']}"
    if "cpu MHz" in facts:
        details["clock"] = f"{float(facts['cpu MHz']) / 1000:.1f} GHz"
    if caches:
        details["caches"] = ", ".join(caches)
    flags = facts.get("flags", facts.get("Features", "")).split()
    widths = [width for flag, width in WIDTHS.items() if flag in flags]
    used = ", ".join(np.show_config(mode="dicts")["SIMD Extensions"].get("found", []))
    if widths:
        details["vectors"] = f"{widths[0]} bits; NumPy uses {used or 'its baseline'}"
    return details


def _caches():
    """The data caches of a core and those it shares, such as "L2 2048 KiB"; on Linux."""
    try:
        run = subprocess.run(
            ["lscpu", "-B", "-J", "-C"], capture_output=True, text=True, check=True
        )
        caches = json.loads(run.stdout)["caches"]
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError):
        return []
    data = [cache for cache in caches if cache["type"] != "Instruction"]
    return [f"{cache['name']} {int(cache['one-size']) // 1024} KiB" for cache in data]


def _text(path):
    return Path(path).read_text(encoding="utf-8") if Path(path).exists() else ""


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
