"""Fully connected layers: the hidden layer and the softmax layer of a multilayer perceptron."""

import numpy as np

from cnnbook.activations import check_activation, sigmoid, softmax
from cnnbook.arguments import check_positive
from cnnbook.initialisation import glorot
from cnnbook.layers.base import Layer


class _Dense(Layer):
    """z = x Theta^T + b for a minibatch of rows x, and what follows from delta = dE/dz."""

    parameter_names = ("W", "b")

    def __init__(self, inputs, nodes, *, rng, dtype, initialisation):
        check_positive("inputs", inputs)
        check_positive("nodes", nodes)
        self.W = initialisation((nodes, inputs), inputs, nodes, rng, dtype)
        self.b = np.zeros(nodes, dtype)

    def output_shape(self, input_shape):
        self.check_shape(input_shape, self.W.shape[1])
        return (self.W.shape[0],)

    def _net_input(self, x):
        self.check_input(x, self.W.shape[1], dtype=self.W.dtype)
        return x @ self.W.T + self.b  # (N, J)

    def _back(self, delta, x, to_input):
        """dx = delta Theta, dTheta = delta^T x, db = the sum of delta's rows."""
        dx = delta @ self.W if to_input else None
        return dx, {"W": delta.T @ x, "b": delta.sum(axis=0)}


class Hidden(_Dense):
    """A fully connected layer with its activation: o = phi(Theta x + b) (:eq:`eq-layer`; M4, M7).

    Parameters
    ----------
    inputs, nodes : int
        D, numbers that come in, and J, numbers that go out.
    activation : Activation
        phi.
    rng : numpy.random.Generator
        Draws the initial weights; biases start at zero.
    dtype : float32 or float64
        Of parameters, inputs and outputs.
    initialisation : callable
        `cnnbook.initialisation.glorot` or `he`.

    Attributes
    ----------
    W : array (J, D)
        Theta.
    b : array (J,)
        Bias.
    """

    def __init__(
        self, inputs, nodes, activation=sigmoid, *, rng, dtype=np.float64, initialisation=glorot
    ):
        super().__init__(inputs, nodes, rng=rng, dtype=dtype, initialisation=initialisation)
        check_activation(activation)
        self.activation = activation

    def forward(self, x, training=True):
        """o = phi(x Theta^T + b), an array (N, J), for the rows of x (N, D)."""
        o = self.activation(self._net_input(x))
        return o, (x, o)

    def backward(self, gradient, memory, to_input=True):
        """dE/dx (N, D), dE/dTheta and dE/db from g = dE/do (N, J).

        delta = g o phi'(z) (:eq:`eq-delta-hidden`), dE/dTheta = delta^T x
        (:eq:`eq-weight-gradient`), dE/db = sum of the rows of delta (:eq:`eq-bias-gradient`),
        dE/dx = delta Theta (:eq:`eq-input-gradient`; M6, M7).
        """
        x, o = memory
        self.check_gradient(gradient, o.shape, o.dtype)
        delta = gradient * self.activation.derivative(o)
        return self._back(delta, x, to_input)

    def __repr__(self):
        nodes, inputs = self.W.shape
        return f"Hidden({inputs} -> {nodes}, {self.activation})"


class Softmax(_Dense):
    """The output layer of a classifier: y = softmax(Theta x + b) (:eq:`eq-softmax`; M2, M21).

    `forward` gives the probabilities y, `scores` the net inputs z, from which `CrossEntropy` is
    finite. `backward` starts from delta = dE/dz, the gradient at the scores: y - t for
    cross-entropy (:eq:`eq-softmax-delta`), and `dsoftmax` of dE/dy for any other loss of the
    probabilities.

    Parameters
    ----------
    inputs, classes : int
        D and C.
    rng, dtype, initialisation
        As in `Hidden`.
    """

    def __init__(self, inputs, classes, *, rng, dtype=np.float64, initialisation=glorot):
        super().__init__(inputs, classes, rng=rng, dtype=dtype, initialisation=initialisation)

    def forward(self, x, training=True):
        """y = softmax(z), an array (N, C) whose rows sum to one."""
        z, memory = self.scores(x, training)
        return softmax(z), memory

    def scores(self, x, training=True):
        """z = x Theta^T + b, an array (N, C)."""
        return self._net_input(x), x

    def backward(self, delta, memory, to_input=True):
        """dE/dx (N, D), dE/dTheta and dE/db from delta = dE/dz (N, C), as in `Hidden`."""
        x = memory
        self.check_gradient(delta, (len(x), len(self.W)), x.dtype)
        return self._back(delta, x, to_input)

    def __repr__(self):
        classes, inputs = self.W.shape
        return f"Softmax({inputs} -> {classes})"
