"""Layers with one fault each: mistakes of teaching code, and of the sources (M15, M18, M20)."""

import naive
import numpy as np
import pytest

from cnnbook.convolution import im2col, rot180, taps
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.pooling import upsample


class InputGradientNotTurned(Convolution):
    """No rot180 on the way to the input: the kernels as they are, where they must be turned."""

    def backward(self, gradient, memory, to_input=True):
        (method, (patches, shape, _, *spacing)), o = memory
        _, gradients = super().backward(gradient, memory)
        upright = (method, (patches, shape, self.W, *spacing)), o
        return super().backward(gradient, upright)[0], gradients


class KernelGradientNotTurned(Convolution):
    """No rot180 around the kernels' gradient (M19)."""

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = super().backward(gradient, memory)
        return dx, {"W": rot180(gradients["W"]), "b": gradients["b"]}


class Correlation(KernelGradientNotTurned):
    """Correlates in both directions: gradients fit the output, but it is no convolution."""

    def forward(self, x, training=True):
        own, self.W = self.W, rot180(self.W)
        try:
            return super().forward(x, training)
        finally:
            self.W = own


class TimesInput(Convolution):
    """M20 as its source states it: the last factor is the layer's input, where 1 is due."""

    def forward(self, x, training=True):
        o, memory = super().forward(x, training)
        return o, (memory, x)

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = super().backward(gradient, memory[0])
        return dx * memory[1], gradients


class BiasFromOnePosition(Convolution):
    """The bias's gradient lacks the sum over positions."""

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = super().backward(gradient, memory)
        delta = gradient * self.activation.derivative(memory[1])
        return dx, gradients | {"b": delta[:, 0, 0].sum(axis=0)}


class BiasFromOneSample(Convolution):
    """The bias's gradient lacks the sum over the minibatch."""

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = super().backward(gradient, memory)
        delta = gradient * self.activation.derivative(memory[1])
        return dx, gradients | {"b": delta[0].sum(axis=(0, 1))}


class Accumulated(Convolution):
    """Adds to the gradient of the call before."""

    before = 0

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = super().backward(gradient, memory)
        self.before = self.before + gradients["W"]
        return dx, gradients | {"W": self.before}


def assigned_columns(patches, shape, kernel_shape, stride=1, dilation=1):
    """`add_columns` with an assignment where a sum belongs: the last tap wins."""
    x = np.zeros(shape)
    slices = taps(shape[1:3], kernel_shape, stride, dilation)
    for tap, (r, c) in enumerate(slices):
        parts = patches.reshape(*x[:, r, c].shape[:3], len(slices), -1)
        x[:, r, c] = parts[..., tap, :]
    return x


class Assigned(Convolution):
    """An assignment where a sum belongs."""

    def backward(self, gradient, memory, to_input=True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(im2col, "add_columns", assigned_columns)
            return super().backward(gradient, memory)


class CopiedToAll(Pooling):
    """M18 as its source states it: the residual copied to all pixels of a window."""

    def backward(self, gradient, memory, to_input=True):
        return upsample(gradient, memory[0], self.window, self.stride) * self.window**2, {}


class TiesShared(Pooling):
    """Every pixel that equals the maximum gets the whole gradient (windows side by side)."""

    def forward(self, x, training=True):
        o, _ = super().forward(x, training)
        return o, x == np.kron(o, np.ones((1, 2, 2, 1)))

    def backward(self, gradient, memory, to_input=True):
        return np.kron(gradient, np.ones((1, 2, 2, 1))) * memory, {}


class LastWindowOnly(Pooling):
    """Overlapping windows: an assignment where a sum belongs."""

    def backward(self, gradient, memory, to_input=True):
        dx = np.zeros(memory[0])
        for (u, v), pixels in naive.windows(dx.shape, self.window, self.stride, self.edges):
            for h, w in pixels:
                dx[:, h, w] = gradient[:, u, v] / len(pixels)
        return dx, {}


class ZerosAtTheEdge(Pooling):
    """M15 as its source states it: kept edges filled up with zeros (here: one row, one column)."""

    def forward(self, x, training=True):
        return super().forward(np.pad(x, [(0, 0), (0, 1), (0, 1), (0, 0)]), training)

    def backward(self, gradient, memory, to_input=True):
        return super().backward(gradient, memory)[0][:, :-1, :-1], {}


class MeanNotDivided(Pooling):
    """Mean pooling that hands back the gradient undivided."""

    def backward(self, gradient, memory, to_input=True):
        return super().backward(gradient, memory)[0] * self.window**2, {}


class EdgesAnnounced(Pooling):
    """Announces the windows of kept edges, but ignores the edges."""

    def output_shape(self, input_shape):
        return Pooling(self.window, self.stride, self.kind, "keep").output_shape(input_shape)

    def backward(self, gradient, memory, to_input=True):
        return upsample(gradient, memory[0], self.window, winners=memory[2]), {}


class Permuted(Rasterization):
    """Goes back in the order of memory, whatever the order was on the way there."""

    def backward(self, gradient, memory, to_input=True):
        return gradient.reshape(memory[0]), {}


class NoSlope(Hidden):
    """phi' forgotten."""

    def backward(self, gradient, memory, to_input=True):
        _, gradients = super().backward(gradient, memory)
        return gradient @ self.W, gradients


class WeightsNotTransposed(Hidden):
    """Theta in place of its transpose (with as many nodes as inputs, no shape complains)."""

    def backward(self, gradient, memory, to_input=True):
        _, gradients = super().backward(gradient, memory)
        return gradient * self.activation.derivative(memory[1]) @ self.W.T, gradients


class AveragedTwice(Hidden):
    """The mean over the minibatch, which the loss has taken already."""

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = super().backward(gradient, memory, to_input)
        return dx, gradients | {"W": gradients["W"] / len(gradient)}


class ChangesItsArgument(Hidden):
    """delta computed in place."""

    def backward(self, gradient, memory, to_input=True):
        gradient *= self.activation.derivative(memory[1])
        return super().backward(gradient, memory)


class SlopeOnlyOnTheWayBack(Hidden):
    """phi' forgotten where the gradient at the input is not wanted."""

    def backward(self, gradient, memory, to_input=True):
        slope = 1 if to_input else self.activation.derivative(memory[1])
        return super().backward(gradient / slope, memory, to_input)


class StepsAtOnce(Hidden):
    """Changes the weights before their gradient is asked for."""

    def backward(self, gradient, memory, to_input=True):
        dx, gradients = super().backward(gradient, memory)
        self.W -= 0.1 * gradients["W"]
        return dx, gradients


class RemembersInItself(Hidden):
    """One memory, in the layer, whatever is handed in."""

    def forward(self, x, training=True):
        o, self.last = super().forward(x, training)
        return o, None

    def backward(self, gradient, memory, to_input=True):
        return super().backward(gradient, self.last, to_input)


class PredictionRemembers(Hidden):
    """Prediction by `output` itself."""

    def predict(self, x):
        return self.output(x)


class Recentred(Hidden):
    """Takes the mean of the minibatch away, without saying that it mixes samples."""

    def forward(self, x, training=True):
        return super().forward(x - x.mean(axis=0), training)


class CountsCalls(Dropout):
    """Draws from the generator of its own, whatever it is told."""

    def forward(self, x, training=True):
        return super().forward(x, bool(training))


class NeverChecks(Hidden):
    """Goes back without a look at shapes or memory."""

    def backpropagate(self, gradient):
        return gradient @ self.W


class TakesAnything(Hidden):
    """Turns its input into an array of floats in silence."""

    def forward(self, x, training=True):
        return super().forward(np.asarray(x, float), training)


class SlopeTwice(Softmax):
    """y (1 - y) once more, though delta has it already."""

    def backward(self, delta, memory, to_input=True):
        y = self.forward(memory)[0]
        return super().backward(delta * y * (1 - y), memory)


class ScaleForgotten(Dropout):
    """The way back without the division by 1 - rho."""

    def backward(self, gradient, memory, to_input=True):
        return super().backward(gradient, memory)[0] * (1 - self.rate), {}


class OtherMask(Dropout):
    """The way back with another mask than the way there."""

    def backward(self, gradient, memory, to_input=True):
        return gradient * memory[::-1], {}


class DropsAlways(Dropout):
    """Drops in predictions too."""

    def predict(self, x):
        return self.forward(x)[0]


class DoublePrecisionMask(Dropout):
    """A mask of float64, whatever comes in."""

    def forward(self, x, training=True):
        factors = super().forward(x, training)[1].astype(np.float64)
        return x * factors, factors
