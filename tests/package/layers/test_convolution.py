"""Layers as linear maps and their transposes; the sources' formulas and counts."""

import copy
from itertools import product

import checks
import numpy as np
import pytest
from cases import KERNELS, MODES, convolution

from cnnbook.activations import identity, sigmoid
from cnnbook.convolution import (
    add_columns,
    border,
    columns,
    conv2d,
    crop,
    output_shape,
    pad,
    receptive_field,
    rot180,
)
from cnnbook.layers import Convolution, Hidden, Pooling, Rasterization, Softmax
from cnnbook.network import Network

OPTIONS = [(*options, s, d) for *options, s, d in product(KERNELS, MODES, (1, 2, 3), (1, 2))]


def draw(*shape):
    return np.random.default_rng(shape).normal(size=shape)


@pytest.mark.parametrize(("kernel", "mode", "stride", "dilation"), OPTIONS)
def test_convolution_is_transposed(kernel, mode, stride, dilation):
    """<x * W, y> = <x, dE/dx> for every x, and = <W, dE/dW> for every W."""
    mode, padding = mode
    layer = convolution(3, 2, kernel, identity, mode, stride, padding, dilation)()
    layer.b[...] = 0
    x = draw(2, 9, 8, 3)
    y = draw(*layer.output(x).shape)
    checks.check_adjoint(copy.copy(layer).output, layer.backpropagate, draw(2, 9, 8, 3) + 1, y)

    def with_filters(filters):
        other = copy.copy(layer)
        other.W = filters
        return other.output(x)

    def filter_gradient(y):
        layer.backpropagate(y)
        return layer.dW

    checks.check_adjoint(with_filters, filter_gradient, draw(*layer.W.shape), y)


@pytest.mark.parametrize(("kernel", "mode", "stride", "dilation"), OPTIONS)
def test_steps_of_a_convolution_are_transposed(kernel, mode, stride, dilation):
    kernel = (kernel, kernel) if isinstance(kernel, int) else kernel
    borders = border(kernel, *mode, dilation)
    x = draw(2, 9, 8, 3)
    padded = pad(x, borders)
    checks.check_adjoint(lambda x: pad(x, borders), lambda y: crop(y, borders), x, padded + 1)
    np.testing.assert_array_equal(crop(padded, borders), x)
    options = kernel, stride, dilation
    patches = columns(padded, *options)
    positions = output_shape(padded.shape[1:3], *options)
    assert patches.shape == (2 * np.prod(positions), np.prod(kernel) * 3)
    checks.check_adjoint(
        lambda x: columns(x, *options),
        lambda y: add_columns(y, padded.shape, *options),
        padded,
        draw(*patches.shape),
    )


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Pooling(2, kind="mean"), (2, 5, 6, 3)),
        (Pooling(3, 2, "mean", "keep"), (2, 6, 5, 3)),
        (Pooling(2, 3, "mean", "keep"), (1, 7, 8, 1)),
        (Rasterization(), (2, 3, 4, 5)),
        (Rasterization("pixels"), (2, 3, 4, 5)),
        (Hidden(4, 3, identity, rng=np.random.default_rng(0)), (5, 4)),
    ],
    ids=repr,
)
def test_linear_layers_are_transposed(layer, shape):
    y = draw(*layer.output(draw(*shape)).shape)
    checks.check_adjoint(layer.predict, layer.backpropagate, draw(*shape) - 0.5, y)


def test_raster_is_a_bijection():
    x = draw(2, 3, 4, 5)
    for order in ("maps", "pixels"):
        layer = Rasterization(order)
        np.testing.assert_array_equal(layer.backpropagate(layer.output(x)), x)


def test_first_neuron_of_the_example():
    """M19, Fig. 3: from its first neuron, the first tap gets delta times the last pixel it saw."""
    layer = Convolution(1, 1, 2, rng=np.random.default_rng(0))
    x = draw(1, 3, 3, 1)
    layer.output(x)
    for u, v in np.ndindex(2, 2):
        delta = np.zeros((1, 2, 2, 1))
        delta[0, u, v] = 10
        dx = layer.backpropagate(delta)
        np.testing.assert_allclose(layer.dW[0, 0, 0, 0], 10 * x[0, u + 1, v + 1, 0])
        np.testing.assert_allclose(layer.dW[0, 1, 1, 0], 10 * x[0, u, v, 0])
        np.testing.assert_allclose(dx[0, u, v, 0], 10 * layer.W[0, 1, 1, 0])
        assert np.count_nonzero(dx) == 4


def test_gradients_as_convolutions():
    """M19 and M20 put right, for every pair of an input map and a filter."""
    layer = convolution(3, 2, (2, 3), sigmoid)()
    x, gradient = draw(1, 5, 6, 3), draw(1, 4, 4, 2)
    o = layer.output(x)
    dx = layer.backpropagate(gradient)
    delta = (gradient * o * (1 - o))[0]
    for f, m in np.ndindex(2, 3):
        expected = rot180(conv2d(x[0, ..., m], rot180(delta[..., f])))
        np.testing.assert_allclose(layer.dW[f, ..., m], expected, rtol=1e-12)
    for m in range(3):
        parts = [conv2d(delta[..., f], rot180(layer.W[f, ..., m]), "full") for f in range(2)]
        np.testing.assert_allclose(dx[0, ..., m], sum(parts), rtol=1e-11)
    np.testing.assert_allclose(layer.db, delta.sum(axis=(0, 1)), rtol=1e-12)


def test_one_kernel_for_all_maps():
    """M14, M19: equal kernels give the convolution of the sum of the maps, in both directions."""
    layer = convolution(3, 1, 2, identity)()
    kernel = layer.W[:, :, :, :1].copy()
    layer.W[...] = kernel
    x = draw(1, 4, 5, 3)
    summed = x.sum(axis=-1)[0]
    expected = conv2d(summed, kernel[0, ..., 0]) + layer.b
    np.testing.assert_allclose(layer.output(x)[0, ..., 0], expected, rtol=1e-12)
    delta = draw(1, 3, 4, 1)
    layer.backpropagate(delta)
    expected = rot180(conv2d(summed, rot180(delta[0, ..., 0])))
    np.testing.assert_allclose(layer.dW.sum(axis=-1)[0], expected, rtol=1e-12)


def test_dense_layer_as_a_convolution():
    """A kernel as large as the image is a dense layer, with its weights turned."""
    layer = convolution(3, 2, (4, 5), sigmoid)()
    dense = Hidden(60, 2, sigmoid, rng=np.random.default_rng(0))
    dense.W[...] = rot180(layer.W).reshape(2, 60)
    dense.b[...] = layer.b
    x, gradient = draw(2, 4, 5, 3), draw(2, 1, 1, 2)
    raster = Rasterization("pixels")
    o = dense.output(raster.output(x))
    np.testing.assert_allclose(layer.output(x)[:, 0, 0], o, rtol=1e-13)
    dx = raster.backpropagate(dense.backpropagate(gradient[:, 0, 0]))
    np.testing.assert_allclose(layer.backpropagate(gradient), dx, rtol=1e-12)
    np.testing.assert_allclose(rot180(layer.dW).reshape(2, 60), dense.dW, rtol=1e-12)


def test_counts():
    """M9, K8: weights that a convolution shares, and those a dense layer would need."""
    rng = np.random.default_rng(0)
    shared = Convolution(1, 1, 10, rng=rng)
    assert (shared.W.size, shared.b.size) == (100, 1)
    assert shared.output_shape((1000, 1000, 1)) == (991, 991, 1)
    layer = Convolution(2, 3, rng=rng)
    assert (layer.W.size, Hidden(50, 27, rng=rng).W.size) == (54, 1350)
    layer.b[...] = 1, 0, 2
    o = layer.output(np.zeros((1, 5, 5, 2)))
    np.testing.assert_array_equal(o, np.tile([1.0, 0, 2], (1, 3, 3, 1)))


@pytest.mark.parametrize(
    "layers",
    [
        [(3, 1, 1)] * 2,
        [(3, 1, 1), (3, 1, 2), (3, 1, 4)],
        [(3, 2, 1), (2, 2, 1), (3, 1, 1)],
        [(2, 3, 1), (3, 1, 2)],
    ],
)
def test_receptive_field_by_gradient(layers):
    """G3, K10: the pixels that get a gradient from one output are the receptive field."""
    rng = np.random.default_rng(0)
    network = Network(
        [
            Convolution(1, 1, kernel, stride=stride, dilation=dilation, rng=rng)
            for kernel, stride, dilation in layers
        ]
    )
    o = network.output(draw(1, 30, 31, 1))
    delta = np.zeros_like(o)
    delta[0, 1, 1] = 1
    touched = np.nonzero(network.backpropagate(delta)[0, ..., 0])
    sizes = [indices.max() - indices.min() + 1 for indices in touched]
    assert sizes == [receptive_field(layers)] * 2


def test_softmax_recursion_starts_at_delta():
    """M21: what comes in is the gradient at the scores; there is no second factor."""
    layer = Softmax(4, 3, rng=np.random.default_rng(0))
    x, delta = draw(5, 4), draw(5, 3)
    layer.output(x)
    np.testing.assert_allclose(layer.backpropagate(delta), delta @ layer.W, rtol=1e-13)
    np.testing.assert_allclose(layer.dW, delta.T @ x, rtol=1e-13)
