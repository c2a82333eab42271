"""A curve, its tangent, and the secants of one-sided and central differences."""

import matplotlib.pyplot as plt
import numpy as np

from cnnbook.plotting.style import GRADIENT, INK, INPUT, KERNEL


def secants(curve, ends, slope):
    """Draw both secants of a curve beside its tangent, each with its slope in the legend.

    Frames with other ends have the same limits, so that nothing jumps from one to the next.

    Parameters
    ----------
    curve : array (n, 2)
        Points of the curve.
    ends : array (3, 2)
        A point of the curve with one at its left and one at its right, from left to right.
    slope : float
        Of the tangent in the middle point.

    Returns
    -------
    matplotlib axes
    """
    curve, ends = np.asarray(curve, dtype=float), np.asarray(ends, dtype=float)
    if curve.ndim != 2 or curve.shape[1] != 2 or ends.shape != (3, 2):
        raise ValueError(
            f"a curve (n, 2) and three ends (3, 2) expected, but the shapes are "
            f"{curve.shape} and {ends.shape}"
        )
    left, middle, right = ends
    lines = [
        ("tangent", GRADIENT, "-", middle, slope),
        ("central", INPUT, "--", left, _slope(left, right)),
        ("one-sided", KERNEL, ":", middle, _slope(middle, right)),
    ]
    _, ax = plt.subplots(figsize=(4.5, 2.9))
    ax.plot(*curve.T, color=INK)
    for name, colour, style, point, rise in lines:
        ax.axline(point, slope=rise, color=colour, ls=style, lw=1.5, label=f"{name}: {rise:.5g}")
    ax.plot(*ends.T, "o", color=INK, markersize=4.5, zorder=3)
    margin = 0.05 * np.ptp(curve, axis=0)
    lowest, highest = curve.min(axis=0) - margin, curve.max(axis=0) + margin
    ax.set(xlim=(lowest[0], highest[0]), ylim=(lowest[1], highest[1]), xlabel="$a$", ylabel="$E$")
    ax.legend(loc="upper left", title="slopes", alignment="left")
    return ax


def _slope(start, end):
    run, rise = end - start
    return rise / run
