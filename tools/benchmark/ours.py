"""What the benchmark times of cnnbook, as functions without arguments."""

from pathlib import Path

import numpy as np

from cnnbook.activations import identity, relu
from cnnbook.network import ThreadedNetwork
from cnnbook.layers import Convolution, Hidden, Pooling, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.network import Network
from cnnbook.optimisers import SGD
from cnnbook.models.mnist_cnn import mnist_cnn
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
        network.set_gradients(loss.gradient(network.scores(x), t))
        optimiser.step(network.parameters(), network.gradients())

    return step


def reference_step(threads, samples=128):
    return training_step(ThreadedNetwork(reference(), threads), (28, 28, 1), samples)


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
    return lambda: network.predict(x)


def convolution(threads, maps, filters, kernel, options):
    """Output and gradients of one layer without activation, minibatch 128, on 28 x 28."""
    layer = Convolution(maps, filters, kernel, identity, **options, rng=RNG, dtype=np.float32)
    network = ThreadedNetwork([layer], threads)
    x = RNG.random((128, 28, 28, maps), dtype=np.float32)
    gradient = network.output(x) + 1

    def there_and_back():
        network.output(x)
        network.backpropagate(gradient)

    return there_and_back


def images_there_and_back(threads, side, mode, samples=32):
    """The convolutions and the pooling of the reference network on images of another size."""
    options = {"mode": mode, "rng": np.random.default_rng(0), "dtype": np.float32}
    layers = [Convolution(1, 32, 3, relu, **options), Convolution(32, 64, 3, relu, **options)]
    network = ThreadedNetwork([*layers, Pooling(2)], threads)
    x = RNG.random((samples, side, side, 1), dtype=np.float32)
    gradient = network.output(x)

    def there_and_back():
        network.output(x)
        network.set_gradients(gradient)

    return there_and_back


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
