"""The memory that networks work in."""

import ctypes
from functools import lru_cache

# Numbers that malloc.h gives to two settings, and what they are set to: bytes that may lie unused,
# and bytes of an array that may be kept.
TRIM_THRESHOLD, MOST_UNUSED = -1, 2**31 - 1
MMAP_THRESHOLD, LARGEST_KEPT = -3, 2**25


@lru_cache
def keep_memory():
    """Let the allocator of the GNU C library keep what is freed for the next minibatch.

    It would give large arrays back to the system, and then wait for cleared memory for the next
    ones: up to a third of a training step. Other systems have no `mallopt`.
    """
    mallopt = getattr(ctypes.pythonapi, "mallopt", None)
    if mallopt is not None:
        mallopt(TRIM_THRESHOLD, MOST_UNUSED)
        mallopt(MMAP_THRESHOLD, LARGEST_KEPT)
