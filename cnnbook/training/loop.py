"""Training: the loop over minibatches."""

import sys

import numpy as np
from tqdm import tqdm

from cnnbook.arguments import check_positive
from cnnbook.training.history import EpochTotals, History
from cnnbook.training.interrupts import stop_on_interrupt
from cnnbook.training.metrics import accuracy_or_nan
from cnnbook.training.minibatches import (
    check_alike,
    checked_targets,
    count,
    minibatches,
    rows,
)


class DivergenceError(FloatingPointError):
    """Raised by `fit` when the loss or a gradient is no longer finite.

    Attributes
    ----------
    history : cnnbook.training.history.History
        Of what came before.
    """

    def __init__(self, message, history):
        super().__init__(message)
        self.history = history


def fit(
    network,
    loss,
    optimiser,
    x,
    t,
    *,
    epochs,
    batch_size,
    rng,
    validation=None,
    schedule=None,
    augment=None,
    metric=accuracy_or_nan,
    progress=True,
):
    """Train a network on minibatches (K7).

    Each epoch goes through all samples once, in a new random order. Interrupting it (Ctrl-C, or
    the notebook's stop button) ends training and returns the history; the network keeps what it
    has learned.

    Parameters
    ----------
    network, loss, optimiser, x, t, epochs, batch_size, rng, validation, schedule, augment, metric
        As in `Training`.
    progress : bool
        Show a bar with loss, accuracy and the time left.

    Returns
    -------
    cnnbook.training.history.History

    Raises
    ------
    DivergenceError
        If the loss or a gradient is not finite. The step is not taken: the parameters are those
        before it.
    ValueError
        If samples and targets do not fit together, or a number is out of range.
    """
    training = Training(
        network,
        loss,
        optimiser,
        x,
        t,
        epochs=epochs,
        batch_size=batch_size,
        rng=rng,
        validation=validation,
        schedule=schedule,
        augment=augment,
        metric=metric,
    )
    return training.run(progress)


class Training:
    """A training that can stop between any two minibatches, and go on from there.

    How it goes on depends on nothing but the attributes named below, the parameters and the state
    of the network, what the optimiser remembers, and the states of the random generators: of
    `rng`, and of the network. `cnnbook.training.checkpoints` writes all of that to a file.

    Parameters
    ----------
    network : Network
        Trained in place.
    loss : object with `value` and `gradient`
        Such as `CrossEntropy`; it reads the network's `scores`.
    optimiser : object with `step`
        Such as `SGD`.
    x, t : array (N, ...), or tuple of arrays (N, ...)
        Samples and their targets, of any shape that network and loss know: rows of classes, class
        maps, boxes; a tuple where a sample has several parts, such as a pair of images.
    epochs, batch_size : int
        1 or more. If batch_size does not divide N, the last minibatch of an epoch is smaller.
    rng : numpy.random.Generator
        Draws the order of the samples.
    validation : tuple (x, t), optional
        Samples and targets to look at after every epoch, not to learn from.
    schedule : callable, optional
        Gives the learning rate of an epoch from its number, 0 for the first.
    augment : callable, optional
        Gives the x and t to learn from in place of those of a minibatch, from (x, t, rng).
    metric : callable
        What the history keeps as accuracy, from (scores, t).

    Attributes
    ----------
    history : cnnbook.training.history.History
        Of the finished epochs.
    batches : list of arrays of int
        The minibatches of the unfinished epoch; empty between two epochs.
    totals : cnnbook.training.history.EpochTotals
        How many of them are done, and with what result.
    """

    def __init__(
        self,
        network,
        loss,
        optimiser,
        x,
        t,
        *,
        epochs,
        batch_size,
        rng,
        validation=None,
        schedule=None,
        augment=None,
        metric=accuracy_or_nan,
    ):
        self.network, self.loss, self.optimiser = network, loss, optimiser
        self.x, self.t = x, checked_targets(x, t, "")
        check_positive("epochs", epochs)
        check_positive("batch_size", batch_size)
        self.epochs, self.batch_size, self.rng = epochs, batch_size, rng
        self.schedule, self.augment, self.metric = schedule, augment, metric
        if validation is not None:
            validation = (validation[0], checked_targets(*validation, "validation "))
            check_alike(self.t, validation[1])
        self.validation = validation
        self.history = History()
        self.batches, self.totals = [], EpochTotals()

    @property
    def samples(self):
        """Number of samples."""
        return count(self.x)

    @property
    def validation_samples(self):
        """Number of validation samples."""
        return 0 if self.validation is None else count(self.validation[0])

    def run(self, progress=True, after_epoch=None):
        """Train until all epochs are over, or until Ctrl-C: then `run` can be called again.

        Ctrl-C waits for the end of a step, so that none is taken by half.

        Parameters
        ----------
        progress : bool
            Show a bar with loss, accuracy and the time left.
        after_epoch : callable, optional
            Called with this training after every epoch, for a log or a checkpoint.

        Returns
        -------
        cnnbook.training.history.History
        """
        self.history.interrupted = False
        # Numbers that overflow end in a DivergenceError, which says more than NumPy's warning.
        with (
            stop_on_interrupt() as stop,
            self._bar(progress) as bar,
            np.errstate(all="ignore"),
        ):
            try:
                while self.history.epochs < self.epochs and not stop:
                    if self._run_epoch(bar, stop) and after_epoch is not None:
                        after_epoch(self)
                self.history.interrupted = self.history.epochs < self.epochs
            except KeyboardInterrupt:  # where somebody else handles Ctrl-C
                self.history.interrupted = True
        return self.history

    def _run_epoch(self, bar, stop):
        """A step for each minibatch that is left, then a look at the validation data.

        Gives whether the epoch came to its end.
        """
        bar.set_description(self._epoch())
        if self.schedule is not None:
            self.optimiser.rate = self.schedule(self.history.epochs)
        if not self.batches:
            self.batches = list(minibatches(self.samples, self.batch_size, self.rng))
        for batch in self.batches[self.totals.batches :]:
            if stop:
                return False
            self._step(rows(self.x, batch), rows(self.t, batch))
            bar.set_postfix_str(str(self.totals), refresh=False)
            bar.update()
        self.history.add_epoch(self.totals.means(), self._evaluated())
        self.batches, self.totals = [], EpochTotals()
        return True

    def _step(self, x, t):
        """Forward, backward, and a step of the optimiser."""
        if self.augment is not None:
            x, t = self.augment(x, t, self.rng)
        scores, memory = self.network.scores(x)
        value = float(self.loss.value(scores, t))
        self._check_finite("the loss", value)
        _, gradients = self.network.backward(self.loss.gradient(scores, t), memory, to_input=False)
        for name, gradient in gradients.items():
            self._check_finite(f"the gradient of {name}", gradient)
        self.optimiser.step(self.network.parameters(), gradients)
        self.network.update_state(memory)
        self.history.batch_loss.append(value)
        self.totals.add(count(x), value, float(self.metric(scores, t)))

    def _evaluated(self):
        """Mean loss and accuracy over the validation data, if there are any."""
        if self.validation is None:
            return None
        x, t = self.validation
        scores = self.network.predict(x, self.batch_size, scores=True)
        return float(self.loss.value(scores, t)), float(self.metric(scores, t))

    def _check_finite(self, name, numbers):
        if not np.isfinite(numbers).all():
            several = "holds numbers that are not finite"
            found = several if np.ndim(numbers) else f"is {numbers}"
            raise DivergenceError(
                f"training diverged in {self._epoch()}, minibatch {self.totals.batches + 1}: "
                f"{name} {found}; the parameters are those before this step, and a smaller "
                "learning rate may help",
                self.history,
            )

    def _epoch(self):
        return f"epoch {self.history.epochs + 1} of {self.epochs}"

    def _bar(self, shown):
        steps = self.epochs * -(-self.samples // self.batch_size)
        done = len(self.history.batch_loss)
        # An explicit disable=False would override the environment variable TQDM_DISABLE.
        hidden = {} if shown and sys.stderr is not None else {"disable": True}
        return tqdm(total=steps, initial=done, **hidden)
