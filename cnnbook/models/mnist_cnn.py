"""The reference network: the one that the book trains at full size, on MNIST (K4)."""

import numpy as np

from cnnbook.activations import relu
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax

INPUT_SHAPE = (28, 28, 1)
PARAMETERS = 1_199_882  # K5


def mnist_cnn(*, rng, dtype=np.float32):
    """The layers of the reference network (K4): images (N, 28, 28, 1) to probabilities (N, 10).

    Two convolutions of 3 x 3, with 32 and 64 filters, maximum pooling over 2 x 2, a hidden layer
    of 128 nodes and a softmax layer; ReLU throughout, dropout of 25% and 50%. The pixels are
    rasterized as they lie in memory.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the initial weights. Each dropout layer gets a generator of its own, spawned from it,
        so that the number of steps of one says nothing about the numbers of another.
    dtype : float32 or float64

    Returns
    -------
    list of Layer
        To be given to `Network` or `ThreadedNetwork`.
    """
    of_maps, of_nodes = rng.spawn(2)
    return [
        Convolution(1, 32, 3, relu, rng=rng, dtype=dtype),  # 26 x 26 x 32
        Convolution(32, 64, 3, relu, rng=rng, dtype=dtype),  # 24 x 24 x 64
        Pooling(2),  # 12 x 12 x 64
        Dropout(0.25, rng=of_maps),
        Rasterization("pixels"),  # 9216
        Hidden(9216, 128, relu, rng=rng, dtype=dtype),
        Dropout(0.5, rng=of_nodes),
        Softmax(128, 10, rng=rng, dtype=dtype),
    ]
