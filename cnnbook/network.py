"""A network: layers in a row, and its parameters as a file."""

import numpy as np

from cnnbook.archives import read_archive, write_archive
from cnnbook.layers import Softmax
from cnnbook.tables import Summary, SummaryRow

LARGEST_KEPT = 31 * 2**20  # bytes; the allocator learns from arrays of less than 32 MiB


class Network:
    """Layers in a row, the output of one being the input of the next (:eq:`eq-network`, M1).

    Parameters
    ----------
    layers : sequence of Layer
        From the input to the output.
    """

    def __init__(self, layers):
        _keep_memory()
        self.layers = list(layers)
        if not self.layers:
            raise ValueError("a network needs at least one layer, but got none")
        if any(isinstance(layer, Softmax) for layer in self.layers[:-1]):
            raise ValueError(
                "a softmax layer must be the last one, since it takes the gradient at its scores, "
                f"but the layers are {self._layer_names()}"
            )

    def output(self, x):
        """The last layer's output for the minibatch x; every layer remembers its part."""
        return go_on(self.layers, x, "output", "output")

    def scores(self, x):
        """What the loss reads: as `output`, but a softmax layer at the end gives its scores."""
        return go_on(self.layers, x, "output", "scores")

    def backpropagate(self, delta):
        """dE/dx from the loss's gradient at `scores`; sets the gradients of all parameters."""
        return go_back(self.layers, delta)

    def set_gradients(self, delta):
        """Set the gradients of all parameters as `backpropagate` does, and no more than that.

        It ends at the first layer that has parameters, which is what training needs.
        """
        set_gradients(self.layers, delta)

    def predict(self, x, batch_size=1000):
        """The last layer's output for any number of samples, batch_size of them at a time.

        Nothing is remembered, and what is meant for training only (dropout) is left out.
        """
        return self._in_batches(x, batch_size, "predict")

    def predict_scores(self, x, batch_size=1000):
        """What the loss reads, as `scores`, for any number of samples; otherwise as `predict`."""
        return self._in_batches(x, batch_size, "predict_scores")

    def features(self, x):
        """The outputs of all layers for the minibatch x, in order, as `predict` computes them."""
        outputs = []
        for layer in self.layers:
            x = layer.predict(x)
            outputs.append(x)
        return outputs

    def parameters(self):
        """All parameters, the arrays themselves, by layer number and name, such as "0.W"."""
        return self._collect("parameters")

    def gradients(self):
        """dE/d(parameter) as the last `backpropagate` set them, under the names of `parameters`."""
        return self._collect("gradients")

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
        """Write the parameters and the names of the layers to an .npz file (no pickle).

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
            If the file has another ending, or a number does not fit into dtype.
        TypeError
            If dtype is not a floating type.
        """
        arrays = {name: _narrowed(name, array, dtype) for name, array in self.parameters().items()}
        write_archive(path, {"layers": np.array(self._layer_names())} | arrays)

    def load(self, path):
        """Replace the parameters by those of a file that `save` wrote for the same layers.

        The file is checked as a whole first; a file that does not fit changes nothing.

        Raises
        ------
        ValueError
            If the file is no such archive, belongs to other layers, lacks a parameter or has one
            too many, or if an array's shape, type or values do not fit.
        """
        saved = read_archive(path)
        names = np.ravel(saved.pop("layers", [])).astype(str).tolist()
        own = self.parameters()
        if names != self._layer_names():
            raise ValueError(
                f"{path} was saved for other layers: expected {', '.join(self._layer_names())}; "
                f"found {', '.join(names) or 'no list of layers'}"
            )
        if saved.keys() != own.keys():
            raise ValueError(f"{path} holds {sorted(saved)}, but this network has {sorted(own)}")
        for name, array in saved.items():
            _check_fit(path, name, array, own[name])
        for name, array in saved.items():
            own[name][...] = array

    def _in_batches(self, x, size, last):
        if size < 1:
            raise ValueError(f"batch_size must be 1 or more, but is {size!r}")
        batches = [x[start : start + size] for start in range(0, len(x), size)] or [x]
        return np.concatenate([self._predict_batch(batch, last) for batch in batches])

    def _predict_batch(self, x, last):
        """One batch through all layers; `last` names the method of the last one."""
        return go_on(self.layers, x, "predict", last)

    def _collect(self, method):
        return {
            f"{number}.{name}": array
            for number, layer in enumerate(self.layers)
            for name, array in getattr(layer, method)().items()
        }

    def _layer_names(self):
        return [repr(layer) for layer in self.layers]

    def __repr__(self):
        return f"Network([{', '.join(self._layer_names())}])"


def _keep_memory():
    """Let the allocator of the GNU C library keep what is freed for the next minibatch.

    It gives memory back to the system, and then waits for the system to clear it again, unless the
    program has freed an array as large as this one, whose memory is never touched.
    """
    np.empty(LARGEST_KEPT, np.uint8)


def go_on(layers, x, method, last):
    """The way through layers in a row; `last` names the method of the last one."""
    *body, end = layers
    for layer in body:
        x = getattr(layer, method)(x)
    return getattr(end, last)(x)


def go_back(layers, delta):
    """The way back, to the gradient at the input of the first layer."""
    for layer in reversed(layers):
        delta = layer.backpropagate(delta)
    return delta


def set_gradients(layers, delta):
    """The way back, down to the first layer that has parameters."""
    first = next((place for place, layer in enumerate(layers) if layer.parameter_names), 0)
    layers[first].set_gradients(go_back(layers[first + 1 :], delta))


def _narrowed(name, array, dtype):
    if dtype is None:
        return array
    if not np.issubdtype(dtype, np.floating):
        raise TypeError(f"parameters are saved in a floating type, but dtype is {dtype!r}")
    with np.errstate(over="ignore"):
        narrowed = array.astype(dtype)
    if not np.isfinite(narrowed[np.isfinite(array)]).all():
        raise ValueError(
            f"{name} holds numbers up to {np.abs(array).max():.3g}, too large for "
            f"{np.dtype(dtype)}, which ends at {np.finfo(dtype).max:.3g}"
        )
    return narrowed


def _check_fit(path, name, array, own):
    if array.shape != own.shape:
        raise ValueError(f"{path}: {name} has shape {array.shape}, but {own.shape} was expected")
    if array.dtype.kind != "f" or not np.can_cast(array.dtype, own.dtype, "safe"):
        raise ValueError(f"{path}: {name} is {array.dtype}, which {own.dtype} cannot hold exactly")
    if not np.isfinite(array).all():
        raise ValueError(f"{path}: {name} holds numbers that are not finite")
