"""A network as boxes: stacks of maps and columns of nodes, drawn from its real shapes."""

import matplotlib.pyplot as plt
from matplotlib.patches import Rectangle

from cnnbook.plotting.style import FORWARD, GROUND, INK, INPUT, LINE, TIMES, tint

COLUMNS = 5  # boxes in a row, so that the names find room
CELL = (1.3, 1.75)  # inches for a box with its name above and its shape below
LARGEST = 0.75  # inches of the largest map, and of the longest column
SHEETS = 6  # maps drawn of a stack at most
SHIFT = 0.05  # inches from one sheet to the next


def network_diagram(summary, names=None, ax=None):
    """Draw a network from its input to its output, with the shape after each layer (M1).

    Maps are rectangles in proportion to their size, as many as there are maps up to SHEETS;
    vectors are columns, whose length grows with the square root of the number of nodes.

    Parameters
    ----------
    summary : cnnbook.tables.Summary
        From `cnnbook.network.Network.summary`, so that the shapes are those of the network.
    names : sequence of str, optional
        One for each layer, in place of the names of the layers' classes.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    shapes = [tuple(summary.input_shape), *(tuple(row.shape) for row in summary.rows)]
    names = [row.layer.split("(")[0] for row in summary.rows] if names is None else list(names)
    if len(names) != len(summary.rows):
        raise ValueError(f"{len(summary.rows)} layers need as many names, but got {len(names)}")
    for shape in shapes:
        if len(shape) not in (1, 3) or min(shape) < 1:
            raise ValueError(f"shapes (H, W, M) or (nodes,) expected, but one is {shape}")
    columns = min(COLUMNS, len(shapes))
    width, height = columns * CELL[0], -(-len(shapes) // columns) * CELL[1]
    if ax is None:
        _, ax = plt.subplots(figsize=(width, height))
    ax.set(xlim=(-0.15, width), ylim=(height, 0), aspect="equal")
    ax.axis("off")
    pixels = max((max(shape[:2]) for shape in shapes if len(shape) == 3), default=1)
    nodes = max((shape[0] for shape in shapes if len(shape) == 1), default=1)
    for number, (name, shape) in enumerate(zip(["input", *names], shapes, strict=True)):
        x = (number % columns + 0.5) * CELL[0]
        y = (number // columns + 0.5) * CELL[1]
        colour = FORWARD if number else INPUT
        if len(shape) == 3:
            _stack(ax, x, y, shape, LARGEST / pixels, colour)
        else:
            _box(ax, x, y, 0.2, LARGEST * (shape[0] / nodes) ** 0.5, colour)
        ax.text(x, y - 0.68, name, ha="center", va="center")
        ax.text(x, y + 0.68, TIMES.join(map(str, shape)), ha="center", va="center", color=INK)
        if number:
            _arrow(ax, x - CELL[0] / 2, y)
    return ax


def _stack(ax, x, y, shape, inches_per_pixel, colour):
    """The maps, one behind the other, around the place (x, y)."""
    height, width, maps = shape
    sheets = min(maps, SHEETS)
    for sheet in range(sheets):
        aside = (sheet - (sheets - 1) / 2) * SHIFT
        _box(ax, x + aside, y + aside, width * inches_per_pixel, height * inches_per_pixel, colour)


def _box(ax, x, y, width, height, colour):
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(Rectangle(corner, width, height, facecolor=GROUND, edgecolor="none"))
    ax.add_patch(
        Rectangle(corner, width, height, facecolor=tint(colour, 0.35), edgecolor=colour, lw=1.2)
    )


def _arrow(ax, x, y):
    ax.annotate(
        "",
        xy=(x + 0.11, y),
        xytext=(x - 0.09, y),
        arrowprops={"arrowstyle": "-|>", "color": LINE, "lw": 1.2, "shrinkA": 0, "shrinkB": 0},
        annotation_clip=False,
    )
