"""Training: minibatches, and the loop over them."""

import numpy as np
from tqdm import tqdm

from cnnbook.history import History, Seen, accuracy_or_nan
from cnnbook.history import accuracy as accuracy  # also known under the name of this module
from cnnbook.history import errors as errors
from cnnbook.interrupts import held


class DivergenceError(FloatingPointError):
    """Raised by `fit` when the loss or a gradient is no longer finite.

    Attributes
    ----------
    history : cnnbook.history.History
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
    cnnbook.history.History

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
    )
    return training.run(progress)


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


class Training:
    """A training that can stop between any two minibatches, and go on from there.

    How it goes on depends on nothing but the attributes named below, the parameters of the
    network, what the optimiser remembers, and the states of the random generators: of `rng`, and
    of the layers that have one. `cnnbook.checkpoints` writes all of that to a file.

    Parameters
    ----------
    network, loss, optimiser, x, t, epochs, batch_size, rng, validation
        As in `fit`.
    schedule : callable, optional
        Gives the learning rate of an epoch from its number, 0 for the first.

    Attributes
    ----------
    history : cnnbook.history.History
        Of the finished epochs.
    batches : list of arrays of int
        The minibatches of the unfinished epoch; empty between two epochs.
    seen : cnnbook.history.Seen
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
    ):
        self.network, self.loss, self.optimiser = network, loss, optimiser
        self.x, self.t = x, _checked_targets(x, t, "")
        _check_count("epochs", epochs)
        _check_count("batch_size", batch_size)
        self.epochs, self.batch_size, self.rng, self.schedule = epochs, batch_size, rng, schedule
        if validation is not None:
            validation = (validation[0], _checked_targets(*validation, "validation "))
        self.validation = validation
        self.history = History()
        self.batches, self.seen = [], Seen()

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
        cnnbook.history.History
        """
        self.history.interrupted = False
        # Numbers that overflow end in a DivergenceError, which says more than NumPy's warning.
        with self._bar(progress) as bar, np.errstate(all="ignore"):
            try:
                while self.history.epochs < self.epochs:
                    self._run_epoch(bar)
                    if after_epoch is not None:
                        after_epoch(self)
            except KeyboardInterrupt:
                self.history.interrupted = True
        return self.history

    def _run_epoch(self, bar):
        """One step for each minibatch that is left, then a look at the validation data."""
        bar.set_description(self._epoch())
        if self.schedule is not None:
            self.optimiser.rate = self.schedule(self.history.epochs)
        if not self.batches:
            with held():
                self.batches = list(minibatches(len(self.x), self.batch_size, self.rng))
        for batch in self.batches[self.seen.batches :]:
            with held():
                self._step(self.x[batch], self.t[batch])
            bar.set_postfix_str(str(self.seen), refresh=False)
            bar.update()
        found = self._evaluated()
        with held():
            self.history.add_epoch(self.seen.means(), found)
            self.batches, self.seen = [], Seen()

    def _step(self, x, t):
        scores = self.network.scores(x)
        value = float(self.loss.value(scores, t))
        self._check_finite("the loss", value)
        self.network.set_gradients(self.loss.gradient(scores, t))
        gradients = self.network.gradients()
        for name, gradient in gradients.items():
            self._check_finite(f"the gradient of {name}", gradient)
        self.optimiser.step(self.network.parameters(), gradients)
        self.history.batch_loss.append(value)
        self.seen.add(value, scores, t)

    def _evaluated(self):
        """Mean loss and accuracy over the validation data, if there are any."""
        if self.validation is None:
            return None
        x, t = self.validation
        scores = self.network.predict_scores(x, self.batch_size)
        return float(self.loss.value(scores, t)), accuracy_or_nan(scores, t)

    def _check_finite(self, name, numbers):
        if not np.isfinite(numbers).all():
            several = "holds numbers that are not finite"
            found = several if np.ndim(numbers) else f"is {numbers}"
            raise DivergenceError(
                f"training diverged in {self._epoch()}, minibatch {self.seen.batches + 1}: "
                f"{name} {found}; the parameters are those before this step, and a smaller "
                "learning rate may help",
                self.history,
            )

    def _epoch(self):
        return f"epoch {self.history.epochs + 1} of {self.epochs}"

    def _bar(self, shown):
        steps = self.epochs * -(-len(self.x) // self.batch_size)
        done = len(self.history.batch_loss)
        # An explicit disable=False would override the environment variable TQDM_DISABLE.
        hidden = {} if shown else {"disable": True}
        return tqdm(total=steps, initial=done, **hidden)


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
