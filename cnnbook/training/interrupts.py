"""Ctrl-C between two steps, never within one."""

import signal
import threading
from contextlib import contextmanager


class StopFlag:
    """Whether Ctrl-C was pressed; true from then on."""

    def __init__(self):
        self._raised = False

    def __bool__(self):
        return self._raised

    def raise_flag(self, *_):
        """Remember a signal; the arguments are those of a signal's handler."""
        self._raised = True


@contextmanager
def stop_on_interrupt():
    """Give a flag that Ctrl-C raises, for a loop that asks it where it can stop.

    So what belongs together is done as a whole: no step is taken for half of the parameters, and
    no file is left half-written. A block within another one has the flag of the outer one. Outside
    the main thread, which alone hears Ctrl-C, and where somebody else handles it, the flag stays
    down, and a KeyboardInterrupt comes as always.
    """
    flag = StopFlag()
    before = signal.getsignal(signal.SIGINT)
    outer = getattr(before, "__self__", None)
    if isinstance(outer, StopFlag):
        yield outer
        return
    if threading.current_thread() is not threading.main_thread() or (
        before is not signal.default_int_handler
    ):
        yield flag
        return
    signal.signal(signal.SIGINT, flag.raise_flag)
    try:
        yield flag
    finally:
        signal.signal(signal.SIGINT, before)
