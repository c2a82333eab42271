"""What a training saw, epoch by epoch."""

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
class EpochTotals:
    """An unfinished epoch: numbers of minibatches and samples, and sums over them."""

    batches: int = 0
    samples: int = 0
    loss: float = 0.0
    right: float = 0.0

    def add(self, samples, loss, accuracy):
        """Count a minibatch with its mean loss and accuracy."""
        self.batches += 1
        self.samples += samples
        self.loss += loss * samples
        self.right += accuracy * samples

    def means(self):
        """Loss and accuracy for each sample."""
        return self.loss / self.samples, self.right / self.samples

    def __str__(self):
        loss, right = self.means()
        return f"loss {loss:.4f}" + (f", accuracy {right:.1%}" if np.isfinite(right) else "")
