"""Rivals in one experiment: what each reaches, in every run."""

import numpy as np

from cnnbook.plotting.style import GRADIENT, INK, LINE

STYLES = ((GRADIENT, "-"), (INK, "--"), (LINE, ":"), (GRADIENT, "-."))  # of up to four rivals


def rival_curves(lengths, runs, names, places, ax):
    """Draw what is left after steps of several lengths: a thin line for each run of each rival.

    Parameters
    ----------
    lengths : array (n,)
        Above zero, on a logarithmic scale.
    runs : array (rivals, runs, n)
        The mean of a rival's runs is a thick line.
    names : sequence of str
        One for each rival.
    places : sequence of (index, (x, y)), or None
        For each rival, at which of the lengths its name stands, and how many points away from the
        mean; None leaves the names to another panel.
    ax : matplotlib axes

    Returns
    -------
    matplotlib axes
    """
    lengths, runs = np.asarray(lengths), np.asarray(runs)
    if runs.ndim != 3 or runs.shape[::2] != (len(names), len(lengths)):
        raise ValueError(
            f"runs ({len(names)}, any, {len(lengths)}) expected, a row for each name and a number "
            f"for each length, but the shape is {runs.shape}"
        )
    means = runs.mean(axis=1)
    for values, mean, (colour, line) in zip(runs, means, STYLES, strict=False):
        ax.semilogx(lengths, values.T, color=colour, lw=0.7, alpha=0.6)
        ax.semilogx(lengths, mean, line, color=colour, lw=2.2)
    if places is not None:
        for name, mean, (index, away), (colour, _) in zip(
            names, means, places, STYLES, strict=False
        ):
            point = (lengths[index], mean[index])
            ax.annotate(name, point, away, textcoords="offset points", color=colour, va="center")
    ax.grid(axis="y")
    return ax
