"""Pictures of the forms of one backward pass: the matrix of a convolution, and who walks."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

from cnnbook.plotting.cells import draw_cells, new_board, write
from cnnbook.plotting.style import (
    FAINT,
    FORWARD,
    GRADIENT,
    GROUND,
    INPUT,
    KERNEL,
    LINE,
    MINUS,
    READABLE,
    SIGNED,
    limits,
    tint,
)

AROUND = 0.35  # cells between what is framed and its frame
WIDTH = 4.5  # inches: what a phone shows in full
UP, DOWN = 1.55, 4.45  # where, in a panel, the pixels' cells end and those of the deltas begin
PANEL = 6.3  # cells from the head of one panel to the head of the next


def toeplitz_diagram(matrix, theta, output, pixel):
    """Draw the matrix of a convolution below its kernel, with one row and one column framed.

    Parameters
    ----------
    matrix : array (H' W', H W)
    theta : array (K, L)
    output, pixel : int
        The row and the column to frame.

    Returns
    -------
    two matplotlib axes
        Of the kernel and of the matrix.
    """
    matrix, theta = np.asarray(matrix), np.asarray(theta)
    _, (top, below) = plt.subplots(2, 1, figsize=(WIDTH, 4.3), height_ratios=[1, 2.7])
    _draw_kernel(new_board(top, 3.1, 12), theta)
    low, high = limits(theta, signed=True)
    below.imshow(matrix, cmap=SIGNED, vmin=low, vmax=high)
    below.set(xticks=[], yticks=[], xlabel="pixels, row by row", ylabel="outputs, row by row")
    rows, columns = matrix.shape
    for corner, width, height, colour in [
        ((-0.5, output - 0.5 - AROUND), columns, 1 + 2 * AROUND, FORWARD),
        ((pixel - 0.5 - AROUND, -0.5), 1 + 2 * AROUND, rows, GRADIENT),
    ]:
        frame = Rectangle(corner, width, height, fill=False, edgecolor=colour, linewidth=1.6)
        below.add_patch(frame)
    write(top, 0.75, 5, "a row: one output", 11, FORWARD, "left")
    write(top, 1.45, 5, "collects from its pixels", 11, FORWARD, "left")
    write(top, 2.3, 5, "a column: one pixel", 11, GRADIENT, "left")
    write(top, 3.0, 5, "goes out to its outputs", 11, GRADIENT, "left")
    return top, below


def walks_diagram(theta, delta, output, pixel, ax=None):
    """Draw the way back to the pixels twice: an output that scatters, and a pixel that gathers.

    Every meeting is a thin line; those of the walker are arrows with the tap on them.

    Parameters
    ----------
    theta : array (K, L)
    delta : array (H', W')
    output, pixel : (int, int)
        The output that hands out in the upper panel, the pixel that collects in the lower one.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    theta, delta = np.asarray(theta), np.asarray(delta)
    met = _meetings(theta.shape, delta.shape)
    image = tuple(np.add(delta.shape, theta.shape) - 1)
    columns = int(np.prod(image))
    if ax is None:
        cell = WIDTH / columns
        _, ax = plt.subplots(figsize=(WIDTH, (2 * PANEL - 0.7) * cell))
    ax = new_board(ax, 2 * PANEL - 0.7, columns)
    out = [meeting for meeting in met if meeting[0] == output]
    due = [meeting for meeting in met if meeting[1] == pixel]
    handed = {h: _signed(delta[output] * theta[tap]) for _, h, tap in out}
    total = sum(delta[uv] * theta[tap] for uv, _, tap in due)
    shown = {uv: _number(delta[uv]) for uv, _, _ in due}
    head = "scatter: an output hands out"
    _panel(
        ax, 0, head, (met, out), (image, handed), (delta.shape, {output: _number(delta[output])})
    )
    head = "gather: a pixel collects"
    _panel(ax, PANEL, head, (met, due), (image, {pixel: _number(total)}), (delta.shape, shown))
    for number, walkers in enumerate((out, due)):
        for uv, h, tap in walkers:
            start, end = _ends(uv, h, delta.shape, image, number * PANEL)
            _arrow(ax, start, end, number == 0, _number(theta[tap]))
    return ax


def _draw_kernel(ax, theta):
    write(ax, 1.6, 0.5, r"$\Theta=$", 12, KERNEL)
    _, high = limits(theta, signed=True)
    scale = plt.get_cmap(SIGNED)
    fills = [
        [tint(scale(float(np.sign(tap))), READABLE * abs(tap) / high) for tap in row]
        for row in theta
    ]
    draw_cells(ax, np.vectorize(_number)(theta), fills, 0.1, 1.3, 11)


def _meetings(kernel, outputs):
    """All triples of an output, a pixel and the tap with which they meet."""
    rows, columns = kernel
    return [
        ((u, v), (u + rows - 1 - r, v + columns - 1 - c), (r, c))
        for u, v in np.ndindex(*outputs)
        for r, c in np.ndindex(*kernel)
    ]


def _ends(uv, h, outputs, image, top):
    """Where the line of a meeting begins, at the output's cell, and ends, at the pixel's."""
    pixels, count = int(np.prod(image)), int(np.prod(outputs))
    place = (np.ravel_multi_index(uv, outputs) + 0.5) * pixels / count
    return (place, top + DOWN), (np.ravel_multi_index(h, image) + 0.5, top + UP + 0.95)


def _panel(ax, top, title, meetings, pixels, deltas):
    """Names, cells and thin lines of one panel; `pixels` and `deltas` are a shape and texts."""
    (image, texts), (outputs, values) = pixels, deltas
    write(ax, top + 0.3, 0, title, 12, align="left")
    for uv, h, _ in meetings[0]:
        (x0, y0), (x1, y1) = _ends(uv, h, outputs, image, top)
        ax.plot([x0, x1], [y0, y1], color=FAINT, linewidth=0.9, zorder=1)
    for number, h in enumerate(np.ndindex(*image)):
        fill = tint(INPUT) if h in texts else "none"
        draw_cells(ax, [[texts.get(h, "")]], [[fill]], top + UP - 0.05, number, 12)
        write(ax, top + UP - 0.45, number + 0.5, f"$x_{{{h[0]}{h[1]}}}$", 12.5, INPUT)
    for uv in np.ndindex(*outputs):
        (x, y), _ = _ends(uv, (0, 0), outputs, image, top)
        fill = tint(GRADIENT) if uv in values else "none"
        draw_cells(ax, [[values.get(uv, "")]], [[fill]], y, x - 0.5, 12)
        write(ax, y + 0.5, x - 1.0, rf"$\delta_{{{uv[0]}{uv[1]}}}$", 12.5, GRADIENT)


def _arrow(ax, start, end, scattering, tap):
    """An arrow from the output to the pixel, and the tap where arrows lie furthest apart."""
    style = {"arrowstyle": "-|>", "color": LINE, "lw": 1.3, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=style)
    part = 0.62 if scattering else 0.36
    x, y = np.add(start, part * np.subtract(end, start))
    ground = {"facecolor": GROUND, "edgecolor": "none", "pad": 1.0}
    write(ax, y, x, tap, 11, KERNEL).set_bbox(ground)


def _number(value):
    return f"{round(float(value), 2) + 0.0:g}".replace("-", MINUS)


def _signed(value):
    return ("" if value < 0 else "+") + _number(value)
