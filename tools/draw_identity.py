"""Draw what stands for the book elsewhere: logo, icons, the picture that a shared link shows.

    python tools/draw_identity.py

The logo is a kernel of 3x3 with one cell turned. The picture shows a real digit, a real kernel, and
the two passes between them, computed here by cnnbook.
"""

from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, Rectangle

from cnnbook import plotting
from cnnbook.convolution import conv2d, correlate2d
from cnnbook.datasets import digits
from cnnbook.plotting import style

STATIC = Path(__file__).parents[1] / "_static"
PAPER = "#fdfcfa"
TURNED = (0, 2)  # row and column of the cell that is turned
SCHEMES = {"": (style.INK, style.GRADIENT), "-dark": ("#e8e6e1", "#fd6a35")}

TITLE = ("Convolutional", "Neural Networks,", "Derived and Checked")
PROMISE = (
    "From one neuron to a network that reads",
    "handwritten digits. Every gradient is",
    "derived by hand, then checked.",
)
DIGIT = 10  # of the test digits
EDGE = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])  # answers where ink ends


def cells():
    """Yield left, top and size of the nine cells in 32 units, and whether one is turned."""
    for row, column in np.ndindex(3, 3):
        turned = (row, column) == TURNED
        size = 7 if turned else 9  # on its corner it needs more room
        corner = 1.5 + (9 - size) / 2
        yield corner + 10 * column, corner + 10 * row, size, turned


def logo_svg(ink, accent):
    """Return the logo as SVG, 32 units wide."""
    shapes = []
    for x, y, size, turned in cells():
        turn = f' transform="rotate(45 {x + size / 2} {y + size / 2})"' if turned else ""
        shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{size}" height="{size}" rx="1.2" '
            f'fill="{accent if turned else ink}"{turn}/>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="64" height="64">'
        f"{''.join(shapes)}</svg>\n"
    )


def icon_svg():
    """Return the logo for a browser's tab, which may be light or dark."""
    dark = "@media (prefers-color-scheme: dark) {{ .cell {{ fill: {} }} .turned {{ fill: {} }} }}"
    svg = logo_svg(*SCHEMES[""])
    svg = svg.replace(f'fill="{style.INK}"', f'class="cell" fill="{style.INK}"')
    svg = svg.replace(f'fill="{style.GRADIENT}"', f'class="turned" fill="{style.GRADIENT}"')
    return svg.replace("><rect", f"><style>{dark.format(*SCHEMES['-dark'])}</style><rect", 1)


def draw_logo(ax):
    """Draw the logo into axes of 32 units, the same shapes as in the SVG."""
    ax.set(xlim=(0, 32), ylim=(32, 0))
    ax.axis("off")
    for x, y, size, turned in cells():
        ax.add_patch(
            Rectangle(
                (x, y),
                size,
                size,
                angle=45 * turned,
                rotation_point="center",
                linewidth=0,
                facecolor=style.GRADIENT if turned else style.INK,
            )
        )


def icon_png(path, size):
    figure = plt.figure(figsize=(size / 100, size / 100), dpi=100, facecolor=PAPER)
    figure.set_layout_engine("none")
    draw_logo(figure.add_axes([0.06, 0.06, 0.88, 0.88]))
    save(figure, path)


def save(figure, path):
    figure.savefig(path, dpi=100, facecolor=PAPER, metadata={"Software": None})
    plt.close(figure)
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def passes():
    """A digit, what a kernel makes of it, and the gradients of half the sum of its squares."""
    x = digits().test.vectors[DIGIT].reshape(8, 8)
    z = conv2d(x, EDGE)
    delta = z
    return x, z, delta, correlate2d(delta, EDGE, mode="full")


def social_png(path):
    """The picture of 1200 x 630 pixels that a shared link shows."""
    figure = plt.figure(figsize=(12, 6.3), dpi=100, facecolor=PAPER)
    figure.set_layout_engine("none")
    ax = figure.add_axes([0, 0, 1, 1])
    ax.set(xlim=(0, 1200), ylim=(630, 0))  # pixels from the upper left corner
    ax.axis("off")
    draw_logo(figure.add_axes([78 / 1200, 1 - 146 / 630, 68 / 1200, 68 / 630]))
    for number, line in enumerate(TITLE):
        ax.text(80, 232 + 62 * number, line, size=33, weight="bold")
    for number, line in enumerate(PROMISE):
        ax.text(80, 450 + 40 * number, line, size=17.5)
    x, z, delta, back = passes()
    left, right, top, below = 690, 944, 78, 352
    board(ax, x, left, top, "gray", "input", style.INPUT)
    board(ax, z, right, top, style.SIGNED, "forward", style.FORWARD)
    board(ax, delta, right, below, style.SIGNED, "delta", style.GRADIENT)
    board(ax, back, left, below, style.SIGNED, "gradient", style.GRADIENT)
    arrow(ax, (left + 194, top + 93), (right - 6, top + 93), style.FORWARD)
    arrow(ax, (right + 93, top + 194), (right + 93, below - 6), style.GRADIENT)
    arrow(ax, (right - 8, below + 93), (left + 192, below + 93), style.GRADIENT)
    save(figure, path)


def board(ax, values, left, top, scale, label, colour):
    """A square of 186 pixels with a picture in a frame of its colour, and its name inside below."""
    low, high = style.limits(values, signed=scale == style.SIGNED)
    inset = ax.inset_axes([left, top, 186, 186], transform=ax.transData)
    inset.imshow(values, cmap=scale, vmin=low, vmax=high)
    inset.set(xticks=[], yticks=[])
    inset.spines[:].set(visible=True, color=colour, linewidth=4)
    ax.text(left, top + 196, label, color=colour, size=14, weight="bold", va="top")


def arrow(ax, start, end, colour):
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=26, lw=4, color=colour)
    )


def main():
    mpl.use("Agg")
    plotting.use_style()
    for name, colours in SCHEMES.items():
        (STATIC / f"logo{name}.svg").write_text(logo_svg(*colours), encoding="utf-8", newline="\n")
    (STATIC / "icon.svg").write_text(icon_svg(), encoding="utf-8", newline="\n")
    icon_png(STATIC / "icon-32.png", 32)
    icon_png(STATIC / "icon-180.png", 180)
    social_png(STATIC / "social.png")


if __name__ == "__main__":
    main()
