"""A network that works through a minibatch in blocks, on several threads."""

import os
from dataclasses import dataclass
from functools import partial

import numpy as np

from cnnbook.arguments import check_positive
from cnnbook.network.sequential import Network
from cnnbook.network.threads import Threads

# A block of images is small enough for what lies between two layers to stay in a core's cache. A
# block of rows is larger: each block reads all weights of a dense layer.
PIXELS = 8 * 28 * 28
ROWS = 64
BATCH = 512  # samples that a prediction takes through all layers before it takes more


class ThreadedNetwork(Network):
    """A `Network` that takes a minibatch in blocks, as many at a time as it has threads.

    NumPy lets go of Python's lock while it computes, so that threads run side by side. The size of
    a block depends on the shape of the samples alone, gradients are summed in the order of the
    blocks, and each block draws from a generator of its own: the results are the same, bit for
    bit, for any number of threads. They differ from those of `Network` by rounding, and random
    layers draw other numbers where there are several blocks.

    A layer that mixes samples (`Layer.mixes_samples`) sees the minibatch whole: the batch
    statistics of a normalisation are those of the minibatch, here as in `Network`. All blocks wait
    for it, and it works on one thread.

    Of a network of dense layers alone the threads of BLAS make more: there, `Network` is faster.

    Parameters
    ----------
    layers : sequence of Layer
        From the input to the output.
    threads : int, optional
        As many as the machine has cores, if not given.
    """

    def __init__(self, layers, threads=None):
        super().__init__(layers)
        if threads is not None:
            check_positive("threads", threads)
        self.threads = threads or os.cpu_count()
        self._work = Threads(self.threads)

    def forward(self, x, training=True):
        return self._forward(x, training, scores=False)

    def scores(self, x, training=True):
        return self._forward(x, training, scores=True)

    def backward(self, gradient, memory, to_input=True):
        runs, output_shape, dtype = memory
        self.check_gradient(gradient, output_shape, dtype)
        first = 0 if to_input else self._first_to_learn()
        found = []
        for run, shape, memories in reversed(runs):
            goes_on = run.start > first or to_input
            dx = np.empty(shape, gradient.dtype)  # takes no memory before it is written to
            back = partial(run.write_backward, to_input=goes_on)
            jobs = zip(run.cut(gradient), memories, run.cut(dx), strict=True)
            found.append(_summed(self._work.map(back, jobs)))
            gradient = dx
            if run.start <= first and not to_input:
                break
        gradients = {name: array for own in reversed(found) for name, array in own.items()}
        return gradient if to_input else None, self.add_shared(gradients)

    def update_state(self, memory):
        for run, _, memories in memory[0]:
            for of_block in memories:
                run.network.update_state(of_block)

    def predict(self, x, batch_size=BATCH, scores=False):
        return super().predict(x, batch_size, scores)

    def _predict_batch(self, x, scores):
        return self._forward(x, False, scores, remember=False)[0]

    def _forward(self, x, training, scores, remember=True):
        if not isinstance(x, np.ndarray):
            raise TypeError(f"a network takes a NumPy array, but got {type(x).__name__}")
        if x.ndim == 0:
            raise ValueError(f"a network takes minibatches (N, ...), but got shape {x.shape}")
        runs = []
        for run in self._runs(x.shape[1:], scores):
            o = np.empty((len(x), *run.output_shape), x.dtype)
            blocks = run.cut(x)
            trainings = run.trainings(training, len(blocks))
            jobs = zip(blocks, run.cut(o), trainings, strict=True)
            memories = self._work.map(partial(run.write_forward, remember=remember), jobs)
            runs.append((run, x.shape, memories))
            x = o
        return x, (runs, x.shape, x.dtype)

    def _runs(self, shape, scores):
        """The layers, parted into runs that take blocks of one size.

        A run ends where rows come out of images, and before and after a layer that mixes samples.
        """
        start, given = 0, shape
        for end, layer in enumerate(self.layers, start=1):
            before, shape = shape, layer.output_shape(shape)
            last = end == len(self.layers)
            border = last or _mixes_samples(layer) or _mixes_samples(self.layers[end])
            if border or len(shape) < len(before):
                network = Network(self.layers[start:end])
                yield _Run(start, network, given, shape, scores and last)
                start, given = end, shape


@dataclass(frozen=True)
class _Run:
    """Some layers in a row, as a network of their own, which work on blocks of one size."""

    start: int  # number of the first layer
    network: Network
    input_shape: tuple
    output_shape: tuple
    scores: bool  # whether the loss reads what comes out

    def cut(self, array):
        """The array, with an entry for each sample, in blocks; views, to be read or written."""
        if _mixes_samples(self.network):
            return [array]
        size = ROWS
        if len(self.input_shape) == 3:
            size = max(1, PIXELS // max(1, self.input_shape[0] * self.input_shape[1]))
        return [array[start : start + size] for start in range(0, len(array), size)] or [array]

    def trainings(self, training, blocks):
        """What each block's `forward` is told of the training: whether, and what to draw from."""
        own = list(self.network.generators().values())
        if training is False or not own or blocks == 1:
            return [training] * blocks
        rng = own[0] if training is True else training
        return [np.random.default_rng(rng.integers(2**63)) for _ in range(blocks)]

    def write_forward(self, x, o, training, remember):
        """The way forward of a block, into its place; gives the memory."""
        if not remember:
            o[...] = self.network.predict(x, max(1, len(x)), self.scores)
            return None
        step = self.network.scores if self.scores else self.network.forward
        o[...], memory = step(x, training)
        return memory

    def write_backward(self, gradient, memory, dx, to_input):
        """The way back of a block, into its place; gives the gradients by the network's names."""
        found, gradients = self.network.backward(gradient, memory, to_input)
        if to_input:
            dx[...] = found
        return {_moved(name, self.start): array for name, array in gradients.items()}


def _mixes_samples(layer):
    return any(inner.mixes_samples for _, inner in layer.walk())


def _moved(name, start):
    """The name of a parameter in a network whose layers begin `start` places earlier."""
    number, rest = name.split(".", 1)
    return f"{int(number) + start}.{rest}"


def _summed(parts):
    """The gradients of all blocks, added in the order of the blocks."""
    total, *others = parts
    for part in others:
        for name, gradient in part.items():
            total[name] += gradient
    return total
