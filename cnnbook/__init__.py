"""Convolutional neural networks in NumPy: the package behind the book.

Every forward and backward pass is written out; docstrings cite the equation of the book that the
code computes and the item of the sources that it comes from.
"""

from cnnbook.activations import dsigmoid, dtanh, identity, relu, sigmoid, softmax, tanh
from cnnbook.convolution import conv2d, correlate2d, output_size, receptive_field, rot180
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError, one_hot
from cnnbook.network import Network
from cnnbook.pooling import downsample, upsample

__version__ = "0.1.0"

__all__ = [
    "Convolution",
    "CrossEntropy",
    "Dropout",
    "Hidden",
    "Network",
    "Pooling",
    "Rasterization",
    "Softmax",
    "SquaredError",
    "conv2d",
    "correlate2d",
    "downsample",
    "dsigmoid",
    "dtanh",
    "identity",
    "one_hot",
    "output_size",
    "receptive_field",
    "relu",
    "rot180",
    "sigmoid",
    "softmax",
    "tanh",
    "upsample",
]
