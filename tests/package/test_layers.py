"""Every layer with every option: the contract, and gradients against central differences."""

import re

import checks
import contract
import numpy as np
import pytest
import naive
from cases import CONVOLUTIONS, LAYERS, POOLINGS, SOME, inputs
from checks import SameMask

from cnnbook import layers
from cnnbook.activations import identity, sigmoid, softmax
from cnnbook.convolution import conv2d
from cnnbook.layers import Convolution, Dropout, Hidden, Layer, Pooling, Rasterization, Softmax
from cnnbook.pooling import downsample

RNG = np.random.default_rng(0)

CONTRACT = [
    contract.check_shapes,
    contract.check_no_accumulation,
    contract.check_set_gradients,
    contract.check_changes_nothing,
    contract.check_prediction_undisturbed,
    contract.check_before_output,
    contract.check_wrong_gradient,
]


@pytest.mark.parametrize(("make", "shape"), LAYERS)
def test_gradients(make, shape):
    checks.check_layer_gradients(make(), inputs(shape))


@pytest.mark.parametrize("check", CONTRACT)
@pytest.mark.parametrize(("make", "shape"), SOME)
def test_contract(make, shape, check):
    check(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), SOME)
def test_refused_input(make, shape):
    contract.check_refused_input(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), SOME)
def test_single_precision(make, shape):
    contract.check_single_precision(make(np.float32), inputs(shape))


@pytest.mark.parametrize("kind", [Hidden, Softmax, Convolution])
def test_a_backward_pass_of_its_own_is_used_for_the_first_layer_too(kind):
    class Doubled(kind):
        def backpropagate(self, gradient):
            dx = super().backpropagate(gradient)
            self.dW *= 2
            return dx

    gradients = []
    for layer_class in (kind, Doubled):
        layer = layer_class(3, 2, rng=np.random.default_rng(0))
        o = layer.output(np.ones((1, 4, 5, 3)) if kind is Convolution else np.ones((4, 3)))
        layer.set_gradients(np.ones_like(o))
        gradients.append(layer.dW)
    np.testing.assert_array_equal(2 * gradients[0], gradients[1])


@pytest.mark.parametrize("x", [np.ones((1, 5, 6, 2)), np.ones((1, 14, 14, 8))])
def test_the_gradient_of_the_input_is_not_computed_in_vain(monkeypatch, x):
    layer = Convolution(x.shape[3], 8, 3, rng=np.random.default_rng(0))
    gradient = np.ones_like(layer.output(x))
    monkeypatch.setattr("cnnbook.direct.add_columns", None)
    monkeypatch.setattr("cnnbook.winograd._add_inputs", None)
    layer.set_gradients(gradient)
    with pytest.raises(TypeError):
        layer.backpropagate(gradient)


# Of more than one sample; and without dropout, where a block draws a mask of its own.
DIVISIBLE = [case for case in SOME if case.values[1][0] > 1 and "Dropout" not in case.id]


@pytest.mark.parametrize(("make", "shape"), DIVISIBLE)
def test_blocks(make, shape):
    contract.check_blocks(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), CONVOLUTIONS)
def test_convolution_output(make, shape):
    checks.check_convolution_output(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), POOLINGS)
def test_pooling_output(make, shape):
    checks.check_pooling(make(), inputs(shape))


def test_options_arrive():
    """A layer does what the function does that it is made of, with the same options."""
    x = inputs((2, 8, 7, 2))
    for options in [(3, 2, "max", "keep"), (2, 1, "mean", "ignore"), (2, None, "max", "keep")]:
        np.testing.assert_array_equal(Pooling(*options).output(x), downsample(x, *options))
    for options in [("valid", 2, 1, 3), ("full", 1, 0, 2), ("same", 3, 0, 1), ("valid", 1, 2, 1)]:
        layer = Convolution(2, 3, (3, 2), identity, *options, rng=RNG)
        np.testing.assert_allclose(layer.output(x), conv2d(x, layer.W, *options), atol=1e-14)


@pytest.mark.parametrize("edges", ["ignore", "keep"])
@pytest.mark.parametrize(("window", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3)])
def test_ties(window, stride, edges):
    """Equal pixels: the first one of a window gets the gradient."""
    for x in (np.zeros((1, 5, 6, 2)), np.random.default_rng(0).integers(0, 3, (2, 5, 6, 2)) * 1.0):
        checks.check_pooling(Pooling(window, stride, "max", edges), x)


@pytest.mark.parametrize("layer_class", [Hidden, Softmax])
def test_dense_output(layer_class):
    layer = layer_class(4, 3, rng=np.random.default_rng(0))
    layer.b += [1, 2, 3]
    x = inputs((5, 4))
    z = naive.dense(x, layer.W, layer.b)
    function = softmax if layer_class is Softmax else sigmoid
    np.testing.assert_allclose(layer.output(x), function(z), rtol=1e-13)
    np.testing.assert_allclose(layer.predict(x), function(z), rtol=1e-13)
    if layer_class is Softmax:
        np.testing.assert_allclose(layer.scores(x), z, rtol=1e-13)


def test_raster_orders():
    """M16: map by map, row by row; or as the images lie in memory."""
    x = inputs((2, 3, 4, 5))
    np.testing.assert_array_equal(Rasterization().output(x), naive.raster(x))
    np.testing.assert_array_equal(Rasterization("pixels").output(x), x.reshape(2, -1))


def test_dropout_mask():
    x = np.ones((50, 40), np.float32)
    layer = Dropout(0.25, rng=np.random.default_rng(0))
    o = layer.output(x)
    assert set(np.unique(o)) == {0, np.float32(4 / 3)}
    assert abs((o == 0).mean() - 0.25) < 0.03
    np.testing.assert_array_equal(layer.backpropagate(x), o)
    assert not np.array_equal(layer.output(x), o), "every minibatch has a new mask"


def test_dropout_of_nothing():
    x = inputs((3, 4))
    np.testing.assert_array_equal(Dropout(0, rng=np.random.default_rng(0)).output(x), x)
    layer = Dropout(0.5, rng=SameMask())
    contract.check_prediction_is_the_input(layer, x)
    with pytest.raises(ValueError, match="before output"):
        layer.backpropagate(x)


@pytest.mark.parametrize(("make", "shape"), SOME)
def test_nan_propagates(make, shape):
    layer, x = make(), inputs(shape)
    x[...] = np.nan
    o = layer.output(x)
    kept = layer.mask != 0 if isinstance(layer, Dropout) else np.ones(o.shape, bool)
    assert np.isnan(o[kept]).all()


def test_one_nan_reaches_its_windows_only():
    x = inputs((1, 4, 4, 1))
    x[0, 1, 2, 0] = np.nan
    for kind in ("max", "mean"):
        nan = np.isnan(Pooling(2, kind=kind).output(x))[0, :, :, 0]
        assert nan.tolist() == [[False, True], [False, False]]


WRONG_SHAPES = [
    (Convolution(3, 2, rng=RNG), [(2, 6, 6, 1), (2, 6, 6), (6, 6, 3), (2, 6, 6, 3, 1)]),
    (Hidden(6, 2, rng=RNG), [(2, 5), (6,), (2, 6, 1)]),
    (Softmax(6, 2, rng=RNG), [(2, 5), (6,), (2, 6, 1)]),
    (Pooling(), [(6, 6), (6, 6, 3), (2, 6, 6, 3, 1)]),
    (Rasterization(), [(6, 6), (6, 6, 3), (2, 6, 6, 3, 1)]),
]


@pytest.mark.parametrize(("layer", "shapes"), WRONG_SHAPES)
def test_wrong_input_shape(layer, shapes):
    for shape in shapes:
        message = rf"takes minibatches of shape \(N, .*got shape {re.escape(str(shape))}"
        with pytest.raises(ValueError, match=message):
            layer.output(np.ones(shape))


@pytest.mark.parametrize(("layer", "shapes"), WRONG_SHAPES)
def test_wrong_shape_announced(layer, shapes):
    for shape in shapes:
        with pytest.raises(ValueError, match=rf"got (shape )?{re.escape(str(shape[1:]))}"):
            layer.output_shape(shape[1:])


def test_no_samples():
    """A minibatch of no samples goes through every layer."""
    for make, shape in (case.values for case in SOME):
        layer = make()
        assert layer.output(np.ones((0, *shape[1:]))).shape == (0, *layer.output_shape(shape[1:]))


@pytest.mark.parametrize(
    ("own", "other"), [(np.float32, np.float64), (np.float64, np.float32), (np.float64, np.float16)]
)
@pytest.mark.parametrize("layer_class", [Convolution, Hidden, Softmax])
def test_other_precision(layer_class, own, other):
    layer = layer_class(3, 1, rng=RNG, dtype=own)
    x = np.ones((2, 5, 5, 3) if layer_class is Convolution else (2, 3), other)
    with pytest.raises(TypeError, match=f"{np.dtype(own)}, but got {np.dtype(other)}"):
        layer.output(x)


def test_kernel_too_large():
    layer = Convolution(1, 1, 5, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="covers 5 pixels, but the padded image has only 4"):
        layer.output(inputs((1, 4, 6, 1)))
    with pytest.raises(ValueError, match="window of 3 pixels does not fit into a map of 2"):
        Pooling(3).output(inputs((1, 4, 2, 1)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Pooling(kind="min"), "kind must be 'max' or 'mean', but is 'min'"),
        (lambda: Pooling(edges="zero"), "edges must be 'ignore' or 'keep', but is 'zero'"),
        (lambda: Pooling(0), "window must be .* but is 0"),
        (lambda: Pooling(2, 1.5), "stride must be .* but is 1.5"),
        (lambda: Rasterization("columns"), "order must be .* but is 'columns'"),
        (lambda: Dropout(1, rng=RNG), "rate must be .* but is 1"),
        (lambda: Dropout(-0.1, rng=RNG), "rate must be .* but is -0.1"),
        (lambda: Convolution(1, 1, mode="wide", rng=RNG), "mode must be .* but is 'wide'"),
        (lambda: Convolution(1, 1, padding=-1, rng=RNG), "padding must be .* but is -1"),
        (lambda: Convolution(1, 1, dilation=0, rng=RNG), "dilation must be .* but is 0"),
        (lambda: Convolution(1, 1, mode="full", padding=1, rng=RNG), "a mode or a padding"),
    ],
)
def test_refused_options(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("layer_class", [Convolution, Hidden, Softmax])
def test_random_numbers_are_handed_in(layer_class):
    with pytest.raises(TypeError, match="rng"):
        layer_class(2, 3)
    layer, again = (layer_class(2, 3, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(layer.W, again.W)
    assert not layer.b.any()


def test_names():
    """The five classes of the source (M22), all of them layers."""
    for name in ("Convolution", "Pooling", "Rasterization", "Hidden", "Softmax"):
        assert issubclass(getattr(layers, name), Layer)
    assert repr(Convolution(3, 2, (2, 5), identity, stride=2, padding=1, dilation=3, rng=RNG)) == (
        "Convolution(3 -> 2, 2x5, stride 2, dilation 3, border 1,1,1,1, identity)"
    )
