"""The picture under all diagrams of a convolution.

A window of one matrix, each pixel of it with its factor in the corner; the matrix that the factors
come from; the cell of the result where the sum of the products goes; and below, that sum.
"""

import re
from dataclasses import dataclass

import numpy as np
from matplotlib.patches import Rectangle

from cnnbook.plotting.cells import draw_cells, frame_cells, new_board, write
from cnnbook.plotting.style import FAINT, GROUND, READABLE, tint

GAP = 0.9  # cells between two matrices, for the sign
HEAD = 0.8  # cells above the matrices, for their names
LEADING = 0.55  # cells from one line of the sum to the next
LINE_LENGTH = 60  # characters of the sum
NARROWEST = 9  # cells: room for the sum
SMALL = 8.5  # size of the type in the corner of a cell


@dataclass(frozen=True)
class Matrix:
    """A named matrix of texts in a diagram; where `zeros` is true a cell is only padding."""

    name: str
    texts: np.ndarray
    colour: str
    zeros: np.ndarray | bool = False
    fontsize: float = 10.5


def draw_window(ax, matrices, factors, cell, lines):
    """Draw source, weights and result side by side, and the lines of the sum below them.

    Parameters
    ----------
    ax : matplotlib axes or None
    matrices : three Matrix
        The source, the weights that its pixels are multiplied with, the result.
    factors : dict
        (row, column) of a pixel of the source -> text of its factor.
    cell : (int, int)
        Of the result.
    lines : sequence of str

    Returns
    -------
    matplotlib axes
    """
    source, weights, result = matrices
    height = max(matrix.texts.shape[0] for matrix in matrices)
    width = sum(matrix.texts.shape[1] for matrix in matrices) + 2 * GAP
    ax = new_board(ax, HEAD + height + 0.3 + LEADING * len(lines), max(width, NARROWEST))
    middle, left = HEAD + height / 2, max(NARROWEST - width, 0) / 2
    windows = (factors, list(np.ndindex(weights.texts.shape)), [cell])
    colours = (weights.colour, weights.colour, result.colour)
    signs = (r"$\circ$", "$\\Sigma$\n→", "")
    for matrix, window, colour, sign in zip(matrices, windows, colours, signs, strict=True):
        rows, columns = matrix.texts.shape
        top = middle - rows / 2
        _draw_matrix(ax, matrix, window, top, left)
        for row, column in window:
            frame_cells(ax, top + row, left + column, 1, 1, colour, 2.5)
        write(ax, top - 0.4, left + columns / 2, matrix.name, 12)
        if sign:
            write(ax, middle, left + columns + GAP / 2, sign, 14)
        if matrix is source:
            _draw_factors(ax, factors, weights.colour, top, left)
        left += columns + GAP
    for number, line in enumerate(lines):
        row = HEAD + height + 0.3 + LEADING * (number + 0.5)
        write(ax, row, max(width, NARROWEST) / 2, line)
    return ax


def _draw_matrix(ax, matrix, window, top, left):
    fills = np.full(matrix.texts.shape, "none", dtype=object)
    fills[np.broadcast_to(matrix.zeros, fills.shape)] = FAINT
    for place in window:
        if fills[place] != FAINT:
            fills[place] = tint(matrix.colour)
    draw_cells(ax, matrix.texts, fills, top, left, matrix.fontsize)


def _draw_factors(ax, factors, colour, top, left):
    """Put each factor on a chip in the lower right corner of its pixel, the pixel's text aside."""
    for (row, column), factor in factors.items():
        centre = (left + column + 0.5, top + row + 0.5)
        text = next(text for text in ax.texts if text.get_position() == centre)
        room = 0.46 - 0.085 * _length(text.get_text())  # beside the text, in cells
        text.set_position((centre[0] - np.clip(room, 0, 0.14), centre[1] - 0.2))
        width = min(0.16 + 0.13 * _length(factor), 0.96)
        corner = (left + column + 0.98 - width, top + row + 0.56)
        for fill in (GROUND, tint(colour, READABLE)):
            chip = Rectangle(corner, width, 0.42, facecolor=fill, edgecolor="none", zorder=3.5)
            ax.add_patch(chip)
        write(ax, corner[1] + 0.21, corner[0] + width / 2, factor, SMALL)


def sum_lines(head, terms, tail):
    """The sum as lines of text, of about equal length, that fit the picture."""
    count = -(-sum(_length(term) + 3 for term in [head, *terms, tail]) // LINE_LENGTH)
    size = -(-len(terms) // count)
    lines = [" + ".join(terms[start : start + size]) for start in range(0, len(terms), size)]
    lines[0] = f"{head} = {lines[0]}"
    lines[-1] = f"{lines[-1]} {tail}".rstrip()
    return [lines[0], *(f"+ {line}" for line in lines[1:])]


def _length(text):
    """Characters of a text as shown, about: TeX commands count as one."""
    return len(re.sub(r"\\[a-z]+|[${}_,\\]", "", text)) + text.count("\\")
