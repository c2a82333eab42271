"""Layers that the package lacks, of every kind that it must carry: nested, stateful, shared.

Each is written as a reader would write it, with nothing but what `Layer` documents.
"""

import numpy as np

from cnnbook.activations import relu, tanh
from cnnbook.layers import Dropout, Hidden, Layer, Softmax
from cnnbook.network import Network


class Residual(Layer):
    """o = x + f(x), f being a network of its own."""

    def __init__(self, *layers):
        self.layers = (Network(layers),)

    def forward(self, x, training=True):
        f, memory = self.layers[0].forward(x, training)
        return x + f, memory

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = self.layers[0].backward(gradient, memory, to_input)
        gradients = {f"0.{name}": array for name, array in gradients.items()}
        return dx + gradient if to_input else None, gradients

    def update_state(self, memory):
        self.layers[0].update_state(memory)

    def output_shape(self, input_shape):
        return self.layers[0].output_shape(input_shape)

    def __repr__(self):
        return f"Residual({self.layers[0]!r})"


class Normalisation(Layer):
    """o = gain (x - mean) / spread + shift, for rows: of the minibatch, or as kept on the way."""

    parameter_names = ("gain", "shift")
    state_names = ("mean", "variance")
    mixes_samples = True
    KEPT = 0.75  # of the running statistics, by a step

    def __init__(self, features, dtype=np.float64):
        rng = np.random.default_rng(11)
        self.gain, self.shift = rng.normal(size=(2, features)).astype(dtype)
        self.mean, self.variance = np.zeros(features, dtype), np.ones(features, dtype)

    def forward(self, x, training=True):
        self.check_input(x, len(self.gain), dtype=self.gain.dtype)
        mean, variance = self.mean, self.variance
        if training and len(x):
            mean, variance = x.mean(axis=0), x.var(axis=0)
        spread = np.sqrt(variance + x.dtype.type(1e-3))
        normal = (x - mean) / spread
        return self.gain * normal + self.shift, (normal, spread, mean, variance, bool(training))

    def backward(self, gradient, memory, to_input=True):
        normal, spread, _, _, of_batch = memory
        self.check_gradient(gradient, normal.shape, normal.dtype)
        g = gradient * self.gain
        if of_batch:
            g = g - g.mean(axis=0) - normal * (g * normal).mean(axis=0)
        return g / spread, {"gain": (gradient * normal).sum(axis=0), "shift": gradient.sum(axis=0)}

    def update_state(self, memory):
        _, _, mean, variance, _ = memory
        self.mean += (1 - self.KEPT) * (mean - self.mean)
        self.variance += (1 - self.KEPT) * (variance - self.variance)

    def output_shape(self, input_shape):
        self.check_shape(input_shape, len(self.gain))
        return tuple(input_shape)

    def __repr__(self):
        return f"Normalisation({len(self.gain)})"


class LeakyReLU(Layer):
    """o = max(x, 0) + slope min(x, 0), for x of any shape, with one trained number (PReLU)."""

    parameter_names = ("slope",)

    def __init__(self, slope=0.25, dtype=np.float64):
        self.slope = np.array(slope, dtype)

    def forward(self, x, training=True):
        self.check_input(x, *np.shape(x)[1:], dtype=self.slope.dtype)
        return np.where(x > 0, x, self.slope * x), x

    def backward(self, gradient, memory, to_input=True):
        x = memory
        self.check_gradient(gradient, x.shape, x.dtype)
        dslope = np.sum(gradient * np.minimum(x, 0))
        return gradient * np.where(x > 0, 1, self.slope), {"slope": dslope}

    def output_shape(self, input_shape):
        return tuple(input_shape)

    def __repr__(self):
        return "LeakyReLU()"


class Siamese(Layer):
    """o = f(a) - f(b) for pairs (a, b): one network, two memories, and their gradients added."""

    def __init__(self, *layers):
        self.layers = (Network(layers),)

    def forward(self, x, training=True):
        (of_a, first), (of_b, second) = (self.layers[0].forward(part, training) for part in x)
        return of_a - of_b, (first, second)

    def backward(self, gradient, memory, to_input=True):
        da, of_a = self.layers[0].backward(gradient, memory[0], to_input)
        db, of_b = self.layers[0].backward(-gradient, memory[1], to_input)
        return (da, db), {f"0.{name}": of_a[name] + of_b[name] for name in of_a}

    def update_state(self, memory):
        for of_tower in memory:
            self.layers[0].update_state(of_tower)

    def predict(self, x, batch_size=1000, scores=True):
        a, b = (self.layers[0].predict(part, batch_size, scores) for part in x)
        return a - b


def hidden(inputs, nodes, activation=tanh, seed=0, dtype=np.float64):
    """A hidden layer with random biases."""
    layer = Hidden(inputs, nodes, activation, rng=np.random.default_rng(seed), dtype=dtype)
    layer.b[...] = np.random.default_rng(seed + 1).normal(size=nodes)
    return layer


def dropout(rate=0.3, seed=5):
    return Dropout(rate, rng=np.random.default_rng(seed))


def softmax(inputs, dtype=np.float64):
    return Softmax(inputs, 3, rng=np.random.default_rng(9), dtype=dtype)


def _shared(dtype):
    twice = hidden(4, 4, seed=2, dtype=dtype)
    return [twice, dropout(), Residual(twice, hidden(4, 4, seed=3, dtype=dtype)), twice]


def _around(dtype):
    """On threads, all blocks meet between the two places of the layer."""
    twice = hidden(4, 4, seed=2, dtype=dtype)
    return [twice, Normalisation(4, dtype), twice]


# Layers for rows of four numbers, from a dtype: what a network must carry in any place.
NESTED = {
    "residual": lambda dtype=np.float64: [Residual(hidden(4, 4, dtype=dtype))],
    "residual in residual": lambda dtype=np.float64: [
        Residual(Residual(hidden(4, 4, dtype=dtype)), hidden(4, 4, relu, seed=4, dtype=dtype))
    ],
    "normalisation": lambda dtype=np.float64: [Normalisation(4, dtype)],
    "normalisation in residual": lambda dtype=np.float64: [
        Residual(hidden(4, 4, dtype=dtype), Normalisation(4, dtype))
    ],
    "dropout in residual": lambda dtype=np.float64: [
        Residual(hidden(4, 4, dtype=dtype), dropout(), Network([dropout(0.5, 6)]))
    ],
    "layer twice in a row": lambda dtype=np.float64: 2 * [hidden(4, 4, dtype=dtype)],
    "layer twice around a normalisation": lambda dtype=np.float64: _around(dtype),
    "layer shared with nested ones": lambda dtype=np.float64: _shared(dtype),
    "scalar": lambda dtype=np.float64: [LeakyReLU(dtype=dtype)],
    "scalar twice": lambda dtype=np.float64: 2 * [LeakyReLU(dtype=dtype)],
}
