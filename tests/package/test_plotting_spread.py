"""Pictures of stride, padding and dilation: what is struck out, what is seen, what is uneven."""

import numpy as np
import pytest
from figures import book_figures, words_of  # noqa: F401
from matplotlib.colors import to_rgba

from cnnbook import plotting
from cnnbook.plotting.style import FAINT, GRADIENT

pytestmark = pytest.mark.usefixtures("book_figures")

TAPS = np.array([[1, 0, -1], [-1, 1, 0]])
THREE = ["$x_0$", "$x_1$", "$x_2$"]


def test_a_row_without_a_name_is_struck_out_and_uncoloured():
    (ax,) = plotting.struck_stripes([("stride 2", TAPS, ["$z_0$", ""], THREE)])
    fills = [patch.get_facecolor() for patch in ax.patches]
    kept, struck = fills[:3], fills[3:]
    assert all(fill[3] == 0 for fill in struck)
    assert kept[2] == to_rgba(FAINT) != kept[0] != kept[1]
    (line,) = ax.lines
    assert len(set(line.get_ydata())) == 1
    words = words_of(ax)
    assert words.count(r"$\theta_{0}$") == words.count(r"$\theta_{1}$") == 2
    assert {"stride 2", "$z_0$", *THREE} <= set(words)


def test_a_column_without_a_name_is_struck_out():
    panel = ("padding 1", TAPS, ["$z_0$", "$z_1$"], ["", "$x_0$", ""])
    (ax,) = plotting.struck_stripes([panel])
    assert all(len(set(line.get_xdata())) == 1 for line in ax.lines)
    assert len(ax.lines) == 2
    assert [patch.get_facecolor()[3] > 0 for patch in ax.patches] == [False, True, False] * 2


def test_panels_stand_two_in_a_row():
    panels = [(title, TAPS, ["$z_0$", "$z_1$"], THREE) for title in "abc"]
    axes = plotting.struck_stripes(panels)
    assert ["a" in words_of(axes[0]), "c" in words_of(axes[2])] == [True, True]
    assert len(axes) == 3
    assert len(axes[0].figure.axes) == 4


def test_stripes_without_a_name_for_each_row_are_refused():
    with pytest.raises(ValueError, match=r"stride 2: a matrix \(2, 3\) has no 1 outputs"):
        plotting.struck_stripes([("stride 2", TAPS, ["$z_0$"], THREE)])


def edges_of(ax):
    return {tuple(map(float, (*line.get_xdata(), *line.get_ydata()))) for line in ax.lines}


def test_a_tree_joins_what_is_seen():
    layers = [(2, 1, 2), (2, 2, 1)]  # five pixels -> three -> one
    seen = [[True] * 4 + [False], [True, True, False], [True]]
    (ax,) = plotting.field_trees(["tree"], [layers], [seen])
    assert {edge[:2] for edge in edges_of(ax)} == {
        (1, 0),
        (1, 2),
        (2, 1),
        (2, 3),
        (1.5, 1),
        (1.5, 2),
    }
    seen_places = [marks for marks in ax.collections if len(marks.get_facecolor())]
    assert all((marks.get_facecolor() == to_rgba(GRADIENT)).all() for marks in seen_places)
    assert sum(len(marks.get_offsets()) for marks in seen_places) == 7
    assert sum(len(marks.get_offsets()) for marks in ax.collections) == 9
    assert ax.get_title() == "tree"


def test_a_tree_needs_a_stage_more_than_layers():
    with pytest.raises(ValueError, match="tree: 1 layers have no 1 stages"):
        plotting.field_trees(["tree"], [[(3, 1, 1)]], [[[True] * 3]])


def test_ratios_stand_beside_what_was_counted():
    measured = {"before": np.array([[1.0, 1.5], [4, 5]]), "after": np.array([[1.0, 1], [3, 2]])}
    ax = plotting.uneven_gradients(["2", "3"], [1, 4], measured)
    lines, hollow, full = ax.collections
    assert [segment[0, 1] for segment in lines.get_segments()] == [1, 4]
    assert hollow.get_offsets()[:, 1].tolist() == [1, 1.5, 4, 5]
    assert full.get_offsets()[:, 1].tolist() == [1, 1, 3, 2]
    assert not len(hollow.get_facecolor())
    assert len(full.get_facecolor())
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "counted",
        "before",
        "after",
    ]
