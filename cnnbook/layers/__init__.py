"""The layers of a convolutional network, one class for each, with `output` and `backpropagate`.

See `Layer` for what they have in common. The five classes of the source (M22) are `Convolution`,
`Pooling`, `Rasterization`, `Hidden` and `Softmax`; `Dropout` joins them for the reference network.
`PReLU` and `Maxout` are activations that learn, or that look at several net inputs at once.
"""

from cnnbook.layers.base import Layer
from cnnbook.layers.convolution import Convolution
from cnnbook.layers.dense import Hidden, Softmax
from cnnbook.layers.dropout import Dropout
from cnnbook.layers.maxout import Maxout
from cnnbook.layers.pooling import Pooling
from cnnbook.layers.prelu import PReLU
from cnnbook.layers.rasterization import Rasterization

__all__ = [
    "Convolution",
    "Dropout",
    "Hidden",
    "Layer",
    "Maxout",
    "PReLU",
    "Pooling",
    "Rasterization",
    "Softmax",
]
