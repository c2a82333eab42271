"""One image on its way through a network: what it becomes, and the gradient that comes back."""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import FAINT, FORWARD, GRADIENT, INK, KERNEL, LINE, SIGNED, limits

PAPER = "gray_r"  # ink is dark
FRAME = KERNEL
ACROSS = 8  # maps in a row of a mosaic, at most
WIDTH = 4.5  # inches: as wide as a phone
SCALE = 2  # cells of a mosaic for each pixel, so that a gap may be half as wide as one
PANEL = 2.85  # inches, for one picture of a stage
LARGE, SMALL = 12, 11  # size of titles, and of numbers


def asked_digit(image, probabilities, label):
    """Draw an image with numbered pixels, and the network's answer as bars.

    Parameters
    ----------
    image : array (H, W)
    probabilities : array (C,)
        One for each class.
    label : int
        The true class, whose bar is drawn in the colour of a target.

    Returns
    -------
    list of two matplotlib axes
    """
    _, axes = plt.subplots(1, 2, figsize=(WIDTH, 2.4))
    pixels(image, axes[0])
    axes[0].set_title("the sheet, in pixels", loc="center", fontsize=LARGE)
    _answer(probabilities, label, axes[1])
    axes[1].set_title("what the network reads", loc="center", fontsize=LARGE)
    return list(axes)


def answered_digit(gradient, difference, compared, image, probabilities, label, frames):
    """Draw a gradient at the pixels beside what it looks like, and the image that it led to.

    Parameters
    ----------
    gradient, difference, image : array (H, W)
        The gradient; what it is compared with; the changed image.
    compared : str
        The name of what it is compared with.
    probabilities : array (C,)
        The network's answer to the changed image.
    label : int
        As in `asked_digit`.
    frames : sequence of (row, column)
        The pixels that were changed, framed in all pictures.

    Returns
    -------
    list of four matplotlib axes
    """
    _, row = plt.subplots(1, 4, figsize=(6.5, 2.3), width_ratios=[1, 1, 1, 1.1])
    axes = list(row)
    pixels(gradient, axes[0], signed=True, step=4, frames=frames)
    pixels(difference, axes[1], signed=True, step=4, frames=frames)
    pixels(image, axes[2], step=4, frames=frames)
    _answer(probabilities, label, axes[3])
    titles = ("the gradient\n", compared, "two pixels\nrepainted", "what it\nreads now")
    for ax, title in zip(axes, titles, strict=True):
        ax.set_title(title, loc="center", fontsize=LARGE)
    wrap(axes)
    return axes


def pixels(image, ax, signed=False, step=2, frames=()):
    """Draw one image with the numbers of its rows and columns, and frames around some pixels.

    Parameters
    ----------
    image : array (H, W)
    ax : matplotlib axes
    signed : bool
        Diverging colours with white for zero, not ink on paper.
    step : int
        Every how many rows and columns are numbered.
    frames : sequence of (row, column)
    """
    low, high = limits(image, signed)
    ax.imshow(image, cmap=SIGNED if signed else PAPER, vmin=low, vmax=high)
    height, width = np.shape(image)
    ax.set(xticks=range(0, width, step), yticks=range(0, height, step))
    ax.tick_params(labelsize=SMALL, length=0)
    ax.spines[:].set(visible=True, color=FAINT)
    for row, column in frames:
        corner = (column - 0.5, row - 0.5)
        ax.add_patch(plt.Rectangle(corner, 1, 1, fill=False, edgecolor=FRAME, lw=2.5, zorder=3))
    return ax


def round_trip(names, forward, backward, most=None):
    """Draw all stages of a network for one image, and at each stage the gradient beside it.

    Parameters
    ----------
    names : sequence of str
        One for each stage, from the image to the scores.
    forward, backward : sequences of arrays (H, W, M) or (C,)
        The values at each stage, and the gradient of the loss at each; each picture has a colour
        scale of its own, white at zero. The colour of a gradient follows its square root, so that
        small ones are seen. A vector is drawn as one row of cells.
    most : int, optional
        Only the first so many maps of each stage are drawn; without it, all.

    Returns
    -------
    array (stages, 2) of matplotlib axes
    """
    if not len(names) == len(forward) == len(backward):
        raise ValueError(
            f"as many names, values and gradients expected, but got {len(names)}, "
            f"{len(forward)} and {len(backward)}"
        )
    for name, values, gradient in zip(names, forward, backward, strict=True):
        if np.shape(values) != np.shape(gradient):
            raise ValueError(
                f"{name}: values {np.shape(values)}, but gradient {np.shape(gradient)}"
            )
    roots = [np.sign(gradient) * np.sqrt(np.abs(gradient)) for gradient in backward]
    shown = [[_first(array, most) for array in pair] for pair in zip(forward, roots, strict=True)]
    pictures = [[_mosaic(array) for array in pair] for pair in shown]
    wide = [np.shape(array)[-1] > 1 for array in forward]
    heights = [
        max(PANEL * len(left) / len(left[0]), 0.32) if many else 0.85
        for (left, _), many in zip(pictures, wide, strict=True)
    ]
    size = (2.2 * PANEL, sum(heights) + 0.32 * len(names) + 0.15)
    figure, axes = plt.subplots(len(names), 2, figsize=size, height_ratios=heights, squeeze=False)
    figure.get_layout_engine().set(h_pad=0.03, hspace=0.02, w_pad=0.06)
    for stage, (name, gradient, pair, row) in enumerate(
        zip(names, backward, pictures, axes, strict=True)
    ):
        for picture, ax in zip(pair, row, strict=True):
            low, high = limits(picture[np.isfinite(picture)], signed=True)
            ink = stage == 0 and ax is row[0]
            ax.imshow(picture, cmap=PAPER if ink else SIGNED, vmin=0 if ink else low, vmax=high)
            for corner, width, height in _tiles(np.shape(shown[stage][0])):
                edge = plt.Rectangle(corner, width, height, fill=False, edgecolor=LINE, lw=0.6)
                ax.add_patch(edge)
            ax.set_axis_off()
        row[0].set_title(name, fontsize=LARGE, color=FORWARD)
        largest = np.abs(gradient).max()
        row[1].set_title(f"its gradient, up to {largest:.2g}", fontsize=LARGE, color=GRADIENT)
    wrap(list(axes.flat))
    return axes


def _answer(probabilities, label, ax):
    """Ten bars with their percentages; the true class has ink in place of colour."""
    classes = range(len(probabilities))
    colours = [INK if number == label else FORWARD for number in classes]
    bars = ax.barh(classes, probabilities, color=colours)
    texts = [f"{p:.0%}" if p >= 0.005 else "" for p in probabilities]
    ax.bar_label(bars, texts, fontsize=SMALL, padding=3)
    ax.set(yticks=classes, xticks=[], xlim=(0, 1.5))
    ax.invert_yaxis()
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(labelsize=SMALL, length=0)


def _first(array, most):
    """The first maps of an array (H, W, M), or all; a vector whole."""
    return array if np.ndim(array) == 1 else array[..., :most]


def _tiles(shape):
    """Where each map of a mosaic lies: upper left corner in a picture's units, width, height.

    ACROSS maps in a row, all if they are single pixels, with an empty line between, or half a one
    between small maps.
    """
    height, width, maps = shape if len(shape) == 3 else (1, 1, *shape)
    across = maps if height == 1 else ACROSS
    gap = SCALE if height > 2 else SCALE // 2
    for m in range(maps):
        down, right = divmod(m, across)
        left, top = right * (SCALE * width + gap), down * (SCALE * height + gap)
        yield (left - 0.5, top - 0.5), SCALE * width, SCALE * height


def _mosaic(array):
    """Maps (H, W, M) side by side, with empty lines between; a vector as a row."""
    array = np.asarray(array, dtype=float)
    if array.ndim == 1:
        array = array[None, None]  # C maps of one pixel
    corners = [(int(top + 0.5), int(left + 0.5)) for (left, top), _, _ in _tiles(array.shape)]
    height, width = SCALE * array.shape[0], SCALE * array.shape[1]
    lowest, rightmost = np.max(corners, axis=0)
    picture = np.full((lowest + height, rightmost + width), np.nan)
    for (top, left), one in zip(corners, np.moveaxis(array, -1, 0), strict=True):
        tile = one.repeat(SCALE, 0).repeat(SCALE, 1)
        picture[top : top + height, left : left + width] = tile
    return picture
