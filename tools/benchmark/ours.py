"""What the benchmark times of cnnbook, as functions without arguments."""

from pathlib import Path
from unittest.mock import patch

import numpy as np
from comparisons import BATCH

from cnnbook.activations import identity, relu
from cnnbook.convolution import correlation, im2col
from cnnbook.layers import Convolution, Hidden, Pooling, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.models import mnist_cnn
from cnnbook.network import Network, ThreadedNetwork
from cnnbook.optimisers import SGD
from cnnbook.training import fit

RATE = 0.01
RNG = np.random.default_rng(0)


def reference():
    """The layers of the reference network (K4), in float32."""
    return mnist_cnn(rng=np.random.default_rng(0))


def dense():
    """The layers of a network 784-128-10, in float32."""
    options = {"rng": RNG, "dtype": np.float32}
    return [Hidden(784, 128, relu, **options), Softmax(128, 10, **options)]


def samples_and_targets(shape, samples):
    x = RNG.random((samples, *shape), dtype=np.float32)
    return x, one_hot(RNG.integers(0, 10, samples), 10, np.float32)


def training_step(network, shape, samples=128):
    """Forward, backward, and a step of gradient descent."""
    loss, optimiser = CrossEntropy(), SGD(RATE)
    x, t = samples_and_targets(shape, samples)

    def step():
        scores, memory = network.scores(x)
        _, gradients = network.backward(loss.gradient(scores, t), memory, to_input=False)
        optimiser.step(network.parameters(), gradients)

    return step


def reference_step(threads, samples=128):
    return training_step(ThreadedNetwork(reference(), threads), (28, 28, 1), samples)


def reference_step_by_im2col(threads):
    """The same step without Winograd's method."""
    return convolving_by(im2col, reference_step(threads))


def convolving_by(method, run):
    """The same run, with all convolutions by one method whatever the shapes."""

    def run_so():
        with (
            patch.object(correlation.winograd, "suits", lambda *_: False),
            patch.object(correlation, "im2col", method),
        ):
            run()

    return run_so


def dense_step(threads):
    return training_step(Network(dense()), (784,))


def dense_epoch(threads, samples=12_800):
    network, loss, optimiser = Network(dense()), CrossEntropy(), SGD(RATE)
    x, t = samples_and_targets((784,), samples)
    options = {"epochs": 1, "batch_size": 128, "rng": RNG, "progress": False}
    return lambda: fit(network, loss, optimiser, x, t, **options)


def prediction(threads):
    network = ThreadedNetwork(reference(), threads)
    x, _ = samples_and_targets((28, 28, 1), 10_000)
    return lambda: network.predict(x, BATCH)


def convolution(threads, maps, filters, kernel, options):
    """Output and gradients of one layer without activation, minibatch 128, on 28 x 28."""
    layer = Convolution(maps, filters, kernel, identity, **options, rng=RNG, dtype=np.float32)
    network = ThreadedNetwork([layer], threads)
    x = RNG.random((128, 28, 28, maps), dtype=np.float32)
    return there_and_back(network, x)


def images_there_and_back(threads, side, mode, samples=32):
    """The convolutions and the pooling of the reference network on images of another size."""
    options = {"mode": mode, "rng": np.random.default_rng(0), "dtype": np.float32}
    layers = [Convolution(1, 32, 3, relu, **options), Convolution(32, 64, 3, relu, **options)]
    network = ThreadedNetwork([*layers, Pooling(2)], threads)
    x = RNG.random((samples, side, side, 1), dtype=np.float32)
    return there_and_back(network, x, to_input=False)


def there_and_back(network, x, to_input=True):
    gradient = network.predict(x) + 1

    def run():
        _, memory = network.forward(x)
        network.backward(gradient, memory, to_input)

    return run


def print_peak_of(make):
    """Print by how many megabytes three runs raise the memory of this process (Linux)."""
    run = make()
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = kilobytes("VmRSS")
    for _ in range(3):
        run()
    print((kilobytes("VmHWM") - before) / 1024)


def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
