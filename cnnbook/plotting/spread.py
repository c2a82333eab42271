"""Pictures of stride, padding and dilation: rows struck out, fields as trees, uneven gradients."""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.cells import draw_cells, new_board, write
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import FAINT, FORWARD, GRADIENT, INK, INPUT, KERNEL, LINE, tint

WIDTH = 6.5  # inches of a figure
HEAD = 1.9  # cells above a matrix, for its title and the names of its columns
SIDE = 1.1  # cells left of it, for the names of its rows
STRENGTHS = (0.1, 0.28, 0.46)  # of the kernel's colour, one for each tap in turn
STAGE = 4  # pixels between two layers of a tree


def struck_stripes(panels):
    """Draw matrices of convolutions in one dimension, with the rows and columns that are left out.

    Parameters
    ----------
    panels : sequence of (title, taps, outputs, pixels)
        taps : array (rows, columns) of int, the tap that joins an output to a pixel, or -1;
        outputs and pixels: one name for each row and column, or "" where it is struck out.

    Returns
    -------
    list of matplotlib axes
    """
    rows = -(-len(panels) // 2)
    across = min(len(panels), 2)
    shapes = [np.shape(taps) for _, taps, _, _ in panels]
    widths = [SIDE + max(width for _, width in shapes[side::2]) for side in range(across)]
    heights = [HEAD + max(high for high, _ in shapes[2 * row : 2 * row + 2]) for row in range(rows)]
    cell = (WIDTH - 0.3) / sum(widths)
    _, grid = plt.subplots(
        rows,
        across,
        figsize=(WIDTH, cell * sum(heights) + 0.25 * rows),
        width_ratios=widths,
        height_ratios=heights,
        squeeze=False,
    )
    for ax in grid.flat[len(panels) :]:
        ax.set_axis_off()
    axes = list(grid.flat[: len(panels)])
    for number, (ax, panel) in enumerate(zip(axes, panels, strict=True)):
        new_board(ax, heights[number // 2], widths[number % across])
        _struck_matrix(ax, *panel)
    wrap(axes)
    return axes


def _struck_matrix(ax, title, taps, outputs, pixels):
    taps = np.asarray(taps)
    if taps.shape != (len(outputs), len(pixels)):
        raise ValueError(
            f"{title}: a matrix {taps.shape} has no {len(outputs)} outputs and {len(pixels)} pixels"
        )
    kept = np.array(outputs, bool)[:, None] & np.array(pixels, bool)[None]
    texts = np.where(taps < 0, "", np.char.add(np.char.add(r"$\theta_{", taps.astype(str)), "}$"))
    fills = np.full(taps.shape, FAINT, dtype=object)
    for place in np.argwhere(kept & (taps >= 0)):
        fills[tuple(place)] = tint(KERNEL, STRENGTHS[taps[tuple(place)] % len(STRENGTHS)])
    fills[~kept] = "none"
    draw_cells(ax, texts, fills, HEAD, SIDE, fontsize=12)
    write(ax, 0.45, 0.1, title, 12, align="left")
    rows, columns = taps.shape
    for row, name in enumerate(outputs):
        write(ax, HEAD + row + 0.5, SIDE - 0.5, name, 12, FORWARD)
        if not name:
            ax.plot([SIDE, SIDE + columns], [HEAD + row + 0.5] * 2, color=LINE, lw=1.2, zorder=2)
    for column, name in enumerate(pixels):
        write(ax, HEAD - 0.45, SIDE + column + 0.5, name, 12, INPUT)
        if not name:
            ax.plot([SIDE + column + 0.5] * 2, [HEAD, HEAD + rows], color=LINE, lw=1.2, zorder=2)


def field_trees(titles, stacks, seen):
    """Draw what one output sees: the pixels below, the output on top, and the paths between them.

    Parameters
    ----------
    titles : sequence of str
    stacks : sequence of sequences of (kernel, stride, dilation)
        The layers of each stack, from the input upwards.
    seen : sequence of sequences of arrays of bool
        For each stack, from the pixels up to the outputs, which places the output depends on.

    Returns
    -------
    list of matplotlib axes
    """
    widest = max(len(stages[0]) for stages in seen)
    high = max(len(stack) for stack in stacks) * STAGE + 2
    size = (WIDTH, WIDTH / len(stacks) * high / widest + 0.35)
    _, grid = plt.subplots(1, len(stacks), figsize=size, squeeze=False)
    for ax, title, layers, stages in zip(grid[0], titles, stacks, seen, strict=True):
        if len(stages) != len(layers) + 1:
            raise ValueError(f"{title}: {len(layers)} layers have no {len(stages)} stages")
        _tree(ax, layers, [np.asarray(stage, bool) for stage in stages])
        ax.set(xlim=(-1, widest), ylim=(-1, high - 1), aspect="equal")
        ax.axis("off")
        ax.set_title(title, loc="center", fontsize=12)
    wrap(list(grid[0]))
    return list(grid[0])


def _tree(ax, layers, stages):
    across = np.arange(len(stages[0]), dtype=float)
    _places(ax, across, 0, stages[0])
    for level, (kernel, stride, dilation) in enumerate(layers):
        below = across
        reach = dilation * (kernel - 1)
        across = (below[: len(below) - reach : stride] + below[reach::stride]) / 2
        low, high = level * STAGE, (level + 1) * STAGE
        for u in np.flatnonzero(stages[level + 1]):
            for h in range(stride * u, stride * u + reach + 1, dilation):
                ax.plot([across[u], below[h]], [high, low], color=GRADIENT, lw=1, zorder=1)
        _places(ax, across, high, stages[level + 1])


def _places(ax, across, high, seen):
    ax.scatter(across[~seen], [high] * np.sum(~seen), s=9, facecolors="none", edgecolors=LINE, lw=1)
    ax.scatter(across[seen], [high] * np.sum(seen), s=18, color=GRADIENT, lw=0, zorder=2)


def uneven_gradients(names, counted, measured):
    """Draw how much larger a gradient is at some pixels than at others, as counted and measured.

    Parameters
    ----------
    names : sequence of str
        Of the layers.
    counted : sequence of float
        The ratio for each layer, by counting.
    measured : dict of str to arrays (layers, networks)
        The ratios in networks: at most two series, the first drawn hollow.

    Returns
    -------
    matplotlib axes
    """
    _, ax = plt.subplots(figsize=(4.5, 3.2))
    places = np.arange(len(names))
    ax.hlines(counted, places - 0.38, places + 0.38, color=INK, lw=2, label="counted")
    for number, (label, ratios) in enumerate(measured.items()):
        shift = -0.15 if number == 0 else 0.15
        ax.scatter(
            np.repeat(places + shift, np.shape(ratios)[1]),
            np.ravel(ratios),
            s=26,
            facecolors=GRADIENT if number else "none",
            edgecolors=GRADIENT,
            lw=1.2,
            label=label,
        )
    ax.set(xticks=places, xticklabels=names, ylim=(0, None))
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)
    ax.legend(loc="upper right")
    return ax
