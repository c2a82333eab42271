"""The convolution layer: values, transposes, the sources' formulas and counts, refusals."""

import re

import checks
import numpy as np
import pytest
from cases import CONVOLUTIONS, FAST, convolution, inputs

from cnnbook.activations import identity, sigmoid
from cnnbook.convolution import (
    add_columns,
    columns,
    conv2d,
    crop,
    output_shape,
    pad,
    receptive_field,
    rot180,
)
from cnnbook.layers import Convolution, Hidden, Rasterization
from cnnbook.network import Network

RNG = np.random.default_rng(0)


def draw(*shape):
    return np.random.default_rng(shape).normal(size=shape)


@pytest.mark.parametrize(("make", "shape"), CONVOLUTIONS + FAST)
def test_output(make, shape):
    layer = make()
    if (make, shape) in [case.values for case in FAST]:
        x = inputs((1, *shape[1:3], 8))[:, :15, :14]  # loops are slow
        checks.check_convolution_output(layer, x)
    else:
        checks.check_convolution_output(layer, inputs(shape))


@pytest.mark.parametrize(("make", "shape"), CONVOLUTIONS + FAST)
def test_transposed(make, shape):
    """<x * W, y> = <x, dE/dx> for every x, and = <W, dE/dW> for every W."""
    layer = make()
    layer.activation = identity
    layer.b[...] = 0
    x, filters = draw(*shape), layer.W.copy()
    o, memory = layer.forward(x)
    y = draw(*o.shape)
    dx, gradients = layer.backward(y, memory)
    checks.check_adjoint(layer.predict, lambda y: layer.backward(y, memory)[0], x + 1, y)
    assert abs(np.vdot(dx, x) - np.vdot(o, y)) <= 1e-12 * np.linalg.norm(o) * np.linalg.norm(y)

    def with_filters(filters):
        layer.W[...] = filters
        return layer.predict(x)

    checks.check_adjoint(with_filters, lambda y: gradients["W"], draw(*filters.shape), y)


@pytest.mark.parametrize(("make", "shape"), CONVOLUTIONS)
def test_steps_are_transposed(make, shape):
    """Padding and cropping, the patches and their sum."""
    layer, x = make(), draw(*shape)
    padded = pad(x, layer.borders)
    checks.check_adjoint(
        lambda x: pad(x, layer.borders), lambda y: crop(y, layer.borders), x, padded + 1
    )
    np.testing.assert_array_equal(crop(padded, layer.borders), x)
    options = layer.kernel_shape, layer.stride, layer.dilation
    patches = columns(padded, *options)
    positions = output_shape(padded.shape[1:3], *options)
    taps = np.prod(layer.kernel_shape) * shape[3]
    assert patches.shape == (len(x) * np.prod(positions), taps)
    checks.check_adjoint(
        lambda x: columns(x, *options),
        lambda y: add_columns(y, padded.shape, *options),
        padded,
        draw(*patches.shape),
    )


@pytest.mark.parametrize("options", [("valid", 2, 1, 3), ("full", 1, 0, 2), ("same", 3, 0, 1)])
def test_options_arrive(options):
    """The layer does what the function does, with the same options."""
    x = inputs((2, 8, 7, 2))
    layer = Convolution(2, 3, (3, 2), identity, *options, rng=RNG)
    np.testing.assert_allclose(layer.output(x), conv2d(x, layer.W, *options), atol=1e-14)


@pytest.mark.parametrize("shape", [(1, 5, 6, 2), (1, 14, 14, 8)])
def test_the_gradient_of_the_input_is_not_computed_in_vain(monkeypatch, shape):
    layer = Convolution(shape[3], 8, 3, rng=RNG)
    o, memory = layer.forward(np.ones(shape))
    monkeypatch.setattr("cnnbook.convolution.im2col.add_columns", None)
    monkeypatch.setattr("cnnbook.convolution.tiles.Tiling.add_inputs", None)
    assert layer.backward(o, memory, to_input=False)[0] is None
    with pytest.raises(TypeError):
        layer.backward(o, memory)


def test_first_neuron_of_the_example():
    """M19, Fig. 3: from its first neuron, the first tap gets delta times the last pixel it saw."""
    layer = Convolution(1, 1, 2, rng=np.random.default_rng(0))
    x = draw(1, 3, 3, 1)
    layer.output(x)
    for u, v in np.ndindex(2, 2):
        delta = np.zeros((1, 2, 2, 1))
        delta[0, u, v] = 10
        dx = layer.backpropagate(delta)
        taps = layer.gradients()["W"][0, ..., 0]
        np.testing.assert_allclose(taps[0, 0], 10 * x[0, u + 1, v + 1, 0])
        np.testing.assert_allclose(taps[1, 1], 10 * x[0, u, v, 0])
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
        np.testing.assert_allclose(layer.gradients()["W"][f, ..., m], expected, rtol=1e-12)
    for m in range(3):
        parts = [conv2d(delta[..., f], rot180(layer.W[f, ..., m]), "full") for f in range(2)]
        np.testing.assert_allclose(dx[0, ..., m], sum(parts), rtol=1e-11)
    np.testing.assert_allclose(layer.gradients()["b"], delta.sum(axis=(0, 1)), rtol=1e-12)


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
    np.testing.assert_allclose(layer.gradients()["W"].sum(axis=-1)[0], expected, rtol=1e-12)


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
    np.testing.assert_allclose(
        rot180(layer.gradients()["W"]).reshape(2, 60), dense.gradients()["W"], rtol=1e-12
    )


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


WRONG_SHAPES = [(2, 6, 6, 1), (2, 6, 6), (6, 6, 3), (2, 6, 6, 3, 1)]


@pytest.mark.parametrize("shape", WRONG_SHAPES)
def test_wrong_shapes(shape):
    layer = Convolution(3, 2, rng=RNG)
    message = rf"takes minibatches of shape \(N, .*got shape {re.escape(str(shape))}"
    with pytest.raises(ValueError, match=message):
        layer.output(np.ones(shape))
    with pytest.raises(ValueError, match=rf"but got {re.escape(str(shape[1:]))}"):
        layer.output_shape(shape[1:])


def test_kernel_too_large():
    layer = Convolution(1, 1, 5, rng=RNG)
    with pytest.raises(ValueError, match="covers 5 pixels, but the padded image has only 4"):
        layer.output(inputs((1, 4, 6, 1)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "wide"}, "mode must be .* but is 'wide'"),
        ({"padding": -1}, "padding must be .* but is -1"),
        ({"dilation": 0}, "dilation must be .* but is 0"),
        ({"mode": "full", "padding": 1}, "a mode or a padding"),
        *(({"stride": s}, f"stride must be a whole number.*{s}") for s in (0, -1, 2.5)),
        *(({"kernel": k}, "kernel") for k in (0, 2.5, (3, -1), (3,), (3, 3, 3), "3")),
    ],
)
def test_refused_options(options, message):
    with pytest.raises(ValueError, match=message):
        Convolution(1, 1, rng=RNG, **options)


@pytest.mark.parametrize("activation", ["relu", np.tanh, None])
def test_refused_activation(activation):
    with pytest.raises(TypeError, match="an activation is one of cnnbook"):
        Convolution(2, 2, activation=activation, rng=RNG)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "3x3, identity"),
        (
            {"kernel": (2, 5), "stride": 2, "padding": 1, "dilation": 3, "activation": sigmoid},
            "2x5, stride 2, dilation 3, border 1,1,1,1, sigmoid",
        ),
        ({"kernel": (2, 1), "mode": "same"}, "2x1, border 1,0,0,0, identity"),
    ],
)
def test_repr(options, text):
    assert repr(Convolution(3, 2, rng=RNG, **options)) == f"Convolution(3 -> 2, {text})"
