"""Boards of cells, one unit wide and high, on which matrices and diagrams are drawn."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from cnnbook.plotting.style import INK, LINE

WIDTH = 6.5  # inches of a figure
LARGEST_CELL = 0.55  # inches


def new_board(ax, rows, columns, title=False):
    """Axes of rows x columns units of equal size, row 0 on top, without ticks or spines.

    Without ax, a new figure as wide as the page, or less wide when the cells would get large.
    """
    if ax is None:
        cell = min(LARGEST_CELL, WIDTH / columns)
        size = (columns * cell + 0.1, rows * cell + 0.1 + 0.35 * title)
        _, ax = plt.subplots(figsize=size)
    ax.set(xlim=(-0.05, columns + 0.05), ylim=(rows + 0.05, -0.05), aspect="equal")
    ax.axis("off")
    return ax


def draw_cells(ax, texts, fills, top=0, left=0, fontsize=10.5, edge=LINE):
    """Draw a matrix of texts, each in a cell of its colour.

    Parameters
    ----------
    texts : nested sequence (rows, columns) of str
    fills : nested sequence (rows, columns) of colours
        "none", FAINT, or a `tint` on which ink is readable.
    top, left : float
        Where the matrix begins on the board.
    """
    for row, (line, colours) in enumerate(zip(texts, fills, strict=True)):
        for column, (text, colour) in enumerate(zip(line, colours, strict=True)):
            corner = (left + column, top + row)
            ax.add_patch(Rectangle(corner, 1, 1, facecolor=colour, edgecolor=edge, linewidth=0.8))
            write(ax, top + row + 0.5, left + column + 0.5, text, fontsize)


def frame_cells(ax, top, left, rows, columns, colour, linewidth=3):
    """Frame a region of cells."""
    return ax.add_patch(
        Rectangle(
            (left, top), columns, rows, fill=False, edgecolor=colour, linewidth=linewidth, zorder=3
        )
    )


def write(ax, row, column, text, fontsize=10.5, colour=INK, align="center"):
    """Write text with its middle at a place of the board."""
    return ax.text(
        column, row, text, ha=align, va="center", fontsize=fontsize, color=colour, zorder=4
    )
