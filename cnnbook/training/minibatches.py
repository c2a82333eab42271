"""Samples and their targets, and the minibatches that they are taken in.

Each of the two is an array with an entry for each sample, or a tuple of such arrays.
"""

import numpy as np

from cnnbook.arguments import check_positive


def minibatches(n, size, rng):
    """The numbers 0 to n - 1 in random order, in arrays of the given size (the last: the rest).

    Parameters
    ----------
    n, size : int
        1 or more.
    rng : numpy.random.Generator

    Returns
    -------
    iterator of arrays of int
    """
    check_positive("n", n)
    check_positive("size", size)
    order = rng.permutation(n)
    return (order[start : start + size] for start in range(0, n, size))


def checked_targets(x, t, kind):
    """The targets, in the type of the samples, so that float32 is not widened on the way back."""
    if isinstance(t, tuple):
        return tuple(checked_targets(x, part, kind) for part in t)
    t = np.asarray(t)
    samples = count(x)
    if isinstance(x, tuple) and any(len(part) != samples for part in x):
        raise ValueError(
            f"the parts of {kind}samples must be equally many, "
            f"but are {' and '.join(str(len(part)) for part in x)}"
        )
    if t.ndim == 0 or samples != len(t) or samples == 0:
        raise ValueError(
            f"{kind}samples and targets must be equally many and more than none, "
            f"but are {samples} and {len(t) if t.ndim else 'a number'}"
        )
    dtype = x[0].dtype if isinstance(x, tuple) else x.dtype
    return t.astype(dtype, copy=False) if np.issubdtype(t.dtype, np.floating) else t


def check_alike(t, validation):
    """Refuse validation targets of another kind before the first epoch, and not after it."""
    kinds = [_kind(t), _kind(validation)]
    if kinds[0] != kinds[1]:
        raise ValueError(
            f"validation targets must be like the targets, {kinds[0]}, but are {kinds[1]}"
        )


def _kind(targets):
    """Such as '2 axes of floats', for each array."""
    parts = targets if isinstance(targets, tuple) else (targets,)
    numbers = ["floats" if np.issubdtype(part.dtype, np.floating) else "integers" for part in parts]
    return " and ".join(
        f"{part.ndim} axes of {name}" for part, name in zip(parts, numbers, strict=True)
    )


def rows(data, batch):
    """The samples of a minibatch, of an array or of each array of a tuple."""
    return tuple(part[batch] for part in data) if isinstance(data, tuple) else data[batch]


def count(data):
    """Number of samples."""
    return len(data[0]) if isinstance(data, tuple) else len(data)
