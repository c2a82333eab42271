"""The pooling layer: values window by window, ties, NaN, refusals."""

import re

import checks
import numpy as np
import pytest
from cases import POOLINGS, inputs

from cnnbook.layers import Pooling
from cnnbook.pooling import downsample


@pytest.mark.parametrize(("make", "shape"), POOLINGS)
def test_output(make, shape):
    checks.check_pooling(make(), inputs(shape))


@pytest.mark.parametrize(
    "options", [(3, 2, "max", "keep"), (2, 1, "mean", "ignore"), (2, None, "max", "keep")]
)
def test_options_arrive(options):
    """The layer does what the function does, with the same options."""
    x = inputs((2, 8, 7, 2))
    np.testing.assert_array_equal(Pooling(*options).output(x), downsample(x, *options))


@pytest.mark.parametrize("edges", ["ignore", "keep"])
@pytest.mark.parametrize(("window", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3)])
def test_ties(window, stride, edges):
    """Equal pixels: the first one of a window gets the gradient."""
    for x in (np.zeros((1, 5, 6, 2)), np.random.default_rng(0).integers(0, 3, (2, 5, 6, 2)) * 1.0):
        checks.check_pooling(Pooling(window, stride, "max", edges), x)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Pooling(2, kind="mean"), (2, 5, 6, 3)),
        (Pooling(3, 2, "mean", "keep"), (2, 6, 5, 3)),
        (Pooling(2, 3, "mean", "keep"), (1, 7, 8, 1)),
    ],
    ids=repr,
)
def test_mean_is_transposed(layer, shape):
    x = inputs(shape)
    y = np.random.default_rng(1).normal(size=layer.output(x).shape)
    checks.check_adjoint(layer.predict, layer.backpropagate, x - 0.5, y)


@pytest.mark.parametrize("kind", ["max", "mean"])
def test_one_nan_reaches_its_windows_only(kind):
    x = inputs((1, 4, 4, 1))
    x[0, 1, 2, 0] = np.nan
    nan = np.isnan(Pooling(2, kind=kind).output(x))[0, :, :, 0]
    assert nan.tolist() == [[False, True], [False, False]]


@pytest.mark.parametrize(("window", "stride"), [(2, None), (3, 1), (3, 2)])
@pytest.mark.parametrize("edges", ["ignore", "keep"])
def test_the_gradient_of_nan_goes_to_the_first_nan(window, stride, edges):
    """A window that holds NaN has it as its maximum, wherever it lies, and infinities beside it."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=(2, 7, 8, 2))
    x[rng.random(x.shape) < 0.2] = np.nan
    x[rng.random(x.shape) < 0.1] = np.inf
    layer = Pooling(window, stride, "max", edges)
    o, memory = layer.forward(x)
    dx, _ = layer.backward(np.ones_like(o), memory)
    # The same windows and winners where NaN is a number above all others.
    ranked = np.nan_to_num(x, nan=3e300, posinf=2e300)
    expected, memory = layer.forward(ranked)
    np.testing.assert_array_equal(np.isnan(o), expected == 3e300)
    np.testing.assert_array_equal(dx, layer.backward(np.ones_like(o), memory)[0])


@pytest.mark.parametrize("kind", ["max", "mean"])
@pytest.mark.parametrize("stride", [None, 1, 2])
def test_a_window_far_larger_than_the_map(kind, stride):
    """Only what lies on the map is looked at: this one has 10^12 places."""
    x = inputs((2, 5, 4, 3))
    layer, whole = Pooling(10**6, stride, kind, "keep"), Pooling(5, 5, kind, "keep")
    np.testing.assert_array_equal(layer.output(x), whole.output(x))
    gradient = inputs((2, 1, 1, 3))
    np.testing.assert_array_equal(layer.backpropagate(gradient), whole.backpropagate(gradient))


@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 3), (2, 6, 6, 3, 1)])
def test_wrong_shapes(shape):
    message = rf"takes minibatches of shape \(N, .*got shape {re.escape(str(shape))}"
    with pytest.raises(ValueError, match=message):
        Pooling().output(np.ones(shape))
    with pytest.raises(ValueError, match=rf"but got {re.escape(str(shape[1:]))}"):
        Pooling().output_shape(shape[1:])


def test_map_too_small():
    with pytest.raises(ValueError, match="window of 3 pixels does not fit into a map of 2"):
        Pooling(3).output(inputs((1, 4, 2, 1)))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"kind": "min"}, "kind must be 'max' or 'mean', but is 'min'"),
        ({"edges": "zero"}, "edges must be 'ignore' or 'keep', but is 'zero'"),
        ({"window": 0}, "window must be .* but is 0"),
        ({"window": "2"}, "window must be .* but is '2'"),
        ({"stride": 1.5}, "stride must be .* but is 1.5"),
    ],
)
def test_refused_options(options, message):
    with pytest.raises(ValueError, match=message):
        Pooling(**options)


def test_repr():
    assert repr(Pooling(3, 2, "mean", "keep")) == "Pooling(mean 3x3, stride 2, edges keep)"
    assert repr(Pooling()) == "Pooling(max 2x2, stride 2, edges ignore)"
