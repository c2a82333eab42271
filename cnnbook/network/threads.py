"""Threads for NumPy's work."""

import os
from concurrent.futures import ThreadPoolExecutor, wait
from contextvars import copy_context
from functools import lru_cache

from threadpoolctl import ThreadpoolController


class Threads:
    """Some threads that wait for work. Copied, pickled and forked as their number alone.

    Parameters
    ----------
    count : int
    """

    def __init__(self, count):
        self.count = count
        self._pool, self._process = None, None

    def map(self, function, jobs):
        """What the function gives for each of the jobs, tuples of arguments, in their order."""
        jobs = list(jobs)
        with _blas().limit(limits=1, user_api="blas"):  # whose threads would fight with these
            if len(jobs) == 1 or self.count == 1:
                return [function(*job) for job in jobs]
            pool = self._waiting()
            # The context holds how NumPy treats overflow: threads do not inherit it.
            futures = [pool.submit(copy_context().run, function, *job) for job in jobs]
            wait(futures)
            return [future.result() for future in futures]

    def _waiting(self):
        if self._process != os.getpid():  # a process that is forked off has no threads of its own
            self._pool, self._process = ThreadPoolExecutor(self.count), os.getpid()
        return self._pool

    def __reduce__(self):
        return Threads, (self.count,)


@lru_cache
def _blas():
    return ThreadpoolController()
