"""Central differences: a gradient without any formula, and how far it is from another one."""

import numpy as np

from cnnbook.arguments import check_positive_real


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
    check_positive_real("step", step)
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        gradient[index], _, _ = slopes(f, array, index, step, middle=0.0)
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


def step_sweep(f, array, gradient, steps=None):
    """The relative error of the numerical gradient for steps from large to small.

    Drawn on logarithmic axes it falls, as the quotient nears the derivative, and then rises, as
    the difference drowns in rounding errors. The error of a wrong gradient falls only as far as the
    size of the mistake, and stays there.

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


def slopes_at(f, array, chosen, step, middle):
    """`slopes` for all chosen entries, as three arrays."""
    found = [slopes(f, array, index, step, middle) for index in chosen]
    return np.array(found).reshape(-1, 3).T


def slopes(f, array, index, step, middle):
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
        return one_number(f())
    finally:
        array[index] = before


def one_number(value):
    """What f returned, as a number; refused if it is several, or too short."""
    if np.ndim(value) != 0:
        raise ValueError(f"f must return one number, but returned shape {np.shape(value)}")
    if isinstance(value, np.floating) and value.dtype != np.float64:
        raise TypeError(
            f"a gradient check needs f to return float64, but it returned {value.dtype}"
        )
    return float(value)


def check_arrays(arrays):
    """Refuse arrays by name that differences cannot be taken of."""
    for name, array in arrays.items():
        _check_array(name, array)


def _check_array(name, array):
    if not isinstance(array, np.ndarray) or array.dtype != np.float64:
        found = array.dtype if isinstance(array, np.ndarray) else type(array).__name__
        raise TypeError(
            f"a gradient check needs arrays of float64, because rounding hides the differences of "
            f"shorter numbers, but {name} is {found}"
        )
    if not array.flags.writeable:
        raise ValueError(f"a gradient check changes {name} in place, but it is read-only")
