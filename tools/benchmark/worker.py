"""Processes that time what they are told to, one for each side of a comparison.

A library alone in its process has its own allocator and threads, as in a program that uses it; and
an older version of the package can be imported beside the present one.
"""

import importlib
import sys
import time
from multiprocessing import get_context
from pathlib import Path

WARM_UP = 2  # seconds


class Worker:
    """A process in which the functions of one module are timed.

    Parameters
    ----------
    module : str
        A module of this folder.
    threads : int
    checkout : Path, optional
        Of another version of the project: its `cnnbook` is imported, and its module of this name
        where it has one.
    """

    def __init__(self, module, threads, checkout=None):
        context = get_context("spawn")
        self._connection, other_end = context.Pipe()
        arguments = (other_end, module, threads, checkout)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        other_end.close()

    def make(self, function, arguments=(), options=None, warm_up=WARM_UP):
        """Have a module's function make what is timed from now on, and run that for a while."""
        return self._answer((function, arguments, options or {}, warm_up))

    def seconds(self, runs=1):
        """Seconds that one of so many runs takes."""
        return self._answer(runs)

    def close(self):
        self._connection.send(None)
        self._process.join()

    def _answer(self, request):
        self._connection.send(request)
        return self._connection.recv()  # raises EOFError if the process has failed


def _serve(connection, module, threads, checkout):
    if checkout:
        sys.path[:0] = [str(Path(checkout, "tools", "benchmark")), str(checkout)]
    from threadpoolctl import threadpool_limits

    side, run = importlib.import_module(module), None
    with threadpool_limits(limits=threads, user_api="blas"):
        for request in iter(connection.recv, None):
            if isinstance(request, tuple):
                function, arguments, options, time_to_warm_up = request
                run = getattr(side, function)(threads, *arguments, **options)
                connection.send(warm_up(run, time_to_warm_up))
            else:
                connection.send(seconds(run, request))


def warm_up(run, least):
    """Run for some seconds: the system hands out its memory slowly at first."""
    started = time.perf_counter()
    run()
    while time.perf_counter() - started < least:
        run()


def seconds(run, runs=1):
    """Seconds that one of so many runs takes."""
    start = time.perf_counter()
    for _ in range(runs):
        run()
    return (time.perf_counter() - start) / runs
