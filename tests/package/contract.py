"""The contract that every layer keeps: purity, shapes, threads, precision, and what it refuses."""

import copy
import re

import numpy as np
import pytest
from checks import assert_same, same_draws

from cnnbook.network import Network, ThreadedNetwork, threaded


def snapshot(layer):
    """All that a layer and those within it hold, in a form that can be compared."""
    return [
        (prefix, type(inner).__name__, {name: _held(value) for name, value in vars(inner).items()})
        for prefix, inner in layer.walk()
    ]


def check_pure(layer, x):
    """`forward` and `backward` change neither the layer nor x nor the gradient handed in."""
    before, kept = snapshot(layer), x.copy()
    layer.forward(x, training=False)
    o, memory = layer.scores(x, same_draws())
    gradient = _gradient(o)
    handed = gradient.copy()
    layer.backward(gradient, memory)
    assert snapshot(layer) == before, "the layer has changed"
    assert_same({"x": x, "gradient": gradient}, {"x": kept, "gradient": handed})


def check_output_keeps_to_memory(layer, x):
    """`output` and `backpropagate` change no parameter, and no argument."""
    before = {"x": x.copy(), **{name: a.copy() for name, a in layer.parameters().items()}}
    gradient = _gradient(layer.output(x))
    before["gradient"] = gradient.copy()
    layer.backpropagate(gradient)
    assert_same({"x": x, **layer.parameters(), "gradient": gradient}, before)


def check_shapes(layer, x):
    """The output has the announced shape, every gradient that of what it is the gradient of."""
    o, memory = layer.forward(x)
    assert o.shape == (len(x), *layer.output_shape(x.shape[1:]))
    dx, gradients = layer.backward(_gradient(o), memory)
    assert dx.shape == x.shape
    assert gradients.keys() == layer.parameters().keys()
    for name, array in layer.parameters().items():
        assert np.shape(gradients[name]) == array.shape, name


def check_backward_twice(layer, x):
    """The same memory gives the very same gradients again: nothing is accumulated or used up."""
    o, memory = layer.scores(x, same_draws())
    once = _all_gradients(layer, _gradient(o), memory)
    assert_same(_all_gradients(layer, _gradient(o), memory), once)


def check_two_memories(layer, x):
    """Two minibatches under way at a time, taken back in the other order."""
    o, first = layer.scores(x, same_draws())
    expected = _all_gradients(layer, _gradient(o), first)
    o, first = layer.scores(x, same_draws())
    other, second = layer.scores(2 - x, same_draws())
    layer.backward(_gradient(other), second)
    assert_same(_all_gradients(layer, _gradient(o), first), expected)


def check_without_input(layer, x):
    """The gradients of the parameters are the same where that of the input is not wanted."""
    o, memory = layer.scores(x, same_draws())
    expected = _all_gradients(layer, _gradient(o), memory)
    _, gradients = layer.backward(_gradient(o), memory, to_input=False)
    del expected["x"]
    assert_same(gradients, expected)


def check_prediction_undisturbed(layer, x):
    """Predictions for other minibatches between `output` and `backpropagate` change no bit."""
    again = copy.deepcopy(layer)
    gradient = _gradient(layer.output(x))
    expected = {"x": layer.backpropagate(gradient), **layer.gradients()}
    gradient = _gradient(again.output(x))
    before = snapshot(again)
    again.predict(np.concatenate([x, 2 - x, x]))
    again.scores(2 - x, training=False)
    assert snapshot(again) == before, "the layer has changed"
    assert_same({"x": again.backpropagate(gradient), **again.gradients()}, expected)


def check_draws(layer, x):
    """A generator handed in is drawn from, the layer's own ones else, and none to predict."""
    first, second = layer.forward(x, same_draws())[0], layer.forward(x, same_draws())[0]
    twin = copy.deepcopy(layer)
    own, of_twin = layer.forward(x)[0], twin.forward(x)[0]
    predicted, again = layer.predict(x), layer.predict(x)
    assert_same(
        {"handed in": first, "its own": own, "none": predicted},
        {"handed in": second, "its own": of_twin, "none": again},
    )


def check_samples_alone(layer, x):
    """What comes out for a sample does not hang on the others; the gradients add up."""
    parts, whole = [], _there_and_back(layer, x)
    for block in (slice(None, 1), slice(1, None)):
        parts.append(_there_and_back(layer, x[block], _gradient(whole["o"])[block]))
    for name in ("o", "x"):
        joined = np.concatenate([part[name] for part in parts])
        np.testing.assert_allclose(joined, whole[name], rtol=1e-9, atol=1e-12, err_msg=name)
    for name in layer.parameters():
        added = parts[0][name] + parts[1][name]
        np.testing.assert_allclose(added, whole[name], rtol=1e-9, atol=1e-11, err_msg=name)


def check_threads(layer, x):
    """In blocks: as in one piece but for rounding, and the same bits on any number of threads.

    Random layers draw other numbers for each block; for them, the prediction is compared.
    """
    x = _several_blocks(x)
    found = {}
    for threads in (1, 2, 3, 7):
        network = ThreadedNetwork([layer], threads)
        found[threads] = _of_network(network, x, same_draws())
        assert_same(found[threads], found[1])
    training = not layer.generators()
    expected = _of_network(Network([layer]), x, training)
    found = _of_network(ThreadedNetwork([layer], 2), x, training)
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-9, atol=1e-10, err_msg=name)


def check_before_output(layer, x):
    """Without an output there is nothing to go back through: said with the gradient's shape."""
    gradient = _gradient(layer.forward(x)[0])
    with pytest.raises(ValueError, match=_naming(layer, gradient.shape)):
        layer.backpropagate(gradient)
    layer.output(x)
    with pytest.raises(ValueError, match=f"{re.escape(repr(layer))} has no gradients yet"):
        layer.gradients()


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
    o, memory = layer.forward(x)
    arrays = {
        "output": o,
        "scores": layer.scores(x)[0],
        "prediction": layer.predict(x),
        **_all_gradients(layer, _gradient(o), memory),
        **{f"{number} of the memory": a for number, a in enumerate(_arrays_in(memory))},
        **layer.parameters(),
        **layer.state(),
    }
    wide = [name for name, array in arrays.items() if array.dtype in (np.float64, np.longdouble)]
    assert not wide, f"float64: {wide}"


def check_refused_input(layer, x):
    """Lists, whole numbers, half precision, masks and single numbers are refused, by name."""
    names = ["a network", *(re.escape(repr(inner)) for _, inner in layer.walk())]
    name = f"({'|'.join(names)})"
    refused = {
        "list": x.tolist(),
        "int64": np.ones(x.shape, np.int64),
        "float16": x.astype(np.float16),
        "masked": np.ma.array(x),
    }
    for found, wrong in refused.items():
        with pytest.raises(TypeError, match=f"{name}.*{found}"):
            layer.output(wrong)
    for scalar in (np.float32(1), np.array(1.0)):
        with pytest.raises((TypeError, ValueError), match=name):
            layer.output(scalar)


def check_prediction_is_the_input(layer, x):
    """Dropout is for training only."""
    np.testing.assert_array_equal(layer.predict(x), x)


def _held(value):
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype, value.tobytes()
    return repr(value) if not isinstance(value, list | tuple | dict) else _held_all(value)


def _held_all(values):
    return [_held(value) for value in (values.values() if isinstance(values, dict) else values)]


def _gradient(o):
    return np.random.default_rng(9).normal(size=o.shape).astype(o.dtype)


def _all_gradients(layer, gradient, memory):
    dx, gradients = layer.backward(gradient, memory)
    return {"x": dx.copy(), **{name: np.array(array) for name, array in gradients.items()}}


def _there_and_back(layer, x, gradient=None):
    o, memory = layer.scores(x, training=False)
    gradient = _gradient(o) if gradient is None else gradient
    return {"o": o, **_all_gradients(layer, gradient, memory)}


def _of_network(network, x, training):
    o, memory = network.scores(x, training)
    return {
        "o": o,
        **_all_gradients(network, _gradient(o), memory),
        "prediction": network.predict(x),
    }


def _several_blocks(x):
    """Enough samples like those of x for three blocks, the last of them small."""
    block = threaded.ROWS if x.ndim != 4 else max(1, threaded.PIXELS // (x.shape[1] * x.shape[2]))
    count = 2 * block + 1
    many = np.resize(x, (count, *x.shape[1:]))
    return many + np.linspace(0, 1, count).reshape(-1, *(x.ndim - 1) * [1]) / x.size


def _arrays_in(memory):
    """Arrays of numbers in a memory, at any depth; not the views that say which types came."""
    if isinstance(memory, np.ndarray):
        return [memory]
    if isinstance(memory, list | tuple):
        return [array for part in memory for array in _arrays_in(part)]
    return []


def _naming(layer, *shapes):
    """A pattern for messages that name the layer, and all these shapes in this order."""
    return ".*".join(re.escape(str(item)) for item in (repr(layer), *shapes))


EVERY = [
    check_pure,
    check_output_keeps_to_memory,
    check_shapes,
    check_backward_twice,
    check_two_memories,
    check_without_input,
    check_prediction_undisturbed,
    check_draws,
    check_before_output,
]
