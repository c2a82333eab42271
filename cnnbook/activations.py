"""Activation functions, each with its derivative at its side.

A derivative takes the *output* ``o`` of the activation, not its argument ``z``: the functions of
this module allow it (M8), and a layer then has to remember one array instead of two. Where the
output does not tell the slope, or a slope is learned, the activation is a layer of its own:
`cnnbook.layers.PReLU` and `cnnbook.layers.Maxout`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnbook.arguments import check_not_masked, check_slope


@dataclass(frozen=True)
class Activation:
    """A function phi and its derivative phi', the derivative written in terms of o = phi(z).

    Attributes
    ----------
    name : str
        What tables and figures call it.
    function : callable
        phi, from an array of net inputs z to an array of the same shape.
    derivative : callable
        phi'(z) as a function of the output o = phi(z), of the same shape; floats or booleans.
    """

    name: str
    function: Callable[[np.ndarray], np.ndarray]
    derivative: Callable[[np.ndarray], np.ndarray]

    def __call__(self, z):
        return self.function(z)

    def __repr__(self):
        return self.name


def check_activation(activation):
    """Refuse what is not an `Activation`, such as its name or the bare function."""
    if not isinstance(activation, Activation):
        raise TypeError(
            f"an activation is one of cnnbook.activations, such as relu, but got {activation!r}"
        )


def _sigmoid(z):
    """1 / (1 + exp(-z)), written so that exp never overflows (:eq:`eq-sigmoid`)."""
    decay = np.exp(-np.abs(z))
    return np.where(z >= 0, 1, decay) / (1 + decay)


def dsigmoid(o):
    """Derivative of the sigmoid from its output: phi'(z) = o (1 - o) (:eq:`eq-dsigmoid`, M8)."""
    return o * (1 - o)


def dtanh(o):
    """Derivative of tanh from its output: phi'(z) = 1 - o^2 (:eq:`eq-dtanh`, M8)."""
    return 1 - o * o


def _relu(z):
    """max(z, 0)."""
    return np.maximum(z, 0)


def drelu(o):
    """Derivative of ReLU from its output: 1 where o > 0, else 0 (:eq:`eq-drelu`), as booleans.

    At z = 0 the derivative does not exist; the value 0 is a convention. The comparison must be
    strict: ``o >= 0`` is true for every output of ReLU, and would let all gradients pass.
    """
    return o > 0


def leaky_relu(slope=0.01):
    """Make the activation max(z, 0) + lambda min(z, 0) (:eq:`eq-leaky-relu`, G8).

    Its derivative is 1 where o > 0, else lambda: since lambda is positive, o has the sign of z.

    Parameters
    ----------
    slope : float
        lambda, above 0 and below 1.

    Returns
    -------
    Activation
    """
    check_slope("the slope of a leaky ReLU", slope)

    def function(z):
        return np.maximum(z, 0) + slope * np.minimum(z, 0)

    def derivative(o):
        return np.where(o > 0, 1, slope).astype(o.dtype)

    return Activation(f"leaky ReLU {slope:g}", function, derivative)


def _elu(z):
    """z where z > 0, else exp(z) - 1 (:eq:`eq-elu`); exp never overflows."""
    return np.where(z > 0, z, np.expm1(np.minimum(z, 0)))


def delu(o):
    """Derivative of the ELU from its output: 1 where o > 0, else o + 1 (:eq:`eq-elu`, G8)."""
    return 1 + np.minimum(o, 0)


def _identity(z):
    """z itself."""
    return z


def didentity(o):
    """Derivative of the identity: 1 everywhere (M17)."""
    return np.broadcast_to(np.ones((), np.asarray(o).dtype), np.shape(o))  # takes no memory


sigmoid = Activation("sigmoid", _sigmoid, dsigmoid)
tanh = Activation("tanh", np.tanh, dtanh)
relu = Activation("ReLU", _relu, drelu)
elu = Activation("ELU", _elu, delu)
identity = Activation("identity", _identity, didentity)


def softmax(z):
    """Probabilities from scores: y_j = exp(z_j) / sum_k exp(z_k) (:eq:`eq-softmax`, M2).

    Parameters
    ----------
    z : array (..., C)
        Scores; the classes lie along the last axis.

    Returns
    -------
    array (..., C)
        Positive numbers that sum to one along the last axis. No score overflows: the largest one
        is subtracted first, which changes nothing in the quotient.
    """
    z = _scores(z)
    powers = np.exp(z - z.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


def log_softmax(z):
    """Logarithm of the softmax from shifted scores, without forming it (:eq:`eq-log-sum-exp`).

    log y_j = z_j - log sum_k exp(z_k) is finite for every finite score: a probability that rounds
    to zero still has its logarithm.
    """
    z = _scores(z)
    shifted = z - z.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def dsoftmax(y, gradient):
    """Gradient at the scores from the gradient at the probabilities (:eq:`eq-softmax-chain`).

    dE/dz_j = y_j (g_j - sum_k g_k y_k): the Jacobian of the softmax, diag(y) - y y^T, applied to
    g = dE/dy without forming the matrix.

    Parameters
    ----------
    y : array (..., C)
        Probabilities, the output of `softmax`.
    gradient : array (..., C)
        dE/dy.
    """
    return y * (gradient - (gradient * y).sum(axis=-1, keepdims=True))


def _scores(z):
    """The scores as an array, refused where there are no classes."""
    check_not_masked("scores", z)
    z = np.asarray(z)
    if z.ndim == 0 or z.shape[-1] == 0:
        raise ValueError(f"scores must be an array (..., C) with C > 0, but have shape {z.shape}")
    return z
