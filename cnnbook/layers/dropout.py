"""Dropout."""

import numpy as np

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

    def __init__(self, rate, *, rng):
        if not 0 <= rate < 1:
            raise ValueError(f"the dropout rate must be at least 0 and below 1, but is {rate!r}")
        self.rate, self.rng = rate, rng

    def output(self, x):
        """x o kappa / (1 - rho) for x of any shape; the mask kappa of zeros and ones is new."""
        self._check_input(x, (None,) * (np.ndim(x) - 1))
        self.mask = self.rng.random(x.shape, dtype="float32") >= self.rate
        self._remember_shapes(x, x)
        return self._masked(x)

    def backpropagate(self, gradient):
        """dE/dx = dE/do o kappa / (1 - rho), with the mask of the last `output`."""
        self._check_gradient(gradient)
        return self._masked(gradient)

    def _masked(self, x):
        o = x * self.mask
        o *= x.dtype.type(1 / (1 - self.rate))
        return o

    def predict(self, x):
        """x itself."""
        return x

    def for_block(self):
        """A copy with a generator of its own, seeded from this one in the order of the blocks."""
        return Dropout(self.rate, rng=np.random.default_rng(self.rng.integers(2**63)))

    def output_shape(self, input_shape):
        return tuple(input_shape)

    def __repr__(self):
        return f"Dropout({self.rate:g})"
