"""What a hidden layer does to the plane: folds, cuts through folded paper, creases, sawteeth."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from cnnbook.plotting.curves import decision_line, decision_regions
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import FORWARD, INK, INPUT, KERNEL, LINE, tint

INPUTS, OUTPUTS = np.linspace(-0.4, 1.4, 91), np.linspace(-0.3, 2.3, 105)  # axes of the planes
CREASES = (KERNEL, FORWARD)  # of the first and of the second hidden layer


def fold_frame(hidden, answer, creases, points, labels, titles=("inputs", "hidden nodes")):
    """Draw the plane of two inputs and the plane of two hidden nodes, as one frame of a film.

    Parameters
    ----------
    hidden : callable
        The hidden layer: from places (n, 2) among the inputs to outputs (n, 2).
    answer : callable
        The rest of the network: from these to numbers (n,); class 1 where they are above 1/2.
    creases : array (J, 3)
        Two weights and the bias of each hidden node; its crease is a broken line among the inputs.
    points : array (n, 2)
        Among the inputs.
    labels : array (n,) of int
        Their classes, 0 or 1.
    titles : pair of str

    Returns
    -------
    pair of matplotlib axes
    """
    _, axes = plt.subplots(1, 2, figsize=(4.5, 2.45))
    views = [(INPUTS, lambda x: answer(hidden(x)), points), (OUTPUTS, answer, hidden(points))]
    for ax, (ticks, values, places), title in zip(axes, views, titles, strict=True):
        plane = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
        shades = np.asarray(values(plane), dtype=float).reshape(len(ticks), len(ticks))
        decision_regions(ax, ticks, ticks, shades, places, labels)
        ax.set(title=title, aspect="equal", xticks=[0, 1], yticks=[0, 1])
        ax.set(xlim=(ticks[0], ticks[-1]), ylim=(ticks[0], ticks[-1]))
    for *weights, bias in creases:
        if np.any(weights):
            decision_line(axes[0], weights, bias, colour=KERNEL).set_linestyle("--")
    for line in _squared_sheet():
        axes[1].plot(*hidden(line).T, color=LINE, lw=0.8, zorder=1)
    axes[0].set(xlabel="$x_0$", ylabel="$x_1$")
    axes[1].set(xlabel="$o_0$", ylabel="$o_1$")
    axes[0].figure.draw_without_rendering()  # equal scales need a second look at the layout
    return tuple(axes)


def _squared_sheet():
    """The lines of a squared sheet around the unit square, each (n, 2)."""
    along, across = np.meshgrid(np.linspace(-0.25, 1.25, 61), np.linspace(-0.25, 1.25, 7))
    lines = np.stack([along, across], axis=-1)
    return np.concatenate([lines, lines[..., ::-1]])


def unfolded_cuts(ticks, cuts, creases, titles):
    """Draw what one straight cut through a folded sheet leaves on the sheet, a panel for each.

    Parameters
    ----------
    ticks : array (n,)
        Of both axes of the sheet.
    cuts : sequence of arrays (n, n)
        A function of the sheet that is zero on the cut.
    creases : sequence of pairs of sequences
        Where the sheet was folded: places along the first, and along the second axis.
    titles : sequence of str

    Returns
    -------
    list of matplotlib axes
    """
    _, (axes,) = plt.subplots(1, len(cuts), figsize=(6.5, 2.0), squeeze=False)
    for ax, values, (upright, level), title in zip(axes, cuts, creases, titles, strict=True):
        values = np.asarray(values)
        if values.shape != (len(ticks), len(ticks)):
            raise ValueError(
                f"a cut must have shape {(len(ticks), len(ticks))}, but has {values.shape}"
            )
        for place in upright:
            ax.axvline(place, color=KERNEL, ls="--", lw=1)
        for place in level:
            ax.axhline(place, color=KERNEL, ls="--", lw=1)
        ax.contourf(ticks, ticks, values, [0, np.inf], colors=[tint(INPUT)])
        ax.contour(ticks, ticks, values, [0], colors=INK, linewidths=1.5)
        ax.set(title=title, xticks=[], yticks=[], aspect="equal")
        ax.spines[:].set(visible=True, color=LINE)
    wrap(axes)
    return list(axes)


def crease_map(ax, ticks, layers, title=None):
    """Draw where the nodes of one or two hidden layers turn on and off, in the plane of the inputs.

    Regions with an odd number of nodes that are on have a ground, so that neighbours differ.

    Parameters
    ----------
    ax : matplotlib axes
    ticks : array (n,)
        Of both axes.
    layers : sequence of arrays (n, n, J)
        The net inputs of each hidden layer's nodes, layer after layer, at most two.
    title : str, optional

    Returns
    -------
    matplotlib axes
    """
    if not 1 <= len(layers) <= len(CREASES):
        raise ValueError(f"one or two layers expected, but got {len(layers)}")
    active = np.concatenate([np.asarray(z) > 0 for z in layers], axis=-1)
    odd = active.sum(axis=-1) % 2
    ax.pcolormesh(
        ticks,
        ticks,
        np.ma.masked_equal(odd, 0),
        cmap=ListedColormap([tint(INPUT)]),
        shading="nearest",
        rasterized=True,
        zorder=0,
    )
    for z, colour in zip(layers, CREASES, strict=False):
        for node in range(z.shape[-1]):
            if z[..., node].min() < 0 < z[..., node].max():
                ax.contour(ticks, ticks, z[..., node], [0], colors=colour, linewidths=1.5)
    ax.set(title=title or "", xticks=[], yticks=[], aspect="equal")
    ax.spines[:].set(visible=True, color=LINE)
    return ax
