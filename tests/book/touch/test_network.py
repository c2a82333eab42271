"""The network of the page's script is that of cnnbook, and so is its pen."""

from pathlib import Path

import numpy as np
import pytest
from touch_engine import run

from cnnbook import Convolution, Hidden, Network, Pooling, Rasterization, Softmax
from cnnbook.activations import identity, relu
from cnnbook.interactive import DrawADigit
from cnnbook.interactive.pen import DIGITS, SIZE, image_of
from cnnbook.models.small_cnn import small_cnn

WEIGHTS = Path(__file__).parents[3] / "data" / "small_cnn.npz"
TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}


def trained():
    """The small network in double precision."""
    network = Network(small_cnn(rng=np.random.default_rng(0), dtype=np.float64))
    network.load(WEIGHTS)
    return network


def other(order):
    """All that the small network has not: the identity, strides, means, a hidden layer."""
    rng = np.random.default_rng(1)
    return Network(
        [
            Convolution(1, 3, 3, identity, stride=2, padding=1, rng=rng),  # 14 x 14 x 3
            Pooling(3, 2, "mean", "keep"),  # 7 x 7 x 3
            Convolution(3, 2, 2, relu, dilation=2, rng=rng),  # 5 x 5 x 2
            Pooling(2, 1),  # 4 x 4 x 2
            Rasterization(order),
            Hidden(32, 7, relu, rng=rng),
            Softmax(7, 10, rng=rng),
        ]
    )


def ours(network, x):
    """The output of every layer, from the first on."""
    outputs = []
    for layer in network.layers:
        x = layer.output(x)
        outputs.append(x)
    return outputs


def gradients(network, delta):
    """The gradient at the output of every layer, and at the input, from the last on."""
    found = [delta]
    for layer in reversed(network.layers):
        found.append(layer.backpropagate(found[-1]))
    return found


@pytest.mark.parametrize("network", [trained(), other("maps"), other("pixels")])
def test_network_forward_and_back(network):
    for layer in network.layers:  # weights that travel in single precision without loss
        for array in layer.parameters().values():
            array[...] = array.astype(np.float32)
    figure = DrawADigit(network)
    layers = figure._settings()["layers"]
    target = 7
    for digit in (2, 3):
        x = image_of(DIGITS[digit])[..., None]
        outputs = ours(network, x[None])
        found = run("touch.forward(touch.ready(layers), x)", layers=layers, x=x)
        for theirs, o in zip(found, outputs, strict=True):
            np.testing.assert_allclose(theirs, o[0], **TOLERANCE)
        delta = outputs[-1] - np.eye(10)[[target]]
        expected = gradients(network, delta)
        found = run(
            "touch.backward(touch.ready(layers), x, touch.forward(touch.ready(layers), x), target)",
            layers=layers,
            x=x,
            target=target,
        )
        for theirs, g in zip(found, reversed(expected), strict=True):
            np.testing.assert_allclose(theirs, g[0], **TOLERANCE)


@pytest.mark.parametrize("digit", range(10))
def test_the_same_strokes_give_the_same_image(digit):
    found = run("touch.imageOf(strokes).image", strokes=[[*map(list, s)] for s in DIGITS[digit]])
    np.testing.assert_allclose(found[..., 0], image_of(DIGITS[digit]), **TOLERANCE)


@pytest.mark.parametrize("strokes", [[], [[]], [[[10, 90]]], [[[1, 2], [1, 2]], [[90, 3]]]])
def test_dots_and_nothing(strokes):
    found = run("touch.imageOf(strokes).image", strokes=strokes)
    np.testing.assert_allclose(found[..., 0], image_of(strokes), **TOLERANCE)


def test_drawings_are_placed_as_the_digits_of_mnist():
    for strokes in DIGITS:
        ink = image_of(strokes)
        places = np.arange(SIZE) + 0.5
        for axis in (0, 1):
            assert ink.sum(axis=axis) @ places / ink.sum() == pytest.approx(SIZE / 2, abs=0.05)
        spans = [np.flatnonzero(ink.any(axis=axis)) for axis in (0, 1)]
        assert max(span[-1] - span[0] + 1 for span in spans) in (20, 21, 22)


def test_place_and_size_of_a_drawing_do_not_matter():
    moved = [[(3 * x + 40, 3 * y - 7) for x, y in stroke] for stroke in DIGITS[5]]
    np.testing.assert_allclose(image_of(moved), image_of(DIGITS[5]), atol=1e-9)


def test_the_small_network_reads_all_samples():
    network = trained()
    for digit in range(10):
        figure = DrawADigit(network, digit)
        assert figure.probabilities.argmax() == digit
        assert figure.probabilities[digit] > 0.9
