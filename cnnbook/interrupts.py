"""Ctrl-C between two steps, never within one."""

import signal
import threading
from contextlib import contextmanager


@contextmanager
def held():
    """Let Ctrl-C wait for the end of the block, where it raises KeyboardInterrupt.

    So what belongs together is done as a whole: no step is taken for half of the parameters. A
    block may lie within another; then the outer one raises. Outside the main thread, which alone
    hears Ctrl-C, and where somebody else handles it, nothing is held.
    """
    ours = threading.current_thread() is threading.main_thread()
    if not ours or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    came = []
    signal.signal(signal.SIGINT, lambda *_: came.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if came:
        raise KeyboardInterrupt
