"""Curves: training, the step of a gradient check, the border between classes; and counts."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.cells import draw_cells
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import (
    FAINT,
    FORWARD,
    GRADIENT,
    GROUND,
    INK,
    INPUT,
    KERNEL,
    LINE,
    READABLE,
    limits,
    tint,
)

TRAINING, VALIDATION = INK, INPUT
POINTS = "os^Dv"  # markers of up to five classes in the plane
BETWEEN_TWO = ((INPUT, 0.6), (INPUT, 0), (GRADIENT, 0), (GRADIENT, 0.6))
GROUNDS = (INPUT, GRADIENT, FORWARD, KERNEL, INK)


def history(history, axes=None):
    """Draw loss and accuracy of every epoch, for training and validation.

    Parameters
    ----------
    history : cnnbook.training.history.History
        Anything with the sequences `loss`, `accuracy`, `validation_loss`, `validation_accuracy`,
        the last two empty or None without validation.
    axes : pair of matplotlib axes, optional
        For loss and accuracy; a new figure if not given.

    Returns
    -------
    pair of matplotlib axes
    """
    own = axes is None
    if own:
        _, axes = plt.subplots(1, 2, figsize=(6.5, 2.9))
    pairs = (
        ("loss", history.loss, history.validation_loss),
        ("accuracy", history.accuracy, history.validation_accuracy),
    )
    for ax, (name, training, validation) in zip(axes, pairs, strict=True):
        _epochs(ax, training, TRAINING, "-", "training")
        if validation is not None and len(validation):
            if len(validation) != len(training):
                raise ValueError(
                    f"{name}: {len(training)} epochs of training, but {len(validation)} of "
                    "validation"
                )
            _epochs(ax, validation, VALIDATION, "--", "validation")
        ax.set(title=name, xlabel="epoch")
        ax.xaxis.set_major_locator(mpl.ticker.MaxNLocator(5, integer=True))
        ax.grid(axis="y")
    axes[0].set_ylim(bottom=0)
    axes[0].legend()
    if own:
        wrap(axes)
    return tuple(axes)


def step_sweep(steps, errors, ax=None):
    """Draw the error of a central difference against its step, with the two slopes of theory.

    Parameters
    ----------
    steps, errors : array (n,)
        Step sizes and relative errors, both above zero.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    steps, errors = np.asarray(steps, dtype=float), np.asarray(errors, dtype=float)
    if steps.shape != errors.shape or steps.ndim != 1 or len(steps) < 3:
        raise ValueError(
            f"three or more steps with their errors expected, but the shapes are "
            f"{steps.shape} and {errors.shape}"
        )
    if (steps <= 0).any() or (errors <= 0).any():
        raise ValueError("a logarithmic scale needs steps and errors above zero")
    if ax is None:
        _, ax = plt.subplots(figsize=(4.5, 3.3))
    ax.loglog(steps, errors, "o", color=GRADIENT, zorder=3)
    best = steps[errors.argmin()]
    for power, side, label, style in [
        (2, steps >= best, r"truncation, $\propto\varepsilon^2$", "--"),
        (-1, steps <= best, r"rounding, $\propto 1/\varepsilon$", ":"),
    ]:
        factor = np.median(errors[side] / steps[side] ** power)
        guide = steps[side]
        ax.loglog(guide, factor * guide**power, style, color=LINE, label=label)
    ax.set(xlabel=r"step $\varepsilon$", ylabel="relative error")
    ax.grid()
    ax.legend()
    return ax


def decision_regions(ax, grid_x, grid_y, values, points, labels, threshold=0.5):
    """Colour the plane by what a classifier says there, with the samples on top.

    Parameters
    ----------
    ax : matplotlib axes
    grid_x : array (columns,)
    grid_y : array (rows,)
    values : array (rows, columns)
        Whole numbers are classes. Other numbers decide between two classes: above the threshold
        lies class 1, and the border is drawn.
    points : array (n, 2)
    labels : array (n,) of int
        Classes 0 to 4.
    threshold : float

    Returns
    -------
    matplotlib axes
    """
    grid_x, grid_y, values = np.asarray(grid_x), np.asarray(grid_y), np.asarray(values)
    points, labels = np.asarray(points), np.asarray(labels)
    if values.shape != (*grid_y.shape, *grid_x.shape) or values.ndim != 2:
        raise ValueError(
            f"values must have shape (rows, columns) = {(*grid_y.shape, *grid_x.shape)} of the "
            f"grid, but have {values.shape}"
        )
    if points.shape != (*labels.shape, 2):
        raise ValueError(
            f"points (n, 2) with labels (n,) expected, but the shapes are {points.shape} and "
            f"{labels.shape}"
        )
    _check_classes("labels", labels)
    if np.issubdtype(values.dtype, np.floating):
        _, largest = limits(values - threshold, signed=True)
        ends = [tint(colour, strength) for colour, strength in BETWEEN_TWO]
        stops = list(zip((0, 0.5, 0.5, 1), ends, strict=True))
        colours = mpl.colors.LinearSegmentedColormap.from_list("two classes", stops)
        span = (threshold - largest, threshold + largest)
        if values.min() < threshold < values.max():
            ax.contour(grid_x, grid_y, values, [threshold], colors=INK, linewidths=1.5)
    else:
        _check_classes("values", values)
        colours = mpl.colors.ListedColormap([tint(colour, 0.35) for colour in GROUNDS])
        span = (-0.5, len(GROUNDS) - 0.5)
    ax.pcolormesh(
        grid_x,
        grid_y,
        values.astype(float),
        cmap=colours,
        vmin=span[0],
        vmax=span[1],
        shading="nearest",
        rasterized=True,
        zorder=0,
    )
    for label in np.unique(labels):
        here = points[labels == label]
        ax.scatter(
            *here.T,
            marker=POINTS[label],
            c=GROUNDS[label],
            edgecolors=GROUND,
            s=45,
            lw=0.8,
            label=f"class {label}",
            zorder=3,
        )
    return ax


def decision_line(ax, weights, bias, label=None, colour=INK):
    """Draw the line <theta, x> + b = 0 of a perceptron in the plane (:eq:`eq-perceptron`).

    Parameters
    ----------
    ax : matplotlib axes
    weights : array (2,)
    bias : float
    label : str, optional
        For the legend.

    Returns
    -------
    matplotlib line
    """
    weights = np.asarray(weights, dtype=float)
    if weights.shape != (2,) or not weights.any():
        raise ValueError(f"two weights, not both zero, expected, but they are {weights}")
    foot = -bias * weights / (weights @ weights)
    along = np.array([-weights[1], weights[0]])
    if ax.has_data():
        ax.autoscale(False)  # the foot of the line may lie far from the samples
    return ax.axline(foot, foot + along, color=colour, label=label)


def confusion(matrix, ax=None):
    """Draw how often each true class (row) was taken for each class (column).

    Parameters
    ----------
    matrix : array (C, C) of int
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    matrix = np.asarray(matrix)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"a square matrix of counts expected, but the shape is {matrix.shape}")
    if ax is None:
        _, ax = plt.subplots(figsize=(4.5, 4.5))
    classes = range(len(matrix))
    fills = np.full(matrix.shape, "none", dtype=object)
    fills[matrix > 0] = tint(GRADIENT, READABLE)  # mistakes
    np.fill_diagonal(fills, tint(FORWARD))
    draw_cells(ax, [[str(n) if n else "" for n in row] for row in matrix], fills, edge=FAINT)
    ax.set(xlim=(0, len(matrix)), ylim=(len(matrix), 0), aspect="equal")
    middles = [number + 0.5 for number in classes]
    ax.set_xticks(middles, classes)
    ax.set_yticks(middles, classes)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return ax


def _epochs(ax, values, colour, style, label):
    ax.plot(range(1, len(values) + 1), values, style, color=colour, label=label)


def _check_classes(name, classes):
    if not np.isin(classes, range(len(POINTS))).all():
        raise ValueError(
            f"{name} must lie in 0 to {len(POINTS) - 1}, but reach from {classes.min()} to "
            f"{classes.max()}"
        )
