"""Layers with one fault each: mistakes of teaching code, and of the sources (M15, M18, M20)."""

import copy

import numpy as np
import pytest
import naive

from cnnbook.convolution import im2col
from cnnbook.convolution import rot180, taps
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.pooling import upsample


class InputGradientNotTurned(Convolution):
    """No rot180 on the way to the input: the kernels as they are, where they must be turned."""

    def backpropagate(self, gradient):
        super().backpropagate(gradient)
        patches, shape, _, *spacing = self._memory
        wrong = copy.copy(self)
        wrong._memory = (patches, shape, self.W, *spacing)
        return Convolution.backpropagate(wrong, gradient)


class KernelGradientNotTurned(Convolution):
    """No rot180 around the kernels' gradient (M19)."""

    def backpropagate(self, gradient):
        dx = super().backpropagate(gradient)
        self.dW = rot180(self.dW)
        return dx


class Correlation(Convolution):
    """Correlates in both directions: gradients fit the output, but it is no convolution."""

    def output(self, x):
        own, self.W = self.W, rot180(self.W)
        try:
            return super().output(x)
        finally:
            self.W = own

    def backpropagate(self, gradient):
        dx = super().backpropagate(gradient)
        self.dW = rot180(self.dW)
        return dx


class TimesInput(Convolution):
    """M20 as its source states it: the last factor is the layer's input, where 1 is due."""

    def output(self, x):
        self.x = x
        return super().output(x)

    def backpropagate(self, gradient):
        return super().backpropagate(gradient) * self.x


class BiasFromOnePosition(Convolution):
    """The bias's gradient lacks the sum over positions."""

    def backpropagate(self, gradient):
        dx = super().backpropagate(gradient)
        delta = gradient * self.slope
        self.db = delta[:, 0, 0].sum(axis=0)
        return dx


class BiasFromOneSample(Convolution):
    """The bias's gradient lacks the sum over the minibatch."""

    def backpropagate(self, gradient):
        dx = super().backpropagate(gradient)
        delta = gradient * self.slope
        self.db = delta[0].sum(axis=(0, 1))
        return dx


class Accumulated(Convolution):
    """Adds to the gradient of the call before."""

    def backpropagate(self, gradient):
        before = getattr(self, "dW", 0)
        dx = super().backpropagate(gradient)
        self.dW = before + self.dW
        return dx


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

    def backpropagate(self, gradient):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(direct, "add_columns", assigned_columns)
            return super().backpropagate(gradient)


class CopiedToAll(Pooling):
    """M18 as its source states it: the residual copied to all pixels of a window."""

    def backpropagate(self, gradient):
        return upsample(gradient, self._shapes[0], self.window, self.stride) * self.window**2


class TiesShared(Pooling):
    """Every pixel that equals the maximum gets the whole gradient (windows side by side)."""

    def output(self, x):
        o = super().output(x)
        self.largest = x == np.kron(o, np.ones((1, 2, 2, 1)))
        return o

    def backpropagate(self, gradient):
        return np.kron(gradient, np.ones((1, 2, 2, 1))) * self.largest


class LastWindowOnly(Pooling):
    """Overlapping windows: an assignment where a sum belongs."""

    def backpropagate(self, gradient):
        dx = np.zeros(self._shapes[0])
        for (u, v), pixels in naive.windows(dx.shape, self.window, self.stride, self.edges):
            for h, w in pixels:
                dx[:, h, w] = gradient[:, u, v] / len(pixels)
        return dx


class ZerosAtTheEdge(Pooling):
    """M15 as its source states it: kept edges filled up with zeros (here: one row, one column)."""

    def output(self, x):
        return super().output(np.pad(x, [(0, 0), (0, 1), (0, 1), (0, 0)]))

    def backpropagate(self, gradient):
        return super().backpropagate(gradient)[:, :-1, :-1]


class MeanNotDivided(Pooling):
    """Mean pooling that hands back the gradient undivided."""

    def backpropagate(self, gradient):
        return super().backpropagate(gradient) * self.window**2


class EdgesAnnounced(Pooling):
    """Announces the windows of kept edges, but ignores the edges."""

    def output_shape(self, input_shape):
        return Pooling(self.window, self.stride, self.kind, "keep").output_shape(input_shape)


class Permuted(Rasterization):
    """Goes back in the order of memory, whatever the order was on the way there."""

    def backpropagate(self, gradient):
        return gradient.reshape(self._shapes[0])


class NoSlope(Hidden):
    """phi' forgotten."""

    def backpropagate(self, gradient):
        self._gradients_from(gradient)
        return gradient @ self.W


class WeightsNotTransposed(Hidden):
    """Theta in place of its transpose (with as many nodes as inputs, no shape complains)."""

    def backpropagate(self, gradient):
        super().backpropagate(gradient)
        return gradient * self.slope @ self.W.T


class AveragedTwice(Hidden):
    """The mean over the minibatch, which the loss has taken already."""

    def backpropagate(self, gradient):
        dx = super().backpropagate(gradient)
        self.dW = self.dW / len(gradient)
        return dx


class ChangesItsArgument(Hidden):
    """delta computed in place."""

    def backpropagate(self, gradient):
        gradient *= self.slope
        return super().backpropagate(gradient)


class SlopeOnlyOnTheWayBack(Hidden):
    """phi' forgotten where the gradient at the input is not wanted."""

    def set_gradients(self, gradient):
        super().set_gradients(gradient / self.slope)


class StepsAtOnce(Hidden):
    """Changes the weights before their gradient is asked for."""

    def backpropagate(self, gradient):
        dx = super().backpropagate(gradient)
        self.W -= 0.1 * self.dW
        return dx


class PredictionRemembers(Hidden):
    """Prediction by `output` itself."""

    def predict(self, x):
        return self.output(x)


class NeverChecks(Hidden):
    """Goes back without a look at shapes or memory."""

    def backpropagate(self, gradient):
        return gradient @ self.W


class TakesAnything(Hidden):
    """Turns its input into an array of floats in silence."""

    def output(self, x):
        return super().output(np.asarray(x, float))


class SlopeTwice(Softmax):
    """y (1 - y) once more, though delta has it already."""

    def output(self, x):
        self.y = super().output(x)
        return self.y

    def scores(self, x):
        self.output(x)
        return super().scores(x)

    def backpropagate(self, delta):
        return super().backpropagate(delta * self.y * (1 - self.y))


class ScaleForgotten(Dropout):
    """The way back without the division by 1 - rho."""

    def backpropagate(self, gradient):
        return super().backpropagate(gradient) * (1 - self.rate)


class OtherMask(Dropout):
    """The way back with another mask than the way there."""

    def backpropagate(self, gradient):
        return gradient * self.mask[::-1]


class DropsAlways(Dropout):
    """Drops in predictions too."""

    def predict(self, x):
        return self.output(x)


class DoublePrecisionMask(Dropout):
    """A mask of float64, whatever comes in."""

    def output(self, x):
        super().output(x)
        self.mask = self.mask.astype(np.float64)
        return x * self.mask
