"""A network that works through a minibatch in blocks, on several threads."""

import os
from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial
from itertools import repeat

import numpy as np
from threadpoolctl import ThreadpoolController

from cnnbook.network import Network, go_back, go_on, set_gradients

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

    A minibatch that fits into one block is computed without threads. Of a network of dense layers
    alone the threads of BLAS make more: there, `Network` is faster.

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
        self._threads = threads or os.cpu_count()
        self._pool = ThreadPoolExecutor(self._threads)
        self._blas = ThreadpoolController()  # its own threads would fight with ours
        self._passes, self._output_shape = [], None

    def output(self, x):
        return self._forward(x, "output")

    def scores(self, x):
        return self._forward(x, "scores")

    def backpropagate(self, delta):
        """As `Network.backpropagate`, once for each forward pass: memory is freed on the way."""
        return self._backward(delta, to_input=True)

    def set_gradients(self, delta):
        """As `Network.set_gradients`, once for each forward pass."""
        self._backward(delta, to_input=False)

    def predict(self, x, batch_size=BATCH):
        return super().predict(x, batch_size)

    def predict_scores(self, x, batch_size=BATCH):
        return super().predict_scores(x, batch_size)

    def _predict_batch(self, x, last):
        with self._blas.limit(limits=1, user_api="blas"):
            for group, end, shape in self._groups(x.shape[1:], "predict", last):
                x = self._output_of(repeat(group), x, shape, "predict", end)
        return x

    def _forward(self, x, last):
        self._passes = []
        self._forget_gradients()
        with self._blas.limit(limits=1, user_api="blas"):
            for group, end, shape in self._groups(x.shape[1:], "output", last):
                copies = [[layer.for_block() for layer in group] for _ in _blocks(x, x.shape)]
                self._passes.append((group, copies, x.shape))
                x = self._output_of(copies, x, shape, "output", end)
        self._output_shape = x.shape
        return x

    def _backward(self, delta, to_input):
        self._check_delta(delta)
        with self._blas.limit(limits=1, user_api="blas"):
            while self._passes:
                group, copies, shape = self._passes.pop()  # its memory is free afterwards
                if to_input or any(_have_parameters(earlier) for earlier, *_ in self._passes):
                    dx = np.empty(shape, delta.dtype)
                    jobs = zip(copies, _blocks(delta, shape), _blocks(dx, shape), strict=True)
                    self._run([partial(_write_gradient, *job) for job in jobs])
                    delta = dx
                else:
                    jobs = zip(copies, _blocks(delta, shape), strict=True)
                    self._run([partial(set_gradients, *job) for job in jobs])
                    self._passes = []
                for layer, parts in zip(group, zip(*copies, strict=True), strict=True):
                    _sum_gradients(layer, parts)
        return delta

    def _check_delta(self, delta):
        if not self._passes:
            raise ValueError(
                f"cannot backpropagate a gradient of shape {np.shape(delta)} without a forward "
                "pass before it: call output or scores first"
            )
        if np.shape(delta) != self._output_shape:
            raise ValueError(
                f"the network gave an output of shape {self._output_shape}, "
                f"but the gradient has shape {np.shape(delta)}"
            )

    def _groups(self, shape, method, last):
        """Runs of layers that take blocks of one size.

        With what to call of the last layer of a run, and the shape of its output. A run ends where
        rows come out of images, and at the end of the network.
        """
        group = []
        for layer in self.layers:
            before, shape = shape, layer.output_shape(shape)
            group.append(layer)
            if layer is self.layers[-1]:
                yield group, last, shape
            elif len(shape) < len(before):
                yield group, method, shape
                group = []

    def _output_of(self, copies, x, shape, method, last):
        """The output of layers, of which each block of x takes a copy."""
        o = np.empty((len(x), *shape), x.dtype)
        jobs = zip(copies, _blocks(x, x.shape), _blocks(o, x.shape), strict=False)
        self._run([partial(_write_output, *job, method, last) for job in jobs])
        return o

    def _run(self, jobs):
        """Call all jobs, as many at a time as there are threads; this thread is one of them."""
        treatment = np.geterr()  # of overflow: other threads do not share it
        waiting = iter(jobs)  # each thread takes its next job from here

        def work():
            with np.errstate(**treatment):
                for job in waiting:
                    job()

        helpers = [self._pool.submit(work) for _ in range(min(self._threads, len(jobs)) - 1)]
        try:
            work()
        finally:
            wait(helpers)
        for helper in helpers:
            helper.result()  # raises what was raised there

    def _forget_gradients(self):
        """Free the memory of the gradients of the step before."""
        for layer in self.layers:
            for name in layer.parameter_names:
                vars(layer).pop(f"d{name}", None)


def _block_size(shape):
    return max(1, PIXELS // (shape[1] * shape[2])) if len(shape) == 4 else ROWS


def _blocks(array, shape):
    """The array in the blocks that are due to samples of this shape."""
    size = _block_size(shape)
    return [array[start : start + size] for start in range(0, len(array), size)] or [array]


def _write_output(layers, x, o, method, last):
    o[...] = go_on(layers, x, method, last)


def _write_gradient(layers, delta, dx):
    dx[...] = go_back(layers, delta)


def _have_parameters(layers):
    return any(layer.parameter_names for layer in layers)


def _sum_gradients(layer, parts):
    """Set the gradients of a layer to the sums of those of its copies, in their order."""
    for name in layer.parameter_names:
        total, *others = (part.gradients()[name] for part in parts)
        for gradient in others:
            total += gradient
        setattr(layer, f"d{name}", total)
