"""Small trainings for the tests, during which Ctrl-C can be pressed."""

import signal
from dataclasses import replace

import numpy as np

from cnnbook.activations import relu, tanh
from cnnbook.layers import Convolution, Dropout, Hidden, Layer, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.network import Network, ThreadedNetwork
from cnnbook.training import Training, load_checkpoint, save_checkpoint

EPOCHS, STEPS = 3, 4  # of every training here: 4 minibatches in an epoch


def press():
    signal.raise_signal(signal.SIGINT)


class Pressed(CrossEntropy):
    """Cross-entropy during which Ctrl-C is pressed, at some of its calls (counted from 1)."""

    def __init__(self, *calls):
        super().__init__()
        self.calls, self.count = calls, 0

    def value(self, scores, t):
        self.count += 1
        if self.count in self.calls:
            press()
        return super().value(scores, t)


class Centred(Layer):
    """Subtracts a running mean, which a training moves: state that is not trained."""

    state_names = ("mean",)

    def __init__(self, inputs):
        self.mean = np.zeros(inputs, np.float32)

    def forward(self, x, training=True):
        return x - self.mean, x

    def backward(self, gradient, memory, to_input=True):
        return gradient, {}

    def update_state(self, memory):
        self.mean += np.float32(0.1) * (memory.mean(axis=0) - self.mean)

    def __repr__(self):
        return "Centred()"


def rows(seed, optimiser, dtype=np.float32):
    """A small network of vectors with its data, and generators for it."""
    rng = np.random.default_rng(seed)
    layers = [
        Hidden(4, 7, tanh, rng=rng, dtype=dtype),
        Dropout(0.3, rng=np.random.default_rng(seed + 1)),
        Softmax(7, 3, rng=rng, dtype=dtype),
    ]
    data = np.random.default_rng(0)
    x, t = data.normal(size=(30, 4)).astype(dtype), one_hot(data.integers(0, 3, 30), 3)
    return Network(layers), optimiser, x, t


def images(seed, optimiser, threads=1):
    """A small convolutional network in blocks, with its data."""
    rng = np.random.default_rng(seed)
    layers = [
        Convolution(1, 8, 3, relu, rng=rng, dtype=np.float32),
        Convolution(8, 4, 3, relu, rng=rng, dtype=np.float32),
        Pooling(2),
        Dropout(0.25, rng=np.random.default_rng(seed + 1)),
        Rasterization("pixels"),
        Dropout(0.5, rng=np.random.default_rng(seed + 2)),
        Softmax(16, 3, rng=rng, dtype=np.float32),
    ]
    data = np.random.default_rng(0)
    x = data.random((30, 8, 8, 1), dtype=np.float32)
    return ThreadedNetwork(layers, threads), optimiser, x, one_hot(data.integers(0, 3, 30), 3)


def nested(seed, optimiser):
    """A running mean and a random layer within a network within a network."""
    network, optimiser, x, t = rows(seed, optimiser)
    first, dropout, last = network.layers
    return Network([Centred(4), Network([first, dropout, Centred(7)]), last]), optimiser, x, t


def training(parts, loss=None, seed=5, **changes):
    network, optimiser, x, t = parts
    options = {"epochs": EPOCHS, "batch_size": 8, "rng": np.random.default_rng(seed)} | changes
    return Training(network, loss or CrossEntropy(), optimiser, x, t, **options)


def everything(one):
    """All that a training consists of, as text without loss: arrays by their bytes."""
    network, optimiser = one.network, one.optimiser
    generators = {"order": one.rng} | network.generators()
    return {
        "parameters": {name: a.tobytes() for name, a in network.parameters().items()},
        "state": {name: a.tobytes() for name, a in network.state().items()},
        "memory": {name: [a.tobytes() for a in own] for name, own in optimiser.memory.items()},
        "optimiser": {n: v for n, v in vars(optimiser).items() if n not in ("memory", "moment")},
        "generators": {name: repr(rng.bit_generator.state) for name, rng in generators.items()},
        "history": replace(one.history, interrupted=False),
        "batches": [batch.tolist() for batch in one.batches],
        "totals": one.totals,
    }


def assert_same(one, other):
    found, expected = everything(one), everything(other)
    for name in expected:
        assert found[name] == expected[name], name


def interrupted_and_resumed(path, make, *calls, **changes):
    """Train until Ctrl-C at a loss; save; load in a training with other random numbers; go on."""
    first = training(make(1), Pressed(*calls), **changes)
    first.run(progress=False)
    # After the last step nothing is left that could be interrupted.
    assert first.history.interrupted == (len(first.history.batch_loss) < EPOCHS * STEPS)
    save_checkpoint(path, first)
    second = training(make(100), seed=77, **changes)
    load_checkpoint(path, second)
    assert_same(second, first)
    second.run(progress=False)
    return second


def whole(make, **changes):
    one = training(make(1), **changes)
    one.run(progress=False)
    assert not one.history.interrupted
    assert len(one.history.batch_loss) == EPOCHS * STEPS
    return one
