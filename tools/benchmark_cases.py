"""What the benchmark times: the same work done by cnnbook and, if it is there, by PyTorch."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnbook.activations import identity, relu
from cnnbook.blocks import BlockNetwork
from cnnbook.layers import Convolution, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.optimisers import SGD
from cnnbook.reference import reference_layers

try:
    import torch
except ImportError:
    torch = None

RATE = 0.01
RNG = np.random.default_rng(0)

# Multiplications and additions of a direct training step of the reference network, minibatch 128:
# two convolutions (the first needs no gradient of its input) and two dense layers.
STEP_OPERATIONS = 128 * 2 * (2 * 26**2 * 9 * 32 + 3 * 24**2 * 288 * 64 + 3 * 9216 * 128 + 3 * 1280)

CONVOLUTIONS = [  # name, maps, filters, kernel, options
    ("5x5", 32, 64, 5, {}),
    ("5x5, padding 2", 16, 32, 5, {"padding": 2}),
    ("3x3, stride 2", 32, 64, 3, {"stride": 2}),
    ("3x3, dilation 2", 32, 64, 3, {"dilation": 2}),
    ("3x3 (Winograd)", 32, 64, 3, {}),
]


@dataclass(frozen=True)
class Case:
    """A comparison: two functions without arguments, and the largest ratio that is asked for."""

    name: str
    ours: Callable
    theirs: Callable | None
    bar: float | None = None
    operations: float | None = None


def timed(threads):
    """The cases that are compared with PyTorch, made one after the other."""
    if torch:
        torch.set_num_threads(threads)
    steps = our_step(reference(), (28, 28, 1), threads), torch and their_step(their_reference())
    yield Case("training step, reference network", *steps, 0.60, STEP_OPERATIONS)
    network = BlockNetwork(reference(), threads)
    yield Case("prediction, 10,000 images", *prediction(network), 0.60)
    for name, maps, filters, kernel, options in CONVOLUTIONS:
        sides = convolution(threads, maps, filters, kernel, options)
        yield Case(f"convolution {name}, there and back", *sides, 1.25)
    steps = our_step(dense(), (784,), threads), torch and their_step(their_dense(), (784,))
    yield Case("training step, dense 784-128-10", *steps, 1.0)


def growing(threads):
    """Name, small work, large work, and how many times as large it is."""
    small = our_step(reference(), (28, 28, 1), threads)
    large = our_step(reference(), (28, 28, 1), threads, samples=512)
    yield "cost per image, minibatch 512 against 128", small, large, 4
    small = our_step(convolutions(28), (28, 28, 1), threads, samples=32)
    large = our_step(convolutions(112), (112, 112, 1), threads, samples=32)
    yield "cost per pixel, 112x112 against 28x28", small, large, 16


def reference():
    """The layers of the reference network (K4), in float32."""
    return reference_layers(rng=np.random.default_rng(0))


def dense():
    """The layers of a network 784-128-10."""
    options = {"rng": RNG, "dtype": np.float32}
    return [Hidden(784, 128, relu, **options), Softmax(128, 10, **options)]


def convolutions(side):
    """The convolutions of the reference network, and next to nothing behind them."""
    options = {"rng": RNG, "dtype": np.float32}
    window = (side - 4) // 6
    return [
        Convolution(1, 32, 3, relu, **options),
        Convolution(32, 64, 3, relu, **options),
        Pooling(window),
        Rasterization(),
        Softmax(6 * 6 * 64, 10, **options),
    ]


def samples_and_targets(shape, samples):
    x = RNG.random((samples, *shape), dtype=np.float32)
    return x, one_hot(RNG.integers(0, 10, samples), 10, np.float32)


def our_step(layers, shape, threads, samples=128):
    """A training step of ours, as a function without arguments."""
    network, loss, optimiser = BlockNetwork(layers, threads), CrossEntropy(), SGD(RATE)
    x, t = samples_and_targets(shape, samples)

    def step():
        network.backpropagate(loss.gradient(network.scores(x), t))
        optimiser.step(network.parameters(), network.gradients())

    return step


def their_reference():
    nn = torch.nn
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 3), nn.ReLU(), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Dropout(0.25), nn.Flatten(), nn.Linear(9216, 128), nn.ReLU(), nn.Dropout(0.5)),
        nn.Linear(128, 10),
    )


def their_dense():
    return torch.nn.Sequential(torch.nn.Linear(784, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))


def their_step(network, shape=(1, 28, 28), samples=128):
    """A training step of PyTorch, eager, as a function without arguments."""
    x, t = torch.rand(samples, *shape), torch.randint(0, 10, (samples,))
    optimiser, loss = torch.optim.SGD(network.parameters(), lr=RATE), torch.nn.CrossEntropyLoss()

    def step():
        optimiser.zero_grad()
        loss(network(x), t).backward()
        optimiser.step()

    return step


def prediction(network):
    x, _ = samples_and_targets((28, 28, 1), 10_000)
    if not torch:
        return lambda: network.predict(x), None
    theirs, batches = their_reference().eval(), torch.rand(10_000, 1, 28, 28).split(500)

    def predict():
        with torch.no_grad():
            for batch in batches:
                theirs(batch)

    return lambda: network.predict(x), predict


def convolution(threads, maps, filters, kernel, options):
    """Output and gradients of one layer without activation, minibatch 128, on 28 x 28."""
    layer = Convolution(maps, filters, kernel, identity, **options, rng=RNG, dtype=np.float32)
    network = BlockNetwork([layer], threads)
    x = RNG.random((128, 28, 28, maps), dtype=np.float32)
    gradient = network.output(x) + 1

    def ours():
        network.output(x)
        network.backpropagate(gradient)

    if not torch:
        return ours, None
    their_layer = torch.nn.Conv2d(maps, filters, kernel, **options)
    their_x = torch.rand(128, maps, 28, 28, requires_grad=True)
    their_gradient = torch.rand_like(their_layer(their_x))

    def theirs():
        their_layer.zero_grad()
        their_x.grad = None
        their_layer(their_x).backward(their_gradient)

    return ours, theirs


def print_peak(side, threads):
    """Print by how many megabytes a few training steps raise the memory of this process (Linux)."""
    if torch:
        torch.set_num_threads(threads)
    ours = side == "ours"
    step = our_step(reference(), (28, 28, 1), threads) if ours else their_step(their_reference())
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = kilobytes("VmRSS")
    for _ in range(3):
        step()
    print((kilobytes("VmHWM") - before) / 1024)


def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
