"""Small fits for the tests: clouds of points, a classifier for them, and losses that misbehave."""

import numpy as np

from cnnbook.activations import tanh
from cnnbook.layers import Dropout, Hidden, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.network import Network
from cnnbook.optimisers import SGD
from cnnbook.training import fit


def generator(seed=0):
    return np.random.default_rng(seed)


def clouds(samples=60, seed=1, dtype=np.float64):
    """Three well separated clouds of points in the plane, with one-hot targets."""
    rng = generator(seed)
    labels = np.arange(samples) % 3
    centres = np.array([[0.0, 3.0], [3.0, -2.0], [-3.0, -2.0]])
    x = centres[labels] + 0.5 * rng.standard_normal((samples, 2))
    return x.astype(dtype), one_hot(labels, 3)


def classifier(seed=2, dtype=np.float64, dropout=0.0):
    rng = generator(seed)
    return Network(
        [
            Hidden(2, 8, tanh, rng=rng, dtype=dtype),
            Dropout(dropout, rng=generator(9)),
            Softmax(8, 3, rng=rng, dtype=dtype),
        ]
    )


def trained(network, loss=None, optimiser=None, x=None, t=None, **changes):
    """`fit` with defaults for all that a test does not care about."""
    if x is None:
        x, t = clouds()
    options = {"epochs": 3, "batch_size": 16, "rng": generator(3), "progress": False} | changes
    return fit(network, loss or CrossEntropy(), optimiser or SGD(0.1), x, t, **options)


def copies(network):
    return {name: array.copy() for name, array in network.parameters().items()}


class At:
    """A loss that does something special at one of its calls (counted from 1)."""

    def __init__(self, call, value=None, error=None, gradient=1.0, loss=None):
        self.call, self.special, self.error, self.factor = call, value, error, gradient
        self.loss, self.calls = loss or CrossEntropy(), 0

    def value(self, scores, t):
        self.calls += 1
        if self.calls == self.call and self.error:
            raise self.error
        is_special = self.calls == self.call and self.special is not None
        return self.special if is_special else self.loss.value(scores, t)

    def gradient(self, scores, t):
        return self.loss.gradient(scores, t) * (self.factor if self.calls == self.call else 1)
