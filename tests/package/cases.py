"""Layers with every option, and a network with every kind of layer.

A case is a function from a dtype to a new layer, and the shape of a minibatch.
"""

from itertools import product

import numpy as np
import pytest
from checks import same_draws

from cnnbook.activations import elu, identity, leaky_relu, relu, sigmoid, tanh
from cnnbook.layers import (
    Convolution,
    Dropout,
    Hidden,
    Maxout,
    Pooling,
    PReLU,
    Rasterization,
    Softmax,
)
from cnnbook.losses import one_hot
from cnnbook.network import Network

LEAKY = leaky_relu(0.125)
ACTIVATIONS = [sigmoid, tanh, relu, LEAKY, elu, identity]
MODES = [("valid", 0), ("valid", 1), ("valid", 3), ("full", 0), ("same", 0)]
KERNELS = [3, (2, 3), (4, 1), 1]


def with_bias(layer):
    """The layer with random biases instead of zeros, which would hide mistakes."""
    layer.b[...] = np.random.default_rng(1).normal(size=layer.b.shape)
    return layer


def convolution(
    maps, filters, kernel=(2, 3), activation=tanh, mode="valid", stride=1, padding=0, dilation=1
):
    """A function from a dtype to a convolution layer."""
    options = {"stride": stride, "padding": padding, "dilation": dilation}

    def make(dtype=np.float64):
        rng = np.random.default_rng(0)
        layer = Convolution(
            maps, filters, kernel, activation, mode, **options, rng=rng, dtype=dtype
        )
        return with_bias(layer)

    return make


def hidden(inputs, nodes, activation):
    """A function from a dtype to a hidden layer."""
    return lambda dtype=np.float64: with_bias(
        Hidden(inputs, nodes, activation, rng=np.random.default_rng(0), dtype=dtype)
    )


def softmax(inputs, classes):
    """A function from a dtype to a softmax layer."""
    return lambda dtype=np.float64: with_bias(
        Softmax(inputs, classes, rng=np.random.default_rng(0), dtype=dtype)
    )


def prelu(channels):
    """A function from a dtype to a PReLU layer with slopes of either sign, and a zero."""

    def make(dtype=np.float64):
        layer = PReLU(channels, dtype=dtype)
        layer.slopes[...] = np.resize([0.25, -0.5, 0, 1.5], channels)
        return layer

    return make


def pooling(window, stride, kind, edges):
    """A function from a dtype to a pooling layer."""
    return lambda dtype=np.float64: Pooling(window, stride, kind, edges)


def case(make, shape):
    """A test parameter that bears the layer's name and the shape of its input."""
    return pytest.param(make, shape, id=f"{make()!r} on {'x'.join(map(str, shape))}")


CONVOLUTIONS = [
    *(
        case(convolution(2, 3, kernel, tanh, mode, stride, padding, dilation), (2, 8, 7, 2))
        for kernel, (mode, padding), stride, dilation in product(KERNELS, MODES, (1, 2, 3), (1, 2))
    ),
    *(case(convolution(3, 2, activation=phi), (2, 5, 6, 3)) for phi in ACTIVATIONS),
    case(convolution(5, 1), (1, 4, 5, 5)),  # one sample, many maps in, one out
    case(convolution(1, 4, (4, 5)), (2, 4, 5, 1)),  # one output position
    case(convolution(1, 1, 1), (1, 1, 1, 1)),
]

POOLINGS = [
    case(pooling(window, stride, kind, edges), shape)
    for window, stride, kind, edges, shape in product(
        (1, 2, 3),
        (None, 1, 2, 4),
        ("max", "mean"),
        ("ignore", "keep"),
        [(2, 7, 8, 3), (1, 5, 3, 1)],
    )
] + [case(pooling(4, 3, kind, "keep"), (2, 3, 6, 2)) for kind in ("max", "mean")]

OTHERS = [
    *(case(hidden(5, 3, phi), (4, 5)) for phi in ACTIVATIONS),
    case(hidden(2, 6, tanh), (1, 2)),
    case(softmax(4, 3), (5, 4)),
    case(softmax(3, 6), (1, 3)),
    *(
        case(lambda dtype=np.float64, order=order: Rasterization(order), (2, 3, 4, 5))
        for order in ("maps", "pixels")
    ),
    *(
        case(lambda dtype=np.float64, rate=rate: Dropout(rate, rng=same_draws()), (3, 4, 5))
        for rate in (0, 0.25, 0.5)
    ),
    *(case(prelu(shape[-1]), shape) for shape in [(4, 5), (1, 2), (2, 3, 4, 3)]),
    *(
        case(lambda dtype=np.float64, pieces=pieces: Maxout(pieces), shape)
        for pieces, shape in [(2, (4, 6)), (3, (1, 6)), (2, (2, 3, 4, 4)), (1, (3, 2))]
    ),
]

# Images and maps large enough for Winograd's method.
FAST = [
    case(convolution(8, 9, kernel, tanh, mode, dilation=dilation), (2, 29, 32, 8))
    for kernel, mode, dilation in [(3, "valid", 1), ((3, 5), "same", 1), (4, "full", 2)]
]

LAYERS = CONVOLUTIONS + POOLINGS + OTHERS

# A few of each kind, for contracts that do not depend on the options.
SOME = CONVOLUTIONS[:1] + CONVOLUTIONS[-9:] + FAST + POOLINGS[2::9] + OTHERS


def inputs(shape, dtype=np.float64):
    """Distinct numbers in (-1, 1), no two of them closer than 2/size: no ties, and no zero."""
    size = int(np.prod(shape))
    return ((2 * np.random.default_rng(2).permutation(size) + 1.0) / size - 1).reshape(shape) + (
        0.1 / size
    ) * np.ones((), dtype)


def every_kind(dtype=np.float64, masks=same_draws, last=Softmax, edges="keep"):
    """A network with every kind of layer, for images of shape (9, 8, 2)."""
    rng = np.random.default_rng(4)
    layers = [
        Convolution(2, 3, (2, 3), tanh, "same", rng=rng, dtype=dtype),
        Pooling(2, edges=edges),
        Convolution(3, 4, 3, relu, stride=2, padding=2, rng=rng, dtype=dtype),
        Pooling(2, 1, "mean"),
        Dropout(0.25, rng=masks()),
        Rasterization(),
        Hidden(16 if edges == "ignore" else 24, 6, sigmoid, rng=rng, dtype=dtype),
        Dropout(0.5, rng=masks()),
        last(6, 3, rng=rng, dtype=dtype),
    ]
    for array in (layer.b for layer in layers if layer.parameter_names):
        array[...] = rng.normal(size=array.shape)
    return Network(layers)


def images(count=3, dtype=np.float64):
    """A minibatch for `every_kind`."""
    return np.random.default_rng(5).normal(size=(count, 9, 8, 2)).astype(dtype)


T = one_hot(np.array([2, 0, 1]), 3)  # of images()
