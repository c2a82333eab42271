"""The comparison of a gradient with central differences, entry by entry."""

from numbers import Real

import numpy as np

from cnnbook.gradcheck.report import GradientReport, GradientRow

# The error of a central difference is at most so many times what half the step changes: 4/3 times
# for smooth functions, 5/2 times at kinks.
_DOUBT = 3
# What the next halving changes is a quarter of that for the slope of a smooth function, an eighth
# for its bend; at a kink, one of the two is off by more than this part of the larger change.
_KINK = 0.05
# How far f may be off by rounding, in units of its last digit.
_ROUNDING = 100


def numerical_gradient(f, array, step=1e-5):
    """The gradient of f by central differences (:eq:`eq-central-difference`).

    dE/da ~ (E(a + step) - E(a - step)) / (2 step), for one number a of the array after another.

    Parameters
    ----------
    f : callable
        Takes no arguments and returns the number E, which it computes from the array.
    array : array of float64, any shape
        Changed in place, one number at a time; afterwards it is as before, also if f raises.
    step : float
        The error of the quotient falls with step^2, that of rounding grows with 1/step.

    Returns
    -------
    array of the shape of `array`

    Raises
    ------
    TypeError
        If the array, or what f returns, is not float64: the rounding errors of float32 hide the
        difference.
    ValueError
        If the array cannot be written to, f does not return one number, or the step is not
        positive or too small to change a number of the array.
    """
    _check_array("array", array)
    _check_positive("step", step)
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        gradient[index], _, _ = _slopes(f, array, index, step, middle=0.0)
    return gradient


def relative_error(a, b):
    """max|a - b| / max(max|a|, max|b|), one number for two arrays of one shape.

    (:eq:`eq-relative-error`) Zero if both are zero everywhere. Taken by tensor, not by entry: an
    entry that happens to be tiny has few correct digits in any difference quotient.
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"two arrays of one shape expected, but got {a.shape} and {b.shape}")
    largest = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    with np.errstate(invalid="ignore"):  # infinite entries: the error is not a number
        return float(np.abs(a - b).max(initial=0) / largest) if largest != 0 else 0.0


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
    _check_positive("step", step)
    _check_positive("tolerance", tolerance)
    if arrays.keys() != gradients.keys():
        raise ValueError(f"the arrays are {list(arrays)}, but the gradients {list(gradients)}")
    _check_arrays(arrays)
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
    _check_arrays({**layer.parameters(), "x": x})
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
    _check_arrays({**network.parameters(), "x": x})
    options = {"step": step, "tolerance": tolerance, "entries": entries, "rng": rng}
    return _check(network, x, lambda z: loss.value(z, t), lambda z: loss.gradient(z, t), options)


def step_sweep(f, array, gradient, steps=None):
    """The relative error of the numerical gradient for steps from large to small.

    Drawn on logarithmic axes it falls, as the quotient nears the derivative, and then rises, as
    the difference drowns in rounding errors. The error of a wrong gradient stays level.

    Parameters
    ----------
    f, array
        As in `numerical_gradient`.
    gradient : array
        dE/d(array) by the formula.
    steps : sequence of float, optional
        Two for each power of ten from 0.1 to 1e-11, if not given.

    Returns
    -------
    steps, errors : arrays of one length
    """
    steps = 10.0 ** -np.arange(1, 11.5, 0.5) if steps is None else np.asarray(steps, float)
    errors = [relative_error(numerical_gradient(f, array, step), gradient) for step in steps]
    return steps, np.array(errors)


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
    middle = _number(f())
    central, bends, sizes = _slopes_at(f, array, chosen, step, middle)
    formula = np.array([gradient[index] for index in chosen])
    error = relative_error(formula, central)
    largest = max(np.abs(central).max(initial=0), np.abs(formula).max(initial=0))
    noise = _ROUNDING * np.finfo(float).eps * sizes.max(initial=0) / step
    noticed = max(tolerance * largest, noise)  # what is smaller cannot spoil the comparison
    if not np.isfinite(error):
        return GradientRow(name, array.shape, gradient.shape, error, 0, len(chosen), "wrong")
    gaps = np.abs(formula - central)
    changes, kinks = np.zeros(len(chosen)), 0
    for number in np.flatnonzero((np.abs(bends) > noticed) | (gaps > noticed)):
        whole = np.array([central[number], bends[number]])
        half, quarter = (
            np.array(_slopes(f, array, chosen[number], step / part, middle)[:2]) for part in (2, 4)
        )
        changes[number] = _change(whole, half).max()
        kinks += changes[number] > noticed and _at_kink(whole, half, quarter, noise)
    verdict = "right" if error < tolerance else _verdict(gaps, changes, kinks, noticed)
    return GradientRow(name, array.shape, gradient.shape, error, int(kinks), len(chosen), verdict)


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


def _slopes_at(f, array, chosen, step, middle):
    """`_slopes` for all chosen entries, as three arrays."""
    slopes = [_slopes(f, array, index, step, middle) for index in chosen]
    return np.array(slopes).reshape(-1, 3).T


def _slopes(f, array, index, step, middle):
    """Central difference at one entry, right minus left slope, and the size of f there."""
    a = float(array[index])
    upper, lower = a + step, a - step
    if upper == a or lower == a:
        raise ValueError(f"a step of {step} is too small to change the number {a}")
    above, below = _value_at(f, array, index, upper), _value_at(f, array, index, lower)
    right, left = (above - middle) / (upper - a), (middle - below) / (a - lower)
    # upper - lower is 2 step but for rounding, and is what really lies between the two
    return (above - below) / (upper - lower), right - left, max(abs(above), abs(below))


def _value_at(f, array, index, number):
    """f with one entry replaced by a number; the entry is put back whatever happens."""
    before = array[index]
    try:
        array[index] = number
        return _number(f())
    finally:
        array[index] = before


def _choose(shape, entries, rng):
    """Indices of all entries, or of `entries` of them in order."""
    size = int(np.prod(shape))
    if entries is None:
        return list(np.ndindex(shape))
    _check_entries(entries)
    if entries >= size:
        return list(np.ndindex(shape))
    if rng is None:
        raise ValueError(f"choosing {entries} of {size} entries needs a generator rng")
    flat = np.sort(rng.choice(size, entries, replace=False))
    return [tuple(index) for index in np.transpose(np.unravel_index(flat, shape))]


def _check_array(name, array):
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        found = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(
            f"a gradient check needs arrays of float64, because rounding hides the differences of "
            f"shorter numbers, but {name} is {found}"
        )
    if not array.flags.writeable:
        raise ValueError(f"a gradient check changes {name} in place, but it is read-only")


def _check_arrays(arrays):
    for name, array in arrays.items():
        _check_array(name, array)


def _check_positive(name, number):
    if not (isinstance(number, Real) and np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a positive number, but is {number!r}")


def _check_entries(entries):
    if not isinstance(entries, int | np.integer) or entries < 1:
        raise ValueError(f"entries must be a whole number, 1 or more, but is {entries!r}")


def _number(value):
    if np.ndim(value) != 0:
        raise ValueError(f"f must return one number, but returned shape {np.shape(value)}")
    if isinstance(value, np.floating) and value.dtype != np.float64:
        raise TypeError(
            f"a gradient check needs f to return float64, but it returned {value.dtype}"
        )
    return float(value)
