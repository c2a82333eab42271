"""Dropout: the mask, what draws it, and prediction without it."""

import contract
import numpy as np
import pytest
from cases import inputs

from cnnbook.layers import Dropout


@pytest.mark.parametrize("rate", [0.25, 0.3, 255 / 256])  # by bytes, by floats, by bytes
def test_mask(rate):
    x = np.ones((500, 40), np.float32)
    layer = Dropout(rate, rng=np.random.default_rng(0))
    o = layer.output(x)
    assert set(np.unique(o)) == {0, np.float32(1 / (1 - rate))}
    assert abs((o == 0).mean() - rate) < 0.01
    np.testing.assert_array_equal(layer.backpropagate(x), o)
    assert not np.array_equal(layer.output(x), o), "every minibatch has a new mask"


def test_dropout_of_nothing():
    x = inputs((3, 4))
    np.testing.assert_array_equal(Dropout(0, rng=np.random.default_rng(0)).output(x), x)


def test_prediction_is_the_input():
    layer = Dropout(0.5, rng=np.random.default_rng(0))
    contract.check_prediction_is_the_input(layer, inputs((3, 4)))


def test_a_prediction_can_be_taken_back():
    """With `training=False` the layer is the identity, both ways."""
    x = inputs((3, 4))
    o, memory = Dropout(0.5, rng=np.random.default_rng(0)).forward(x, training=False)
    np.testing.assert_array_equal(o, x)
    dx, gradients = Dropout(0.5, rng=np.random.default_rng(0)).backward(2 * x, memory)
    np.testing.assert_array_equal(dx, 2 * x)
    assert gradients == {}


@pytest.mark.parametrize("rate", [1, -0.1, np.nan, "half", None, True])
def test_refused_rates(rate):
    with pytest.raises(ValueError, match=f"the dropout rate must be .* but is {rate!r}"):
        Dropout(rate, rng=np.random.default_rng(0))


@pytest.mark.parametrize("rng", [None, 0, np.random.RandomState(0)])
def test_refused_generators(rng):
    """At once, and not only where the first mask is drawn."""
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        Dropout(0.5, rng=rng)
