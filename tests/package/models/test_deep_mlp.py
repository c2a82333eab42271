"""Deep networks with a start to choose: their shape, and sigmoids that compute what tanh does."""

import numpy as np
import pytest

from cnnbook.activations import sigmoid, tanh
from cnnbook.initialisation import glorot
from cnnbook.layers import Hidden, Softmax
from cnnbook.models import deep_mlp
from cnnbook.network import Network

X = np.random.default_rng(0).uniform(-1, 1, (7, 64))


@pytest.mark.parametrize("start", deep_mlp.STARTS)
def test_depth_and_shapes(start):
    network = deep_mlp.build(start, 3, 0)
    dense = [layer for layer in network.layers if isinstance(layer, Hidden | Softmax)]
    assert [layer.W.shape for layer in dense] == [(64, 64)] * 3 + [(10, 64)]
    again = deep_mlp.build(start, 3, 0)
    np.testing.assert_array_equal(network.predict(X), again.predict(X))


@pytest.mark.parametrize("depth", [1, 2, 10])
def test_sigmoids_that_compute_what_tanh_does(depth):
    centred, given = (
        deep_mlp.build(start, depth, 5) for start in (deep_mlp.CENTRED, "tanh, Glorot")
    )
    assert all(layer.activation is sigmoid for layer in centred.layers[:-1])
    np.testing.assert_allclose(centred.scores(X)[0], given.scores(X)[0], atol=1e-12)


def test_biases_are_taken_along():
    def network(phi):
        rng = np.random.default_rng(1)
        layers = [Hidden(64, 5, phi, rng=rng), Hidden(5, 4, phi, rng=rng), Softmax(4, 3, rng=rng)]
        for layer in layers:
            layer.b[...] = rng.normal(size=layer.b.shape)
        return Network(layers)

    centred = network(sigmoid)
    deep_mlp.as_tanh(centred)
    np.testing.assert_allclose(centred.scores(X)[0], network(tanh).scores(X)[0], atol=1e-12)


def test_half_of_glorot_is_half_as_wide():
    half, whole = (
        draw((5, 6), 6, 5, np.random.default_rng(0)) for draw in (deep_mlp.half_glorot, glorot)
    )
    np.testing.assert_array_equal(2 * half, whole)
    short = deep_mlp.half_glorot((5, 6), 6, 5, np.random.default_rng(0), np.float32)
    assert short.dtype == np.float32


def test_each_change_alone():
    plain, larger, shifted, wide = (
        deep_mlp.build(start, 3, 5).layers
        for start in (
            "sigmoid, Glorot",
            "sigmoid, enlarged",
            "sigmoid, centred",
            "sigmoid, 10.2 times Glorot",
        )
    )
    for number, (times, wider) in enumerate([(2, 10.2), (4, 10.2), (4, 10.2), (2, 1)]):
        np.testing.assert_array_equal(larger[number].W, times * plain[number].W)
        np.testing.assert_array_equal(wide[number].W, wider * plain[number].W)
        np.testing.assert_array_equal(shifted[number].W, plain[number].W)
        mean = plain[number].W.sum(axis=1) / 2 if number else 0
        np.testing.assert_array_equal(shifted[number].b, -np.ones(len(shifted[number].b)) * mean)
        assert not larger[number].b.any()
        assert not wide[number].b.any()
