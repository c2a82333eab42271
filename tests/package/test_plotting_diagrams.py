"""Diagrams of a convolution: no picture shows a wrong one."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures, frames_of, words_of  # noqa: F401
from scipy.signal import convolve2d

from cnnbook import plotting
from cnnbook.convolution import conv2d
from cnnbook.plotting import style

pytestmark = pytest.mark.usefixtures("book_figures")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def factors_of(ax):
    """Pixel (row, column) of the source -> the text in its corner, and source and chips."""
    chips = [p for p in ax.patches if p.get_width() < 1 and p.get_facecolor()[3] < 1]
    top = min(p.get_y() for p in ax.patches if p.get_width() == 1 and p.get_x() < 1.9)
    left = min(p.get_x() for p in ax.patches)
    small = [text for text in ax.texts if text.get_fontsize() < 9]
    assert len(small) == len(chips)
    return {
        (int(text.get_position()[1] - top), int(text.get_position()[0] - left)): text.get_text()
        for text in small
    }


@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "position"),
    [(1, 0, 1, (0, 1)), (1, 2, 1, (0, 0)), (2, 1, 1, (1, 1)), (1, 0, 2, (1, 0)), (2, 1, 2, (0, 1))],
)
def test_convolution_diagram_shows_the_convolution(rng, stride, padding, dilation, position):
    x, kernel = rng.integers(1, 9, (5, 5)), np.array([[1, 2, 3], [4, 5, 6]])
    z = conv2d(x, kernel, stride=stride, padding=padding, dilation=dilation)
    ax = plotting.convolution_diagram(
        x, kernel, z + 7, position, 7, stride=stride, padding=padding, dilation=dilation
    )
    factors = {place: float(text[1:]) for place, text in factors_of(ax).items()}
    assert sorted(factors.values()) == [1, 2, 3, 4, 5, 6]
    padded = np.pad(x, padding)
    assert sum(padded[place] * factor for place, factor in factors.items()) == z[position]
    equation = " ".join(text for text in words_of(ax) if "·" in text)
    left, right = equation.split(" = ")[1:]
    assert eval(left.replace("·", "*")) == float(right) == z[position] + 7
    framed = [frame for frame, colour in frames_of(ax).items() if colour == plotting.FORWARD]
    assert len(framed) == 1
    shown = [text.get_text() for text in ax.texts if text.get_position()[0] > framed[0][1]]
    assert f"{z[position] + 7:g}" in shown


def test_convolution_diagram_agrees_with_scipy_and_shows_the_turned_kernel():
    x, kernel = np.arange(9).reshape(3, 3), np.array([[1, 2], [3, 4]])
    ax = plotting.convolution_diagram(x, kernel, convolve2d(x, kernel, "valid"), (0, 0))
    times = style.TIMES
    corners = {(0, 0): f"{times}4", (0, 1): f"{times}3", (1, 0): f"{times}2", (1, 1): f"{times}1"}
    assert factors_of(ax) == corners
    assert "$z_{00}$ = 0·4 + 1·3 + 3·2 + 4·1 = 13" in words_of(ax)


def test_convolution_diagram_says_when_it_rounds():
    x, kernel = np.array([[1 / 3, 2]]), np.array([[1.0, 2.0]])
    ax = plotting.convolution_diagram(x, kernel, conv2d(x, kernel), (0, 0))
    assert "$z_{00}$ = 0.33·2 + 2·1 ≈ 2.67" in words_of(ax)


def test_convolution_diagram_accepts_float32(rng):
    x, kernel = rng.normal(size=(6, 6)).astype("f"), rng.normal(size=(5, 5)).astype("f")
    plotting.convolution_diagram(x, kernel, conv2d(x, kernel), (1, 1))


@pytest.mark.parametrize("wrong", [(0, 0), (1, 1)])
def test_convolution_diagram_refuses_a_wrong_pixel_anywhere(rng, wrong):
    x, kernel = rng.normal(size=(3, 3)), rng.normal(size=(2, 2))
    z = conv2d(x, kernel)
    z[wrong] += 0.01
    with pytest.raises(ValueError, match=rf"position {re.escape(str(wrong))} the sum .* not the"):
        plotting.convolution_diagram(x, kernel, z, (0, 1))


def test_convolution_diagram_refuses_a_correlation(rng):
    x, kernel = rng.normal(size=(3, 3)), rng.normal(size=(2, 2))
    with pytest.raises(ValueError, match="not the true convolution"):
        plotting.convolution_diagram(x, kernel, conv2d(x, kernel[::-1, ::-1]), (0, 0))


@pytest.mark.parametrize(
    ("shapes", "position", "message"),
    [
        (((3, 3), (2, 2), (3, 3)), (0, 0), r"give an output \(2, 2\), but z is \(3, 3\)"),
        (((3, 3), (2, 2), (2, 2)), (0, 2), r"position \(0, 2\) lies outside the shape \(2, 2\)"),
        (((3, 3), (2, 2), (2, 2)), (-1, 0), "lies outside"),
        (((3, 3, 1), (2, 2), (2, 2)), (0, 0), r"must be matrices.*\(3, 3, 1\)"),
    ],
)
def test_convolution_diagram_refuses_shapes(shapes, position, message):
    with pytest.raises(ValueError, match=message):
        plotting.convolution_diagram(*map(np.zeros, shapes), position)


def value_of(symbol, arrays):
    r"""The number that a symbol such as \delta_{01} stands for."""
    letter, row, column = re.fullmatch(r"\\?(\w+?)_\{(\d)(\d)\}", symbol.strip("$")).groups()
    return arrays[letter][int(row), int(column)]


@pytest.mark.parametrize("shapes", [((3, 3), (2, 2)), ((4, 3), (3, 2))])
@pytest.mark.parametrize("wrt", ["kernel", "input"])
def test_gradient_diagram_is_the_gradient(rng, wrt, shapes):
    x, theta = (rng.normal(size=shape) for shape in shapes)
    z = conv2d(x, theta)
    arrays = {"x": x, "theta": theta, "delta": rng.normal(size=z.shape)}
    moving = arrays["theta" if wrt == "kernel" else "x"]
    for position in np.ndindex(moving.shape):
        # E = <delta, z> is linear in the moving array: its gradient is what a unit there adds
        unit = np.zeros(moving.shape)
        unit[position] = 1
        change = conv2d(x, unit) if wrt == "kernel" else conv2d(unit, theta)
        expected = (arrays["delta"] * change).sum()

        ax = plotting.gradient_diagram(wrt, position, *shapes)
        equation = " ".join(words_of(ax)[-2:])
        equation = equation[equation.index(" = ") + 3 :]
        terms = [term.strip("$+ ").split("\\,") for term in equation.split("$ + $")]
        products = [np.prod([value_of(symbol, arrays) for symbol in term]) for term in terms]
        assert sum(products) == pytest.approx(expected)

        # the corners tell the same: factor times the pixel's own symbol, zeros left out
        own = source_texts(ax, factors_of(ax))
        corners = [
            value_of(factor, arrays) * value_of(own[place], arrays)
            for place, factor in factors_of(ax).items()
            if own[place] != "$0$"
        ]
        assert sum(corners) == pytest.approx(expected)
        plt.close(ax.figure)


def source_texts(ax, places):
    """The source's own text in each of the pixels."""
    top = min(p.get_y() for p in ax.patches if p.get_width() == 1 and p.get_x() < 1.9)
    left = min(p.get_x() for p in ax.patches)
    return {
        (row, column): next(
            text.get_text()
            for text in ax.texts
            if text.get_fontsize() == 10.5
            and 0 < text.get_position()[0] - left - column < 0.55
            and 0 < text.get_position()[1] - top - row < 0.55
        )
        for row, column in places
    }


def test_gradient_diagram_has_the_terms_of_the_source():
    # M19 counts from 1: theta_11 of a 2x2 kernel gets delta_11 x_22 from the first neuron
    ax = plotting.gradient_diagram("kernel", (0, 0))
    equation = next(text for text in words_of(ax) if " = " in text)
    assert r"$\delta_{00}\,x_{11}$ + " in equation
    assert equation.endswith(r"$\delta_{11}\,x_{22}$")


def test_gradient_diagram_refuses():
    with pytest.raises(ValueError, match="must be 'kernel' or 'input', but is 'bias'"):
        plotting.gradient_diagram("bias", (0, 0))
    with pytest.raises(ValueError, match=r"\(2, 0\) lies outside the shape \(2, 2\)"):
        plotting.gradient_diagram("kernel", (2, 0))
    with pytest.raises(ValueError, match=r"\(4, 4\) does not fit into an input \(3, 3\)"):
        plotting.gradient_diagram("input", (0, 0), kernel_shape=(4, 4))


def test_texts_of_a_diagram_stay_in_the_picture(rng):
    x, kernel = rng.integers(-9, 9, (5, 5)), rng.integers(-9, 9, (3, 3))
    ax = plotting.convolution_diagram(x, kernel, conv2d(x, kernel), (2, 2))
    ax.figure.canvas.draw()
    frame = ax.figure.bbox
    for text in ax.texts:
        box = text.get_window_extent()
        assert frame.x0 <= box.x0 <= box.x1 <= frame.x1, text.get_text()
