"""Losses as curves over the margin, and rivals counted in several runs, with intervals."""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.panels import wrap
from cnnbook.plotting.style import FAINT, FORWARD, GRADIENT, INK, LINE

# Losses of one family share a colour, and are told apart by the line.
FAMILIES = tuple((colour, line) for colour in (GRADIENT, FORWARD, INK) for line in ("-", "--"))
MARKERS = "osD^vP"


def margin_curves(margins, curves, highest=4.0):
    """Draw losses against the margin, and their slopes beside them.

    Parameters
    ----------
    margins : array (n,)
    curves : sequence of (name, losses (n,), slopes (n,))
        At most six, two of each family.
    highest : float
        Where the panels end: the losses above, the slopes below.

    Returns
    -------
    list of matplotlib axes
    """
    if len(curves) > len(FAMILIES):
        raise ValueError(f"at most {len(FAMILIES)} curves expected, but got {len(curves)}")
    _, axes = plt.subplots(1, 2, figsize=(6.5, 3.5))
    for ax in axes:
        ax.axhline(0, color=LINE, lw=0.8)
        ax.axvline(0, color=LINE, lw=0.8)
        ax.set(xlabel="margin $m$", xlim=(margins[0], margins[-1]))
        ax.grid(axis="y", color=FAINT)
    for (name, losses, slopes), (colour, line) in zip(curves, FAMILIES, strict=False):
        axes[0].plot(margins, losses, line, color=colour, lw=1.8, label=name)
        axes[1].plot(margins, slopes, line, color=colour, lw=1.8, label=name)
    axes[0].set(title="loss of one sample", ylim=(-0.1, highest))
    axes[1].set(title="its slope", ylim=(-highest, 1.5))
    axes[1].legend(loc="lower right", borderaxespad=0, labelspacing=0.25, handlelength=1.8)
    wrap(axes)
    return list(axes)


def counted_rivals(places, means, halves, names, kinds=None, ax=None):
    """Draw the mean of a count at each place, for several rivals, with an interval.

    Parameters
    ----------
    places : array (n,)
    means, halves : array (rivals, n)
        The interval reaches from means - halves to means + halves.
    names : sequence of str
        One for each rival.
    kinds : sequence of int, optional
        Which of the curves of `margin_curves` has the same look; else one after the other.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    places, means, halves = map(np.asarray, (places, means, halves))
    if means.shape != (len(names), len(places)) or halves.shape != means.shape:
        raise ValueError(
            f"means and halves ({len(names)}, {len(places)}) expected, a row for each name, but "
            f"the shapes are {means.shape} and {halves.shape}"
        )
    if ax is None:
        _, ax = plt.subplots(figsize=(4.5, 3.4))
    step = 0.012 * np.ptp(places)  # side by side, so that no interval hides another
    for number, (name, kind) in enumerate(zip(names, kinds or range(len(names)), strict=True)):
        colour, line = FAMILIES[kind]
        shift = step * (number - (len(names) - 1) / 2)
        style = {"color": colour, "marker": MARKERS[kind], "ls": line, "lw": 1.4}
        ax.errorbar(places + shift, means[number], halves[number], **style, ms=4.5, label=name)
    ax.grid(axis="y", color=FAINT)
    ax.set_ylim(bottom=0)
    return ax
