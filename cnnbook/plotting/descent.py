"""Ways down: on bowls, and on the loss of a neuron; and what a neuron makes of all digits."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import CLASS_MARKERS, FORWARD, GRADIENT, INK, INPUT, LINE

LEVELS = (0.5, 2, 5, 10, 18, 30)  # of a bowl
WAYS = ((GRADIENT, "o"), (INK, "s"), (FORWARD, "^"))


def bowl_paths(paths, curvatures, titles):
    """Draw ways down a bowl E = (l0 theta0^2 + l1 theta1^2) / 2, a panel for each.

    Parameters
    ----------
    paths : sequence of arrays (n, 2)
    curvatures : pair of float
        l0 and l1, both positive.
    titles : sequence of str

    Returns
    -------
    list of matplotlib axes
    """
    _, axes = plt.subplots(1, len(paths), figsize=(6.5, 2.5))
    turn = np.linspace(0, 2 * np.pi, 90)
    for ax, path, title in zip(axes, paths, titles, strict=True):
        for level in LEVELS:
            a, b = (np.sqrt(2 * level / curvature) for curvature in curvatures)
            ax.plot(a * np.cos(turn), b * np.sin(turn), color=LINE, lw=0.8, zorder=1)
        ax.plot(*path.T, "o-", color=GRADIENT, lw=1.5, markersize=3.5)
        ax.set(title=title, xlabel=r"$\theta_0$", xlim=(-5, 5), ylim=(-3.4, 3.4))
        ax.set_yticks([-2, 0, 2])
        ax.set_aspect("equal")
    axes[0].set_ylabel(r"$\theta_1$")
    wrap(axes)
    return list(axes)


def surface_paths(ax, contours, lowest, paths, labels):
    """Draw ways down between lines of equal loss.

    Parameters
    ----------
    ax : matplotlib axes
    contours : sequence of arrays (n, 2)
        Closed curves.
    lowest : array (2,)
        The place of the smallest loss.
    paths : sequence of arrays (n, 2)
        At most three.
    labels : sequence of str

    Returns
    -------
    matplotlib axes
    """
    for curve in contours:
        ax.plot(*np.vstack([curve, curve[:1]]).T, color=LINE, lw=0.8, zorder=1)
    for path, label, (colour, marker) in zip(paths, labels, WAYS, strict=False):
        ax.plot(*path.T, f"{marker}-", color=colour, lw=1.2, markersize=3, label=label)
    ax.plot(*lowest, "+", color=INK, markersize=12, markeredgewidth=2, zorder=4)
    ax.set(xlabel=r"$\theta_0$", ylabel=r"$\theta_1$")
    ax.set_aspect("equal")
    return ax


def probability_map(coordinates, labels, probabilities, names, sure=0.9):
    """Draw a map of digits: numerals say the class, colours what one neuron thinks.

    Parameters
    ----------
    coordinates : array (n, 2)
        From `cnnbook.embedding.tsne_map`.
    labels : array (n,) of int
        True classes, 0 to 9.
    probabilities : array (n,)
        Of the second of the two names.
    names : pair of str
        What the neuron tells apart.
    sure : float
        From this probability on, of either name, the neuron counts as sure.

    Returns
    -------
    matplotlib axes
    """
    coordinates, labels = np.asarray(coordinates), np.asarray(labels)
    probabilities = np.asarray(probabilities)
    if not coordinates.shape == (*labels.shape, 2) or probabilities.shape != labels.shape:
        raise ValueError(
            f"coordinates (n, 2) with n labels and n probabilities expected, but the shapes are "
            f"{coordinates.shape}, {labels.shape} and {probabilities.shape}"
        )
    groups = [
        (probabilities <= 1 - sure, INPUT, f"surely {names[0]}"),
        (probabilities >= sure, GRADIENT, f"surely {names[1]}"),
        (np.abs(probabilities - 0.5) < sure - 0.5, INK, "unsure"),
    ]
    _, ax = plt.subplots(figsize=(4.5, 4.0))
    for members, colour, _ in groups:
        for digit in np.unique(labels[members]):
            here = coordinates[members & (labels == digit)]
            ax.scatter(*here.T, marker=CLASS_MARKERS[digit], s=52, color=colour, lw=0)
    handles = [Line2D([], [], ls="", marker="o", color=c, label=text) for _, c, text in groups]
    ax.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    return ax
