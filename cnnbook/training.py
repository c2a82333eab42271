"""Training: minibatches, the loop over them, and counts of what is right and wrong."""

from dataclasses import dataclass, field

import numpy as np
from tqdm import tqdm


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


class DivergenceError(FloatingPointError):
    """Raised by `fit` when the loss or a gradient is no longer finite.

    Attributes
    ----------
    history : History
        Of what came before.
    """

    def __init__(self, message, history):
        super().__init__(message)
        self.history = history


def fit(network, loss, optimiser, x, t, *, epochs, batch_size, rng, validation=None, progress=True):
    """Train a network on minibatches (K7).

    Each epoch goes through all samples once, in a new random order. Interrupting it (Ctrl-C, or
    the notebook's stop button) ends training and returns the history; the network keeps what it
    has learned.

    Parameters
    ----------
    network : Network
        Trained in place.
    loss : object with `value` and `gradient`
        Such as `CrossEntropy`; it reads the network's `scores`.
    optimiser : object with `step`
        Such as `SGD`.
    x, t : array (N, ...), array (N, C)
        Samples and their targets.
    epochs, batch_size : int
        1 or more. If batch_size does not divide N, the last minibatch of an epoch is smaller.
    rng : numpy.random.Generator
        Draws the order of the samples.
    validation : tuple of two arrays, optional
        Samples and targets to look at after every epoch, not to learn from.
    progress : bool
        Show a bar with loss, accuracy and the time left.

    Returns
    -------
    History

    Raises
    ------
    DivergenceError
        If the loss or a gradient is not finite. The step is not taken: the parameters are those
        before it.
    ValueError
        If samples and targets do not fit together, or a number is out of range.
    """
    t = _checked_targets(x, t, "")
    _check_count("epochs", epochs)
    _check_count("batch_size", batch_size)
    if validation is not None:
        validation = (validation[0], _checked_targets(*validation, "validation "))
    history = History()
    steps = epochs * -(-len(x) // batch_size)
    # Numbers that overflow end in a DivergenceError, which says more than NumPy's warning.
    with _bar(steps, progress) as bar, np.errstate(all="ignore"):
        state = _Progress(epochs, bar)
        try:
            for _ in range(epochs):
                batches = minibatches(len(x), batch_size, rng)
                seen = _train_epoch(network, loss, optimiser, x, t, batches, history, state)
                found = _evaluate(network, loss, *validation, batch_size) if validation else None
                history.add_epoch(seen, found)
        except KeyboardInterrupt:
            history.interrupted = True
    return history


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
    _check_count("n", n)
    _check_count("size", size)
    order = rng.permutation(n)
    return (order[start : start + size] for start in range(0, n, size))


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


class _Progress:
    """Where training is: sums over the samples of this epoch, and the bar that shows them."""

    def __init__(self, epochs, bar):
        self.epochs, self.bar = epochs, bar
        self.epoch = 0

    def start_epoch(self):
        self.epoch += 1
        self.batches, self.samples, self.loss, self.right = 0, 0, 0.0, 0.0
        self.bar.set_description(f"epoch {self.epoch} of {self.epochs}")

    def add(self, value, scores, t):
        self.batches += 1
        self.samples += len(t)
        self.loss += value * len(t)
        self.right += _accuracy_or_nan(scores, t) * len(t)
        loss, right = self.means()
        text = f"loss {loss:.4f}" + (f", accuracy {right:.1%}" if np.isfinite(right) else "")
        self.bar.set_postfix_str(text, refresh=False)
        self.bar.update()

    def means(self):
        return self.loss / self.samples, self.right / self.samples

    def place(self):
        return f"epoch {self.epoch} of {self.epochs}, minibatch {self.batches + 1}"


def _train_epoch(network, loss, optimiser, x, t, batches, history, progress):
    """One step for each minibatch."""
    progress.start_epoch()
    for batch in batches:
        scores = network.scores(x[batch])
        value = float(loss.value(scores, t[batch]))
        _check_finite("the loss", value, progress, history)
        network.backpropagate(loss.gradient(scores, t[batch]))
        gradients = network.gradients()
        for name, gradient in gradients.items():
            _check_finite(f"the gradient of {name}", gradient, progress, history)
        optimiser.step(network.parameters(), gradients)
        history.batch_loss.append(value)
        progress.add(value, scores, t[batch])
    return progress.means()


def _evaluate(network, loss, x, t, batch_size):
    """Mean loss and accuracy over samples to predict, in blocks; nothing is remembered."""
    scores = network.predict_scores(x, batch_size)
    return float(loss.value(scores, t)), _accuracy_or_nan(scores, t)


def _accuracy_or_nan(scores, t):
    """The accuracy; NaN for one column, where no rule says which numbers mean which class."""
    return accuracy(scores, t) if t.shape[1] > 1 and not np.isnan(scores).any() else float("nan")


def _bar(steps, shown):
    # An explicit disable=False would override the environment variable TQDM_DISABLE.
    return tqdm(total=steps) if shown else tqdm(total=steps, disable=True)


def _check_finite(name, numbers, progress, history):
    if not np.isfinite(numbers).all():
        found = f"is {numbers}" if np.ndim(numbers) == 0 else "holds numbers that are not finite"
        raise DivergenceError(
            f"training diverged in {progress.place()}: {name} {found}; the parameters are those "
            "before this step, and a smaller learning rate may help",
            history,
        )


def _checked_targets(x, t, kind):
    """The targets, in the type of the samples, so that float32 is not widened on the way back."""
    t = np.asarray(t)
    if t.ndim != 2:
        raise ValueError(
            f"{kind}targets must be a table (N, C), but have shape {t.shape}: "
            "one_hot makes one from class numbers"
        )
    if len(x) != len(t) or len(t) == 0:
        raise ValueError(
            f"{kind}samples and targets must be equally many and more than none, "
            f"but are {len(x)} and {len(t)}"
        )
    return t.astype(x.dtype, copy=False)


def _check_count(name, number):
    if not isinstance(number, int | np.integer) or number < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, but is {number!r}")
