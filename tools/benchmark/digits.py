"""An epoch of the convolutional network for the small digits, without threads.

Written with nothing but what version 0.1 has as well, so that it runs with either.
"""

import numpy as np

from cnnbook.activations import relu
from cnnbook.layers import Convolution, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy
from cnnbook.network import Network
from cnnbook.optimisers import Adam
from cnnbook.training import fit

SAMPLES = 1085  # as many training digits as the book has


def epoch(threads):
    rng = np.random.default_rng(0)
    layers = [
        Convolution(1, 8, 3, relu, "same", rng=rng),
        Pooling(2),
        Convolution(8, 16, 3, relu, "same", rng=rng),
        Pooling(2),
        Rasterization(),
        Softmax(64, 10, rng=rng),
    ]
    network, loss, optimiser = Network(layers), CrossEntropy(), Adam()
    x, t = rng.random((SAMPLES, 8, 8, 1)), np.eye(10)[rng.integers(0, 10, SAMPLES)]
    options = {"epochs": 1, "batch_size": 32, "rng": rng, "progress": False}
    return lambda: fit(network, loss, optimiser, x, t, **options)
