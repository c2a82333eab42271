"""The ReLU whose slope for negative net inputs is learned."""

import numpy as np

from cnnbook.arguments import check_finite, check_positive, check_precision
from cnnbook.layers.base import Layer


class PReLU(Layer):
    """o = max(z, 0) + lambda min(z, 0), one learned lambda for each channel (:eq:`eq-prelu`, G8).

    The layer before it has the identity as its activation. A slope may become zero or negative;
    the output would then not tell the sign of z, and the layer remembers z.

    Parameters
    ----------
    channels : int
        Size of the last axis of z: nodes of a dense layer, or maps.
    slope : float
        What every lambda is at first.
    dtype : float32 or float64

    Attributes
    ----------
    slopes : array (channels,)
        lambda.
    """

    parameter_names = ("slopes",)

    def __init__(self, channels, slope=0.25, *, dtype=np.float64):
        check_positive("channels", channels)
        check_finite("the slope", slope)
        check_precision(dtype)
        self.slopes = np.full(channels, slope, dtype)

    def forward(self, z, training=True):
        """o, of the shape (N, ..., channels) of z."""
        self.check_input(z, *_between(z), len(self.slopes), dtype=self.slopes.dtype)
        return np.maximum(z, 0) + self.slopes * np.minimum(z, 0), z

    def backward(self, gradient, memory, to_input=True):
        """dE/dz and dE/dlambda from g = dE/do (:eq:`eq-prelu-gradient`).

        A slope is used by all samples and places of its channel, so its gradient is a sum over
        them: of g min(z, 0).
        """
        z = memory
        self.check_gradient(gradient, z.shape, z.dtype)
        all_but_channels = tuple(range(z.ndim - 1))
        dslopes = np.sum(gradient * np.minimum(z, 0), axis=all_but_channels)
        dz = gradient * np.where(z > 0, 1, self.slopes) if to_input else None
        return dz, {"slopes": dslopes}

    def output_shape(self, input_shape):
        self.check_shape(input_shape, *input_shape[:-1], len(self.slopes))
        return tuple(input_shape)

    def __repr__(self):
        return f"PReLU({len(self.slopes)})"


def _between(z):
    """The sizes between the minibatch's axis and that of the channels, which may be any."""
    return np.shape(z)[1:-1]
