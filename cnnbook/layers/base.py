"""What every layer is: a class with `output` and `backpropagate` (M22)."""

import copy

import numpy as np


class Layer:
    """One step of a network.

    `output` computes the layer's output for a minibatch and remembers what `backpropagate` needs.
    `backpropagate` takes the gradient at the output, sets the gradients of the parameters (it does
    not add to those of an earlier call), and returns the gradient at the input. Layers sum over
    the minibatch; the mean is the loss's business.

    A subclass names its parameters in `parameter_names`; the gradient of ``W`` is ``dW``.
    """

    parameter_names = ()
    _shapes = None  # of the last input and output: what backpropagate checks its argument against
    _dtype = None  # of the last output

    def __init_subclass__(cls):
        """Where a class says anew how to go back, it says so for `set_gradients` too."""
        super().__init_subclass__()
        if "backpropagate" in vars(cls) and "set_gradients" not in vars(cls):
            cls.set_gradients = Layer.set_gradients

    def output(self, x):
        """The output for the minibatch x, with the memory that `backpropagate` needs."""
        raise NotImplementedError

    def backpropagate(self, gradient):
        """The gradient at the input, from the gradient at the output of the last `output`."""
        raise NotImplementedError

    def set_gradients(self, gradient):
        """Set the gradients of the parameters as `backpropagate` does, and no more than that.

        For the first layer that learns: nobody needs the gradient at its input. A class that says
        nothing of this method goes all the way back.
        """
        self.backpropagate(gradient)

    def predict(self, x):
        """The output for the minibatch x. Remembers nothing, so no training step is disturbed."""
        return copy.copy(self).output(x)

    def scores(self, x):
        """What a loss reads if this layer is the last one: the output, where nothing else is said.

        Remembers as `output` does.
        """
        return self.output(x)

    def predict_scores(self, x):
        """What a loss reads of a prediction: `scores`, but nothing is remembered."""
        return self.predict(x)

    def for_block(self):
        """A copy for a block of the minibatch: the same parameters, a memory of its own."""
        return copy.copy(self)

    def output_shape(self, input_shape):
        """Shape of the output for an input of this shape, both without the minibatch's axis."""
        raise NotImplementedError

    def parameters(self):
        """The parameters by name: the arrays themselves, to be changed in place."""
        return {name: getattr(self, name) for name in self.parameter_names}

    def gradients(self):
        """dE/d(parameter) by the parameter's name, as the last `backpropagate` set them."""
        if self.parameter_names and not hasattr(self, f"d{self.parameter_names[0]}"):
            raise ValueError(f"{self!r} has no gradients yet: call backpropagate first")
        return {name: getattr(self, f"d{name}") for name in self.parameter_names}

    def _check_input(self, x, expected, dtype=None):
        """Refuse a minibatch whose shape is not (N, *expected), None standing for any number."""
        if not isinstance(x, np.ndarray):
            raise TypeError(f"{self!r} takes a NumPy array, but got {type(x).__name__}")
        if x.ndim == 0 or not _fits(x.shape[1:], expected):
            raise ValueError(
                f"{self!r} takes minibatches of shape {_in_words('N', *expected)}, "
                f"but got shape {x.shape}"
            )
        if not np.issubdtype(x.dtype, np.floating) or (dtype is not None and x.dtype != dtype):
            raise TypeError(
                f"{self!r} takes numbers of type {dtype or 'float32 or float64'}, but got {x.dtype}"
            )

    def _check_shape(self, shape, expected):
        """The same for the shape of one input, without the minibatch's axis."""
        if not _fits(shape, expected):
            raise ValueError(
                f"{self!r} takes inputs of shape {_in_words(*expected)}, but got {tuple(shape)}"
            )

    def _remember_shapes(self, x, o):
        self._shapes, self._dtype = (x.shape, o.shape), o.dtype

    def _check_gradient(self, gradient):
        if self._shapes is None:
            raise ValueError(
                f"{self!r} cannot backpropagate a gradient of shape {np.shape(gradient)} "
                "before output has seen a minibatch: call output first"
            )
        if np.shape(gradient) != self._shapes[1]:
            raise ValueError(
                f"{self!r} gave an output of shape {self._shapes[1]}, "
                f"but the gradient has shape {np.shape(gradient)}"
            )
        if not isinstance(gradient, np.ndarray) or gradient.dtype != self._dtype:
            found = getattr(gradient, "dtype", type(gradient).__name__)
            raise TypeError(
                f"{self!r} gave an output of type {self._dtype}, but the gradient is {found}"
            )


def _fits(shape, expected):
    return len(shape) == len(expected) and all(
        wanted in (None, size) for wanted, size in zip(expected, shape, strict=True)
    )


def _in_words(*expected):
    sizes = ["any" if size is None else str(size) for size in expected]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
