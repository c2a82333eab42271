"""A network small enough for a page: the one that reads what its readers draw."""

import numpy as np

from cnnbook.activations import relu
from cnnbook.layers import Convolution, Pooling, Rasterization, Softmax

INPUT_SHAPE = (28, 28, 1)
PARAMETERS = 5258


def small_cnn(*, rng, dtype=np.float32):
    """Layers from images (N, 28, 28, 1) to probabilities (N, 10), with 5,258 parameters.

    Two convolutions of 3 x 3, with 8 and 16 filters and ReLU, each with maximum pooling over
    2 x 2, and a softmax layer.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the initial weights.
    dtype : float32 or float64

    Returns
    -------
    list of Layer
        To be given to `Network`.
    """
    return [
        Convolution(1, 8, 3, relu, rng=rng, dtype=dtype),  # 26 x 26 x 8
        Pooling(2),  # 13 x 13 x 8
        Convolution(8, 16, 3, relu, rng=rng, dtype=dtype),  # 11 x 11 x 16
        Pooling(2),  # 5 x 5 x 16
        Rasterization("pixels"),  # 400
        Softmax(400, 10, rng=rng, dtype=dtype),
    ]
