"""One node among three layers, forward and back: what it gets, and what it sends."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import FAINT, FORWARD, GRADIENT, GROUND, INK, INPUT, KERNEL

RADIUS = 0.21  # inches of a node
COLUMNS = (0.3, 1.55, 2.8)  # inches from the left, of the three layers
PITCH = 1.0  # inches between two nodes of a layer
PANEL = (3.1, 3.1)  # inches
MIDDLE = 1.4  # inches from below


def node_diagrams(sizes=(3, 3, 2), node=1):
    """Draw a node of the middle layer twice: on the way forward, and on the way back.

    Forward it sums what comes through its row of the weights, and sends its output to all nodes of
    the next layer. Back, their deltas come through a column of the next weights and are multiplied
    by the slope; its own delta goes through its weights to its inputs. What a weight takes for
    itself stands in a frame beside it.

    Parameters
    ----------
    sizes : (int, int, int)
        Nodes of the previous layer, of this one, and of the next.
    node : int
        Which node of the middle layer.

    Returns
    -------
    (axes, axes)
        Forward and back.
    """
    if not 0 <= node < sizes[1]:
        raise ValueError(f"the middle layer has {sizes[1]} nodes, but node is {node}")
    _, axes = plt.subplots(1, 2, figsize=(2 * PANEL[0] + 0.3, PANEL[1]))
    for ax, title in zip(axes, ("forward", "back"), strict=True):
        ax.set(xlim=(0, PANEL[0]), ylim=(0, PANEL[1]), aspect="equal", title=title)
        ax.axis("off")
        _other_wires(ax, sizes, node)
    forward, back = axes
    for i in range(sizes[0]):
        ends = _place(0, i, sizes), _place(1, node, sizes)
        _arrow(forward, ends, KERNEL, rf"\theta_{{{node}{i}}}")
        _arrow(back, ends[::-1], GRADIENT, rf"\theta_{{{node}{i}}}", KERNEL)
        _share(back, ends, rf"\delta_{node}x_{i}")
    for k in range(sizes[2]):
        ends = _place(1, node, sizes), _place(2, k, sizes)
        weight = rf"\theta^+_{{{k}{node}}}"
        _arrow(forward, ends, KERNEL, weight)
        _arrow(back, ends[::-1], GRADIENT, weight, KERNEL)
    _nodes(forward, sizes, node, (("x", INPUT), ("o", FORWARD), ("z^+", FORWARD)))
    _nodes(back, sizes, node, (("g", GRADIENT), (r"\delta", GRADIENT), (r"\delta^+", GRADIENT)))
    slope = rf"$\times\phi'(z_{node})$"
    across, up = _place(1, node, sizes)
    back.text(across, up + 0.34, slope, color=INK, ha="center", va="center")
    wrap(axes)
    return forward, back


def _place(column, number, sizes):
    return np.array([COLUMNS[column], MIDDLE + ((sizes[column] - 1) / 2 - number) * PITCH])


def _other_wires(ax, sizes, node):
    """The wires that do not touch the node, thin and without names."""
    for column in (0, 1):
        for first, last in np.ndindex(sizes[column], sizes[column + 1]):
            if node != (last if column == 0 else first):
                ends = _place(column, first, sizes), _place(column + 1, last, sizes)
                ax.plot(*np.transpose(ends), color=FAINT, lw=1.2, zorder=0)


def _arrow(ax, ends, colour, name, colour_of_name=None):
    start, end = ends
    along = (end - start) / np.linalg.norm(end - start)
    style = {"arrowstyle": "-|>", "color": colour, "lw": 1.6, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end - RADIUS * along, start + RADIUS * along, arrowprops=style, zorder=1)
    box = {"facecolor": GROUND, "edgecolor": "none", "pad": 0.8}
    middle, said = (start + end) / 2, colour_of_name or colour
    ax.text(*middle, f"${name}$", color=said, ha="center", va="center", bbox=box, zorder=2)


def _share(ax, ends, name):
    """What a weight takes for itself, in a frame beside it."""
    box = {"facecolor": GROUND, "edgecolor": GRADIENT, "lw": 0.8, "pad": 1.6}
    (start, end), level = ends, np.isclose(ends[0][1], ends[1][1])
    across, up = start + (0.32 if level else 0.5) * (end - start)
    across, up = across + 0.06 * (not level), up + (0.28 if start[1] > end[1] + 0.1 else -0.25)
    ax.text(across, up, f"${name}$", color=GRADIENT, ha="center", va="center", bbox=box, zorder=2)


def _nodes(ax, sizes, node, letters):
    heads = ("previous: $i$", "this: $j$", "next: $k$")
    for column, (size, (letter, colour), head) in enumerate(
        zip(sizes, letters, heads, strict=True)
    ):
        aligned = ("left", "center", "right")[column]
        across = (0, COLUMNS[1], PANEL[0])[column]
        ax.text(across, PANEL[1] - 0.15, head, ha=aligned, va="center", color=INK)
        for number in range(size):
            place, plain = _place(column, number, sizes), column == 1 and number != node
            edge = FAINT if plain else colour
            ax.add_patch(Circle(place, RADIUS, facecolor=GROUND, edgecolor=edge, lw=1.4, zorder=3))
            text = _numbered(letter, number)
            ax.text(*place, text, ha="center", va="center", color=INK, fontsize=11.5, zorder=4)


def _numbered(letter, number):
    """Such as z^+ and 1 as z^+_1, in TeX."""
    return f"${letter}_{number}$"
