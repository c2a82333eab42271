"""Dropout."""

import numpy as np

from cnnbook.arguments import check_fraction, check_generator
from cnnbook.layers.base import Layer


class Dropout(Layer):
    """Sets each number to zero with probability rho while training (:eq:`eq-dropout`, K4).

    What stays is divided by 1 - rho, so that the expected output is the input, and prediction
    can pass its input through unchanged.

    Parameters
    ----------
    rate : float
        rho, at least 0 and below 1.
    rng : numpy.random.Generator
        Draws a new mask for every minibatch.
    """

    generator_names = ("rng",)

    def __init__(self, rate, *, rng):
        check_fraction("the dropout rate", rate)
        check_generator(rng)
        self.rate, self.rng = rate, rng

    def forward(self, x, training=True):
        """x o kappa / (1 - rho) for x of any shape; the mask kappa of zeros and ones is new."""
        self.check_input(x, *np.shape(x)[1:])
        if not training:
            return x, np.broadcast_to(x.dtype.type(1), x.shape)
        rng = self.rng if training is True else training
        factors = _kept(rng, self.rate, x.shape) * x.dtype.type(1 / (1 - self.rate))
        return x * factors, factors

    def backward(self, gradient, memory, to_input=True):
        """dE/dx = dE/do o kappa / (1 - rho), with the mask of the way forward."""
        factors = memory
        self.check_gradient(gradient, factors.shape, factors.dtype)
        return gradient * factors, {}

    def output_shape(self, input_shape):
        return tuple(input_shape)

    def __repr__(self):
        return f"Dropout({self.rate:g})"


def _kept(rng, rate, shape):
    """Booleans of this shape, each of them False with probability `rate`.

    A random byte decides where that is exact, for rates such as 1/4 and 1/2: it takes a quarter of
    the random bits of a float.
    """
    bytes_below = 256 * rate
    if bytes_below == int(bytes_below):
        return rng.integers(256, size=shape, dtype=np.uint8) >= int(bytes_below)
    return rng.random(shape, dtype=np.float32) >= rate
