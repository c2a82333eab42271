"""The computation graph of a network of two inputs, two hidden nodes and one output.

A node for each operation, a wire for each number that goes from one to the next. Above a wire
stands the number that it carries, below it the gradient that comes back.
"""

from collections import Counter
from fractions import Fraction

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle

from cnnbook.plotting.style import FORWARD, GRADIENT, GROUND, INK, INPUT, KERNEL, LINE, MINUS, tint

RADIUS = 0.14  # inches of a node
NAME = (0.36, 0.14)  # inches from the middle of a name to its edge, across and up
SIZE = (4.5, 5.5)  # inches of a drawing
NAMES = {
    "x0": "x_0",
    "x1": "x_1",
    "theta00": r"\theta_{00}",
    "theta01": r"\theta_{01}",
    "theta10": r"\theta_{10}",
    "theta11": r"\theta_{11}",
    "b0": "b_0",
    "b1": "b_1",
    "next0": r"\theta^+_{00}",
    "next1": r"\theta^+_{01}",
    "next_b": "b^+",
}
PLACES = {  # where each number arises, in inches from the lower left corner
    **{"x0": (0.3, 3.35), "p00": (1.2, 4.75), "p01": (1.2, 3.6), "z0": (2.14, 4.175)},
    **{"x1": (0.3, 2.5), "p10": (1.2, 1.9), "p11": (1.2, 0.75), "z1": (2.14, 1.325)},
    **{"o0": (2.77, 4.175), "q0": (3.34, 4.175), "o1": (2.77, 1.325), "q1": (3.34, 1.325)},
    **{"y": (3.78, 2.75), "E": (4.33, 2.75), "next_b": (2.7, 2.75)},
    **{"theta00": (1.2, 5.35), "theta01": (1.2, 2.92), "b0": (2.14, 4.775)},
    **{"theta10": (1.2, 2.5), "theta11": (1.2, 0.15), "b1": (2.14, 0.725)},
    **{"next0": (3.34, 4.775), "next1": (3.34, 0.725)},
}
SIGNS = {"times": r"$\times$", "plus": "$+$", "sigmoid": r"$\sigma$", "loss": "$E$"}
BESIDE = 0.13  # inches between a wire and the middle of its numbers


def computation_graph(graph, values=(), flows=(), totals=(), at_work=(), ax=None):
    """Draw the computation graph of a small network, as far as it has been computed.

    Parameters
    ----------
    graph : sequence of (operation, inputs, output)
        The operation is "times", "plus", "sigmoid" or "loss"; inputs and output are names, those
        of PLACES.
    values : dict of str to float
        The numbers known so far. Those of the beginning stand at their names, others above the
        wire that they leave on.
    flows : dict of (str, str) to float
        The gradients that have come back so far, from the output (second) to an input (first) of a
        node. They stand below their wires, or at the right of a vertical one.
    totals : dict of str to float
        Gradients to be written at numbers that have no wire of their own: at a beginning with
        several wires, and at the end.
    at_work : collection of str
        The outputs of the nodes that have just computed something; they are shaded.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    strangers = {name for _, inputs, output in graph for name in (*inputs, output)} - set(PLACES)
    if strangers:
        raise ValueError(f"the graph has no place for {', '.join(sorted(strangers))}")
    values, flows, totals = dict(values), dict(flows), dict(totals)
    if ax is None:
        _, ax = plt.subplots(figsize=SIZE)
    ax.set(xlim=(0, SIZE[0]), ylim=(0, SIZE[1]), aspect="equal")
    ax.axis("off")
    wires_of = Counter(name for _, inputs, _ in graph for name in inputs)
    shade = tint(GRADIENT if flows or totals else FORWARD, 0.35)
    for operation, inputs, output in graph:
        for name in inputs:
            wire = _Wire(PLACES[name], PLACES[output], name in NAMES, wires_of[name] > 1)
            wire.draw(ax)
            if (name, output) in flows:
                wire.number(ax, flows[name, output], GRADIENT, below=True)
            if name in values and name not in NAMES:
                wire.number(ax, values[name], FORWARD)
        _node(ax, PLACES[output], SIGNS[operation], shade if output in at_work else GROUND)
    for name, tex in NAMES.items():
        _name(ax, PLACES[name], tex, values.get(name), totals.get(name))
    last = graph[-1][2]
    for known, shift, colour in ((values, 0.27, FORWARD), (totals, -0.27, GRADIENT)):
        if last in known:
            _write(ax, PLACES[last][0], PLACES[last][1] + shift, exact(known[last]), colour)
    return ax


def exact(number):
    """A number in letters: halves to quarters, 2 log 3, or to two decimals what is neither.

    The logarithm of 3 is there because the sigmoid of it is 3/4.
    """
    for unit, word, denominators in ((1.0, "", 4), (np.log(3), "log 3", 1)):
        part = Fraction(float(number) / unit).limit_denominator(denominators)
        if np.isclose(part * unit, number, rtol=0, atol=1e-9):
            return _product(part, word)
    return f"{number:.2f}".replace("-", MINUS)


def _product(part, word):
    sign, size = (MINUS if part < 0 else ""), str(abs(part))
    if not word:
        return sign + size
    return sign + (word if size == "1" else f"{size} {word}")


class _Wire:
    """An arrow from a node or a name to a node, and the places of the numbers beside it."""

    def __init__(self, start, end, from_name, one_of_many):
        self.start, self.end = np.array(start), np.array(end)
        self.across, self.up = self.end - self.start
        self.length = np.hypot(self.across, self.up)
        self.along = (self.end - self.start) / self.length
        self.one_of_many = one_of_many
        level = abs(self.up) < 0.1
        self.gap = (NAME[0] if level else NAME[1]) if from_name else RADIUS

    def draw(self, ax):
        style = {"arrowstyle": "-|>", "color": LINE, "lw": 1.1, "shrinkA": 0, "shrinkB": 0}
        first, last = self.start + self.gap * self.along, self.end - RADIUS * self.along
        ax.annotate("", last, first, arrowprops=style, zorder=1)

    def number(self, ax, number, colour, below=False):
        """Write the number above the wire, or below; of one of many, at its left, near the end."""
        middle = (self.start + self.gap * self.along + self.end - RADIUS * self.along) / 2
        if self.one_of_many:
            place, align = self.start + 0.72 * (self.end - self.start), "right"
            place = place + np.array([-0.09, 0.06 if self.up > 0 else -0.06])
        elif abs(self.up) > 1.2 * abs(self.across):  # steep: what is above the wire is beside it
            right = below if self.across * self.up >= 0 else not below
            place = middle + np.array([0.07 if right else -0.07, 0])
            align = "left" if right else "right"
        else:
            side = np.array([-self.up, self.across]) / self.length * (-1 if below else 1)
            slanted = abs(side[0]) > 0.3
            place, align = middle + side * (0.09 if slanted else BESIDE), "center"
            if slanted:
                place = place - 0.05 * self.along
                align = "left" if side[0] > 0 else "right"
        _write(ax, *place, exact(number), colour, align)


def _node(ax, place, sign, fill):
    ax.add_patch(Circle(place, RADIUS, facecolor=GROUND, edgecolor="none", zorder=2))
    ax.add_patch(Circle(place, RADIUS, facecolor=fill, edgecolor=LINE, lw=1.1, zorder=2))
    _write(ax, *place, sign, INK, size=11)


def _name(ax, place, tex, value, total):
    """The name of a number of the beginning, with its value and, below, its gradient."""
    text = f"${tex}$" if value is None else f"${tex}={_tex(exact(value))}$"
    _write(ax, *place, text, INPUT if tex.startswith("x") else KERNEL)
    if total is not None:
        _write(ax, place[0] - 0.28, place[1] - 0.21, exact(total), GRADIENT, "left")


def _tex(text):
    return text.replace(MINUS, "-").replace("log", r"\log")


def _write(ax, across, up, text, colour, align="center", size=10.5):
    ax.text(across, up, text, color=colour, ha=align, va="center", fontsize=size, zorder=4)
