"""Fully connected layers: the hidden layer and the softmax layer of a multilayer perceptron."""

import copy

import numpy as np

from cnnbook.activations import check_activation, sigmoid, softmax
from cnnbook.initialisation import glorot
from cnnbook.layers.base import Layer


class _Dense(Layer):
    """z = x Theta^T + b for a minibatch of rows x, and what follows from delta = dE/dz."""

    parameter_names = ("W", "b")

    def __init__(self, inputs, nodes, *, rng, dtype, initialisation):
        self.W = initialisation((nodes, inputs), inputs, nodes, rng, dtype)
        self.b = np.zeros(nodes, dtype)

    def output_shape(self, input_shape):
        self._check_shape(input_shape, (self.W.shape[1],))
        return (self.W.shape[0],)

    def _net_input(self, x):
        self._check_input(x, (self.W.shape[1],), self.W.dtype)
        self.x = x
        z = x @ self.W.T + self.b  # (N, J)
        self._remember_shapes(x, z)
        return z

    def _gradients_from(self, delta):
        self.dW = delta.T @ self.x  # (J, D)
        self.db = delta.sum(axis=0)


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
    W, dW : array (J, D)
        Theta and dE/dTheta.
    b, db : array (J,)
        Bias and dE/db.
    """

    def __init__(
        self, inputs, nodes, activation=sigmoid, *, rng, dtype=np.float64, initialisation=glorot
    ):
        super().__init__(inputs, nodes, rng=rng, dtype=dtype, initialisation=initialisation)
        check_activation(activation)
        self.activation = activation

    def output(self, x):
        """o = phi(x Theta^T + b), an array (N, J), for the rows of x (N, D)."""
        o = self.activation(self._net_input(x))
        self.slope = self.activation.derivative(o)  # phi'(z): what is needed of o on the way back
        return o

    def backpropagate(self, gradient):
        """dE/dx (N, D) from g = dE/do (N, J).

        delta = g o phi'(z) (:eq:`eq-delta-hidden`), dE/dTheta = delta^T x
        (:eq:`eq-weight-gradient`), dE/db = sum of the rows of delta (:eq:`eq-bias-gradient`),
        dE/dx = delta Theta (:eq:`eq-input-gradient`; M6, M7).
        """
        return self._delta(gradient) @ self.W

    def set_gradients(self, gradient):
        self._delta(gradient)

    def _delta(self, gradient):
        """dE/dz, having set dW and db."""
        self._check_gradient(gradient)
        delta = gradient * self.slope
        self._gradients_from(delta)
        return delta

    def __repr__(self):
        nodes, inputs = self.W.shape
        return f"Hidden({inputs} -> {nodes}, {self.activation})"


class Softmax(_Dense):
    """The output layer of a classifier: y = softmax(Theta x + b) (:eq:`eq-softmax`; M2, M21).

    `output` gives the probabilities y. `backpropagate` starts from delta = dE/dz, the gradient at
    the scores: y - t for cross-entropy (:eq:`eq-softmax-delta`), and `dsoftmax` of dE/dy for any
    other loss of the probabilities. `scores` gives z, from which `CrossEntropy` is finite.

    Parameters
    ----------
    inputs, classes : int
        D and C.
    rng, dtype, initialisation
        As in `Hidden`.
    """

    def __init__(self, inputs, classes, *, rng, dtype=np.float64, initialisation=glorot):
        super().__init__(inputs, classes, rng=rng, dtype=dtype, initialisation=initialisation)

    def scores(self, x):
        """z = x Theta^T + b, an array (N, C)."""
        return self._net_input(x)

    def predict_scores(self, x):
        """z, remembering nothing."""
        return copy.copy(self).scores(x)

    def output(self, x):
        """y = softmax(z), an array (N, C) whose rows sum to one."""
        return softmax(self._net_input(x))

    def backpropagate(self, delta):
        """dE/dx (N, D) from delta = dE/dz (N, C); sets dW and db as `Hidden` does."""
        self._check_gradient(delta)
        self._gradients_from(delta)
        return delta @ self.W

    def set_gradients(self, delta):
        self._check_gradient(delta)
        self._gradients_from(delta)

    def __repr__(self):
        classes, inputs = self.W.shape
        return f"Softmax({inputs} -> {classes})"
