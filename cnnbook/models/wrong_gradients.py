"""Networks whose way back is wrong in one place, and the controls that tell what a mistake costs.

They raise no error and they train. Nothing else of the package uses them.
"""

import numpy as np

from cnnbook.activations import tanh
from cnnbook.convolution import conv2d, rot180
from cnnbook.layers import Convolution, Pooling, Rasterization, Softmax
from cnnbook.network.sequential import Network


class ToAllFour(Pooling):
    """Every pixel of a window gets the gradient of its maximum."""

    def backward(self, gradient, memory, to_input=True):
        return gradient.repeat(2, axis=1).repeat(2, axis=2), {}


class TimesOutput(Pooling):
    """The gradient at the pooled maps is multiplied with the maps."""

    def forward(self, x, training=True):
        o, memory = super().forward(x, training)
        return o, (o, memory)

    def backward(self, gradient, memory, to_input=True):
        o, memory = memory
        return super().backward(gradient * o, memory, to_input)


class OtherOrder(Rasterization):
    """The row is cut up in another order than it was written in."""

    def backward(self, gradient, memory, to_input=True):
        return gradient.reshape(memory[0]), {}


class InputNotTurned(Convolution):
    """The input's gradient with the kernel as it lies."""

    def backward(self, gradient, memory, to_input=True):
        _, found = super().backward(gradient, memory, False)
        delta = gradient * memory[1]
        return conv2d(delta, self.W.transpose(3, 1, 2, 0), "full"), found


class KernelNotTurned(Convolution):
    """The kernel's gradient without its half turn."""

    def backward(self, gradient, memory, to_input=True):
        dx, found = super().backward(gradient, memory, to_input)
        return dx, found | {"W": rot180(found["W"])}


class FrozenKernels(Convolution):
    """No mistake, but a control: the kernels keep their random start, the biases learn."""

    def backward(self, gradient, memory, to_input=True):
        dx, found = super().backward(gradient, memory, to_input)
        return dx, found | {"W": np.zeros_like(self.W)}


class FrozenConvolution(Convolution):
    """No mistake, but a control: nothing of this layer is trained."""

    def backward(self, gradient, memory, to_input=True):
        dx, found = super().backward(gradient, memory, to_input)
        return dx, {name: np.zeros_like(array) for name, array in found.items()}


class FrozenSoftmax(Softmax):
    """The weights of the scores keep their random start."""

    def backward(self, delta, memory, to_input=True):
        dx, found = super().backward(delta, memory, to_input)
        return dx, {name: np.zeros_like(array) for name, array in found.items()}


class AtRightLength(Network):
    """A network whose gradients are made as long as the right ones, array by array.

    So that a mistake differs in its direction alone. The right gradients are those of a twin with
    the same weights.
    """

    def __init__(self, network):
        super().__init__(network.layers)
        self.twin = with_right_gradients(network)

    def forward(self, x, training=True):
        o, memory = super().forward(x, training)
        return o, (memory, self.twin.forward(x, training)[1])

    def scores(self, x, training=True):
        scores, memory = super().scores(x, training)
        return scores, (memory, self.twin.scores(x, training)[1])

    def backward(self, gradient, memory, to_input=True):
        own, of_twin = memory
        dx, found = super().backward(gradient, own, to_input)
        right = self.twin.backward(gradient, of_twin, False)[1]
        return dx, {name: _as_long_as(right[name], array) for name, array in found.items()}

    def update_state(self, memory):
        super().update_state(memory[0])


def _as_long_as(right, array):
    length = np.linalg.norm(array)
    return array * (np.linalg.norm(right) / length) if length else array


MISTAKES = {
    "to all four": {"pool": ToAllFour},
    "times the output": {"pool": TimesOutput},
    "another order": {"raster": OtherOrder},
    "input not turned": {"second": InputNotTurned},
    "first kernel not turned": {"first": KernelNotTurned},
    "second kernel not turned": {"second": KernelNotTurned},
}
CONTROLS = {
    "first convolution frozen": {"first": FrozenConvolution},
    "both convolutions frozen": {"first": FrozenConvolution, "second": FrozenConvolution},
    "first kernels frozen": {"first": FrozenKernels},
    "second kernels frozen": {"second": FrozenKernels},
}
# Which control freezes exactly the arrays whose gradients the mistake spoils.
CONTROL_OF = {
    "to all four": "first convolution frozen",
    "times the output": "first convolution frozen",
    "another order": "both convolutions frozen",
    "input not turned": "first convolution frozen",
    "first kernel not turned": "first kernels frozen",
    "second kernel not turned": "second kernels frozen",
}


def build(
    seed,
    *,
    first=Convolution,
    pool=Pooling,
    second=Convolution,
    raster=Rasterization,
    softmax=Softmax,
):
    """8x8 -> 6x6 -> 3x3 -> 2x2 -> 64 -> 10, with the class of each layer to choose.

    Parameters
    ----------
    seed : int
        Of the random start, which does not depend on the classes.
    first, pool, second, raster, softmax : Layer classes
        Such as those of `MISTAKES` and `CONTROLS`.

    Returns
    -------
    Network
    """
    rng = np.random.default_rng(seed)
    layers = [first(1, 8, 3, tanh, rng=rng), pool(2)]
    layers += [second(8, 16, 2, tanh, rng=rng), raster()]
    return Network([*layers, softmax(64, 10, rng=rng)])


def with_right_gradients(network):
    """A network of `build` without mistakes, which shares its weights with the given one."""
    twin = build(0)
    for layer, given in zip(twin.layers, network.layers, strict=True):
        for name in layer.parameter_names:
            setattr(layer, name, getattr(given, name))
    return twin


def drawer(number):
    """Network number 0 to 9 of a drawer: right, or with one mistake; a generator chose which."""
    names = ["right", *MISTAKES]
    choice = np.random.default_rng(1000 + number).integers(len(names))
    return build(number, **MISTAKES.get(names[choice], {}))
