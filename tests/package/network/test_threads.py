"""The threads of a network: they wait from one pass to the next, and stay behind where it goes."""

import copy
import multiprocessing
import os
import pickle
import threading

import numpy as np
import pytest

from cnnbook.activations import tanh
from cnnbook.layers import Convolution
from cnnbook.network import ThreadedNetwork
from cnnbook.network.threads import Threads

X = np.random.default_rng(0).normal(size=(20, 28, 28, 1))


def network():
    return ThreadedNetwork([Convolution(1, 2, 3, tanh, rng=np.random.default_rng(1))], threads=2)


def test_results_come_in_the_order_of_the_jobs():
    first_waits = threading.Event()

    def square(number):
        if number == 0:
            assert first_waits.wait(20)
        first_waits.set()
        return number**2

    assert Threads(2).map(square, [(number,) for number in range(5)]) == [0, 1, 4, 9, 16]


def test_the_same_threads_serve_every_pass():
    threads = Threads(2)
    names = [threads.map(threading.get_ident, [() for _ in range(8)]) for _ in range(5)]
    assert 1 <= len({name for of_pass in names for name in of_pass}) <= 2


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_a_network_at_work_can_be_copied(copied):
    original = network()
    expected = original.predict(X)
    np.testing.assert_array_equal(copied(original).predict(X), expected)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork processes")
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")
def test_a_forked_process_makes_threads_of_its_own():
    original = network()
    original.predict(X)
    process = multiprocessing.get_context("fork").Process(target=original.predict, args=(X,))
    process.start()
    process.join(60)
    assert process.exitcode == 0
