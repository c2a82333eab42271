"""Checks used by the tests of the package, and by the tests that plant mistakes in it.

Each one asserts something that right code fulfils and prints what it found where it fails. They
take the object to check as an argument, so that a planted mistake meets the same check.
"""

import naive
import numpy as np
import pytest
import scipy.signal
from hypothesis import settings

from cnnbook.activations import softmax

STEP = 1e-5
TOLERANCE = 1e-7

# The same examples on every machine and in every run.
repeatable = settings(derandomize=True, deadline=None, max_examples=150)

# What a check raises when it fails: its own assertions, or pytest.raises in vain.
RED = (AssertionError, pytest.fail.Exception)


def same_draws():
    """A new generator that draws the same numbers each time, so that dropout has one mask."""
    return np.random.default_rng(3)


def relative_error(a, b):
    """max|a - b| / max(max|a|, max|b|) for two arrays of one shape."""
    assert np.shape(a) == np.shape(b), f"shapes {np.shape(a)} and {np.shape(b)} differ"
    size = max(np.abs(a).max(), np.abs(b).max())
    return float(np.abs(a - b).max() / size) if size else 0.0


def central_differences(f, array):
    """df/d(array) of the number f(), by perturbing the array in place.

    Asserts that slopes from the left and from the right agree: that no entry sits at a kink.
    """
    left, right = np.zeros_like(array), np.zeros_like(array)
    here = f()
    for index in np.ndindex(array.shape):
        value = array[index]
        array[index] = value - STEP
        left[index] = (here - f()) / STEP
        array[index] = value + STEP
        right[index] = (f() - here) / STEP
        array[index] = value
    assert relative_error(left, right) < 1e-3, "the input lies at a kink: take another one"
    return (left + right) / 2


def assert_gradients(f, arrays, gradients):
    """Compare the gradients of f by tensor with central differences (both: dicts by name)."""
    assert gradients.keys() == arrays.keys(), f"gradients of {list(gradients)}"
    errors = {
        name: relative_error(gradients[name], central_differences(f, array))
        for name, array in arrays.items()
    }
    assert max(errors.values()) < TOLERANCE, f"relative errors by tensor: {errors}"


def check_layer_gradients(layer, x):
    """All gradients of sum(c o z) with fixed random factors c, z being what a loss would read."""
    factors = np.random.default_rng(7).normal(size=layer.scores(x, same_draws())[0].shape)
    _check_gradients(layer, x, lambda z: np.sum(factors * z), lambda z: factors)


def check_network_gradients(network, loss, x, t):
    """All gradients of the loss, the one at the network's input among them."""
    _check_gradients(network, x, lambda z: loss.value(z, t), lambda z: loss.gradient(z, t))


def _check_gradients(layer, x, value, gradient):
    z, memory = layer.scores(x, same_draws())
    dx, gradients = layer.backward(gradient(z), memory)
    assert_gradients(
        lambda: value(layer.scores(x, same_draws())[0]),
        {"x": x, **layer.parameters()},
        {"x": dx, **gradients},
    )


def check_activation(activation):
    """The derivative, taken of the output, against central differences on both sides of zero."""
    z = np.array([-30, -2, -0.5, -0.1, 0.1, 0.5, 2, 30.0])
    slopes = np.ones_like(z) * activation.derivative(activation(z))
    assert_gradients(lambda: activation(z).sum(), {activation.name: z}, {activation.name: slopes})


def check_softmax_jacobian(dsoftmax):
    """The Jacobian of the softmax, applied to a gradient, against central differences."""
    z, factors = np.random.default_rng(8).normal(size=(2, 4, 5))
    gradients = {"z": dsoftmax(softmax(z), factors)}
    assert_gradients(lambda: np.sum(factors * softmax(z)), {"z": z}, gradients)


def check_loss_gradient(loss, t):
    """The gradient of a loss against central differences of its value."""
    values = np.random.default_rng(8).normal(size=t.shape)
    gradients = {"values": loss.gradient(values, t)}
    assert_gradients(lambda: loss.value(values, t), {"values": values}, gradients)


def check_loss_mean(loss, t):
    """A minibatch repeated once has the same loss, and half the gradient at each sample."""
    values = np.random.default_rng(8).normal(size=t.shape)
    twice = np.concatenate([values, values]), np.concatenate([t, t])
    np.testing.assert_allclose(loss.value(*twice), loss.value(values, t), rtol=1e-14)
    half = loss.gradient(values, t) / 2
    np.testing.assert_allclose(loss.gradient(*twice), np.concatenate([half, half]), rtol=1e-14)


def check_large_scores(loss):
    """Finite and right in float32 for scores of 10^4, however wrong they are."""
    scores = np.array([[1e4, 0, -1e4], [1e4, -1e4, 1e4]], np.float32)
    t = np.array([[0, 0, 1], [1, 0, 0]], np.float32)
    value, gradient = loss.value(scores, t), loss.gradient(scores, t)
    assert np.dtype(value.dtype) == gradient.dtype == np.float32
    np.testing.assert_allclose(value, (2e4 + np.log(2)) / 2, rtol=1e-6)
    np.testing.assert_allclose(gradient, [[0.5, 0, -0.5], [-0.25, 0, 0.25]], atol=1e-7)


def check_adjoint(forward, backward, x, y):
    """<A x, y> = <x, A^T y> for a linear map A (`forward`) and its transpose (`backward`)."""
    there, back = np.vdot(forward(x), y), np.vdot(x, backward(y))
    scale = np.linalg.norm(forward(x)) * np.linalg.norm(y)
    assert abs(there - back) <= 1e-13 * scale, f"<A x, y> = {there}, but <x, A^T y> = {back}"


def check_against_scipy(convolve, mode, shape):
    """A function of image, kernel and mode against SciPy's true convolution."""
    rng = np.random.default_rng(shape)
    x, kernel = rng.normal(size=(7, 6)), rng.normal(size=shape)
    expected = scipy.signal.convolve2d(x, kernel, mode)
    np.testing.assert_allclose(convolve(x, kernel, mode), expected, rtol=1e-12, atol=1e-13)


def check_convolution_output(layer, x):
    """The layer's output against the definition, loop by loop."""
    z = naive.convolution(x, layer.W, layer.b, layer.borders, layer.stride, layer.dilation)
    np.testing.assert_allclose(layer.output(x), layer.activation(z), rtol=1e-12, atol=1e-14)


def check_pooling(layer, x):
    """The layer's output and gradient against the definition, window by window."""
    options = layer.window, layer.stride, layer.kind, layer.edges
    o = layer.output(x)
    np.testing.assert_allclose(o, naive.downsample(x, *options), rtol=1e-14, atol=1e-15)
    delta = np.random.default_rng(9).normal(size=o.shape)
    dx = naive.upsample(delta, x, *options)
    np.testing.assert_allclose(layer.backpropagate(delta), dx, rtol=1e-13, atol=1e-15)


def assert_same(arrays, expected):
    """Two dicts of arrays agree in every bit."""
    assert arrays.keys() == expected.keys()
    differing = [name for name in arrays if not np.array_equal(arrays[name], expected[name])]
    assert not differing, f"differ: {differing}"
