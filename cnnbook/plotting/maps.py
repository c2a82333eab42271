"""The map of the test digits: numerals where the digits lie, stars for the misclassified ones."""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import CLASS_COLOURS, CLASS_MARKERS, FAINT, INK

NUMERAL = 52  # area of a marker in square points
STAR = 330


def digit_map(coordinates, labels, predictions=None, title=None, ax=None):
    """Draw a map of digits: one marker and colour for each class, stars for misclassified digits.

    A numeral says the true class, also inside a star. (K16) The stars are hollow, so that they
    cover no other digit.

    Parameters
    ----------
    coordinates : array (n, 2)
        From `cnnbook.embedding.tsne_map`.
    labels, predictions : array (n,) of int
        True classes, 0 to 9, and those that a model predicts.
    title : str, optional
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    coordinates, labels, wrong = _check_map(coordinates, labels, predictions)
    if ax is None:
        _, ax = plt.subplots(figsize=(4.5, 3.9))
    _draw_map(ax, coordinates, labels, wrong, 1.0)
    ax.set(title=title or "")
    if predictions is not None:
        ax.legend(
            *_star_of_legend(ax, wrong), loc="upper right", bbox_to_anchor=(1, 0), borderaxespad=0.2
        )
    return ax


def digit_maps(maps, titles, labels, predictions=None, columns=2):
    """Draw several maps of the same digits side by side, such as one for each layer.

    Parameters
    ----------
    maps : sequence of arrays (n, 2)
    titles : sequence of str
        One for each map.
    labels, predictions : array (n,) of int
        As in `digit_map`, the same for all maps.
    columns : int
        Maps in a row.

    Returns
    -------
    list of matplotlib axes
    """
    if len(maps) == 0 or len(titles) != len(maps):
        raise ValueError(f"as many titles as maps expected, but got {len(titles)} and {len(maps)}")
    checked = [_check_map(coordinates, labels, predictions) for coordinates in maps]
    columns = min(columns, len(maps))
    rows, cell = -(-len(maps) // columns), 6.5 / columns
    figure, grid = plt.subplots(
        rows, columns, figsize=(6.5, rows * (0.75 * cell + 0.3)), squeeze=False
    )
    for ax in grid.flat[len(maps) :]:
        ax.set_axis_off()
    axes = list(grid.flat[: len(maps)])
    for ax, title, (coordinates, classes, wrong) in zip(axes, titles, checked, strict=True):
        _draw_map(ax, coordinates, classes, wrong, 0.9 / columns)
        ax.set_title(title)
    if predictions is not None:
        figure.legend(*_star_of_legend(axes[0], checked[0][2]), loc="outside lower right")
    wrap(axes)
    return axes


def _draw_map(ax, coordinates, labels, wrong, scale):
    for digit in np.unique(labels):
        here, colour = coordinates[labels == digit], CLASS_COLOURS[digit]
        ax.scatter(*here.T, s=NUMERAL * scale, marker=CLASS_MARKERS[digit], c=colour, lw=0)
    if wrong.any():
        _stars(ax, coordinates[wrong], STAR * scale)
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set(visible=True, color=FAINT)
    ax.set_aspect("equal", adjustable="datalim")
    ax.margins(0.04)


def _stars(ax, coordinates, size):
    return ax.scatter(
        *coordinates.T, s=size, marker="*", facecolors="none", edgecolors=INK, lw=0.9, zorder=3
    )


def _star_of_legend(ax, wrong):
    star = _stars(ax, np.empty((0, 2)), STAR / 2)
    return [star], [f"misclassified: {wrong.sum()} of {wrong.size}"]


def _check_map(coordinates, labels, predictions):
    coordinates, labels = np.asarray(coordinates), np.asarray(labels)
    predictions = labels if predictions is None else np.asarray(predictions)
    if coordinates.ndim != 2 or coordinates.shape[1] != 2:
        raise ValueError(f"coordinates (n, 2) expected, but the shape is {coordinates.shape}")
    if labels.shape != coordinates.shape[:1] or predictions.shape != labels.shape:
        raise ValueError(
            f"{len(coordinates)} coordinates need as many labels and predictions, but their shapes "
            f"are {labels.shape} and {predictions.shape}"
        )
    if not np.isin(labels, range(10)).all():
        raise ValueError(f"labels must lie in 0 to 9, but are {sorted(set(labels.tolist()))}")
    return coordinates, labels, labels != predictions
