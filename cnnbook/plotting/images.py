"""Arrays as pictures, and small matrices as numbers in cells."""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.cells import draw_cells, frame_cells, new_board
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import (
    INK,
    INTENSITY,
    MINUS,
    NEGATIVE,
    POSITIVE,
    READABLE,
    SIGNED,
    limits,
    tint,
)


def images(array, titles=None, columns=None, signed=False, bar=None, width=6.5):
    """Draw images, kernels or feature maps side by side, all on one colour scale.

    Parameters
    ----------
    array : array (H, W), (n, H, W) or (n, H, W, 1)
    titles : sequence of n str, optional
    columns : int, optional
        Pictures in a row; at most ten if not given.
    signed : bool
        Draw in diverging colours around zero, which has none, not in greys from the smallest to the
        largest value.
    bar : bool, optional
        Draw the scale beside the pictures; for signed values if not given.
    width : float
        Of the figure in inches.

    Returns
    -------
    list of matplotlib axes
        One for each picture; ``axes[0].figure`` is the figure.
    """
    pictures = _as_pictures(array)
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"{len(pictures)} pictures need as many titles, but got {len(titles)}")
    columns = min(len(pictures), columns or 10)
    rows = -(-len(pictures) // columns)
    bar = signed if bar is None else bar
    aspect = pictures.shape[1] / pictures.shape[2]
    height = rows * ((width - 0.9 * bar) / columns * aspect + 0.24 * (titles is not None))
    figure, grid = plt.subplots(rows, columns, figsize=(width, height), squeeze=False)
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.02, hspace=0.02)
    low, high = limits(pictures, signed)
    for axes, picture in zip(grid.flat, pictures, strict=False):
        drawn = axes.imshow(picture, cmap=SIGNED if signed else INTENSITY, vmin=low, vmax=high)
    for number, axes in enumerate(grid.flat):
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set_visible(number < len(pictures))
        if titles is not None and number < len(pictures):
            axes.set_title(titles[number], loc="center", fontsize=10.5, fontweight="normal", pad=3)
    if bar:
        scale = figure.colorbar(drawn, ax=grid, shrink=0.9, aspect=15 * rows, pad=0.02)
        scale.outline.set_lw(0)
        scale.solids.set(rasterized=True, edgecolor="none")
    wrap([*grid.flat[: len(pictures)], *([scale.ax] if bar else [])])
    return list(grid.flat[: len(pictures)])


def matrix(values, ax=None, signed=None, highlight=None, fmt="g", title=None):
    """Draw a small matrix as a grid of cells with its numbers in them.

    Parameters
    ----------
    values : array (rows, columns)
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.
    signed : bool, optional
        True colours the cells around zero, False in greys, None leaves them without colour.
    highlight : dict, optional
        Frames: (row, column), or (row, column, rows, columns) for a region -> colour.
    fmt : str
        Format of a number.
    title : str, optional

    Returns
    -------
    matplotlib axes
    """
    values = np.asarray(values)
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"a matrix (rows, columns) expected, but the shape is {values.shape}")
    ax = new_board(ax, *values.shape, title=title is not None)
    fills = [[_ground(value, values, signed) for value in row] for row in values]
    draw_cells(ax, [[_number(value, fmt) for value in row] for row in values], fills)
    for (row, column, *size), colour in (highlight or {}).items():
        rows, cols = size or (1, 1)
        if not (
            0 <= row <= row + rows <= len(values) and 0 <= column <= column + cols <= len(values[0])
        ):
            raise ValueError(
                f"the frame at {(row, column)} with size {(rows, cols)} leaves the matrix of "
                f"shape {values.shape}"
            )
        frame_cells(ax, row, column, rows, cols, colour)
    if title:
        ax.set_title(title, loc="center")
    return ax


def _as_pictures(array):
    array = np.asarray(array)
    if array.ndim == 4 and array.shape[3] == 1:
        array = array[..., 0]
    if array.ndim == 2:
        array = array[None]
    if array.ndim != 3 or array.size == 0:
        raise ValueError(
            f"pictures (H, W), (n, H, W) or (n, H, W, 1) expected, but the shape is {array.shape}"
        )
    return array


def _ground(value, values, signed):
    """The colour of a cell: stronger for larger values, but so that its number stays readable."""
    if signed is None:
        return "none"
    low, high = limits(values, signed)
    if signed:
        return tint(NEGATIVE if value < 0 else POSITIVE, 1.6 * READABLE * abs(value) / high)
    return tint(INK, READABLE * (value - low) / (high - low))


def _number(value, fmt):
    return format(value, fmt).replace("-", MINUS)
