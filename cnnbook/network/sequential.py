"""A network: layers in a row."""

import numpy as np

from cnnbook.arguments import check_positive
from cnnbook.layers import Layer, Softmax
from cnnbook.network.allocator import keep_memory
from cnnbook.network.files import load_arrays, save_arrays
from cnnbook.tables import Summary, SummaryRow


class Network(Layer):
    """Layers in a row, the output of one being the input of the next (:eq:`eq-network`, M1).

    A network is a layer itself, and can stand within another one.

    Parameters
    ----------
    layers : sequence of Layer
        From the input to the output. A layer that stands in two places shares its parameters.
    """

    def __init__(self, layers):
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("a network needs at least one layer, but got none")
        body = [inner for layer in self.layers[:-1] for _, inner in layer.walk()]
        if any(isinstance(layer, Softmax) for layer in body):
            raise ValueError(
                "a softmax layer must be the last one, since it takes the gradient at its scores, "
                f"but the layers are {self._layer_names()}"
            )
        keep_memory()

    def forward(self, x, training=True):
        """The last layer's output for the minibatch x, and the memories of all layers."""
        return _in_a_row([layer.forward for layer in self.layers], x, training)

    def scores(self, x, training=True):
        """What the loss reads: as `forward`, but a softmax layer at the end gives its scores."""
        *body, last = self.layers
        return _in_a_row([*(layer.forward for layer in body), last.scores], x, training)

    def backward(self, gradient, memory, to_input=True):
        """dE/dx and the gradients of all parameters, from the loss's gradient at the scores.

        The gradient at the input of one layer is that at the output of the layer before it. Without
        `to_input` the way back ends at the first layer that has parameters.
        """
        first = 0 if to_input else self._first_to_learn()
        found = []
        for number in reversed(range(first, len(self.layers))):
            goes_on = to_input or number > first
            gradient, own = self.layers[number].backward(gradient, memory[number], goes_on)
            found.append({f"{number}.{name}": array for name, array in own.items()})
        gradients = {name: array for own in reversed(found) for name, array in own.items()}
        return gradient if to_input else None, self.add_shared(gradients)

    def update_state(self, memory):
        for layer, of_layer in zip(self.layers, memory, strict=True):
            layer.update_state(of_layer)

    def predict(self, x, batch_size=1000, scores=False):
        """The output for any number of samples, batch_size of them at a time.

        Nothing is remembered, and what is meant for training only (dropout) is left out.

        Parameters
        ----------
        x : array (N, ...)
        batch_size : int
        scores : bool
            Whether to give what the loss reads instead of the output.
        """
        check_positive("batch_size", batch_size)
        if np.ndim(x) == 0:
            raise ValueError(f"a network takes minibatches (N, ...), but got {x!r}")
        batches = [x[start : start + batch_size] for start in range(0, len(x), batch_size)] or [x]
        return np.concatenate([self._predict_batch(batch, scores) for batch in batches])

    def features(self, x):
        """The outputs of all layers for the minibatch x, in order, as `predict` computes them."""
        outputs = []
        for layer in self.layers:
            x = layer.predict(x)
            outputs.append(x)
        return outputs

    def output_shape(self, input_shape):
        for layer in self.layers:
            input_shape = layer.output_shape(input_shape)
        return input_shape

    def summary(self, input_shape):
        """Each layer's output shape and number of parameters, as a table (K4, K5).

        Parameters
        ----------
        input_shape : tuple
            Of one input, without the minibatch's axis.
        """
        rows, shape = [], tuple(input_shape)
        for layer in self.layers:
            shape = layer.output_shape(shape)
            count = sum(array.size for array in layer.parameters().values())
            rows.append(SummaryRow(repr(layer), shape, count))
        return Summary(tuple(input_shape), tuple(rows))

    def save(self, path, dtype=None):
        """Write parameters and state, and the names of the layers, to an .npz file (no pickle).

        The file appears whole or not at all: it is written beside its place and then renamed.

        Parameters
        ----------
        path : str or Path
            Of a file named ``*.npz``.
        dtype : floating type, optional
            Of the numbers in the file, if not that of the parameters: np.float16 makes it small.

        Raises
        ------
        ValueError
            If the file has another ending, or a number is not finite or does not fit into dtype.
        TypeError
            If dtype is not a floating type.
        """
        save_arrays(path, self._layer_names(), self._kept(), dtype)

    def load(self, path):
        """Replace parameters and state by those of a file that `save` wrote for the same layers.

        The file is checked as a whole first; a file that does not fit changes nothing.

        Raises
        ------
        ValueError
            If the file is no such archive, belongs to other layers, lacks an array or has one too
            many, or if an array's shape, type or values do not fit.
        """
        load_arrays(path, self._layer_names(), self._kept())

    def _kept(self):
        return self.parameters() | self.state()

    def _predict_batch(self, x, scores):
        """One batch through all layers, each memory given up at once."""
        *body, last = self.layers
        for layer in body:
            x = layer.predict(x)
        return last.scores(x, training=False)[0] if scores else last.predict(x)

    def _first_to_learn(self):
        learning = (number for number, layer in enumerate(self.layers) if layer.parameters())
        return next(learning, 0)

    def _layer_names(self):
        return [repr(layer) for layer in self.layers]

    def __repr__(self):
        return f"Network([{', '.join(self._layer_names())}])"


def _in_a_row(steps, x, training):
    """The output of the last step, and the memories of all."""
    memories = []
    for step in steps:
        x, memory = step(x, training)
        memories.append(memory)
    return x, memories
