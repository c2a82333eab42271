"""How many answers are right."""

import numpy as np


def accuracy(y, t):
    """Fraction of the answers in which the largest output is where the largest target is.

    Softmax keeps the order of the scores, so y may be scores or probabilities.

    Parameters
    ----------
    y : array (..., C)
        Outputs for C > 1 classes: one answer for each sample, or for each pixel of each sample.
    t : array (..., C), or array (...) of int
        Targets, or class numbers.
    """
    y, t = np.asarray(y), np.asarray(t)
    if t.shape != (y.shape if t.ndim == y.ndim else y.shape[:-1]):
        raise ValueError(f"outputs have shape {y.shape}, but targets {t.shape}")
    labels = t.argmax(axis=-1) if t.ndim == y.ndim else t
    return (labels.size - errors(y, labels)) / labels.size


def errors(y, labels):
    """How many answers have their largest output in another column than the label says.

    Parameters
    ----------
    y : array (..., C)
        Outputs, C > 1; of equal ones the first counts as the largest.
    labels : array (...) of int
        Class numbers.

    Returns
    -------
    int
    """
    y, labels = np.asarray(y), np.asarray(labels)
    if y.ndim < 2 or y.shape[-1] < 2 or y.size == 0 or labels.shape != y.shape[:-1]:
        raise ValueError(
            "outputs (N, C) of two classes or more and N labels expected, with N > 0, "
            f"but the shapes are {y.shape} and {labels.shape}"
        )
    if np.isnan(y).any():
        raise ValueError(f"{int(np.isnan(y).any(axis=-1).sum())} rows of outputs hold NaN")
    return int(np.count_nonzero(y.argmax(axis=-1) != labels))


def accuracy_or_nan(scores, t):
    """The accuracy; NaN where no rule says which numbers mean which class.

    That is so of a single output, of several arrays (pairs), and of outputs that are not finite.
    """
    if isinstance(scores, tuple) or isinstance(t, tuple) or np.shape(scores)[-1] < 2:
        return float("nan")
    return float("nan") if np.isnan(scores).any() else accuracy(scores, t)
