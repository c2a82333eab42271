"""Pictures of meetings: the stripes of a matrix, the triangle, and the stamps of the deltas.

All are drawn narrower than the page, so that their type stays readable on a phone.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.cells import draw_cells, frame_cells, new_board, write
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import (
    FAINT,
    FORWARD,
    GRADIENT,
    INK,
    INPUT,
    KERNEL,
    LINE,
    MINUS,
    tint,
)

CELL = 0.385  # inches
GAP = 1.4  # cells between the matrix and its transpose
HEAD = 1.7  # cells above the matrices, for their names and those of the columns
STRENGTHS = (0.1, 0.28, 0.46)  # of the kernel's colour, one for each tap in turn
TITLE = 0.9  # cells above an image on which a delta stamps
TRIANGLE = np.array([4.8, 11.4])  # cells down and across
CORNERS = {"pixel": (0.23, 0.72), "tap": (0.77, 0.72), "output": (0.5, 0.24)}
REACH = (0.27, 0.73)  # the part of a side that is drawn, so that no line crosses a box


def stripes_diagram(taps, ax=None):
    """Draw the matrix of a convolution in one dimension, and its transpose.

    A row of the matrix is an output, a column a pixel; each cell names the tap that joins them.

    Parameters
    ----------
    taps : array (W', W) of int
        The number of the tap with which output u meets pixel w, or -1 where they do not meet.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    taps = np.asarray(taps)
    if taps.ndim != 2 or taps.min() < -1:
        raise ValueError(f"a matrix of taps, -1 for none, expected, but got {taps!r}")
    outputs, pixels = taps.shape
    ax = _board(ax, HEAD + max(taps.shape), 2 + pixels + GAP + outputs)
    xs, zs = _numbered("x", pixels), _numbered("z", outputs)
    _stripes(ax, taps, 1, "forward: $T$", (zs, FORWARD), (xs, INPUT))
    deltas = (_numbered(r"\delta", outputs), GRADIENT)
    _stripes(ax, taps.T, 2 + pixels + GAP - 1, r"back: $T^\mathsf{T}$", (xs, INPUT), deltas)
    return ax


def meeting_diagram(pixel, tap, delta, names=("x", r"\theta", r"\delta", "z"), ax=None):
    """Draw one meeting as a triangle: what each corner gets is the product of the other two.

    Parameters
    ----------
    pixel, tap, delta : float
        The three numbers that take part.
    names : four str
        Of the pixel, the tap, the delta and the output, as in a formula.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    ax = _board(ax, *TRIANGLE)
    x, theta, d, z = names
    ends = np.array([CORNERS[name] for name in (*CORNERS, "pixel")]) * TRIANGLE[::-1]
    for start, end in pairwise(ends):
        ax.plot(*np.transpose([start + part * (end - start) for part in REACH]), color=LINE, lw=1.5)
    owed = {  # what the corner holds, and the sum to which the other two contribute
        "pixel": (INPUT, x, pixel, rf"\partial E/\partial {x}", (d, delta), (theta, tap)),
        "tap": (KERNEL, theta, tap, rf"\partial E/\partial {theta}", (d, delta), (x, pixel)),
        "output": (GRADIENT, d, delta, z, (theta, tap), (x, pixel)),
    }
    for place, (colour, name, value, total, *factors) in owed.items():
        across, down = np.array(CORNERS[place]) * TRIANGLE[::-1]
        text = f"${name}={_number(value)}$"
        write(ax, down, across, text, 12).set_bbox(
            {"boxstyle": "round,pad=0.45", "facecolor": tint(colour), "edgecolor": colour}
        )
        (first, a), (second, b) = factors
        due = rf"${total}$ gets ${first}\,{second}={_number(a * b)}$"
        write(ax, down + (-1.0 if place == "output" else 1.0), across, due, 11)
    return ax


def delta_stamps_diagram(delta, theta, pixel):
    """Draw the gradient at an image as a sum of stamps: every delta leaves the turned kernel.

    Parameters
    ----------
    delta : array (H', W')
        There is an image for each that is not zero, and a last one for the sum.
    theta : array (K, L)
    pixel : (int, int)
        The pixel that is framed in all images.

    Returns
    -------
    list of matplotlib axes
    """
    delta, theta = np.asarray(delta), np.asarray(theta)
    if delta.ndim != 2 or theta.ndim != 2 or not delta.any():
        raise ValueError(f"two maps, not all deltas 0, expected, but got {delta!r} and {theta!r}")
    (rows, columns), (height, width) = theta.shape, np.add(delta.shape, theta.shape) - 1
    stamping = np.argwhere(delta)
    count = len(stamping) + 1
    size = (count * (width + 0.3) * CELL, (height + TITLE) * CELL + 0.1)
    _, grid = plt.subplots(1, count, figsize=size)
    axes = [new_board(ax, height + TITLE, width) for ax in grid]
    total = np.zeros((height, width))
    for (u, v), ax in zip(stamping, axes, strict=False):
        fills = np.full((height, width), "none", object)
        draw_cells(ax, np.full((height, width), ""), fills, TITLE, edge=FAINT)
        _stamp(ax, delta[u, v], theta, TITLE + u, v)
        title = rf"$\delta_{{{u}{v}}}={_number(delta[u, v])}$ stamps"
        write(ax, TITLE / 2 - 0.05, width / 2, title, 12, GRADIENT)
        total[u : u + rows, v : v + columns] += delta[u, v] * theta[::-1, ::-1]
    fills = np.full((height, width), tint(GRADIENT), object)
    draw_cells(axes[-1], np.vectorize(_number)(total), fills, TITLE, fontsize=12)
    write(
        axes[-1], TITLE / 2 - 0.05, width / 2, r"their sum, $\partial E/\partial x$", 12, GRADIENT
    )
    for ax in axes:
        frame_cells(ax, TITLE + pixel[0], pixel[1], 1, 1, INK, 2.2)
    wrap(axes)
    return axes


def _stamp(ax, delta, theta, top, left):
    """The kernel, turned round, times one delta; each cell with the name of its tap."""
    rows, columns = theta.shape
    for r, c in np.ndindex(rows, columns):
        down, across = top + rows - 1 - r, left + columns - 1 - c
        fill = tint(KERNEL, STRENGTHS[(r * columns + c) % len(STRENGTHS)])
        draw_cells(ax, [[""]], [[fill]], down, across)
        write(ax, down + 0.33, across + 0.5, _number(delta * theta[r, c]), 12)
        write(ax, down + 0.77, across + 0.5, rf"$\theta_{{{r}{c}}}$", 9.5)


def _board(ax, rows, columns):
    if ax is None:
        _, ax = plt.subplots(figsize=(columns * CELL + 0.1, rows * CELL + 0.1))
    return new_board(ax, rows, columns)


def _stripes(ax, taps, left, title, rows, columns):
    """One matrix of taps, with the names of its rows and columns."""
    texts = np.where(taps < 0, "", np.char.add(np.char.add(r"$\theta_{", taps.astype(str)), "}$"))
    fills = [
        [FAINT if tap < 0 else tint(KERNEL, STRENGTHS[tap % len(STRENGTHS)]) for tap in row]
        for row in taps
    ]
    draw_cells(ax, texts, fills, HEAD, left, fontsize=12)
    write(ax, 0.45, left + taps.shape[1] / 2, title, 12)
    for row, name in enumerate(rows[0]):
        write(ax, HEAD + row + 0.5, left - 0.45, name, 12, rows[1])
    for column, name in enumerate(columns[0]):
        write(ax, HEAD - 0.4, left + column + 0.5, name, 12, columns[1])


def _numbered(letter, count):
    return [f"${letter}_{number}$" for number in range(count)]


def _number(value):
    return f"{round(float(value), 2) + 0.0:g}".replace("-", MINUS)
