"""Pictures of softmax regression: shades, arrows and bars show the numbers they are given."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures, words_of  # noqa: F401
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex

from cnnbook import plotting
from cnnbook.activations import softmax
from cnnbook.plotting import style
from cnnbook.plotting.panels import EDGE

pytestmark = pytest.mark.usefixtures("book_figures")

SIDE = np.linspace(-1, 1, 21)
PLANE = np.stack(np.meshgrid(SIDE, SIDE), axis=-1)
POINTS, DIGITS = np.array([[0.5, 0.2], [-0.5, 0.1], [-0.4, 0]]), np.array([6, 3, 3])


def regions(weights):
    y = softmax(PLANE @ np.array(list(weights.values()), dtype=float).T)
    return plotting.probability_regions(SIDE, SIDE, y, POINTS, DIGITS, weights, 9)


def shaded(plane, digit):
    """Whether each band of a digit's colour lies on the right (True) or on the left."""
    return [
        bool(np.mean(np.concatenate([path.vertices[:, 0] for path in band.get_paths()])) > 0)
        for band in plane.collections
        if band.get_facecolor().size
        and to_hex(band.get_facecolor()[0]) == style.CLASS_COLOURS[digit].lower()
        and band.get_alpha() is not None
    ]


def test_each_class_is_shaded_on_the_side_of_its_arrow():
    plane, arrows = regions({3: (-8, 0), 6: (8, 0)})
    assert shaded(plane, 6) == [True] * 5
    assert shaded(plane, 3) == [False] * 5
    pairs = zip(arrows.texts[::2], arrows.texts[1::2], strict=True)
    for x, (arrow, numeral) in zip((-8, 8), pairs, strict=True):
        assert (tuple(arrow.xy), arrow.xyann) == ((x, 0), (0, 0))
        assert numeral.get_position()[0] * x > x * x  # beyond the tip
    assert [word for word in words_of(arrows) if word] == ["3", "6"]
    threes, sixes = (
        marks.get_offsets() for marks in plane.collections if isinstance(marks, PathCollection)
    )
    np.testing.assert_array_equal(threes, POINTS[1:])
    np.testing.assert_array_equal(sixes, POINTS[:1])


def borders(plane):
    """Both ends of each line between classes."""
    return [line.get_xydata() for line in plane.lines]


def test_a_straight_line_lies_where_two_classes_are_equally_probable():
    (line,) = borders(regions({3: (-8, 1), 6: (8, -3)})[0])
    np.testing.assert_allclose(line @ [16, -4], 0, atol=1e-12)
    np.testing.assert_allclose(np.sort(line[:, 1]), [-1, 1])


def test_borders_end_where_a_third_class_is_more_probable():
    lines = borders(regions({3: (8, 0), 6: (0, 8), 9: (0, 0)})[0])
    for line, end in zip(lines, [(1, 1), (0, -1), (-1, 0)], strict=True):
        nearest_first = line[np.argsort(np.abs(line).sum(axis=1))]
        np.testing.assert_allclose(nearest_first, [(0, 0), end], atol=1e-12)


def test_silent_neurons_shade_nothing_and_have_a_dot_for_an_arrow():
    plane, arrows = regions({3: (0, 0), 6: (0, 0), 9: (0, 0)})
    assert shaded(plane, 3) == shaded(plane, 6) == shaded(plane, 9) == []
    assert borders(plane) == []
    assert words_of(arrows) == []


def test_probabilities_fit_the_grid_and_the_classes():
    with pytest.raises(ValueError, match=r"shape \(21, 21, 3\) expected"):
        plotting.probability_regions(
            SIDE, SIDE, np.ones((21, 21, 2)), POINTS, DIGITS, dict.fromkeys((3, 6, 9), (0, 0)), 9
        )


def test_columns_have_the_lengths_and_the_words_of_their_numbers():
    axes = plotting.bar_columns(
        [("y", [0.25, 0.75], ["1/4", "3/4"], "k"), ("d", [0.25, -0.25], ["1/4", "-1/4"], "k")],
        ["class 0", "class 1"],
    )
    lengths = [[bar.get_width() for bar in ax.patches] for ax in axes]
    assert lengths == [[0.25, 0.75], [0.25, -0.25]]
    assert words_of(axes[1]) == ["1/4", f"{style.MINUS}1/4"]
    assert [label.get_text() for label in axes[0].get_yticklabels()] == ["class 0", "class 1"]


def test_columns_that_are_alike_have_as_many_pixels_for_a_unit():
    columns = [
        ("e", [1, 5], "ab", "k"),
        ("y", [0.6, 0.4], "cd", "k"),
        ("d", [-0.4, 0.4], "ef", "k"),
    ]
    axes = plotting.bar_columns(columns, ["class 0", "class 1"], alike=2)
    plt.gcf().draw_without_rendering()
    own, *shared = [np.diff(ax.transData.transform([(0, 0), (1, 0)])[:, 0]) for ax in axes]
    np.testing.assert_allclose(shared[0], shared[1])
    assert own < shared[0] / 5
    for ax in axes:
        inside = ax.get_xlim()
        assert all(
            inside[0] <= end <= inside[1] for bar in ax.patches for end in bar.get_bbox().intervalx
        )


def test_shares_lie_end_to_end():
    words = [["1/8", "2/8", "5/8"], ["1/2", "1/4", "1/4"]]
    ax = plotting.bar_shares([[0.125, 0.25, 0.625], [0.5, 0.25, 0.25]], words, "abc", ["p", "q"])
    for place in (0, 1):
        bars = [bar for bar in ax.patches if bar.get_y() < place < bar.get_y() + bar.get_height()]
        ends = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
        assert ends[0][0] == 0
        assert ends[-1][1] == 1
        assert all(left[1] == right[0] for left, right in pairwise(ends))
    assert words_of(ax) == [*words[0], *words[1], *"abc"]
    with pytest.raises(ValueError, match="sum to one"):
        plotting.bar_shares([[0.5, 0.4]], ["uv"], "ab", ["p"])


def test_pairs_stay_together_where_a_row_wraps():
    images = np.arange(12.0).reshape(3, 2, 2) - 6
    grid = plotting.image_pairs(images, -images, "abc", "xyz")
    for row, pictures in zip(grid, (images, -images), strict=True):
        for ax, picture in zip(row, pictures, strict=True):
            np.testing.assert_array_equal(ax.images[0].get_array(), picture)
            assert ax.images[0].norm(0) == 0.5
    assert [ax.get_title(loc="center") for ax in grid[0]] == list("abc")
    assert [ax.get_xlabel() for ax in grid[1]] == list("xyz")
    cuts = [line.get_xydata() for line in plt.gcf().artists if line.get_gid() == EDGE]
    assert len(cuts) == 1
    assert np.ptp(cuts[0][:, 0]) == 0  # between the halves, never through a pair
    left, right = (grid[0, number].get_position() for number in (0, 1))
    assert left.x1 < cuts[0][0, 0] < right.x0
    with pytest.raises(ValueError, match="of one shape"):
        plotting.image_pairs(images, images[:2], "abc", "xyz")
