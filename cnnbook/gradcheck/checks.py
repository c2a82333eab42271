"""The comparison of a gradient with central differences, entry by entry."""

import numpy as np

from cnnbook.arguments import check_positive, check_positive_real
from cnnbook.gradcheck.differences import (
    check_arrays,
    one_number,
    relative_error,
    slopes,
    slopes_at,
)
from cnnbook.gradcheck.report import GradientReport, GradientRow

# The error of a central difference is at most so many times what half the step changes: 4/3 times
# for smooth functions, 5/2 times at kinks.
_DOUBT = 3
# What the next halving changes is a quarter of that for the slope of a smooth function, an eighth
# for its bend; at a kink, one of the two is off by more than this part of the larger change.
_KINK = 0.05
# Several kinks within the step can add up to more than all that; so many times shorter steps tell
# them from a mistake.
_CLOSER = np.array([8, 64, 512])
# How far f may be off by rounding, in units of its last digit.
_ROUNDING = 100


def check_gradient(
    f, array, gradient, *, name="gradient", step=1e-5, tolerance=1e-7, entries=None, rng=None
):
    """Compare the gradient of f at the array, found by a formula, with central differences.

    Parameters
    ----------
    f, array, step
        As in `numerical_gradient`.
    gradient : array
        dE/d(array) by the formula. If it has another shape than the array, the report says so.
    name : str
        What the report calls the array.
    tolerance : float
        The gradient counts as right if the relative error is below it.
    entries : int, optional
        Compare at most so many entries of the array, drawn with `rng`.
    rng : numpy.random.Generator, optional
        Needed with `entries`.

    Returns
    -------
    GradientReport
        With one row.
    """
    options = {"step": step, "tolerance": tolerance, "entries": entries, "rng": rng}
    return check_gradients(f, {name: array}, {name: gradient}, **options)


def check_gradients(f, arrays, gradients, *, step=1e-5, tolerance=1e-7, entries=None, rng=None):
    """`check_gradient` for several arrays that f depends on, each with its name.

    Parameters
    ----------
    arrays, gradients : dict of str to array
        Under the same names, as `Network.parameters` and `Network.gradients` give them.
    f, step, tolerance, entries, rng
        As in `check_gradient`.

    Returns
    -------
    GradientReport
        A row for every array.
    """
    check_positive_real("step", step)
    check_positive_real("tolerance", tolerance)
    if arrays.keys() != gradients.keys():
        raise ValueError(f"the arrays are {list(arrays)}, but the gradients {list(gradients)}")
    check_arrays(arrays)
    rows = []
    for name, array in arrays.items():
        chosen = _choose(array.shape, entries, rng)
        gradient = np.asarray(gradients[name])
        rows.append(_compare(f, name, array, gradient, step, tolerance, chosen))
    return GradientReport(tuple(rows), tolerance)


def check_layer(layer, x, *, rng, step=1e-5, tolerance=1e-7, entries=None):
    """Check a layer's gradients of all its parameters and of its input.

    The number E is <R, o>, the sum of the outputs with fixed random factors R; then dE/do = R is
    what `backward` gets. (For a softmax layer, o stands for its scores z.)

    The layer is left as it is: `forward` and `backward` change nothing, and random layers draw
    from a generator that starts anew each time, so that dropout has the same mask in all of them.

    Parameters
    ----------
    layer : Layer
        With parameters of float64.
    x : array of float64 (N, ...)
        A minibatch. Several samples, and sides of different lengths, let more mistakes show.
    rng : numpy.random.Generator
        Draws R, and the entries if `entries` is given.
    step, tolerance, entries
        As in `check_gradient`.

    Returns
    -------
    GradientReport
        A row for every parameter, and one for x.
    """
    x = np.array(x)
    check_arrays({**layer.parameters(), "x": x})
    factors = rng.standard_normal(_scores(layer, x)[0].shape)  # R
    options = {"step": step, "tolerance": tolerance, "entries": entries, "rng": rng}
    return _check(layer, x, lambda o: np.sum(factors * o), lambda o: factors.copy(), options)


def check_network(network, loss, x, t, *, step=1e-5, tolerance=1e-7, entries=None, rng=None):
    """Check a network's gradients of the loss, for all parameters and for the input.

    As with `check_layer`, the network is left as it is.

    Parameters
    ----------
    network : Network
        With parameters of float64.
    loss : object with `value` and `gradient`
        Such as `SquaredError` or `CrossEntropy`; it reads the network's `scores`.
    x, t : array of float64
        A minibatch and its targets.
    step, tolerance, entries, rng
        As in `check_gradient`; with `entries`, a network of many weights is checked in seconds.

    Returns
    -------
    GradientReport
        A row for every parameter ("0.W": of the first layer), and one for x.
    """
    x = np.array(x)
    check_arrays({**network.parameters(), "x": x})
    options = {"step": step, "tolerance": tolerance, "entries": entries, "rng": rng}
    return _check(network, x, lambda z: loss.value(z, t), lambda z: loss.gradient(z, t), options)


def _check(layer, x, value, gradient, options):
    """Check a layer or a network; value and gradient are E and dE/dscores at given scores."""
    scores, memory = _scores(layer, x)
    dx, gradients = layer.backward(gradient(scores), memory)
    return check_gradients(
        lambda: value(_scores(layer, x)[0]),
        {**layer.parameters(), "x": x},
        {**gradients, "x": dx},
        **options,
    )


def _scores(layer, x):
    """What a loss reads, and the memory; the same random numbers each time."""
    return layer.scores(x.copy(), training=np.random.default_rng(0))


def _compare(f, name, array, gradient, step, tolerance, chosen):
    """The row of the report for the chosen entries of one array and its gradient."""
    if gradient.shape != array.shape:
        return GradientRow(name, array.shape, gradient.shape, np.inf, 0, 0, "wrong")
    middle = one_number(f())
    central, bends, sizes = slopes_at(f, array, chosen, step, middle)
    formula = np.array([gradient[index] for index in chosen])
    error = relative_error(formula, central)
    largest = max(np.abs(central).max(initial=0), np.abs(formula).max(initial=0))
    noise = _ROUNDING * np.finfo(float).eps * sizes.max(initial=0) / step
    noticed = max(tolerance * largest, noise)  # what is smaller cannot spoil the comparison
    if not np.isfinite(error):
        return GradientRow(name, array.shape, gradient.shape, error, 0, len(chosen), "wrong")
    gaps = np.abs(formula - central)
    changes, at_kink = np.zeros(len(chosen)), np.zeros(len(chosen), dtype=bool)
    for number in np.flatnonzero((np.abs(bends) > noticed) | (gaps > noticed)):
        whole = np.array([central[number], bends[number]])
        half, quarter = (
            np.array(slopes(f, array, chosen[number], step / part, middle)[:2]) for part in (2, 4)
        )
        changes[number] = _change(whole, half).max()
        at_kink[number] = changes[number] > noticed and _at_kink(whole, half, quarter, noise)
    for number in np.flatnonzero(at_kink & (gaps - _DOUBT * changes >= noticed)):
        closer = [slopes(f, array, chosen[number], step / part, middle)[0] for part in _CLOSER]
        if np.any(np.abs(formula[number] - closer) < np.maximum(noticed, noise * _CLOSER)):
            changes[number] = gaps[number]
    kinks = int(at_kink.sum())
    verdict = "right" if error < tolerance else _verdict(gaps, changes, kinks, noticed)
    return GradientRow(name, array.shape, gradient.shape, error, kinks, len(chosen), verdict)


def _verdict(gaps, changes, kinks, noticed):
    """Whether a gradient is wrong, or only the difference quotient too poor to tell."""
    if np.all(gaps < noticed):
        return "unclear (rounding)"
    if np.all(gaps - _DOUBT * changes < noticed):
        return "unclear (kinks)" if kinks else "unclear (step)"
    return "wrong"


def _change(whole, half):
    """What half the step changes in the slope, and in the bend beyond halving it."""
    return np.abs(whole - [1, 2] * half)


def _at_kink(whole, half, quarter, noise):
    """Whether slope and bend, for three steps, change otherwise than those of smooth functions."""
    first, second = _change(whole, half), _change(half, quarter)
    return bool(np.any(np.abs(second - first / [4, 8]) > _KINK * first.max() + noise))


def _choose(shape, entries, rng):
    """Indices of all entries, or of `entries` of them in order."""
    size = int(np.prod(shape))
    if entries is None:
        return list(np.ndindex(shape))
    check_positive("entries", entries)
    if entries >= size:
        return list(np.ndindex(shape))
    if rng is None:
        raise ValueError(f"choosing {entries} of {size} entries needs a generator rng")
    flat = np.sort(rng.choice(size, entries, replace=False))
    return [tuple(index) for index in np.transpose(np.unravel_index(flat, shape))]
