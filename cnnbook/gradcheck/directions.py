"""The check along random directions: two values of f each, however many entries an array has."""

from dataclasses import replace

import numpy as np

from cnnbook.arguments import check_positive
from cnnbook.gradcheck.checks import check_gradients
from cnnbook.gradcheck.differences import check_arrays
from cnnbook.gradcheck.report import GradientReport, GradientRow


def check_directions(f, arrays, gradients, *, rng, directions=3, step=1e-5, tolerance=1e-7):
    """Compare gradients with central differences along random directions (:eq:`eq-direction`).

    Moved by s along v, an array changes f at the rate <v, gradient>. So every direction is one
    parameter s, and these are what `check_gradients` is given. Which entry is wrong stays unknown.

    Parameters
    ----------
    f, arrays, gradients, step, tolerance
        As in `check_gradients`. The step is that of an entry of usual size.
    rng : numpy.random.Generator
        Draws the directions, whose entries are normal with variance 1.
    directions : int
        How many for each array. A mistake is missed if it lies at right angles to all of them.

    Returns
    -------
    GradientReport
        A row for every array.
    """
    check_positive("directions", directions)
    if arrays.keys() != gradients.keys():
        raise ValueError(f"the arrays are {list(arrays)}, but the gradients {list(gradients)}")
    check_arrays(arrays)
    rows = []
    for name, array in arrays.items():
        gradient = np.asarray(gradients[name])
        if gradient.shape != array.shape:
            rows.append(GradientRow(name, array.shape, gradient.shape, np.inf, 0, 0, "wrong"))
            continue
        row = _along(f, array, gradient, rng, directions, step, tolerance)
        rows.append(replace(row, tensor=name, shape=array.shape, gradient_shape=array.shape))
    return GradientReport(tuple(rows), tolerance)


def _along(f, array, gradient, rng, directions, step, tolerance):
    """The row for the parameters s, one for each direction; the array is put back afterwards."""
    v = rng.standard_normal((directions, *array.shape))
    s, kept = np.zeros(directions), array.copy()

    def moved():
        array[...] = kept + np.tensordot(s, v, axes=1)
        return f()

    promised = np.array([np.vdot(direction, gradient) for direction in v])
    try:
        report = check_gradients(moved, {"s": s}, {"s": promised}, step=step, tolerance=tolerance)
    finally:
        array[...] = kept
    return replace(report.rows[0], unit="directions")
