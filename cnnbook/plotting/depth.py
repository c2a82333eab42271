"""Pictures of depth: what a chain multiplies, what arrives in each layer, how deep still learns."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import FORWARD, GRADIENT, INK, INPUT, KERNEL, LINE

STYLES = ("-o", "--s", ":^")  # of up to three starts of the same network
COLOURS = (INK, GRADIENT, INPUT)


def chain_diagram(weights, values, gradients, names):
    """Draw neurons in a row: values above the wires, the gradients of the last value below.

    Parameters
    ----------
    weights : sequence of str
        What stands on the wire into each neuron.
    values, gradients : sequence of str
        One for each wire: of the input, and of the output of every neuron.
    names : sequence of str
        One for each neuron.

    Returns
    -------
    matplotlib axes
    """
    count = len(weights)
    if not len(values) == len(gradients) == count + 1 or len(names) != count:
        raise ValueError(
            f"{count} neurons have {count + 1} wires, but got {len(values)} values, "
            f"{len(gradients)} gradients and {len(names)} names"
        )
    _, ax = plt.subplots(figsize=(4.5, 1.75))
    step, radius = 1.5, 0.33
    ax.set(xlim=(-1.15, step * count - 0.25), ylim=(-0.95, 0.95), aspect="equal")
    ax.axis("off")
    for number in range(count + 1):
        start = step * (number - 1) + radius if number else -1.1
        end = step * number - radius
        middle = (start + end) / 2
        arrow = {"arrowstyle": "->", "color": LINE, "lw": 1.4}
        ax.annotate("", (end, 0), (start, 0), arrowprops=arrow)
        ax.text(middle, 0.24, values[number], ha="center", va="center", color=FORWARD)
        ax.text(middle, -0.24, gradients[number], ha="center", va="center", color=GRADIENT)
    for number, (weight, name) in enumerate(zip(weights, names, strict=True)):
        ax.add_patch(Circle((step * number, 0), radius, fill=False, edgecolor=INK, lw=1.4))
        ax.text(step * number, 0, name, ha="center", va="center")
        ax.text(step * number, 0.62, weight, ha="center", va="center", color=KERNEL)
    return ax


def arrivals(up, down, title, limits):
    """Draw what arrives in each layer: spread of the outputs, size of the gradients.

    Parameters
    ----------
    up, down : array (networks, layers)
        Multiples of the spread of the input, and of the gradient at the last layer.
    title : str
    limits : (float, float)
        Of the logarithmic axis. What lies outside is drawn on its edge, as an arrow head.

    Returns
    -------
    matplotlib axes
    """
    up, down = np.atleast_2d(up), np.atleast_2d(down)
    if up.shape != down.shape:
        raise ValueError(f"as many layers up as down expected, but got {up.shape}, {down.shape}")
    low, high = limits
    _, ax = plt.subplots(figsize=(4.5, 2.9))
    ax.axhline(1, color=LINE, lw=0.8)
    layers = np.arange(up.shape[1])
    for values, colour, marker in ((up, FORWARD, "o"), (down, GRADIENT, "s")):
        shown = np.clip(values, low, high)
        ax.plot(layers, shown.T, color=colour, lw=0.7, alpha=0.6)
        middle = np.exp(np.log(shown).mean(axis=0))
        ax.plot(layers, middle, color=colour, marker=marker, lw=2.2)
        for edge, head, beyond in ((high, "^", values > high), (low, "v", values < low)):
            here = layers[beyond.any(axis=0)]
            if len(here):
                ax.plot(here, np.full(len(here), edge), head, color=colour, ms=8, clip_on=False)
    ax.set(yscale="log", ylim=limits, xlabel="layer", title=title, xticks=layers)
    ax.set_ylabel("of what set out")
    ax.minorticks_off()
    ax.text(0.02, 0.03, "gradient, going down", color=GRADIENT, transform=ax.transAxes)
    ax.text(0.98, 0.03, "signal, going up", color=FORWARD, transform=ax.transAxes, ha="right")
    return ax


def depth_panels(depths, panels, total):
    """Draw how many digits are misread at each depth, for several starts of several networks.

    Parameters
    ----------
    depths : sequence of int
    panels : dict of str to dict of str to array (depths, runs)
        For each panel's title, for each start, the misread digits.
    total : int
        How many digits there are.

    Returns
    -------
    list of matplotlib axes
    """
    rows = -(-len(panels) // 2)
    _, grid = plt.subplots(rows, 2, figsize=(6.5, 2.6 * rows), squeeze=False)
    for ax in grid.flat[len(panels) :]:
        ax.set_axis_off()
    axes = list(grid.flat[: len(panels)])
    for ax, (title, starts) in zip(axes, panels.items(), strict=True):
        for (name, runs), style, colour in zip(starts.items(), STYLES, COLOURS, strict=False):
            runs = np.asarray(runs)
            if len(runs) != len(depths):
                raise ValueError(f"{name}: {len(depths)} depths expected, but got {len(runs)}")
            ax.plot(depths, np.median(runs, axis=1), style, color=colour, ms=4, lw=1.8, label=name)
            ax.plot(np.repeat(depths, runs.shape[1]), runs.ravel(), ".", color=colour, ms=3)
        ax.set(yscale="log", ylim=(0.1, 1.5 * total), xticks=depths, title=title)
        ax.set(yticks=[5, 20, 80, 320], yticklabels=["5", "20", "80", "320"])
        ax.minorticks_off()
        ax.set(xlabel="hidden layers", ylabel="misread digits")
        ax.legend(loc="lower left", handlelength=1.8, labelspacing=0.2)
    wrap(axes)
    return axes


def gain_curves(gains, curves, ax):
    """Draw by what one layer multiplies, over the gain of its weights: dots on a theory's lines.

    Parameters
    ----------
    gains : array (n,)
    curves : dict of str to (theory, measured)
        For each activation an array (n,) and an array (n, networks).
    ax : matplotlib axes

    Returns
    -------
    matplotlib axes
    """
    ax.axhline(1, color=LINE, lw=0.8)
    colours = (INPUT, GRADIENT, FORWARD, KERNEL)
    lines = ("-", "--", "-.", ":")
    for (name, (theory, measured)), colour, line in zip(
        curves.items(), colours, lines, strict=False
    ):
        ax.loglog(gains, theory, line, color=colour, lw=1.6, label=name)
        ax.loglog(gains, measured, ".", color=colour, ms=5)
    ax.legend(loc="upper left")
    ax.set(xlabel="gain of the weights", ylabel="factor of a layer")
    ax.set(xticks=[0.25, 1, 4, 16], xticklabels=["1/4", "1", "4", "16"])
    ax.set(yticks=[0.1, 1, 10], yticklabels=["1/10", "1", "10"])
    ax.minorticks_off()
    return ax


def activation_panels(z, panels):
    """Draw activations with their derivatives.

    Parameters
    ----------
    z : array (n,)
    panels : dict of str to (function, derivative)
        Arrays (n,); jumps are gaps.

    Returns
    -------
    list of matplotlib axes
    """
    rows = -(-len(panels) // 3)
    _, grid = plt.subplots(rows, 3, figsize=(6.5, 1.95 * rows), squeeze=False)
    axes = list(grid.flat[: len(panels)])
    for ax, (title, (function, derivative)) in zip(axes, panels.items(), strict=True):
        for value in (0, 1):
            ax.axhline(value, color=LINE, lw=0.5)
        ax.plot(z, function, color=FORWARD)
        jumps = np.flatnonzero(np.abs(np.diff(derivative)) > 0.5) + 1
        cuts = np.insert(np.asarray(derivative, float), jumps, np.nan)
        ax.plot(np.insert(z, jumps, np.nan), cuts, "--", color=GRADIENT)
        ax.set(title=title, ylim=(-1.2, 2.2), xlim=(z[0], z[-1]), yticks=[-1, 0, 1, 2])
    wrap(axes)
    return axes
