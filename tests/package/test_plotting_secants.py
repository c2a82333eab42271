"""The tangent of a curve, and its two secants."""

import numpy as np
import pytest
from figures import book_figures  # noqa: F401

from cnnbook import plotting

pytestmark = pytest.mark.usefixtures("book_figures")

A = np.linspace(0, 3, 31)
CURVE = np.stack([A, A**2], axis=1)


def frame(step):
    a = np.array([1 - step, 1, 1 + step])
    return plotting.secants(CURVE, np.stack([a, a**2], axis=1), 2)


def test_the_legend_has_the_slopes():
    words = [text.get_text() for text in frame(0.5).get_legend().get_texts()]
    assert words == ["tangent: 2", "central: 2", "one-sided: 2.5"]


def test_secants_go_through_their_points():
    ax = frame(0.5)
    _, _, central, one_sided, points = ax.lines
    np.testing.assert_array_equal(central.get_xy1(), [0.5, 0.25])
    np.testing.assert_array_equal(one_sided.get_xy1(), [1, 1])
    np.testing.assert_array_equal(points.get_xdata(), [0.5, 1, 1.5])


def test_frames_have_the_same_limits():
    first, second = frame(1), frame(0.125)
    assert first.get_xlim() == second.get_xlim()
    assert first.get_ylim() == second.get_ylim()


def test_other_shapes_are_refused():
    with pytest.raises(ValueError, match=r"three ends \(3, 2\) .* \(31, 2\) and \(2, 2\)"):
        plotting.secants(CURVE, CURVE[:2], 2)
