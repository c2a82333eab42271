"""The stored weights of the small network, against their record and the test digits."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from cnnbook.datasets import mnist
from cnnbook.models.small_cnn import PARAMETERS, small_cnn
from cnnbook.network import Network
from cnnbook.training import errors

DATA = Path(__file__).parents[3] / "data"
RECORD = json.loads((DATA / "small_cnn.json").read_text(encoding="utf-8"))


def network():
    loaded = Network(small_cnn(rng=np.random.default_rng(0)))
    loaded.load(DATA / "small_cnn.npz")
    return loaded


def test_the_record_is_that_of_the_file():
    content = (DATA / "small_cnn.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == RECORD["sha256 of the weights"]
    assert len(content) < 20_000


def test_the_weights_fit_the_small_network():
    loaded = network()
    assert sum(array.size for array in loaded.parameters().values()) == PARAMETERS
    assert RECORD["parameters"] == PARAMETERS
    assert RECORD["layers"] == [repr(layer) for layer in loaded.layers]


def test_more_than_98_of_100_test_digits():
    assert RECORD["right"] > 9800
    assert RECORD["test digits"] == 10_000


@pytest.mark.skipif(
    not os.environ.get("CNNBOOK_DATA"), reason="CNNBOOK_DATA names no folder with MNIST"
)
def test_the_count_of_right_test_digits():
    """Another processor may round a near-tie to the other side: one digit is allowed."""
    test = mnist().test
    right = len(test) - errors(network().predict(test.x), test.labels)
    assert abs(right - RECORD["right"]) <= 1
