"""Products of matrices as rectangles, so that one sees which side is summed over."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import GRADIENT, INK, INPUT, KERNEL, tint

SIDES = {"N": 0.95, "D": 0.68, "J": 0.42}  # inches
BETWEEN = 0.38  # inches between two rectangles, for a sign and a letter
HEIGHT = 1.3  # inches: the highest rectangle, with its letter
MIDDLE = 0.53  # inches from below
PRODUCTS = {  # title: (name, rows, columns, colour) of both factors and of the product
    r"weights: $\delta^Tx$": (
        (r"\delta^T", "J", "N", GRADIENT),
        ("x", "N", "D", INPUT),
        (r"\frac{\partial E}{\partial\Theta}", "J", "D", GRADIENT),
    ),
    r"inputs: $\delta\,\Theta$": (
        (r"\delta", "N", "J", GRADIENT),
        (r"\Theta", "J", "D", KERNEL),
        (r"\frac{\partial E}{\partial x}", "N", "D", GRADIENT),
    ),
}


def dense_shapes():
    """Draw the two products of the way back through a dense layer.

    A letter stands above each rectangle for its columns, and at its left for its rows; the sum of
    a product runs over the side that both factors have in common.

    Returns
    -------
    array of matplotlib axes
        One for the weights, one for the inputs.
    """
    widths = [
        sum(SIDES[columns] + BETWEEN for _, _, columns, _ in matrices)
        for matrices in PRODUCTS.values()
    ]
    _, axes = plt.subplots(
        1, len(widths), figsize=(sum(widths) + 0.2, HEIGHT + 0.3), width_ratios=widths
    )
    for ax, width, (title, matrices) in zip(axes, widths, PRODUCTS.items(), strict=True):
        ax.set(xlim=(0, width), ylim=(0, HEIGHT), aspect="equal", title=title)
        ax.axis("off")
        left = 0.22
        for (name, rows, columns, colour), sign in zip(matrices, ("·", "=", ""), strict=True):
            _matrix(ax, left, name, rows, columns, colour)
            left += SIDES[columns] + BETWEEN
            ax.text(left - 0.27, MIDDLE, sign, ha="center", va="center", color=INK, fontsize=12)
    wrap(axes)
    return axes


def _matrix(ax, left, name, rows, columns, colour):
    width, height = SIDES[columns], SIDES[rows]
    look = {"facecolor": tint(colour, 0.25), "edgecolor": colour, "lw": 1.3}
    ax.add_patch(Rectangle((left, MIDDLE - height / 2), width, height, **look))
    text = {"ha": "center", "va": "center", "color": INK}
    ax.text(left + width / 2, MIDDLE, f"${name}$", fontsize=11.5, **text)
    ax.text(left + width / 2, MIDDLE + height / 2 + 0.11, f"${columns}$", **text)
    ax.text(left - 0.11, MIDDLE, f"${rows}$", **text)
