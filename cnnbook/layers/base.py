"""What every layer is: a pure pair `forward` and `backward`, and two methods on top of it (M22)."""

import numpy as np

from cnnbook.arguments import check_not_masked


class Layer:
    """One step of a network.

    A subclass writes out one pair of functions. `forward` computes the output, together with a
    *memory*: whatever the way back needs of the way forward. `backward` takes the gradient at the
    output and that memory, and gives the gradients at the input and of the parameters. Both are
    pure: they change neither the layer nor their arguments, so that several memories of one layer
    can exist at a time (threads, predictions in the midst of a training step, siamese networks).

    `output` and `backpropagate` keep the memory of the last minibatch between the two calls.
    Layers sum over the minibatch; the mean is the loss's business.

    Attributes
    ----------
    parameter_names, state_names, generator_names : tuple of str
        Which attributes are trained; are kept with the parameters, but not trained (such as a
        running mean); draw random numbers.
    layers : sequence of Layer
        The layers inside of this one.
    mixes_samples : bool
        Whether an output depends on several samples of the minibatch, as batch statistics do. Such
        a layer must see a minibatch whole.
    """

    parameter_names = ()
    state_names = ()
    generator_names = ()
    layers = ()
    mixes_samples = False

    def forward(self, x, training=True):
        """The output for the minibatch x, and the memory that `backward` needs.

        Parameters
        ----------
        x : array (N, ...)
        training : bool or numpy.random.Generator
            False for a prediction. A generator says, as True does, that this is a step of a
            training, and that random layers draw from it and not from their own.

        Returns
        -------
        o : array (N, ...)
        memory
            Of a kind that only this layer knows.
        """
        raise NotImplementedError

    def backward(self, gradient, memory, to_input=True):
        """The gradients at the input and of the parameters, from dE/do and a memory of `forward`.

        Parameters
        ----------
        gradient : array of the shape of o
        memory
            As `forward` gave it with o.
        to_input : bool
            Whether the gradient at the input is wanted. Nobody needs it of the first layer that
            learns.

        Returns
        -------
        dx : array of the shape of x, or None
            Not to be relied on where it is not wanted: layers that get it for nothing give it.
        gradients : dict of str to array
            dE/d(parameter) under the names of `parameters`.
        """
        raise NotImplementedError

    def scores(self, x, training=True):
        """What a loss reads of this layer if it is the last one, and the memory for `backward`.

        That is the output, but for a softmax layer: from its net inputs the loss is finite.
        """
        return self.forward(x, training)

    def output(self, x):
        """The output for the minibatch x; its memory is kept for `backpropagate`."""
        o, self._memory = self.forward(x)
        self.update_state(self._memory)
        return o

    def backpropagate(self, gradient):
        """dE/dx from dE/do of the last `output`; the parameters' gradients are in `gradients`."""
        dx, self._gradients = self.backward(gradient, self._remembered(gradient))
        return dx

    def update_state(self, memory):
        """Take what a step of a training adds to the state, such as a running mean.

        A layer that contains layers hands each of them its part of the memory.
        """

    def predict(self, x):
        """The output for the minibatch x, without what is meant for training only."""
        return self.forward(x, training=False)[0]

    def output_shape(self, input_shape):
        """Shape of the output for an input of this shape, both without the minibatch's axis."""
        raise NotImplementedError

    def walk(self, prefix=""):
        """This layer and all within it, each with what stands before its names, such as "2.0."."""
        yield prefix, self
        for number, layer in enumerate(self.layers):
            yield from layer.walk(f"{prefix}{number}.")

    def parameters(self):
        """The trained arrays by name, to be changed in place; a shared one under its first name."""
        first = {}
        for name, array in self._every_parameter():
            first.setdefault(id(array), (name, array))
        return dict(first.values())

    def gradients(self):
        """dE/d(parameter) of the last `backpropagate`, under the names of `parameters`."""
        if not hasattr(self, "_gradients"):
            raise ValueError(f"{self!r} has no gradients yet: call backpropagate first")
        return self._gradients

    def state(self):
        """The arrays that are kept with the parameters, but not trained, by name."""
        return {
            prefix + name: getattr(layer, name)
            for prefix, layer in self.walk()
            for name in layer.state_names
        }

    def generators(self):
        """The random generators by name; a layer that stands in two places has two names."""
        return {
            prefix + name: getattr(layer, name)
            for prefix, layer in self.walk()
            for name in layer.generator_names
        }

    def add_shared(self, gradients):
        """Gradients under every name as gradients under the names of `parameters`.

        The gradients of an array that has several names are added: it has a part in the loss in
        each of its places.
        """
        first, total = {}, {}
        for name, array in self._every_parameter():
            known = first.setdefault(id(array), name)
            if name in gradients:
                total[known] = total[known] + gradients[name] if known in total else gradients[name]
        return total

    def _every_parameter(self):
        return [
            (prefix + name, getattr(layer, name))
            for prefix, layer in self.walk()
            for name in layer.parameter_names
        ]

    def _remembered(self, gradient):
        if not hasattr(self, "_memory"):
            raise ValueError(
                f"{self!r} cannot backpropagate a gradient of shape {np.shape(gradient)} "
                "before output has seen a minibatch: call output first"
            )
        return self._memory

    def check_input(self, x, *expected, dtype=None):
        """Refuse a minibatch whose shape is not (N, ...), None standing for any number."""
        if not isinstance(x, np.ndarray):
            raise TypeError(f"{self!r} takes a NumPy array, but got {type(x).__name__}")
        check_not_masked(f"the input of {self!r}", x)
        if x.ndim == 0 or not _fits(x.shape[1:], expected):
            raise ValueError(
                f"{self!r} takes minibatches of shape {_in_words('N', *expected)}, "
                f"but got shape {x.shape}"
            )
        if x.dtype not in (np.float32, np.float64) or (dtype is not None and x.dtype != dtype):
            raise TypeError(
                f"{self!r} takes numbers of type {dtype or 'float32 or float64'}, but got {x.dtype}"
            )

    def check_shape(self, shape, *expected):
        """The same for the shape of one input, without the minibatch's axis."""
        if not _fits(shape, expected):
            raise ValueError(
                f"{self!r} takes inputs of shape {_in_words(*expected)}, but got {tuple(shape)}"
            )

    def check_gradient(self, gradient, shape, dtype):
        """Refuse a gradient that has not the shape and type of the output."""
        if np.shape(gradient) != tuple(shape):
            raise ValueError(
                f"{self!r} gave an output of shape {tuple(shape)}, "
                f"but the gradient has shape {np.shape(gradient)}"
            )
        if not isinstance(gradient, np.ndarray) or gradient.dtype != dtype:
            found = getattr(gradient, "dtype", type(gradient).__name__)
            raise TypeError(f"{self!r} gave an output of type {dtype}, but the gradient is {found}")


def _fits(shape, expected):
    return len(shape) == len(expected) and all(
        wanted in (None, size) for wanted, size in zip(expected, shape, strict=True)
    )


def _in_words(*expected):
    sizes = ["any" if size is None else str(size) for size in expected]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
