"""Deep multilayer perceptrons for the small digits, with the start of their weights to choose.

A *start* is an activation and the spread of the first weights; `CHANGES` has what is then done to
the network.
"""

import numpy as np

from cnnbook.activations import elu, identity, relu, sigmoid, tanh
from cnnbook.initialisation import glorot, he
from cnnbook.layers import Hidden, PReLU, Softmax
from cnnbook.network.sequential import Network

WIDTH = 64  # inputs, and nodes of every hidden layer


def half_glorot(shape, inputs, outputs, rng, dtype=np.float64):
    """`glorot`, half as wide."""
    return (glorot(shape, inputs, outputs, rng, dtype) / 2).astype(dtype)


def dense(activation, draw):
    """A function from a generator to the layers of one step: Hidden, with this start."""
    return lambda rng: [Hidden(WIDTH, WIDTH, activation, rng=rng, initialisation=draw)]


def prelu(draw):
    """The same with slopes to learn."""
    return lambda rng: [
        Hidden(WIDTH, WIDTH, identity, rng=rng, initialisation=draw),
        PReLU(WIDTH),
    ]


def enlarge(network):
    """Give sigmoids the weights of tanh: four times as large, two times in the layers at the ends.

    A sigmoid bends like tanh at half the net input, and its outputs differ by half as much.
    """
    for layer in network.layers[:-1]:
        layer.W *= 2
        layer.b *= 2
    for layer in network.layers[1:]:
        layer.W *= 2


def centre(network):
    """Take the 1/2 around which sigmoids lie off the net inputs of the next layer."""
    for layer in network.layers[1:]:
        layer.b -= layer.W.sum(axis=1) / 2


def as_tanh(network):
    """Turn the weights of a tanh network into those of a sigmoid network of the same outputs.

    Since sigma(z) = (1 + tanh(z/2)) / 2, the net inputs are doubled; and behind a sigmoid, the
    weights are doubled once more and the bias takes off the mean of 1/2 (:eq:`eq-sigmoid-tanh`).
    """
    enlarge(network)
    centre(network)


def widened(factor):
    """A function that multiplies the weights of all hidden layers."""

    def widen(network):
        for layer in network.layers[:-1]:
            layer.W *= factor

    return widen


SPREADS = {"half of Glorot": half_glorot, "Glorot": glorot, "He": he}
ACTIVATIONS = {"tanh": tanh, "ReLU": relu, "ELU": elu}
CENTRED = "sigmoid, as tanh"
CONTROLS = {  # each half of the cure alone; gains for a factor of 1, and above
    "sigmoid, centred": centre,
    "sigmoid, enlarged": enlarge,
    "sigmoid, 10.2 times Glorot": widened(10.2),
    "tanh, twice Glorot": widened(2),
    "tanh, three times Glorot": widened(3),
}
CHANGES = {CENTRED: as_tanh} | CONTROLS
STARTS = {
    "sigmoid, Glorot": dense(sigmoid, glorot),
    "sigmoid, He": dense(sigmoid, he),
    CENTRED: dense(sigmoid, glorot),
    **{
        f"{name}, {spread}": dense(activation, draw)
        for name, activation in ACTIVATIONS.items()
        for spread, draw in SPREADS.items()
    },
    "PReLU, He": prelu(he),
    **{name: dense(sigmoid if name.startswith("sigmoid") else tanh, glorot) for name in CONTROLS},
}


def build(start, depth, seed):
    """64 -> 64 -> ... -> 64 -> 10 with so many hidden layers, and one of the `STARTS`.

    The start "sigmoid, as tanh" computes what "tanh, Glorot" computes from the same seed; see
    `as_tanh`.

    Parameters
    ----------
    start : str
    depth : int
        Hidden layers.
    seed : int

    Returns
    -------
    Network
    """
    rng = np.random.default_rng(seed)
    steps = [STARTS[start](rng) for _ in range(depth)]
    network = Network([layer for step in steps for layer in step] + [Softmax(WIDTH, 10, rng=rng)])
    if start in CHANGES:
        CHANGES[start](network)
    return network
