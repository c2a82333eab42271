"""Stamps and photographs: they show what the arrays say."""

import numpy as np
import pytest
from figures import book_figures, frames_of, words_of  # noqa: F401

from cnnbook import plotting
from cnnbook.plotting import convolving, style

pytestmark = pytest.mark.usefixtures("book_figures")
X, THETA = np.array([1, 2, 0, 3, 1]), np.array([2, -1, 3])


def numbers_of(ax):
    """The whole numbers on the board: (row, column of the full convolution) -> number."""
    found = {}
    for text in ax.texts:
        across, down = text.get_position()
        shown = text.get_text().replace(style.MINUS, "-")
        if shown.lstrip("-").isdigit() and text.get_color() == style.INK:
            found[int(down), round(across - convolving.NAMES - 0.5)] = int(shown)
    return found


def test_every_row_is_a_pixel_times_the_kernel_and_the_last_is_their_sum():
    shown = numbers_of(plotting.stamps_diagram(X, THETA, 2))
    for h, pixel in enumerate(X):
        assert [shown.pop((h, h + r)) for r in range(3)] == list(pixel * THETA)
    assert list(shown.values()) == np.convolve(X, THETA).tolist()


def test_the_taps_of_a_column_run_backwards():
    words = [w for w in words_of(plotting.stamps_diagram(X, THETA, 2)) if r"\theta" in w]
    assert words[:3] == [rf"$\theta_{r}x_0$" for r in range(3)]
    assert len(words) == len(X) * len(THETA)


@pytest.mark.parametrize(("x", "theta"), [(X, THETA), (X, THETA[:2]), (np.arange(6), np.arange(4))])
def test_the_bars_span_the_modes(x, theta):
    ax = plotting.stamps_diagram(x, theta, 0)
    full = np.convolve(x, theta)
    for line, mode in zip(ax.lines, ("full", "same", "valid"), strict=True):
        start, end = (round(float(place) - convolving.NAMES) for place in line.get_xdata())
        assert full[start:end].tolist() == np.convolve(x, theta, mode).tolist()


def test_the_frame_stands_around_the_column():
    ax = plotting.stamps_diagram(X, THETA, 4)
    columns = [left - convolving.NAMES for (_, left, _, _), _ in frames_of(ax).items()]
    assert columns == [pytest.approx(4)]


@pytest.mark.parametrize(("x", "theta"), [(X[:2], THETA), (X[None], THETA), (X, THETA[:0])])
def test_stamps_refuse_what_is_no_line(x, theta):
    with pytest.raises(ValueError, match="a row of pixels and at most as many taps expected"):
        plotting.stamps_diagram(x, theta, 0)


def test_photographs_share_one_scale_and_keep_their_sizes():
    pictures = [np.full((4, 6), 300.0), np.zeros((3, 6)), np.ones((2, 8))]
    axes = plotting.photographs(pictures, ["one", "two", "three"])
    assert [ax.get_title() for ax in axes] == ["one", "two", "three"]
    for ax, picture in zip(axes, pictures, strict=True):
        (drawn,) = ax.images
        assert drawn.get_clim() == (0, 255)
        assert np.array_equal(drawn.get_array(), picture)


@pytest.mark.parametrize("pictures", [[np.zeros((2, 2))] * 2, [np.zeros((2, 2, 3))]])
def test_photographs_refuse_colours_and_missing_titles(pictures):
    with pytest.raises(ValueError, match="with one title each expected"):
        plotting.photographs(pictures, ["one"])
