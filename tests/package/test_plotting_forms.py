"""Pictures of the forms of the backward pass: they show what the arrays say."""

import numpy as np
import pytest
from figures import book_figures, words_of  # noqa: F401
from matplotlib.patches import Rectangle

from cnnbook import plotting
from cnnbook.convolution import conv2d, rot180
from cnnbook.plotting import forms, style

pytestmark = pytest.mark.usefixtures("book_figures")
THETA = np.array([[2, -1], [1, 3]])
DELTA = np.array([[1, -1], [0, 2]])


def matrix_of(theta, shape):
    pixels = np.eye(np.prod(shape)).reshape(-1, *shape)
    return np.array([conv2d(pixel, theta).ravel() for pixel in pixels]).T


def test_the_matrix_is_drawn_with_one_row_and_one_column_framed():
    matrix = matrix_of(THETA, (4, 3))
    kernel, ax = plotting.toeplitz_diagram(matrix, THETA, output=2, pixel=7)
    assert np.array_equal(ax.images[0].get_array(), matrix)
    frames = {patch.get_bbox().bounds for patch in ax.patches if isinstance(patch, Rectangle)}
    edge = forms.AROUND
    row, column = (-0.5, 1.5 - edge, 12, 1 + 2 * edge), (6.5 - edge, -0.5, 1 + 2 * edge, 6)
    assert np.allclose(sorted(frames), [row, column])
    assert ["2", f"{style.MINUS}1", "1", "3"] == [
        word for word in words_of(kernel) if word.lstrip(style.MINUS).isdigit()
    ]


def cells_of(ax, below, above):
    """Texts of the cells that lie between two heights of the board, from left to right."""
    inside = [text for text in ax.texts if below < text.get_position()[1] < above]
    inside = [text for text in inside if text.get_fontsize() == 12 and text.get_text()]
    return [
        text.get_text().replace(style.MINUS, "-")
        for text in sorted(inside, key=lambda text: text.get_position())
    ]


def test_scattered_and_gathered_are_the_terms_of_the_gradient():
    dx = conv2d(DELTA, rot180(THETA), "full")
    ax = plotting.walks_diagram(THETA, DELTA, output=(1, 1), pixel=(1, 1))
    handed = cells_of(ax, forms.UP, forms.UP + 0.9)
    assert handed == ["+6", "+2", "-2", "+4"]  # 2 times 3, 1, -1, 2: the kernel, turned
    assert cells_of(ax, forms.DOWN, forms.DOWN + 1) == ["2"]
    lower = forms.PANEL
    assert cells_of(ax, lower + forms.UP, lower + forms.UP + 0.9) == [str(dx[1, 1])]
    assert cells_of(ax, lower + forms.DOWN, lower + forms.DOWN + 1) == ["1", "-1", "0", "2"]
    on_arrows = [text.get_text() for text in ax.texts if text.get_color() == style.KERNEL]
    assert on_arrows == [f"{tap}".replace("-", style.MINUS) for tap in [2, -1, 1, 3] * 2]


def test_a_pixel_at_the_corner_meets_one_output():
    ax = plotting.walks_diagram(THETA, DELTA, output=(0, 0), pixel=(2, 2))
    lower = forms.PANEL
    assert cells_of(ax, lower + forms.UP, lower + forms.UP + 0.9) == ["4"]
    assert cells_of(ax, lower + forms.DOWN, lower + forms.DOWN + 1) == ["2"]
