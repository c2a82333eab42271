"""Losses: the value and its gradient, side by side.

A loss reads what the last layer hands it (`Layer.scores`) and the targets. Its value is a mean, so
the factor 1/N is in its gradient, and layers only sum.
"""

import numpy as np

from cnnbook.activations import log_softmax, softmax
from cnnbook.arguments import check_fraction, check_not_masked

SUM_TOLERANCE = 1e-3  # of a distribution: rounding of half precision


class SquaredError:
    """E = 1/(2N) sum_nj (t_nj - y_nj)^2, on the network's outputs (:eq:`eq-squared-error`, M5).

    Outputs and targets are numbers (N, ...) of any one shape: rows, boxes, maps.
    """

    def value(self, y, t):
        """The loss of the outputs y (N, ...) for the targets t of the same shape, a number."""
        y, t = _of_one_shape("outputs", y, t)
        return 0.5 * np.sum((t - y) ** 2) / len(y)

    def gradient(self, y, t):
        """dE/dy = (y - t)/N, of the shape of y (:eq:`eq-delta-output`, M6)."""
        y, t = _of_one_shape("outputs", y, t)
        return (y - t) / len(y)


class CrossEntropy:
    """E = -1/N sum_n sum_j t_nj log y_nj with y = softmax(z), on the *scores* z (M21).

    From the scores, the loss is finite whatever they are (:eq:`eq-cross-entropy`), and its
    gradient is the delta with which backpropagation starts (:eq:`eq-softmax-delta`).

    The classes lie along the last axis, and N counts the answers: samples for rows (N, C), pixels
    for class maps (N, H, W, C). Targets are distributions of the shape of the scores, or class
    numbers in an array without the last axis.

    Parameters
    ----------
    smoothing : float
        From 0 to below 1: this part of every target is handed out to all C classes alike
        (:eq:`eq-label-smoothing`).
    """

    def __init__(self, smoothing=0.0):
        check_fraction("smoothing", smoothing)
        self.smoothing = float(smoothing)

    def value(self, scores, t):
        """The loss of the scores z (..., C) for the targets t, a number."""
        scores, t = self._smoothed(scores, t)
        return -np.sum(t * log_softmax(scores)) / _answers(scores)

    def gradient(self, scores, t):
        """dE/dz = (softmax(z) - t)/N, of the shape of z, with t as smoothed."""
        scores, t = self._smoothed(scores, t)
        return (softmax(scores) - t) / _answers(scores)

    def _smoothed(self, scores, t):
        scores, t = _of_one_shape("scores", scores, _distributions(scores, t))
        if self.smoothing:
            t = (1 - self.smoothing) * t + self.smoothing / t.shape[-1]
        return scores, t


class KLDivergence(CrossEntropy):
    """E = 1/N sum_n sum_j t_nj log(t_nj / y_nj) with y = softmax(z), on the scores (:eq:`eq-kl`).

    The cross-entropy without the part that no network can change, the entropy of the targets. So
    the gradient is the same, and the least value is 0, reached where y = t (G9).

    Parameters, scores and targets are those of `CrossEntropy`, but each target has to be a
    distribution: a ValueError names one that is negative or does not sum to one.
    """

    def value(self, scores, t):
        """The loss of the scores z (..., C) for the targets t, a number; 0 log 0 counts as 0."""
        scores, t = self._smoothed(scores, t)
        log_t = np.log(np.where(t > 0, t, 1))
        return np.sum(t * (log_t - log_softmax(scores))) / _answers(scores)

    def _smoothed(self, scores, t):
        scores, t = super()._smoothed(scores, t)
        sums = t.sum(axis=-1)
        if (t < 0).any() or (np.abs(sums - 1) > SUM_TOLERANCE).any():
            raise ValueError(
                "targets must be distributions, not negative and of sum 1, but their smallest "
                f"number is {t.min():.3g} and their sums range from {sums.min():.3g} to "
                f"{sums.max():.3g}"
            )
        return scores, t


class Hinge:
    """E = 1/N sum_n sum_j max(0, 1 - s_nj z_nj)^p, one class against the rest (:eq:`eq-hinge`).

    The sign s = 2t - 1 is +1 for the class of the sample and -1 for every other (G9; the source
    prints 0 for the others, which would then learn nothing). Every class has a score of its own.

    The classes lie along the last axis, and N counts the answers, as in `CrossEntropy`. Targets
    are zeros and ones of the shape of the scores, any number of ones in a row, or class numbers.

    Parameters
    ----------
    power : int
        p, 1 or 2.
    """

    def __init__(self, power=1):
        if power not in (1, 2):
            raise ValueError(f"power must be 1 or 2, but is {power!r}")
        self.power = int(power)

    def value(self, scores, t):
        """The loss of the scores z (..., C) for the targets t, a number."""
        scores, signs = _signs(scores, t)
        return np.sum(np.maximum(0, 1 - signs * scores) ** self.power) / _answers(scores)

    def gradient(self, scores, t):
        """dE/dz = -p s max(0, 1 - s z)^(p - 1) / N where s z < 1, else 0, of the shape of z.

        At the kink, s z = 1, the gradient for p = 1 does not exist; 0 is a convention, as for ReLU.
        """
        scores, signs = _signs(scores, t)
        gap = np.maximum(0, 1 - signs * scores)
        slope = np.sign(gap) if self.power == 1 else 2 * gap
        return -signs * slope / _answers(scores)


def one_hot(labels, classes, dtype=np.float64):
    """Targets from class numbers: zeros, but for a one in the place of the class.

    Parameters
    ----------
    labels : array (...) of int
        Class numbers, 0 to classes - 1: (N,) for samples, (N, H, W) for class maps.
    classes : int
        C.

    Returns
    -------
    array (..., C)

    Raises
    ------
    ValueError
        For a label outside 0 to classes - 1, or a single number.
    TypeError
        For labels that are not integers.
    """
    labels = np.asarray(labels)
    if labels.ndim == 0:
        raise ValueError(f"labels must be an array of class numbers, but are the number {labels}")
    if not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"labels must be integers, but are {labels.dtype}")
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels must lie in 0..{classes - 1}, but range from {labels.min()} to {labels.max()}"
        )
    return np.eye(classes, dtype=dtype)[labels]


def _distributions(scores, t):
    """Class numbers as distributions; distributions as they are."""
    check_not_masked("targets", t)
    scores, t = np.asarray(scores), np.asarray(t)
    if np.issubdtype(t.dtype, np.integer) and scores.ndim > 1 and t.shape == scores.shape[:-1]:
        return one_hot(t, scores.shape[-1], np.result_type(scores, np.float32))
    return t


def _signs(scores, t):
    """The scores, and +1 for each target of 1, -1 for each of 0."""
    scores, t = _of_one_shape("scores", scores, _distributions(scores, t))
    if not ((t == 0) | (t == 1) | np.isnan(t)).all():
        raise ValueError(
            f"targets of the hinge loss must be zeros and ones, but range from {t.min():.3g} to "
            f"{t.max():.3g}"
        )
    return scores, 2 * t - 1


def _answers(scores):
    return scores.size // scores.shape[-1]


def _of_one_shape(name, values, t):
    """Both as floats of the type of the values, so that float32 is not widened on the way back."""
    check_not_masked(name, values)
    check_not_masked("targets", t)
    values = np.asarray(values)
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    t = np.asarray(t, dtype=values.dtype)
    if values.shape != t.shape or values.ndim < 2 or values.size == 0:
        raise ValueError(
            f"{name} and targets must be two arrays of one shape (N, ...) with N > 0, "
            f"but have shapes {values.shape} and {t.shape}"
        )
    return values, t
