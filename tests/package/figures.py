"""Reading figures back: what the tests of cnnbook.plotting look at."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

from cnnbook import plotting
from cnnbook.plotting import style

mpl.use("Agg")


@pytest.fixture
def book_figures():
    """The book's style for one test, and no figure left open after it."""
    with plt.rc_context():
        plotting.use_style()
        yield
        plt.close("all")


def contrast(one, other):
    darker, lighter = sorted(style.luminance_of(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


def grounds_of(ax):
    """The filled cells of a board: (column, row) of the corner -> colour."""
    return {
        patch.get_xy(): patch.get_facecolor()
        for patch in ax.patches
        if patch.get_fill() and patch.get_width() == 1
    }


def frames_of(ax):
    """The frames of a board: (row, column, rows, columns) -> colour."""
    return {
        (patch.get_y(), patch.get_x(), patch.get_height(), patch.get_width()): (
            mpl.colors.to_hex(patch.get_edgecolor(), keep_alpha=False).upper()
        )
        for patch in ax.patches
        if not patch.get_fill()
    }


def words_of(ax):
    return [text.get_text() for text in ax.texts]
