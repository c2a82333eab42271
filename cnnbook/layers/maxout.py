"""Maxout: the largest of several net inputs."""

import numpy as np

from cnnbook.arguments import check_positive
from cnnbook.layers.base import Layer


class Maxout(Layer):
    """The largest of every few neighbouring channels (:eq:`eq-maxout`, G8).

    The layer before it has the identity as its activation and `pieces` channels for each output.
    It is max pooling across channels: the winner gets the gradient, the first of several equals.

    Parameters
    ----------
    pieces : int
        How many channels become one.
    """

    def __init__(self, pieces):
        check_positive("pieces", pieces)
        self.pieces = pieces

    def forward(self, z, training=True):
        """o (N, ..., J) from z (N, ..., pieces J); the memory says which piece has won."""
        self.check_input(z, *np.shape(z)[1:])
        shape = (len(z), *self.output_shape(z.shape[1:]), self.pieces)
        pieces = z.reshape(shape)  # (N, ..., J, pieces)
        winners = pieces.argmax(axis=-1, keepdims=True)
        return np.take_along_axis(pieces, winners, axis=-1)[..., 0], (winners, z.shape, z.dtype)

    def backward(self, gradient, memory, to_input=True):
        """dE/dz: the gradient at the winner of each group, 0 at the others."""
        winners, shape, dtype = memory
        self.check_gradient(gradient, winners.shape[:-1], dtype)
        dz = np.zeros((*winners.shape[:-1], self.pieces), dtype)
        np.put_along_axis(dz, winners, gradient[..., None], axis=-1)
        return dz.reshape(shape), {}

    def output_shape(self, input_shape):
        if not input_shape or input_shape[-1] == 0 or input_shape[-1] % self.pieces:
            raise ValueError(
                f"{self!r} takes a multiple of {self.pieces} channels on the last axis, but got "
                f"inputs of shape {tuple(input_shape)}"
            )
        return (*input_shape[:-1], input_shape[-1] // self.pieces)

    def __repr__(self):
        return f"Maxout({self.pieces})"
