"""A network that works through a minibatch in blocks, on several threads."""

import os
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat

import numpy as np
from threadpoolctl import ThreadpoolController

from cnnbook.network import Network

# A block of images is small enough for what lies between two layers to stay in a core's cache. A
# block of rows is larger: each block reads all weights of a dense layer.
PIXELS = 8 * 28 * 28
ROWS = 64
BATCH = 512  # samples that a prediction takes through all layers before it takes more


class BlockNetwork(Network):
    """A `Network` that takes a minibatch in blocks, as many at a time as it has threads.

    NumPy lets go of Python's lock while it computes, so that threads run side by side. The size of
    a block depends on the shape of the samples alone, gradients are summed in the order of the
    blocks, and each block draws random numbers of its own: the results are the same, bit for bit,
    for any number of threads. They differ from those of `Network` by rounding, and dropout draws
    other masks.

    A minibatch that fits into one block is computed without threads.

    Parameters
    ----------
    layers : sequence of Layer
        From the input to the output.
    threads : int, optional
        As many as the machine has cores, if not given.
    """

    def __init__(self, layers, threads=None):
        super().__init__(layers)
        if threads is not None and threads < 1:
            raise ValueError(f"threads must be 1 or more, but is {threads!r}")
        self._pool = ThreadPoolExecutor(threads or os.cpu_count())
        self._blas = ThreadpoolController()  # its own threads would fight with ours
        self._passes = []

    def output(self, x):
        return self._forward(x, "output")

    def scores(self, x):
        return self._forward(x, "scores")

    def backpropagate(self, delta):
        """As `Network.backpropagate`, once for each forward pass: memory is freed on the way."""
        if not self._passes:
            raise ValueError(
                f"cannot backpropagate a gradient of shape {np.shape(delta)} without a forward "
                "pass before it: call output or scores first"
            )
        with self._blas.limit(limits=1, user_api="blas"):
            while self._passes:
                group, copies, sizes = self._passes.pop()  # its memory is free afterwards
                blocks = np.split(delta, np.cumsum(sizes)[:-1])
                delta = _joined(self._map(_go_back, copies, blocks))
                for layer, parts in zip(group, zip(*copies, strict=True), strict=True):
                    _sum_gradients(layer, parts)
        return delta

    def predict(self, x, batch_size=BATCH):
        return super().predict(x, batch_size)

    def predict_scores(self, x, batch_size=BATCH):
        return super().predict_scores(x, batch_size)

    def _predict_batch(self, x, last):
        with self._blas.limit(limits=1, user_api="blas"):
            for group, end in self._groups(x.shape[1:], "predict", last):
                x = _joined(
                    self._map(_go_on, repeat(group), _blocks(x), repeat("predict"), repeat(end))
                )
        return x

    def _forward(self, x, last):
        self._passes = []
        with self._blas.limit(limits=1, user_api="blas"):
            for group, end in self._groups(x.shape[1:], "output", last):
                blocks = _blocks(x)
                copies = [[layer.for_block() for layer in group] for _ in blocks]
                self._passes.append((group, copies, [len(block) for block in blocks]))
                x = _joined(self._map(_go_on, copies, blocks, repeat("output"), repeat(end)))
        return x

    def _groups(self, shape, method, last):
        """Runs of layers that take blocks of one size, with what to call of the last of each run.

        A run ends where rows come out of images, and at the end of the network.
        """
        group = []
        for layer in self.layers:
            before, shape = shape, layer.output_shape(shape)
            group.append(layer)
            if layer is self.layers[-1]:
                yield group, last
            elif len(shape) < len(before):
                yield group, method
                group = []

    def _map(self, function, *arguments):
        """The results for all blocks, in their order; of a single block without a thread."""
        treatment = np.geterr()  # of overflow: other threads do not share it

        def run(*job):
            with np.errstate(**treatment):
                return function(*job)

        jobs = list(zip(*arguments, strict=False))
        if len(jobs) == 1:
            return [function(*jobs[0])]
        return [job.result() for job in [self._pool.submit(run, *job) for job in jobs]]


def _blocks(x):
    size = max(1, PIXELS // (x.shape[1] * x.shape[2])) if x.ndim == 4 else ROWS
    return [x[start : start + size] for start in range(0, len(x), size)] or [x]


def _joined(parts):
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _go_on(layers, x, method, last):
    *body, end = layers
    for layer in body:
        x = getattr(layer, method)(x)
    return getattr(end, last)(x)


def _go_back(layers, delta):
    for layer in reversed(layers):
        delta = layer.backpropagate(delta)
    return delta


def _sum_gradients(layer, parts):
    """Set the gradients of a layer to the sums of those of its copies, in their order."""
    gradients = [part.gradients() for part in parts]
    for name in layer.parameter_names:
        total = gradients[0][name]
        for gradient in gradients[1:]:
            total += gradient[name]
        setattr(layer, f"d{name}", total)
