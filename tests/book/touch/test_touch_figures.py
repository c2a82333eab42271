"""The figures to touch as their cells store them: tables of numbers, without a script."""

import json
import re
from base64 import b64decode
from html import unescape
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from cnnbook import Convolution, Network, conv2d, correlate2d, downsample, upsample
from cnnbook.interactive import ConvolutionFigure, DrawADigit, PoolingFigure
from cnnbook.interactive.markup import number
from cnnbook.models.small_cnn import small_cnn

X = np.array([[1, 0, 2, 1], [2, 1, 0, 3], [0, 3, 1, 1], [1, 2, 2, 0]])
KERNEL = np.array([[1, 2, 0], [0, -1, 1], [2, 0, 1]])


def tables(figure):
    """The numbers of each table of a figure, by its caption."""
    page = BeautifulSoup(figure._repr_html_(), "html.parser")
    return {
        table.caption.text: [
            [float(cell.text.replace("\N{MINUS SIGN}", "-")) for cell in row("td")]
            for row in table("tr")
        ]
        for table in page("table")
    }


def products(sentence):
    """The value of a sum of products as it is written, and what it says it is."""
    left, right = sentence.split(": ")[1].replace("\N{MINUS SIGN}", "-").split(" = ")
    return eval(left.replace("·", "*")), float(right)


@pytest.mark.parametrize(
    ("options", "operation", "arguments"),
    [
        ({}, conv2d, {}),
        ({"turned": False}, correlate2d, {}),
        ({"mode": "full"}, conv2d, {"mode": "full"}),
        ({"stride": 2, "padding": 1}, conv2d, {"stride": 2, "padding": 1}),
        ({"dilation": 2, "mode": "same"}, conv2d, {"dilation": 2, "mode": "same"}),
    ],
)
def test_tables_of_a_convolution(options, operation, arguments):
    figure = ConvolutionFigure(X, KERNEL, **options)
    found = tables(figure)
    z = operation(X, KERNEL, **arguments)
    np.testing.assert_array_equal(found["input x"], X)
    np.testing.assert_array_equal(found["kernel θ"], KERNEL)
    np.testing.assert_array_equal(found["output z"], z)
    delta = np.array(found["delta δ = ∂E/∂z"])
    # Each is a sum over the same list, so that two of them tell the same inner product.
    inner = (delta * z).sum()
    assert (np.array(found["gradient at the input ∂E/∂x"]) * X).sum() == pytest.approx(inner)
    assert (np.array(found["gradient at the kernel ∂E/∂θ"]) * KERNEL).sum() == pytest.approx(inner)


@pytest.mark.parametrize("options", [{}, {"mode": "full"}, {"turned": False, "stride": 3}])
def test_sums_written_out_are_right(options):
    figure = ConvolutionFigure(X / 10, KERNEL, **options)
    sentences = re.findall(r"^(?:first .*)$", repr(figure), re.M)
    assert len(sentences) == 3
    for sentence in sentences:
        value, said = products(sentence)
        assert value == pytest.approx(said, abs=1e-12)


def layer_gradients(kernel, figure):
    """The gradients of a figure by the layer of cnnbook: that of the kernel, that of the input."""
    layer = Convolution(
        kernel.shape[3], len(kernel), kernel.shape[1:3], rng=np.random.default_rng()
    )
    layer.W[...] = kernel
    layer.output(figure.x[None])
    dx = layer.backpropagate(figure.delta[None])[0]
    return layer.gradients()["W"], dx


def test_several_maps_and_filters():
    rng = np.random.default_rng(0)
    x, kernel = rng.integers(-3, 4, (4, 5, 2)), rng.integers(-2, 3, (3, 2, 2, 2))
    figure = ConvolutionFigure(x, kernel)
    found = tables(figure)
    dkernel, dx = layer_gradients(kernel, figure)
    np.testing.assert_allclose(figure.input_gradient, dx, atol=1e-12)
    np.testing.assert_allclose(figure.kernel_gradient, dkernel, atol=1e-12)
    np.testing.assert_array_equal(found["input x, map 1"], x[..., 1])
    np.testing.assert_array_equal(found["kernel θ, filter 2, map 1"], kernel[2, ..., 1])
    np.testing.assert_array_equal(found["output z, map 2"], conv2d(x, kernel)[..., 2])


def test_a_row_of_pixels():
    found = tables(ConvolutionFigure([2, 1, 0, 3, 1, 2], [1, 2, -1], mode="full"))
    z = np.convolve([2, 1, 0, 3, 1, 2], [1, 2, -1])
    np.testing.assert_array_equal(found["output z"], [z])
    padded = tables(ConvolutionFigure([2, 1, 0], [1, 2, -1], padding=1))["output z"]
    np.testing.assert_array_equal(padded, [np.convolve([0, 2, 1, 0, 0], [1, 2, -1], "valid")])


def test_only_what_is_asked_for_is_shown():
    forward = tables(ConvolutionFigure(X, KERNEL, show=("forward",)))
    assert list(forward) == ["input x", "kernel θ", "output z"]
    back = tables(ConvolutionFigure(X, KERNEL, show=("input",)))
    assert "output z" not in back
    assert "gradient at the input ∂E/∂x" in back


def test_figure_is_the_same_each_time_and_carries_its_settings():
    figure = ConvolutionFigure(X, KERNEL, title="Pixels & taps")
    html = figure._repr_html_()
    assert html == ConvolutionFigure(X, KERNEL, title="Pixels & taps")._repr_html_()
    assert "<script" not in html
    assert " id=" not in html
    assert "Pixels &amp; taps" in html
    settings = json.loads(unescape(re.search(r'data-settings="([^"]*)"', html)[1]))
    assert settings["kernel"] == {"shape": [1, 3, 3, 1], "data": KERNEL.ravel().tolist()}
    assert settings["show"] == ["forward", "input", "kernel"]
    assert settings["opens"] == "forward"


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (([[1, 0.25]], [[1]]), {}, "at most one decimal"),
        (([[100, 1]], [[1]]), {}, "from -99 to 99"),
        ((X, [1, 2]), {}, "kernel must have 2 axes"),
        ((np.zeros((3, 3, 2)), np.zeros((1, 2, 2, 1))), {}, "2 maps, but .* for 1"),
        ((X, KERNEL, np.ones((3, 3))), {}, r"\(2, 2, 1\), but delta has \(3, 3\)"),
        ((X, KERNEL), {"show": ("back",)}, "show must name some of"),
        ((X, KERNEL), {"show": ("input",), "opens": "forward"}, "opens must be one of"),
        ((X, KERNEL), {"controls": ("turn",)}, "controls must be among"),
        ((X, KERNEL), {"mode": "wrap"}, "mode must be"),
    ],
)
def test_convolution_figure_refuses(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        ConvolutionFigure(*arguments, **options)


MAP = np.array(
    [[1, 3, 2, 0, 1], [3, 2, 1, 1, 0], [0, 1, 4, 2, 2], [2, 0, 1, 4, 1], [1, 1, 0, 2, 3]]
)


@pytest.mark.parametrize("edges", ["ignore", "keep"])
@pytest.mark.parametrize(("window", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3)])
def test_tables_of_a_pooling(window, stride, edges):
    for kind in ("max", "mean"):
        found = tables(PoolingFigure(MAP, window, stride, kind, edges))
        largest = kind == "max"
        o = downsample(MAP, window, stride, kind, edges, return_winners=largest)
        o, winners = o if largest else (o, None)
        np.testing.assert_allclose(found["output o"], o, atol=0.0051)
        delta = np.array(found["gradient at the output ∂E/∂o"])
        dx = upsample(delta, MAP.shape, window, stride, edges, winners)
        np.testing.assert_allclose(found["gradient at the input ∂E/∂x"], dx, atol=0.0051)


def test_a_pooling_says_what_its_first_window_does():
    largest = repr(PoolingFigure(MAP))
    assert "first o: max(1, 3, 3, 2) = 3" in largest
    assert "1 for the winner, row 0, column 1, the first of 2 that are equal" in largest
    mean = repr(PoolingFigure(MAP, 3, 2, "mean"))
    assert "(1 + 3 + 2 + 3 + 2 + 1 + 0 + 1 + 4) / 9 ≈ 1.89" in mean
    assert "its gradient: 1 / 9 for each" in mean
    forward = PoolingFigure(MAP, show=("forward",))
    assert list(tables(forward)) == ["input x", "output o"]
    assert "gradient" not in repr(forward)
    assert forward._repr_html_() == PoolingFigure(MAP, show=["forward"])._repr_html_()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((np.ones((2, 2, 1)),), {}, "x must have 2 axes"),
        ((MAP, 6), {}, "window of 6 pixels does not fit"),
        ((MAP, 2, 2, "median"), {}, "kind must be"),
        ((MAP,), {"delta": np.ones((3, 3))}, r"\(2, 2\), but delta has \(3, 3\)"),
        ((MAP,), {"show": ()}, "show must name some of"),
    ],
)
def test_pooling_figure_refuses(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        PoolingFigure(*arguments, **options)


@pytest.fixture(scope="module")
def network():
    trained = Network(small_cnn(rng=np.random.default_rng(0)))
    trained.load(Path(__file__).parents[3] / "data" / "small_cnn.npz")
    return trained


def test_digit_shows_its_drawing_and_its_probabilities(network):
    figure = DrawADigit(network, 4, title="Draw")
    html = figure._repr_html_()
    assert html == DrawADigit(network, 4, title="Draw")._repr_html_()
    assert len(html) < 40_000
    assert "<script" not in html
    page = BeautifulSoup(html, "html.parser")
    rows = [[cell.text for cell in row(["th", "td"])] for row in page.tbody("tr")]
    assert [row[0] for row in rows] == [str(digit) for digit in range(10)]
    np.testing.assert_allclose([float(row[1]) for row in rows], figure.probabilities, atol=5e-4)
    assert figure.probabilities.argmax() == 4
    content = b64decode(page.img["src"].removeprefix("data:image/png;base64,"))
    picture = np.asarray(Image.open(BytesIO(content)))
    np.testing.assert_allclose(1 - picture / 255, figure.image, atol=0.002)
    assert "4  " in repr(figure)


def test_weights_travel_without_loss(network):
    layers = DrawADigit(network)._settings()["layers"]
    packed = layers[0]["W"]
    found = np.frombuffer(b64decode(packed["data"]), "<f2").reshape(packed["shape"])
    np.testing.assert_array_equal(found.astype(np.float32), network.layers[0].W)
    wider = Network(small_cnn(rng=np.random.default_rng(0)))
    assert DrawADigit(wider)._settings()["layers"][0]["W"]["bytes"] == 4


def test_digit_refuses(network):
    with pytest.raises(ValueError, match="digit must be 0 to 9, but is 10"):
        DrawADigit(network, 10)
    with pytest.raises(ValueError, match=r"ten probabilities, but gives \(5, 5, 16\)"):
        DrawADigit(Network(network.layers[:4]))
    padded = Convolution(1, 1, 2, mode="same", rng=np.random.default_rng(0), dtype=np.float32)
    odd = DrawADigit(Network([padded, *network.layers]))
    with pytest.raises(ValueError, match="pads all sides alike"):
        odd._repr_html_()


def test_numbers_read_as_in_a_formula():
    shown = [number(value) for value in (3.0, -0.001, -2, 0.25, 10)]
    assert shown == ["3", "0", "\N{MINUS SIGN}2", "0.25", "10"]
