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
    view = TICKS, np.full(ACROSS.shape, 0.2), points, labels
    sheet = [np.array([[0.0, 0], [0.5, 0.5]]), np.array([[0.0, 1], [1, 1]])]
    creases = [(1, -1, 0.5), (0, 0, 1)]  # the second node has no crease
    inputs, hidden = plotting.fold_frame(view, view, creases, sheet, ("a", "b"))
    assert [ax.get_title(loc="left") for ax in (inputs, hidden)] == ["a", "b"]
    (crease,) = inputs.lines
    assert crease.get_linestyle() == "--"
    for place in (crease.get_xy1(), crease.get_xy2()):
        np.testing.assert_allclose(place @ np.array([1, -1]) + 0.5, 0, atol=1e-12)
    for line, given in zip(hidden.lines, sheet, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), given)
    for ax in (inputs, hidden):
        assert ax.get_xlim() == ax.get_ylim() == (-1, 1)
        shown = np.concatenate([marks.get_offsets() for marks in ax.collections[-2:]])
        np.testing.assert_array_equal(shown, points)


def test_an_unfolded_sheet_shows_its_creases_and_its_cut():
    cuts = [ACROSS - 0.05, abs(ACROSS) - 0.55]
    axes = plotting.unfolded_cuts(TICKS, cuts, [([], []), ([0], [0.5])], ["flat", "folded"])
    assert [len(ax.lines) for ax in axes] == [0, 2]
    upright, level = axes[1].lines
    assert upright.get_xdata() == [0, 0]
    assert level.get_ydata() == [0.5, 0.5]
    for ax, where in zip(axes, (0.05, 0.55), strict=True):
        cut = vertices(ax)[-1]
        np.testing.assert_allclose(abs(cut[:, 0]), where)
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
