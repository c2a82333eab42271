"""Arguments that are refused, each in one sentence: what came, and what was expected."""

from numbers import Real

import numpy as np


def check_positive(name, number):
    """Refuse what is not a whole number of at least 1."""
    if not _is_whole(number) or number < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, but is {number!r}")


def check_not_negative(name, number):
    """Refuse what is not a whole number of at least 0."""
    if not _is_whole(number) or number < 0:
        raise ValueError(f"{name} must be a whole number, 0 or more, but is {number!r}")


def check_fraction(name, number):
    """Refuse what is not a number from 0 to below 1."""
    if not (_is_real(number) and 0 <= number < 1):
        raise ValueError(f"{name} must be at least 0 and below 1, but is {number!r}")


def check_slope(name, number):
    """Refuse what is not a number above 0 and below 1."""
    if not (_is_real(number) and 0 < number < 1):
        raise ValueError(f"{name} must be above 0 and below 1, but is {number!r}")


def check_positive_real(name, number):
    """Refuse what is not a finite number above 0."""
    if not (_is_real(number) and np.isfinite(number) and number > 0):
        raise ValueError(f"{name} must be a positive number, but is {number!r}")


def check_finite(name, number):
    """Refuse what is not a finite number."""
    if not (_is_real(number) and np.isfinite(number)):
        raise ValueError(f"{name} must be a finite number, but is {number!r}")


def check_generator(rng):
    """Refuse what is not a numpy.random.Generator."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            "rng must be a numpy.random.Generator, as numpy.random.default_rng(seed) makes one, "
            f"but is {rng!r}"
        )


def check_not_masked(name, array):
    """Refuse a masked array: its mask would be lost in the first sum."""
    if isinstance(array, np.ma.MaskedArray):
        raise TypeError(f"{name} must be a plain array, but is a masked one: fill it first")


def check_precision(dtype):
    """Refuse what is neither float32 nor float64."""
    if np.dtype(dtype) not in (np.float32, np.float64):
        raise TypeError(f"weights are float32 or float64, but dtype is {np.dtype(dtype)}")


def _is_whole(number):
    return isinstance(number, int | np.integer) and not isinstance(number, bool)


def _is_real(number):
    return isinstance(number, Real) and not isinstance(number, bool)
