"""Pictures of losses: every curve and its slope, every count with its interval."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures  # noqa: F401

from cnnbook import plotting

pytestmark = pytest.mark.usefixtures("book_figures")


def test_losses_and_slopes_are_drawn_in_their_panels():
    margins = np.linspace(-2, 2, 5)
    curves = [("a", margins**2, 2 * margins), ("b", -margins, -np.ones(5))]
    axes = plotting.margin_curves(margins, curves)
    for number, ax in enumerate(axes):
        drawn = {line.get_label(): line.get_ydata() for line in ax.lines}
        for name, *numbers in curves:
            np.testing.assert_array_equal(drawn[name], numbers[number])
    lines = {(line.get_color(), line.get_linestyle()) for line in axes[0].lines[2:]}
    assert len(lines) == 2
    with pytest.raises(ValueError, match="at most 6 curves expected, but got 8"):
        plotting.margin_curves(margins, 4 * curves)


def test_counts_have_their_intervals():
    means, halves = np.array([[1.0, 2, 4], [3, 3, 3]]), np.array([[0.5, 0.5, 1], [0, 1, 2]])
    ax = plotting.counted_rivals([0, 10, 40], means, halves, ["a", "b"])
    assert ax.get_legend_handles_labels()[1] == ["a", "b"]
    for row, half, drawn in zip(means, halves, ax.containers, strict=True):
        np.testing.assert_array_equal(drawn[0].get_ydata(), row)
        ends = np.array([part[:, 1] for part in drawn[2][0].get_segments()])
        np.testing.assert_allclose(ends, np.stack([row - half, row + half], axis=1))
        np.testing.assert_allclose(drawn[0].get_xdata(), [0, 10, 40], atol=0.5)
    assert ax.get_ylim()[0] == 0


def test_counts_are_drawn_where_they_are_asked_for():
    _, own = plt.subplots()
    assert plotting.counted_rivals([0, 1], [[1, 2]], [[0, 0]], ["a"], ax=own) is own
    with pytest.raises(ValueError, match=r"means and halves \(1, 2\) expected"):
        plotting.counted_rivals([0, 1], [[1, 2, 3]], [[0, 0, 0]], ["a"])


def test_a_rival_looks_like_its_loss():
    curves = [(name, np.zeros(3), np.zeros(3)) for name in "abcd"]
    panel, _ = plotting.margin_curves(np.arange(3.0), curves)
    looks = {line.get_label(): (line.get_color(), line.get_linestyle()) for line in panel.lines}
    ax = plotting.counted_rivals([0, 1], [[1, 2], [2, 3]], np.ones((2, 2)), ["b", "d"], (1, 3))
    for drawn in ax.containers:
        look = drawn[0].get_color(), drawn[0].get_linestyle()
        assert look == looks[drawn.get_label()]
