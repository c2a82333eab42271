"""A neuron in the plane: its weights as an arrow, its line, its two sides, and what a mistake adds.

Class 0 stands for the target -1 and class 1 for +1, in the colours and marks of
`cnnbook.plotting.decision_regions`.
"""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.curves import GROUNDS, POINTS, decision_line
from cnnbook.plotting.passes import pixels
from cnnbook.plotting.style import GROUND, INK, KERNEL, LINE, MINUS, tint

SIDE = 0.22  # strength of the tint of a side
FAR = 1e3  # farther than any figure reaches
PLUS = "+"
NORM = "\N{DOUBLE VERTICAL LINE}"
VIEW = ((-4, 4), (-3.4, 2.8))


def sides(ax, theta, bias=0.0):
    """Shade the two sides of a neuron's line, and draw the line.

    Parameters
    ----------
    ax : matplotlib axes
        With its limits set: they do not change.
    theta : array (2,)
        Without any weight there is no line: one side has the whole plane, or none where the bias
        is zero, too.
    bias : float

    Returns
    -------
    matplotlib axes
    """
    theta, limits = np.asarray(theta, dtype=float), ax.axis()
    length = np.hypot(*theta)
    if length:
        across = theta / length
        along, foot = np.array([-across[1], across[0]]), -bias / length * across
        for side, colour in ((-1, GROUNDS[0]), (1, GROUNDS[1])):
            ends = [foot + FAR * along, foot - FAR * along]
            corners = [*ends, *(end + side * FAR * across for end in ends[::-1])]
            ax.fill(*np.transpose(corners), color=tint(colour, SIDE), lw=0, zorder=0)
        decision_line(ax, theta, bias)
    elif bias:
        ax.axvspan(-FAR, FAR, color=tint(GROUNDS[int(bias > 0)], SIDE), lw=0, zorder=0)
    ax.axis(limits)
    return ax


def targets(ax, points, t, names=None, visited=None, size=75):
    """Draw points by their targets, a circle for -1 and a square for +1.

    Parameters
    ----------
    ax : matplotlib axes
    points : array (n, 2)
    t : array (n,)
        -1 or +1.
    names : sequence of str, optional
        One beside each point.
    visited : int, optional
        The point that gets a ring.
    size : float
        Area of a mark in square points.

    Returns
    -------
    matplotlib axes
    """
    points, t = np.asarray(points, dtype=float), np.asarray(t)
    if not np.isin(t, (-1, 1)).all():
        raise ValueError(f"targets must be -1 or 1, but are {sorted(set(t.tolist()))}")
    for target, marker, colour in zip((-1, 1), POINTS, GROUNDS, strict=False):
        here = points[t == target]
        style = {"marker": marker, "c": colour, "edgecolors": GROUND, "lw": 0.8}
        ax.scatter(*here.T, s=size, zorder=4, label=f"{target:+d}".replace("-", MINUS), **style)
    for name, point in zip(names or (), points, strict=False):
        away = {"textcoords": "offset points", "xytext": (9, 7)}
        ax.annotate(name, point, zorder=5, **away)
    if visited is not None:
        ax.plot(*points[visited], "o", ms=19, mfc="none", mec=INK, mew=1.5, zorder=4)
    return ax


def correction(points, t, names, theta, before=None, visited=None, view=VIEW):
    """Draw a neuron without a bias among its points; after a mistake, the sum that it led to.

    Parameters
    ----------
    points : array (n, 2)
    t : array (n,)
    names : sequence of str
    theta : array (2,)
        The weights, drawn as an arrow.
    before : array (2,), optional
        The weights before the mistake.
    visited : int, optional
        The point that the neuron was shown.
    view : pair of pairs of float
        The limits of the axes.

    Returns
    -------
    matplotlib axes
    """
    theta = np.asarray(theta, dtype=float)
    _, ax = plt.subplots(figsize=(4.5, 3.6))
    ax.set(xlim=view[0], ylim=view[1], xlabel="$x_0$", ylabel="$x_1$")
    ax.set_aspect("equal")
    sides(ax, theta)
    origin = np.zeros(2)
    if before is None or not np.any(before):
        name = r"$\theta$" if before is None else f"{PLUS} {names[visited]}"
        if theta.any():
            arrow(ax, origin, theta, KERNEL, name, away_from=np.mean(points, axis=0))
    else:
        decision_line(ax, before, 0, colour=LINE).set_linestyle((0, (4, 3)))
        sign, colour = (PLUS, GROUNDS[1]) if t[visited] > 0 else (MINUS, GROUNDS[0])
        arrow(ax, origin, before, tint(KERNEL, 0.5), r"old $\theta$")
        arrow(ax, before, theta, colour, f"{sign} {names[visited]}", away_from=origin)
        arrow(ax, origin, theta, KERNEL, r"$\theta$", away_from=before)
    return targets(ax, points, t, names, visited)


def arrow(ax, start, end, colour, name, away_from=None):
    """Draw an arrow with its name beside its middle, on the side away from a point."""
    start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    style = {"arrowstyle": "-|>", "color": colour, "lw": 2.2, "mutation_scale": 15}
    style |= {"shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=style, zorder=3)
    along = (end - start) / np.hypot(*(end - start))
    across = np.array([-along[1], along[0]])
    if away_from is not None and (np.asarray(away_from) - start) @ across > 0:
        across = -across
    place = {"textcoords": "offset points", "va": "center"}
    place |= {"xytext": 9 * across, "ha": ("right", "center", "left")[round(across[0]) + 1]}
    ax.annotate(name, (start + end) / 2, color=INK, zorder=5, **place)


def distances(theta, bias, x):
    """Draw how far a neuron's line is from the origin, and a point from the line.

    Parameters
    ----------
    theta : array (2,)
    bias : float
    x : array (2,)

    Returns
    -------
    matplotlib axes
    """
    theta, x = np.asarray(theta, dtype=float), np.asarray(x, dtype=float)
    _, ax = plt.subplots(figsize=(4.5, 3.5))
    ax.set(xlim=(-1, 5), ylim=(-0.9, 3.8), xlabel="$x_0$", ylabel="$x_1$")
    ax.set_aspect("equal")
    sides(ax, theta, bias)
    length = np.hypot(*theta)
    foot, fall = -bias * theta / length**2, x - (theta @ x + bias) * theta / length**2
    for ends, name in (
        ((np.zeros(2), foot), rf"$-b/${NORM}$\theta${NORM}"),
        ((fall, x), rf"$z/${NORM}$\theta${NORM}"),
    ):
        ax.plot(*np.transpose(ends), ":", color=INK, lw=1.6)
        place = {"textcoords": "offset points", "xytext": (8, -9), "va": "center"}
        ax.annotate(name, np.mean(ends, axis=0), **place)
    arrow(ax, foot, foot + theta / 2, KERNEL, r"$\theta$")
    ax.plot(0, 0, "+", color=INK, ms=10, mew=1.5)
    ax.plot(*x, "o", color=INK, ms=6)
    ax.annotate(r"$\mathbf{x}$", x, textcoords="offset points", xytext=(8, 0), va="center")
    return ax


def signed_sum(pictures, signs, total):
    """Draw pictures with their signs, and their sum.

    Parameters
    ----------
    pictures : array (n, H, W)
    signs : array (n,)
        -1 or +1.
    total : array (H, W)

    Returns
    -------
    list of n + 1 matplotlib axes
    """
    total = np.asarray(total, dtype=float)
    columns = len(pictures) + 1
    _, row = plt.subplots(1, columns, figsize=(4.5, 1))  # one row on a phone, too
    for ax, picture, sign in zip(row, pictures, signs, strict=False):
        pixels(picture, ax, step=8)
        ax.set_title(PLUS if sign > 0 else MINUS, loc="center", fontsize=14)
    pixels(total, row[-1], signed=True, step=8)
    row[-1].set_title(r"$= \theta$", loc="center", fontsize=14)
    for ax in row:
        ax.set(xticks=[], yticks=[])
    return list(row)
