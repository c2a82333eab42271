"""What one core can do at most, and what it does in the operations of the reference network.

Bytes are those that must move at least: the input, the parameters and the output, each once.
"""

import time

import numpy as np

from cnnbook.activations import relu
from cnnbook.convolution import im2col, winograd
from cnnbook.convolution.tiles import OUTPUTS
from cnnbook.layers import Hidden, Pooling

SAMPLES = 8  # a block of images
RNG = np.random.default_rng(0)


def bandwidths():
    """Bytes a second that a copy reads and writes, in memory and in the cache of a core."""
    return {"memory": copying(2**26), "cache": copying(2**17)}


def copying(size):
    source, target = np.ones(size, np.uint8), np.zeros(size, np.uint8)
    return 2 * size / seconds(lambda: np.copyto(target, source), max(20, 2**28 // size))


def points():
    """Operations (multiplications and additions), bytes and seconds of each operation."""
    small, large = images(28, 1), images(26, 32)
    first, second = filters(32, 1), filters(64, 32)
    yield convolution("convolution 1, direct", im2col, small, first, direct_operations)
    yield convolution("convolution 2, direct", im2col, large, second, direct_operations)
    yield convolution("convolution 2, Winograd", winograd, large, second, winograd_operations)
    z = images(24, 64) - 0.5
    yield point("ReLU", lambda: relu(z), z.size, 2 * z.nbytes)
    pooling = Pooling(2)
    yield point("max pooling", lambda: pooling.predict(z), 3 * z.size / 4, 5 * z.nbytes / 4)
    dense = Hidden(9216, 128, relu, rng=RNG, dtype=np.float32)
    x = RNG.random((64, 9216), dtype=np.float32)
    moved = x.nbytes + dense.W.nbytes + 64 * 128 * 4
    yield point("dense 9216-128", lambda: dense.predict(x), 2 * 64 * 9216 * 128, moved)


def convolution(name, method, x, kernels, count):
    z, _ = method.forward(x, kernels)
    run = lambda: method.forward(x, kernels)  # noqa: E731
    return point(name, run, count(z.shape, kernels), x.nbytes + kernels.nbytes + z.nbytes)


def direct_operations(shape, kernels):
    return 2 * np.prod(shape[:3]) * kernels.size


def winograd_operations(shape, kernels):
    """The products, and the transforms of inputs and outputs, by 36 x 36 and by 16 x 36 numbers."""
    count, height, width, maps = kernels.shape
    inputs, outputs = (OUTPUTS + height - 1) * (OUTPUTS + width - 1), OUTPUTS**2
    tiles = shape[0] * -(-shape[1] // OUTPUTS) * -(-shape[2] // OUTPUTS)
    return 2 * tiles * inputs * (maps * count + inputs * maps + outputs * count)


def point(name, run, operations, moved):
    values = {"operations": float(operations), "bytes": float(moved), "seconds": seconds(run)}
    return {"name": name, **values}


def images(side, maps):
    return RNG.random((SAMPLES, side, side, maps), dtype=np.float32)


def filters(count, maps):
    return RNG.random((count, 3, 3, maps), dtype=np.float32)


def seconds(run, runs=100):
    """The fastest of many runs."""
    run()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
