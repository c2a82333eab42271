"""What a convolution does: the stamps that it adds up, and pictures before and after."""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.cells import draw_cells, frame_cells, new_board, write
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import FORWARD, INK, INPUT, INTENSITY, KERNEL, LINE, MINUS, tint

CELL = 0.47  # inches; seven columns with their names are as wide as the style's own figures
NAMES = 1.9  # cells on the left, for the names of the rows
STRENGTHS = (0.1, 0.28, 0.46)  # of the kernel's colour, one for each tap in turn
LIGHTEST = 255  # of a photograph
WIDTH, TITLE = 5.2, 0.27  # inches: of all photographs together, and of the line above one


def stamps_diagram(x, theta, column, ax=None):
    """Draw a full convolution in one dimension: a row for each pixel's stamp, and their sum.

    Parameters
    ----------
    x : array (W,)
    theta : array (L,)
        At most as long as x.
    column : int
        The output that is framed, counted in the full convolution.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    x, theta = np.asarray(x), np.asarray(theta)
    if x.ndim != 1 or theta.ndim != 1 or not 1 <= len(theta) <= len(x):
        raise ValueError(
            f"a row of pixels and at most as many taps expected, not {x.shape} and {theta.shape}"
        )
    pixels, taps = len(x), len(theta)
    outputs = pixels + taps - 1
    rows, columns = pixels + 5.1, NAMES + outputs
    if ax is None:
        _, ax = plt.subplots(figsize=(columns * CELL, rows * CELL))
    new_board(ax, rows, columns)
    fills = [tint(KERNEL, STRENGTHS[tap % len(STRENGTHS)]) for tap in range(taps)]
    for h, pixel in enumerate(x):
        left = NAMES + h
        draw_cells(ax, [[""] * taps], [fills], top=h, left=left)
        write(ax, h + 0.5, NAMES - 0.3, f"$x_{h}={_number(pixel)}$", 12, INPUT, "right")
        for r, tap in enumerate(theta):
            write(ax, h + 0.36, left + r + 0.5, _number(pixel * tap), 12)
            write(ax, h + 0.77, left + r + 0.5, rf"$\theta_{r}x_{h}$", 9.5)
    total = pixels + 0.4
    z = [[_number(value) for value in np.convolve(x, theta)]]
    draw_cells(ax, z, [[tint(FORWARD)] * outputs], total, NAMES, fontsize=12)
    write(ax, total + 0.5, NAMES - 0.3, "sum", 12, FORWARD, "right")
    frame_cells(ax, -0.02, NAMES + column, total + 1.04, 1, INK, 2)
    same = (taps - 1) // 2  # where as many outputs as pixels begin, in the middle
    spans = {"full": (0, outputs), "same": (same, pixels), "valid": (taps - 1, pixels - taps + 1)}
    for line, (name, (start, count)) in enumerate(spans.items()):
        down = total + 1.55 + line
        ends = [NAMES + start + 0.08, NAMES + start + count - 0.08]
        ax.plot(ends, [down, down], color=LINE, lw=2, solid_capstyle="butt")
        write(ax, down, NAMES - 0.3, name, 12, INK, "right")
        write(ax, down + 0.4, sum(ends) / 2, str(count), 11, LINE)
    return ax


def photographs(pictures, titles, columns=2):
    """Draw photographs in greys from 0 to 255, lighter than which there is nothing.

    Parameters
    ----------
    pictures : sequence of arrays (H, W)
        As tall as wide, or wider; the sizes may differ.
    titles : sequence of str
        One for each.
    columns : int
        Pictures in a row.

    Returns
    -------
    list of matplotlib axes
    """
    if len(pictures) != len(titles) or any(np.ndim(picture) != 2 for picture in pictures):
        raise ValueError("photographs (H, W) with one title each expected")
    rows = -(-len(pictures) // columns)
    aspects = [np.shape(picture)[0] / np.shape(picture)[1] for picture in pictures]
    tallest = [max(aspects[row * columns : (row + 1) * columns]) for row in range(rows)]
    heights = [WIDTH / columns * aspect + TITLE for aspect in tallest]
    _, grid = plt.subplots(
        rows, columns, figsize=(WIDTH, sum(heights)), height_ratios=heights, squeeze=False
    )
    axes = list(grid.flat)
    for ax, picture, title in zip(axes, pictures, titles, strict=False):
        ax.imshow(picture, cmap=INTENSITY, vmin=0, vmax=LIGHTEST)
        ax.set_title(title, loc="center", fontsize=12)
    for ax in axes:
        ax.set_axis_off()
    wrap(axes[: len(pictures)])
    return axes[: len(pictures)]


def _number(value):
    return f"{value:g}".replace("-", MINUS)
