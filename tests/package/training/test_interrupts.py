"""Ctrl-C raises a flag, which a loop asks where it can stop."""

import os
import signal
import subprocess
import sys
import threading

import pytest
from trainings import press

from cnnbook.training import stop_on_interrupt


def test_ctrl_c_raises_the_flag_and_nothing_else():
    with stop_on_interrupt() as stop:
        assert not stop
        press()
        assert stop
        press()
        assert stop
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    with pytest.raises(KeyboardInterrupt):
        press()


def test_the_flag_of_an_inner_block_is_that_of_the_outer_one():
    with stop_on_interrupt() as outer:
        with stop_on_interrupt() as inner:
            press()
            assert inner
        assert outer
        with stop_on_interrupt() as again:
            assert again
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_each_block_has_a_flag_of_its_own():
    with stop_on_interrupt():
        press()
    with stop_on_interrupt() as stop:
        assert not stop


def test_errors_pass_through_the_block():
    with pytest.raises(ZeroDivisionError), stop_on_interrupt():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_of_ctrl_c_is_left_alone():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    with stop_on_interrupt() as stop:
        press()
        assert heard == [True]
        assert not stop


def test_other_threads_leave_the_handler_alone():
    handlers = []

    def work():
        with stop_on_interrupt() as stop:
            handlers.append((signal.getsignal(signal.SIGINT), bool(stop)))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [(signal.default_int_handler, False)]


PROGRAM = """
import os, signal
import numpy as np
from cnnbook.layers import Softmax
from cnnbook.losses import CrossEntropy
from cnnbook.network import Network
from cnnbook.optimisers import Momentum
from cnnbook.training import fit

signal.signal(signal.SIGINT, signal.default_int_handler)


class Sends(Momentum):
    def change(self, g, tau, V):
        if tau == 5:  # for the weights, and again for the bias: in the midst of a step
            os.kill(os.getpid(), signal.SIGINT)
        return super().change(g, tau, V)


network, optimiser = Network([Softmax(2, 2, rng=np.random.default_rng(0))]), Sends(0.1)
history = fit(
    network, CrossEntropy(), optimiser, np.eye(2), np.eye(2),
    epochs=1000, batch_size=1, rng=np.random.default_rng(0), progress=False,
)
print(history.interrupted, history.epochs, len(history.batch_loss), sorted(optimiser.steps.items()))
os.kill(os.getpid(), signal.SIGINT)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C in another way")
def test_a_process_that_gets_the_signal_ends_the_step_first():
    """The real thing; after the training Ctrl-C does again what it always does."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-B", "-c", PROGRAM]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert run.stdout == "True 2 5 [('0.W', 5), ('0.b', 5)]\n"
    assert run.stderr.endswith("KeyboardInterrupt\n")
