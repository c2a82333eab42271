"""What the benchmark times: the same work done by cnnbook and by another library."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from cnnbook.activations import identity, relu
from cnnbook.blocks import BlockNetwork
from cnnbook.layers import Convolution, Hidden, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.network import Network
from cnnbook.optimisers import SGD
from cnnbook.reference import reference_layers
from cnnbook.training import fit

try:
    import torch
except ImportError:
    torch = None
try:
    import tensorflow
except ImportError:
    tensorflow = None

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
    other: str = "PyTorch"


def timed(threads):
    """The cases that are compared with others, made one after the other."""
    if torch:
        torch.set_num_threads(threads)
    step = our_step(BlockNetwork(reference(), threads), (28, 28, 1))
    name = "training step, reference network"
    yield Case(name, step, torch and their_step(their_reference()), 0.60, STEP_OPERATIONS)
    if tensorflow:
        yield Case(name, step, tensorflow_step(threads), None, STEP_OPERATIONS, "TensorFlow")
    network = BlockNetwork(reference(), threads)
    yield Case("prediction, 10,000 images", *prediction(network), 0.60)
    for name, maps, filters, kernel, options in CONVOLUTIONS:
        sides = convolution(threads, maps, filters, kernel, options)
        yield Case(f"convolution {name}, there and back", *sides, 1.25)
    step = our_step(Network(dense()), (784,))
    yield Case(
        "training step, dense 784-128-10", step, torch and their_step(their_dense(), (784,)), 1
    )
    yield Case("epoch, dense 784-128-10", *dense_epoch(), 1, other="scikit-learn")


def growing(threads):
    """Name, small work, large work, and how many times as large it is."""
    network = BlockNetwork(reference(), threads)
    small, large = (our_step(network, (28, 28, 1), samples) for samples in (128, 512))
    yield "cost per image, minibatch 512 against 128", small, large, 4
    layers = reference()[:3]  # the convolutions and the pooling
    small, large = (there_and_back(BlockNetwork(layers, threads), side, 32) for side in (28, 112))
    yield "cost per pixel, 112x112 against 28x28", small, large, 16


def reference():
    """The layers of the reference network (K4), in float32."""
    return reference_layers(rng=np.random.default_rng(0))


def dense():
    """The layers of a network 784-128-10."""
    options = {"rng": RNG, "dtype": np.float32}
    return [Hidden(784, 128, relu, **options), Softmax(128, 10, **options)]


def samples_and_targets(shape, samples):
    x = RNG.random((samples, *shape), dtype=np.float32)
    return x, one_hot(RNG.integers(0, 10, samples), 10, np.float32)


def our_step(network, shape, samples=128):
    """A training step of ours, as a function without arguments."""
    loss, optimiser = CrossEntropy(), SGD(RATE)
    x, t = samples_and_targets(shape, samples)

    def step():
        network.set_gradients(loss.gradient(network.scores(x), t))
        optimiser.step(network.parameters(), network.gradients())

    return step


def there_and_back(network, side, samples):
    """Output and gradients of layers, as a function without arguments."""
    x = RNG.random((samples, side, side, 1), dtype=np.float32)
    gradient = network.output(x)

    def run():
        network.output(x)
        network.set_gradients(gradient)

    return run


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


def tensorflow_step(threads):
    """A training step of TensorFlow, compiled into a graph, as a function without arguments."""
    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    keras = tensorflow.keras
    layers = [
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(2),
        keras.layers.Dropout(0.25),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10),
    ]
    network, optimiser = keras.Sequential(layers), keras.optimizers.SGD(RATE)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    x = tensorflow.random.uniform((128, 28, 28, 1))
    labels = tensorflow.random.uniform((128,), maxval=10, dtype=tensorflow.int32)
    network(x)

    @tensorflow.function
    def step():
        with tensorflow.GradientTape() as tape:
            value = loss(labels, network(x, training=True))
        gradients = tape.gradient(value, network.trainable_variables)
        optimiser.apply_gradients(zip(gradients, network.trainable_variables, strict=True))
        return value

    return lambda: step().numpy()


def dense_epoch(samples=12_800):
    """An epoch of stochastic gradient descent by our `fit`, and by scikit-learn's classifier."""
    x, t = samples_and_targets((784,), samples)
    labels, network = t.argmax(axis=1), Network(dense())
    theirs = MLPClassifier(
        (128,),
        solver="sgd",
        momentum=0,
        alpha=0,
        learning_rate_init=RATE,
        batch_size=128,
        max_iter=1,
        random_state=0,
    )

    def our_epoch():
        options = {"epochs": 1, "batch_size": 128, "rng": RNG, "progress": False}
        fit(network, CrossEntropy(), SGD(RATE), x, t, **options)

    def their_epoch():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # one epoch is meant
            theirs.fit(x, labels)

    return our_epoch, their_epoch


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
    network = BlockNetwork(reference(), threads)
    step = our_step(network, (28, 28, 1)) if ours else their_step(their_reference())
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = kilobytes("VmRSS")
    for _ in range(3):
        step()
    print((kilobytes("VmHWM") - before) / 1024)


def kilobytes(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
