"""Draw the small pictures of the front page, from what `cnnbook` computes, into chapters/pictures.

    .venv/bin/python tools/draw_cards.py

Their colours are the names of `_static/look.css`; the pages hold the pictures as SVG, so that they
follow light and dark (tools/pages/pictures.py). Elsewhere the colours after the commas hold.
"""

import json
from pathlib import Path

import numpy as np

from cnnbook import conv2d, relu
from cnnbook.datasets import digits
from cnnbook.layers import Convolution, Pooling

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "chapters" / "pictures"
WIDTH, HEIGHT = 240, 120
COLOURS = {
    "ink": "var(--fig-ink, #6b6862)",
    "line": "var(--fig-line, #6b6862)",
    "faint": "var(--fig-faint, #c8c5be)",
    "input": "var(--fig-input, #0f6cc4)",
    "kernel": "var(--fig-kernel, #8a2a6c)",
    "forward": "var(--fig-forward, #00804c)",
    "gradient": "var(--fig-gradient, #bf4208)",
    "positive": "var(--fig-positive, #d5433b)",
    "negative": "var(--fig-negative, #2a78cf)",
}


def digit(name):
    """Return the first test digit of this name, 8 x 8."""
    test = digits().test
    return test.x[list(test.labels).index(name)].reshape(8, 8)


def picture(*shapes):
    """Return a whole SVG file."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">'
    return "\n".join([head, *shapes, "</svg>\n"])


def rectangle(x, y, width, height, colour, opacity=1.0):
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'fill="{COLOURS[colour]}" fill-opacity="{opacity:.2f}"/>'
    )


def frame(x, y, width, height, colour="line", thickness=1):
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="none" '
        f'stroke="{COLOURS[colour]}" stroke-width="{thickness:g}"/>'
    )


def line(x1, y1, x2, y2, colour="line", thickness=1.5):
    return (
        f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{COLOURS[colour]}" '
        f'stroke-width="{thickness:g}" stroke-linecap="round"/>'
    )


def arrow(x, y, length, colour):
    """Draw an arrow to the right, or to the left for a negative length."""
    tip, back = x + length, np.sign(length) * 5
    barbs = [line(tip, y, tip - back, y + side, colour) for side in (-4, 4)]
    return "\n".join([line(x, y, tip, y, colour), *barbs])


def cells(values, x, y, side, colours):
    """Draw a map as squares: strong where a number is far from zero, in the colour of its sign."""
    below, above = colours
    strength = np.abs(values) / np.abs(values).max()
    shapes = [
        rectangle(x + c * side, y + r * side, side, side, above if v > 0 else below, strength[r, c])
        for (r, c), v in np.ndenumerate(values)
        if strength[r, c] >= 0.005
    ]
    rows, columns = values.shape
    squares = ['<g shape-rendering="crispEdges">', *shapes, "</g>"]
    return "\n".join([*squares, frame(x, y, columns * side, rows * side)])


def neurons():
    """A perceptron's line between two classes of points."""
    rng = np.random.default_rng(3)
    points = np.concatenate([rng.normal([70, 75], 17, (14, 2)), rng.normal([170, 45], 17, (14, 2))])
    sides = np.repeat([-1, 1], 14)
    x = (points - points.mean(axis=0)) / 50
    theta, b, wrong = np.zeros(2), 0.0, [0]
    while len(wrong):
        wrong = np.flatnonzero(sides * (x @ theta + b) <= 0)
        for n in wrong[:1]:
            theta, b = theta + sides[n] * x[n], b + sides[n]
    across = np.array([6, HEIGHT - 6])
    centre = points.mean(axis=0)
    along = centre[0] - 50 * (b + theta[1] * (across - centre[1]) / 50) / theta[0]
    dots = [
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="4" fill="{COLOURS[colour]}"/>'
        for (px, py), colour in zip(points, np.where(sides > 0, "gradient", "input"), strict=True)
    ]
    return picture(*dots, line(along[0], across[0], along[1], across[1], "ink", 2.5))


def layers():
    """A digit, a kernel that asks for edges, and its answers."""
    image = digit(3)
    kernel = np.array([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    answers = conv2d(image, kernel)
    return picture(
        cells(image, 12, 20, 10, ("input", "input")),
        arrow(98, 60, 12, "line"),
        cells(kernel, 117, 45, 10, ("negative", "kernel")),
        arrow(153, 60, 12, "line"),
        cells(answers, 172, 30, 10, ("negative", "positive")),
    )


def learning():
    """The gradient's way back: from a pooled map over the winners to the pixels."""
    image = digit(3).reshape(1, 8, 8, 1)
    rng = np.random.default_rng(1)
    layers = [Convolution(1, 1, 3, relu, rng=rng), Pooling(2)]
    for layer in layers:
        image = layer.output(image)
    gradient = rng.normal(size=image.shape)
    steps = [gradient[0, :, :, 0]]
    for layer in reversed(layers):
        gradient = layer.backpropagate(gradient)
        steps.append(gradient[0, :, :, 0])
    pooled, winners, pixels = steps
    return picture(
        cells(pixels, 12, 20, 10, ("negative", "positive")),
        arrow(112, 60, -12, "gradient"),
        cells(winners, 118, 30, 10, ("negative", "positive")),
        arrow(200, 60, -12, "gradient"),
        cells(pooled, 205, 45, 10, ("negative", "positive")),
    )


def full_size():
    """The time of one step of training, from loops in Python to Winograd's method; zero is left."""
    machines = json.loads((ROOT / "data" / "benchmark.json").read_text(encoding="utf-8"))
    times = np.array([stage["ms"] for stage in machines[0]["ladder"]])
    bars = [
        rectangle(20, 10 + 15 * row, max(1.5, 205 * share), 10, "forward")
        for row, share in enumerate(times / times.max())
    ]
    return picture(line(20, 6, 20, 114, "line", 1), *bars)


DRAWINGS = {
    "neurons": neurons,
    "layers": layers,
    "learning": learning,
    "full-size": full_size,
}

if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    for name, draw in DRAWINGS.items():
        (PICTURES / f"{name}.svg").write_text(draw(), encoding="utf-8")
