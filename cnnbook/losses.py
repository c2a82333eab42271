"""Losses: the value and its gradient, side by side.

A loss reads what the last layer hands it (`Layer.scores`) and the targets, one sample a row. Its
value is the mean over the minibatch, so the factor 1/N is in its gradient, and layers only sum.
"""

import numpy as np

from cnnbook.activations import log_softmax, softmax


class SquaredError:
    """E = 1/(2N) sum_nj (t_nj - y_nj)^2, on the network's outputs (:eq:`eq-squared-error`, M5)."""

    def value(self, y, t):
        """The loss of the outputs y (N, J) for the targets t (N, J), a number."""
        y, t = _pair("outputs", y, t)
        return 0.5 * np.sum((t - y) ** 2) / len(y)

    def gradient(self, y, t):
        """dE/dy = (y - t)/N, of the shape of y (:eq:`eq-delta-output`, M6)."""
        y, t = _pair("outputs", y, t)
        return (y - t) / len(y)


class CrossEntropy:
    """E = -1/N sum_n sum_j t_nj log y_nj with y = softmax(z), on the *scores* z (M21).

    From the scores, the loss is finite whatever they are (:eq:`eq-cross-entropy`), and its
    gradient is the delta with which backpropagation starts (:eq:`eq-softmax-delta`).
    """

    def value(self, scores, t):
        """The loss of the scores z (N, C) for the targets t (N, C), rows that sum to 1."""
        scores, t = _pair("scores", scores, t)
        return -np.sum(t * log_softmax(scores)) / len(scores)

    def gradient(self, scores, t):
        """dE/dz = (softmax(z) - t)/N, of the shape of z."""
        scores, t = _pair("scores", scores, t)
        return (softmax(scores) - t) / len(scores)


def one_hot(labels, classes, dtype=np.float64):
    """Targets from class numbers: row n is zero but for a one in column labels[n].

    Parameters
    ----------
    labels : array (N,) of int
        Class numbers, 0 to classes - 1.
    classes : int
        C, the number of columns.

    Raises
    ------
    ValueError
        For a label outside 0 to classes - 1, or labels that are not a vector.
    TypeError
        For labels that are not integers.
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(f"labels must be a vector of class numbers, but have shape {labels.shape}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"labels must be integers, but are {labels.dtype}")
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels must lie in 0..{classes - 1}, but range from {labels.min()} to {labels.max()}"
        )
    return np.eye(classes, dtype=dtype)[labels]


def _pair(name, values, t):
    """Both as arrays of the type of the values, so that float32 is not widened on the way back."""
    values = np.asarray(values)
    t = np.asarray(t, dtype=np.result_type(values, np.float16))
    if values.shape != t.shape or values.ndim != 2 or len(values) == 0:
        raise ValueError(
            f"{name} and targets must be two tables of one shape (N, C) with N > 0, "
            f"but have shapes {values.shape} and {t.shape}"
        )
    return values, t
