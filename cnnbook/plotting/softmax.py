"""Scores and shares: regions of a plane, bars from score to y - t, weights as images."""

from itertools import combinations

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import (
    CLASS_COLOURS,
    CLASS_MARKERS,
    FAINT,
    FORWARD,
    INK,
    KERNEL,
    LINE,
    MINUS,
    READABLE,
    SIGNED,
    tint,
)

SHADES = (0.5, 0.6, 0.7, 0.8, 0.9)  # probabilities from which on a region gets one tint more
ONE_TINT = 0.08
BAR = 0.34  # height of a bar


def probability_regions(grid_x, grid_y, y, points, labels, weights, reach):
    """Draw what some neurons make of a plane, and beside it the weights of each as an arrow.

    The shade begins at the probability 1/2 and grows with every tenth. Lines are the borders,
    where two classes are equally probable and no third is more so.

    Parameters
    ----------
    grid_x, grid_y : array (columns,), (rows,)
    y : array (rows, columns, C)
        Probabilities over the grid.
    points : array (n, 2)
    labels : array (n,) of int
        Their digits.
    weights : dict
        Digit -> its two weights, in the order of the classes of y.
    reach : float
        Up to where the axes of the weights go.

    Returns
    -------
    list of two matplotlib axes
    """
    y = np.asarray(y)
    if y.shape != (len(grid_y), len(grid_x), len(weights)):
        raise ValueError(
            f"probabilities of shape {(len(grid_y), len(grid_x), len(weights))} expected, for the "
            f"grid and the classes, but they have {y.shape}"
        )
    _, axes = plt.subplots(1, 2, figsize=(4.5, 3.1), width_ratios=[3.1, 1.4])
    plane, arrows = axes
    for number, digit in enumerate(weights):
        colour = CLASS_COLOURS[digit]
        for shade in SHADES:
            if y[..., number].max() > shade:
                plane.contourf(
                    grid_x, grid_y, y[..., number], [shade, 2], colors=[colour], alpha=ONE_TINT
                )
        here = np.asarray(points)[np.asarray(labels) == digit]
        plane.scatter(*here.T, marker=CLASS_MARKERS[digit], s=30, color=colour, lw=0, zorder=3)
        _arrow(arrows, weights[digit], digit, reach)
    _borders(plane, grid_x, grid_y, y)
    plane.set(xlim=(grid_x[0], grid_x[-1]), ylim=(grid_y[0], grid_y[-1]))
    arrows.axhline(0, color=FAINT, lw=0.8, zorder=0)
    arrows.axvline(0, color=FAINT, lw=0.8, zorder=0)
    arrows.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", xticks=[], yticks=[])
    arrows.spines[:].set(visible=True, color=FAINT)
    arrows.set_title("weights", loc="center")
    return list(axes)


def bar_columns(columns, classes, alike=0):
    """Draw one small chart for each column of numbers, a bar for each class.

    Parameters
    ----------
    columns : sequence of (title, values, words, colour)
        values : array (C,), the lengths of the bars; words: C str, what stands above them.
    classes : sequence of C str
        Names of the rows.
    alike : int
        So many columns, the last ones, share one scale. Each of the others has its own.

    Returns
    -------
    list of matplotlib axes
    """
    _, axes = plt.subplots(1, len(columns), figsize=(4.5, 2.3), sharey=True)
    ranges = [(min(*values, 0), max(*values, 0)) for _, values, *_ in columns]
    spans = [high - low for low, high in ranges]
    spans[len(spans) - alike :] = [max(spans[len(spans) - alike :], default=0)] * alike
    rows = np.arange(len(classes))
    for ax, column, (low, _), span in zip(axes, columns, ranges, spans, strict=True):
        title, values, words, colour = column
        ax.barh(rows, values, BAR, color=colour)
        ax.axvline(0, color=LINE, lw=0.8)
        for row, value, word in zip(rows, values, words, strict=True):
            ax.text(min(value, 0) + 0.02 * span, row - 0.24, word.replace("-", MINUS), va="bottom")
        ends = low - 0.03 * span, low + 1.08 * span
        ax.set(xlim=ends, xticks=[], ylim=(len(rows) - 0.6, -0.85))
        ax.set_title(title, loc="left")
        ax.spines[:].set_visible(False)
        ax.tick_params(length=0)
    axes[0].set_yticks(rows, classes)
    return list(axes)


def bar_shares(rows, words, names, titles):
    """Draw distributions as bars of one length, each divided among the classes.

    Parameters
    ----------
    rows : array (n, C)
        Distributions.
    words : n sequences of C str
        What stands in each part.
    names : sequence of C str
        Names of the classes, above the first bar.
    titles : sequence of n str
        What stands left of each bar.

    Returns
    -------
    matplotlib axes
    """
    rows = np.asarray(rows, dtype=float)
    if not np.allclose(rows.sum(axis=1), 1):
        raise ValueError(f"rows that sum to one expected, but they sum to {rows.sum(axis=1)}")
    _, ax = plt.subplots(figsize=(4.5, 0.52 * len(rows) + 0.5))
    starts, strengths = np.cumsum(rows, axis=1) - rows, np.linspace(0.12, READABLE, len(rows[0]))
    for place, (row, left, said) in enumerate(zip(rows, starts, words, strict=True)):
        colours = [tint(FORWARD, strength) for strength in strengths]
        ax.barh([place] * len(row), row, 0.7, left, color=colours, edgecolor=LINE, lw=0.8)
        for middle, word in zip(left + row / 2, said, strict=True):
            ax.text(middle, place, word, ha="center", va="center")
    for middle, name in zip(starts[0] + rows[0] / 2, names, strict=True):
        ax.text(middle, -0.45, name, ha="center", va="bottom")
    ax.set_yticks(range(len(rows)), titles)
    ax.set(xlim=(0, 1.004), ylim=(len(rows) - 0.5, -0.75), xticks=[])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return ax


def image_pairs(above, below, titles, notes):
    """Draw pairs of signed images one above the other, in a row, on a phone in two.

    Parameters
    ----------
    above, below : array (n, H, W)
        Each image is drawn on its own scale, around zero.
    titles, notes : sequence of n str
        Above and below each pair.

    Returns
    -------
    array (2, n) of matplotlib axes
    """
    above, below = np.asarray(above), np.asarray(below)
    if above.shape != below.shape or above.ndim != 3:
        raise ValueError(
            f"two arrays of images of one shape (n, H, W) expected, but the shapes are "
            f"{above.shape} and {below.shape}"
        )
    figure, grid = plt.subplots(2, len(above), figsize=(6.5, 1.8))
    figure.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.03, hspace=0.03)
    for axes, pictures in zip(grid, (above, below), strict=True):
        for ax, picture in zip(axes, pictures, strict=True):
            largest = np.abs(picture).max() or 1
            ax.imshow(picture, cmap=SIGNED, vmin=-largest, vmax=largest)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set(visible=True, color=FAINT)
    for ax, title in zip(grid[0], titles, strict=True):
        ax.set_title(title, loc="center")
    for ax, note in zip(grid[1], notes, strict=True):
        ax.set_xlabel(note, color=INK, labelpad=3)
    half = len(above) // 2
    if half:
        wrap(list(grid[0, half - 1 : half + 1]))
    return grid


def _borders(ax, grid_x, grid_y, y):
    """Straight lines where two classes are equally probable and no third is more so.

    In the logarithms of y all differences are linear, so three corners of the grid say all. With
    u and v from 0 to 1 along the sides of the grid, each lead is rest + u * slope_u + v * slope_v.
    """
    logs = np.log(y)
    planes = np.stack([logs[0, 0], logs[0, -1] - logs[0, 0], logs[-1, 0] - logs[0, 0]], axis=1)
    inside = [(0, 1, 0), (1, -1, 0), (0, 0, 1), (1, 0, -1)]  # leads that are positive on the grid
    for one, two in combinations(range(len(planes)), 2):
        rest, *slopes = planes[one] - planes[two]
        steep = np.dot(slopes, slopes)
        if steep == 0:
            continue
        start, way = -rest * np.array(slopes) / steep, np.array([-slopes[1], slopes[0]])
        ends = [-np.inf, np.inf]
        for lead in [*inside, *(planes[one] - np.delete(planes, [one, two], axis=0))]:
            here, gain = lead[0] + np.dot(lead[1:], start), np.dot(lead[1:], way)
            if gain != 0:
                side = int(gain < 0)
                ends[side] = (max, min)[side](ends[side], -here / gain)
            elif here < 0:
                ends = [0, 0]
        if ends[0] < ends[1]:
            u, v = (start + np.outer(ends, way)).T
            ax.plot(
                grid_x[0] + u * (grid_x[-1] - grid_x[0]),
                grid_y[0] + v * (grid_y[-1] - grid_y[0]),
                color=LINE,
                lw=1,
                zorder=2,
            )


def _arrow(ax, weights, digit, reach):
    """One arrow from the origin, with its numeral beyond the tip; a dot where it has no length."""
    weights, colour = np.asarray(weights, dtype=float), CLASS_COLOURS[digit]
    length = np.sqrt(weights @ weights)
    if length == 0:
        ax.plot(0, 0, "o", color=KERNEL, markersize=4)
        return
    head = {"arrowstyle": "-|>", "mutation_scale": 11, "color": colour, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", weights, (0, 0), arrowprops=head)
    ax.text(*(weights * (1 + 0.17 * reach / length)), digit, color=colour, ha="center", va="center")
