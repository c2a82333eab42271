"""Checks of the contract that every layer keeps: shapes, memory, precision, and what it refuses."""

import copy
import re

import numpy as np
import pytest
from checks import assert_same


def check_shapes(layer, x):
    """The output has the announced shape, every gradient that of what it is the gradient of."""
    o = layer.output(x)
    assert o.shape == (len(x), *layer.output_shape(x.shape[1:]))
    assert layer.backpropagate(_gradient(o)).shape == x.shape
    for name, array in layer.parameters().items():
        assert layer.gradients()[name].shape == array.shape, name


def check_no_accumulation(layer, x):
    """Going back a second time gives the very same gradients."""
    gradient = _gradient(layer.output(x))
    once = _all_gradients(layer, gradient)
    assert_same(_all_gradients(layer, gradient), once)


def check_set_gradients(layer, x):
    """The gradients of the parameters are the same where that of the input is not wanted."""
    gradient = _gradient(layer.output(x))
    expected = _all_gradients(layer, gradient)
    for name in layer.parameter_names:
        delattr(layer, f"d{name}")
    assert layer.set_gradients(gradient) is None
    del expected["x"]
    assert_same(layer.gradients(), expected)


def check_changes_nothing(layer, x):
    """Neither the input, nor the gradient handed in, nor a parameter changes."""
    before = {"x": x.copy(), **{name: a.copy() for name, a in layer.parameters().items()}}
    gradient = _gradient(layer.output(x))
    before["gradient"] = gradient.copy()
    layer.backpropagate(gradient)
    assert_same({"x": x, **layer.parameters(), "gradient": gradient}, before)


def check_prediction_undisturbed(layer, x):
    """Predictions for other minibatches between `output` and `backpropagate` change no bit."""
    gradient = _gradient(layer.output(x))
    expected = _all_gradients(layer, gradient)
    layer.output(x)
    layer.predict(np.concatenate([x, 2 - x, x]))
    layer.predict(2 - x)
    layer.predict_scores(2 - x)
    assert_same(_all_gradients(layer, gradient), expected)


def check_blocks(layer, x):
    """Two copies of a layer, each with a part of the minibatch: the gradients add up."""
    gradient = _gradient(layer.output(x))
    whole = _all_gradients(layer, gradient)
    parts = []
    for block in (slice(None, 1), slice(1, None)):
        worker = copy.copy(layer)
        worker.output(x[block])
        parts.append(_all_gradients(worker, gradient[block]))
    np.testing.assert_allclose(np.concatenate([p.pop("x") for p in parts]), whole.pop("x"))
    for name, array in whole.items():
        np.testing.assert_allclose(parts[0][name] + parts[1][name], array, atol=1e-12)


def check_before_output(layer, x):
    """Without an output there is nothing to go back through: said with the gradient's shape."""
    gradient = _gradient(copy.copy(layer).output(x))
    with pytest.raises(ValueError, match=_naming(layer, gradient.shape)):
        layer.backpropagate(gradient)


def check_wrong_gradient(layer, x):
    """A gradient of another shape than the output is refused, even where it would broadcast."""
    o = layer.output(x)
    shapes = {(*o.shape, 1), o.shape[1:], (1,) * o.ndim, (len(x) + 1, *o.shape[1:])} - {o.shape}
    for shape in shapes:
        with pytest.raises(ValueError, match=_naming(layer, o.shape, shape)):
            layer.backpropagate(np.ones(shape))


def check_single_precision(layer, x):
    """A layer in float32 computes, remembers and returns float32."""
    x = x.astype(np.float32)
    o = layer.output(x)
    assert o.dtype == np.float32, f"the output is {o.dtype}"
    arrays = {
        "scores": layer.scores(x),
        "prediction": layer.predict(x),
        "predicted scores": layer.predict_scores(x),
        **_all_gradients(layer, _gradient(o)),
        **{f"the layer's {name}": a for name, a in vars(layer).items() if hasattr(a, "dtype")},
    }
    wide = [name for name, array in arrays.items() if array.dtype in (np.float64, np.longdouble)]
    assert not wide, f"float64: {wide}"


def check_refused_input(layer, x):
    """Lists, integers and wrong numbers of axes are refused by name."""
    layer_name = re.escape(repr(layer))
    with pytest.raises(TypeError, match=f"{layer_name}.*list"):
        layer.output(x.tolist())
    with pytest.raises(TypeError, match=f"{layer_name}.*int64"):
        layer.output(np.ones(x.shape, np.int64))
    for scalar in (np.float32(1), np.array(1.0)):
        with pytest.raises((TypeError, ValueError), match=layer_name):
            layer.output(scalar)


def check_prediction_is_the_input(layer, x):
    """Dropout is for training only."""
    np.testing.assert_array_equal(layer.predict(x), x)


def _gradient(o):
    return np.random.default_rng(9).normal(size=o.shape).astype(o.dtype)


def _all_gradients(layer, gradient):
    dx = layer.backpropagate(gradient)
    return {"x": dx.copy(), **{name: a.copy() for name, a in layer.gradients().items()}}


def _naming(layer, *shapes):
    """A pattern for messages that name the layer, and all these shapes in this order."""
    return ".*".join(re.escape(str(item)) for item in (repr(layer), *shapes))
