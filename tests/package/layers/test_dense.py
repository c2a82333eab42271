"""The dense layers, hidden and softmax: values, what starts at delta, refusals."""

import re

import checks
import naive
import numpy as np
import pytest
from cases import inputs

from cnnbook.activations import identity, sigmoid, softmax
from cnnbook.layers import Hidden, Softmax


def draw(*shape):
    return np.random.default_rng(shape).normal(size=shape)


@pytest.mark.parametrize("kind", [Hidden, Softmax])
def test_output(kind):
    layer = kind(4, 3, rng=np.random.default_rng(0))
    layer.b += [1, 2, 3]
    x = inputs((5, 4))
    z = naive.dense(x, layer.W, layer.b)
    function = softmax if kind is Softmax else sigmoid
    np.testing.assert_allclose(layer.output(x), function(z), rtol=1e-13)
    np.testing.assert_allclose(layer.predict(x), function(z), rtol=1e-13)
    expected = z if kind is Softmax else function(z)
    np.testing.assert_allclose(layer.scores(x)[0], expected, rtol=1e-13)


def test_hidden_layer_is_transposed():
    layer = Hidden(4, 3, identity, rng=np.random.default_rng(0))
    layer.output(draw(5, 4))
    checks.check_adjoint(layer.predict, layer.backpropagate, draw(5, 4) - 0.5, draw(5, 3))


def test_softmax_recursion_starts_at_delta():
    """M21: what comes in is the gradient at the scores; there is no second factor."""
    layer = Softmax(4, 3, rng=np.random.default_rng(0))
    x, delta = draw(5, 4), draw(5, 3)
    for forward in (layer.forward, layer.scores):
        _, memory = forward(x)
        dx, gradients = layer.backward(delta, memory)
        np.testing.assert_allclose(dx, delta @ layer.W, rtol=1e-13)
        np.testing.assert_allclose(gradients["W"], delta.T @ x, rtol=1e-13)
        np.testing.assert_allclose(gradients["b"], delta.sum(axis=0), rtol=1e-13)


@pytest.mark.parametrize("shape", [(2, 5), (6,), (2, 6, 1)])
@pytest.mark.parametrize("kind", [Hidden, Softmax])
def test_wrong_shapes(kind, shape):
    layer = kind(6, 2, rng=np.random.default_rng(0))
    message = rf"takes minibatches of shape \(N, 6\), but got shape {re.escape(str(shape))}"
    with pytest.raises(ValueError, match=message):
        layer.output(np.ones(shape))
    with pytest.raises(ValueError, match=rf"shape \(6,\), but got {re.escape(str(shape[1:]))}"):
        layer.output_shape(shape[1:])


@pytest.mark.parametrize("activation", ["relu", np.tanh, None])
def test_refused_activation(activation):
    with pytest.raises(TypeError, match="an activation is one of cnnbook"):
        Hidden(2, 2, activation=activation, rng=np.random.default_rng(0))


def test_repr():
    rng = np.random.default_rng(0)
    assert repr(Hidden(3, 2, rng=rng)) == "Hidden(3 -> 2, sigmoid)"
    assert repr(Softmax(3, 2, rng=rng)) == "Softmax(3 -> 2)"
