"""What a training saw: counts of what is right and wrong, by sample, by epoch, and over all."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class History:
    """What `fit` saw, one number per finished epoch, to be plotted.

    Attributes
    ----------
    loss, accuracy : list of float
        Means over the minibatches of the epoch, weighted by their sizes, each taken before the
        step that it led to: the parameters change underway. Accuracy is NaN where the network has
        a single output.
    validation_loss, validation_accuracy : list of float
        Of the validation data, at the end of the epoch. Empty if there are none.
    batch_loss : list of float
        The loss of every minibatch, also those of an epoch that was not finished.
    interrupted : bool
        Whether training was stopped by hand.
    """

    loss: list = field(default_factory=list)
    accuracy: list = field(default_factory=list)
    validation_loss: list = field(default_factory=list)
    validation_accuracy: list = field(default_factory=list)
    batch_loss: list = field(default_factory=list)
    interrupted: bool = False

    @property
    def epochs(self):
        """Number of finished epochs."""
        return len(self.loss)

    def add_epoch(self, training, validation=None):
        """Append (loss, accuracy) of the training and, if there are any, of the validation data."""
        self.loss.append(training[0])
        self.accuracy.append(training[1])
        if validation is not None:
            self.validation_loss.append(validation[0])
            self.validation_accuracy.append(validation[1])


@dataclass
class Seen:
    """What an unfinished epoch has seen: numbers of minibatches and samples, and sums over them."""

    batches: int = 0
    samples: int = 0
    loss: float = 0.0
    right: float = 0.0

    def add(self, value, scores, t):
        self.batches += 1
        self.samples += len(t)
        self.loss += value * len(t)
        self.right += accuracy_or_nan(scores, t) * len(t)

    def means(self):
        return self.loss / self.samples, self.right / self.samples

    def __str__(self):
        loss, right = self.means()
        return f"loss {loss:.4f}" + (f", accuracy {right:.1%}" if np.isfinite(right) else "")


def accuracy(y, t):
    """Fraction of the rows in which the largest output is where the largest target is.

    Softmax keeps the order of the scores, so y may be scores or probabilities.

    Parameters
    ----------
    y, t : array (N, C)
        Outputs and targets of N > 0 samples and C > 1 classes.
    """
    if np.shape(y) != np.shape(t):
        raise ValueError(f"outputs have shape {np.shape(y)}, but targets {np.shape(t)}")
    return (len(y) - errors(y, np.argmax(t, axis=-1))) / len(y)


def errors(y, labels):
    """How many rows have their largest output in another column than the label says.

    Parameters
    ----------
    y : array (N, C)
        Outputs, C > 1; of equal ones the first counts as the largest.
    labels : array (N,) of int
        Class numbers.

    Returns
    -------
    int
    """
    y, labels = np.asarray(y), np.asarray(labels)
    if y.ndim != 2 or y.shape[1] < 2 or len(y) == 0 or labels.shape != y.shape[:1]:
        raise ValueError(
            "outputs (N, C) of two classes or more and N labels expected, with N > 0, "
            f"but the shapes are {y.shape} and {labels.shape}"
        )
    if np.isnan(y).any():
        raise ValueError(f"{int(np.isnan(y).any(axis=1).sum())} rows of outputs hold NaN")
    return int(np.count_nonzero(y.argmax(axis=1) != labels))


def accuracy_or_nan(scores, t):
    """The accuracy; NaN for one column, where no rule says which numbers mean which class."""
    return accuracy(scores, t) if t.shape[1] > 1 and not np.isnan(scores).any() else float("nan")
