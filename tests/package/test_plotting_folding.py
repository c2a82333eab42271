"""Pictures of folds: they show the planes, the creases and the cuts that they were given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures  # noqa: F401
from matplotlib.colors import to_hex

from cnnbook import plotting
from cnnbook.plotting import style

pytestmark = pytest.mark.usefixtures("book_figures")

TICKS = np.linspace(-1, 1, 21)
ACROSS, UP = np.meshgrid(TICKS, TICKS)


def vertices(ax):
    """The lines that contours have drawn in an axes."""
    paths = [path for c in ax.collections for path in c.get_paths() if len(path.vertices) > 1]
    return [path.vertices for path in paths]


def test_a_frame_shows_creases_among_the_inputs_and_the_sheet_among_the_hidden_nodes():
    points, labels = np.array([[0.0, 0], [1, 0]]), np.array([0, 1])

    def hidden(x):
        return np.maximum(x @ np.array([[1, 0], [-1, 2]]) + np.array([0.5, 0]), 0)

    def answer(o):
        return o[:, 0] / 2

    creases = [(1, -1, 0.5), (0, 0, 1)]  # the second node has no crease
    inputs, outputs = plotting.fold_frame(hidden, answer, creases, points, labels, ("a", "b"))
    assert [ax.get_title(loc="left") for ax in (inputs, outputs)] == ["a", "b"]
    (crease,) = inputs.lines
    assert crease.get_linestyle() == "--"
    for place in (crease.get_xy1(), crease.get_xy2()):
        np.testing.assert_allclose(place @ np.array([1, -1]) + 0.5, 0, atol=1e-12)
    first = np.stack([np.linspace(-0.25, 1.25, 61), np.full(61, -0.25)], axis=1)
    np.testing.assert_array_equal(outputs.lines[0].get_xydata(), hidden(first))
    for ax, places in ((inputs, points), (outputs, hidden(points))):
        shown = np.concatenate([marks.get_offsets() for marks in ax.collections[-2:]])
        np.testing.assert_array_equal(shown, places)
    border = vertices(outputs)[0]  # where the answer is 1/2
    np.testing.assert_allclose(border[:, 0], 1)
    bent = vertices(inputs)[0]
    np.testing.assert_allclose(answer(hidden(bent)), 0.5)


def test_an_unfolded_sheet_shows_its_creases_and_its_cut():
    cuts = [ACROSS - 0.05, abs(ACROSS) - 0.55]
    axes = plotting.unfolded_cuts(TICKS, cuts, [([], []), ([0], [0.5])], ["flat", "folded"])
    assert [len(ax.lines) for ax in axes] == [0, 2]
    upright, level = axes[1].lines
    assert upright.get_xdata() == [0, 0]
    assert level.get_ydata() == [0.5, 0.5]
    for ax, where in zip(axes, (0.05, 0.55), strict=True):
        ground, cut = vertices(ax)[0], vertices(ax)[-1]
        np.testing.assert_allclose(abs(cut[:, 0]), where)
        assert abs(ground[:, 0]).max() == 1  # on the outer side of the cut
        assert abs(ground[:, 0]).min() > 0.04
    with pytest.raises(ValueError, match="shape"):
        plotting.unfolded_cuts(TICKS, [cuts[0][:-1]], [([], [])], ["flat"])


def test_creases_of_two_layers_have_two_colours_and_neighbours_two_grounds():
    _, ax = plt.subplots()
    first = np.stack([ACROSS - 0.05, UP + 2], axis=-1)  # the second is on everywhere
    second = (UP - 0.15)[..., None]
    plotting.crease_map(ax, TICKS, [first, second], "both")
    ground, *lines = ax.collections
    colours = [to_hex(line.get_edgecolor()[0]).upper() for line in lines]
    assert colours == [style.KERNEL, style.FORWARD]
    odd = ~np.ma.getmaskarray(ground.get_array())
    on = (ACROSS > 0.05).astype(int) + 1 + (UP > 0.15)
    np.testing.assert_array_equal(odd, on % 2 == 1)
    with pytest.raises(ValueError, match="one or two layers"):
        plotting.crease_map(ax, TICKS, [first, second, second])
