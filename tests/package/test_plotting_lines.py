"""Pictures of a neuron in the plane: sides, weights, corrections and distances as computed."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures, words_of  # noqa: F401
from matplotlib.colors import to_hex
from matplotlib.path import Path

from cnnbook import plotting
from cnnbook.plotting import style

pytestmark = pytest.mark.usefixtures("book_figures")

POINTS = np.array([[1.0, 0], [1, 2], [-3, -1]])
T = np.array([1, -1, -1])


def colour_at(ax, point):
    """The colour of the side on which a point lies, None where nothing is shaded."""
    found = [
        to_hex(patch.get_facecolor())
        for patch in ax.patches
        if Path(patch.get_path().vertices).contains_point(point)
    ]
    assert len(found) <= 1
    return found[0].upper() if found else None


@pytest.mark.parametrize(
    ("theta", "bias"), [((1, 2), 0.0), ((-1, 0), 2.0), ((0, 3), -1.5), ((-2, -5), 1.0)]
)
def test_a_side_has_the_colour_of_its_answer(theta, bias):
    _, ax = plt.subplots()
    ax.set(xlim=(-4, 4), ylim=(-3, 3))
    plotting.sides(ax, theta, bias)
    for point in np.random.default_rng(0).uniform(-3, 3, (20, 2)):
        z = point @ theta + bias
        assert colour_at(ax, point) == (style.GRADIENT if z > 0 else style.INPUT)
    assert ax.axis() == (-4, 4, -3, 3)
    assert len(ax.lines) == 1


@pytest.mark.parametrize(("bias", "patches"), [(-1, 1), (1, 1), (0, 0)])
def test_without_weights_there_is_no_line(bias, patches):
    _, ax = plt.subplots()
    plotting.sides(ax, (0, 0), bias)
    assert (len(ax.patches), len(ax.lines)) == (patches, 0)
    if bias:
        assert to_hex(ax.patches[0].get_facecolor()).upper() == (
            style.GRADIENT if bias > 0 else style.INPUT
        )


def test_points_have_the_marks_of_their_targets():
    _, ax = plt.subplots()
    plotting.targets(ax, POINTS, T, names="ABC", visited=1)
    minus, plus = ax.collections
    np.testing.assert_array_equal(plus.get_offsets(), POINTS[:1])
    np.testing.assert_array_equal(minus.get_offsets(), POINTS[1:])
    assert to_hex(plus.get_facecolor()[0]).upper() == style.GRADIENT
    assert to_hex(minus.get_facecolor()[0]).upper() == style.INPUT
    assert words_of(ax) == ["A", "B", "C"]
    np.testing.assert_array_equal(ax.lines[0].get_xydata(), POINTS[1:2])
    with pytest.raises(ValueError, match=r"must be -1 or 1, but are \[0, 1\]"):
        plotting.targets(ax, POINTS, [0, 1, 1])


def arrows(ax):
    """The arrows of a figure: where each begins and ends."""
    found = [text for text in ax.texts if getattr(text, "arrow_patch", None)]
    return [(tuple(text.xyann), tuple(text.xy)) for text in found]


def test_a_correction_is_a_sum_of_arrows():
    before, theta = (3, -1), (2, -3)
    ax = plotting.correction(POINTS, T, "ABC", theta, before, visited=1)
    assert arrows(ax) == [((0, 0), before), (before, theta), ((0, 0), theta)]
    assert f"{style.MINUS} B" in words_of(ax)
    new, old, _ = ax.lines
    for line, weights in ((old, before), (new, theta)):
        assert np.dot(weights, line.get_xy2()) == pytest.approx(0)


def test_a_first_correction_has_no_old_line():
    ax = plotting.correction(POINTS, T, "ABC", (1, 0), (0, 0), visited=0)
    assert arrows(ax) == [((0, 0), (1, 0))]
    assert "+ A" in words_of(ax)
    assert not plotting.correction(POINTS, T, "ABC", (0, 0)).patches


def test_distances_are_measured_along_the_weights():
    theta, bias, x = np.array([3.0, 4]), -5.0, np.array([3.0, 2.5])
    ax = plotting.distances(theta, bias, x)
    dotted = [line.get_xydata() for line in ax.lines if line.get_linestyle() == ":"]
    (origin, foot), (fall, end) = dotted
    assert np.hypot(*(foot - origin)) == pytest.approx(1)
    assert np.hypot(*(end - fall)) == pytest.approx((theta @ x + bias) / 5)
    for place in (foot, fall):
        assert theta @ place + bias == pytest.approx(0)


def test_a_sum_of_pictures_shows_signs_and_total():
    pictures = np.arange(12.0).reshape(3, 2, 2)
    total = pictures[0] - pictures[1] + pictures[2]
    axes = plotting.signed_sum(pictures, (1, -1, 1), total)
    signs = [ax.get_title() for ax in axes]
    assert signs == ["+", style.MINUS, "+", r"$= \theta$"]
    shown = [ax.images[0].get_array() for ax in axes]
    np.testing.assert_array_equal(shown, [*pictures, total])
