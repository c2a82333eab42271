"""The stored weights of the reference network, against their record and the test digits."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from cnnbook.datasets import mnist
from cnnbook.models.mnist_cnn import PARAMETERS, mnist_cnn
from cnnbook.network import ThreadedNetwork
from cnnbook.training import errors

DATA = Path(__file__).parents[3] / "data"
RECORD = json.loads((DATA / "reference.json").read_text(encoding="utf-8"))


def network():
    loaded = ThreadedNetwork(mnist_cnn(rng=np.random.default_rng(0)), threads=2)
    loaded.load(DATA / "reference.npz")
    return loaded


def test_the_record_is_that_of_the_file():
    content = (DATA / "reference.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == RECORD["sha256 of the weights"]
    assert len(content) < 4_000_000


def test_the_weights_fit_the_reference_network():
    loaded = network()
    assert sum(array.size for array in loaded.parameters().values()) == PARAMETERS
    assert RECORD["layers"] == [repr(layer) for layer in loaded.layers]


def test_more_than_99_of_100_test_digits():
    assert RECORD["right"] > 9900
    assert RECORD["test digits"] == 10_000


@pytest.mark.skipif(
    not os.environ.get("CNNBOOK_DATA"), reason="CNNBOOK_DATA names no folder with MNIST"
)
def test_the_count_of_right_test_digits():
    """Another processor may round a near-tie to the other side: one digit is allowed."""
    test = mnist().test
    right = len(test) - errors(network().predict(test.x), test.labels)
    assert abs(right - RECORD["right"]) <= 1
