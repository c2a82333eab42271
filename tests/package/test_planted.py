"""Mistakes planted one at a time: each must turn red the very check that the real tests use.

Wrong layers are in `planted.py`, wrong losses here, wrong functions in the table. `PLANTED` lists
a check, the arguments with which it is green, and the same with one fault.
"""

from dataclasses import replace
from inspect import getmembers, isfunction

import checks
import contract
import numpy as np
import planted
import pytest
from cases import T, every_kind, images, inputs
from checks import same_draws

from cnnbook.activations import dsoftmax, identity, relu, sigmoid, softmax, tanh
from cnnbook.convolution import conv2d, correlate2d
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, Hinge, SquaredError


class MeanForgotten(CrossEntropy):
    """The gradient without 1/N."""

    def gradient(self, scores, t):
        return super().gradient(scores, t) * len(t)


class Summed(CrossEntropy):
    """The sum over the minibatch, in value and gradient alike."""

    def value(self, scores, t):
        return super().value(scores, t) * len(t)

    def gradient(self, scores, t):
        return super().gradient(scores, t) * len(t)


class FromProbabilities(CrossEntropy):
    """The logarithm of a softmax that has become zero."""

    def value(self, scores, t):
        with np.errstate(all="ignore"):
            return -np.sum(t * np.log(softmax(scores))) / len(t)


class TwiceTheError(SquaredError):
    """The gradient of the squares without the factor 1/2."""

    def gradient(self, y, t):
        return 2 * super().gradient(y, t)


class StillMoving(Hinge):
    """The gradient without the corner: it goes on beyond the margin."""

    def gradient(self, scores, t):
        signs = 2 * t - 1
        return -2 * signs * (1 - signs * scores) / len(t)


def convolution(layer_class=Convolution, activation=tanh):
    """A convolution layer, right or wrong, and images for it (as many maps in as out)."""
    layer = layer_class(2, 2, (2, 3), activation, rng=np.random.default_rng(0))
    layer.b[...] = 1, 2
    return layer, inputs((2, 6, 5, 2))


def hidden(layer_class=Hidden, dtype=np.float64):
    """A hidden layer with as many nodes as inputs, and rows for it."""
    return layer_class(4, 4, tanh, rng=np.random.default_rng(0), dtype=dtype), inputs((3, 4))


def softmax_layer(layer_class=Softmax):
    return layer_class(4, 3, rng=np.random.default_rng(0)), inputs((3, 4))


def dropout(layer_class=Dropout):
    return layer_class(0.25, rng=same_draws()), inputs((3, 4, 5))


def pooling(layer_class=Pooling, *options):
    """A pooling layer, and mostly negative maps."""
    return layer_class(*options), inputs((2, 5, 5, 3)) - 0.7


def ties(layer_class=Pooling):
    return layer_class(2), np.zeros((1, 4, 6, 2))


def raster(layer_class=Rasterization):
    return layer_class(), inputs((2, 3, 4, 5))


def adjoint(layer_class=Pooling):
    layer = layer_class(2, None, "mean")
    there, back = inputs((2, 4, 6, 3)), inputs((2, 2, 3, 3))
    layer.output(there)
    return layer.predict, layer.backpropagate, there, back


def network(loss, wrong_layer=None):
    net = every_kind()
    if wrong_layer:
        net.layers[3] = wrong_layer
    return net, loss, images(), T


def upright_at_even(x, kernel, mode):
    """ "same" with the odd column of zeros on the other side, as for a correlation."""
    return conv2d(x[::-1, ::-1], kernel[::-1, ::-1], mode)[::-1, ::-1]


def gradients(right, wrong):
    return checks.check_layer_gradients, right, wrong


SLOPE = replace(sigmoid, derivative=lambda o: o)  # M20: O instead of phi'
STRICT = replace(relu, derivative=lambda o: o >= 0)
OF_ARGUMENT = replace(sigmoid, derivative=lambda o: sigmoid(o) * (1 - sigmoid(o)))
NOT_SQUARED = replace(tanh, derivative=lambda o: 1 - o)

PLANTED = {
    "no rot180 in the input gradient": gradients(
        convolution(), convolution(planted.InputGradientNotTurned)
    ),
    "no rot180 in the kernel gradient": gradients(
        convolution(), convolution(planted.KernelGradientNotTurned)
    ),
    "O instead of phi'": gradients(convolution(activation=sigmoid), convolution(activation=SLOPE)),
    "times the layer's input": gradients(convolution(), convolution(planted.TimesInput)),
    "bias gradient of one position": gradients(
        convolution(), convolution(planted.BiasFromOnePosition)
    ),
    "bias gradient of one sample": gradients(convolution(), convolution(planted.BiasFromOneSample)),
    "assigned where a sum belongs": gradients(convolution(), convolution(planted.Assigned)),
    "correlation for convolution": (
        checks.check_convolution_output,
        convolution(),
        convolution(planted.Correlation),
    ),
    "conv2d that correlates": (
        checks.check_against_scipy,
        (conv2d, "full", (2, 3)),
        (correlate2d, "full", (2, 3)),
    ),
    "same mode off by a pixel": (
        checks.check_against_scipy,
        (conv2d, "same", (2, 3)),
        (upright_at_even, "same", (2, 3)),
    ),
    "residual copied to all four": gradients(pooling(), pooling(planted.CopiedToAll)),
    "residual copied to all four, in a network": (
        checks.check_network_gradients,
        network(CrossEntropy()),
        network(CrossEntropy(), planted.CopiedToAll(2, 1)),
    ),
    "last of overlapping windows": gradients(
        pooling(Pooling, 2, 1, "mean"), pooling(planted.LastWindowOnly, 2, 1, "mean")
    ),
    "mean not divided": gradients(
        pooling(Pooling, 2, None, "mean"), pooling(planted.MeanNotDivided, 2, None, "mean")
    ),
    "mean not divided, by its transpose": (
        checks.check_adjoint,
        adjoint(),
        adjoint(planted.MeanNotDivided),
    ),
    "a zero beyond the edge wins": (
        checks.check_pooling,
        pooling(Pooling, 2, None, "max", "keep"),
        pooling(planted.ZerosAtTheEdge, 2),
    ),
    "zeros beyond the edge count": (
        checks.check_pooling,
        pooling(Pooling, 2, None, "mean", "keep"),
        pooling(planted.ZerosAtTheEdge, 2, None, "mean"),
    ),
    "ties given to all": (checks.check_pooling, ties(), ties(planted.TiesShared)),
    "raster silently permuted": gradients(raster(), raster(planted.Permuted)),
    "phi' forgotten": gradients(hidden(), hidden(planted.NoSlope)),
    "weights not transposed": gradients(hidden(), hidden(planted.WeightsNotTransposed)),
    "mean taken twice": gradients(hidden(), hidden(planted.AveragedTwice)),
    "softmax slope twice": gradients(softmax_layer(), softmax_layer(planted.SlopeTwice)),
    "dropout scale missing": gradients(dropout(), dropout(planted.ScaleForgotten)),
    "dropout with another mask": gradients(dropout(), dropout(planted.OtherMask)),
    "dropout in prediction": (
        contract.check_prediction_is_the_input,
        dropout(),
        dropout(planted.DropsAlways),
    ),
    "ReLU with >=": (checks.check_activation, (relu,), (STRICT,)),
    "sigmoid' of the argument": (checks.check_activation, (sigmoid,), (OF_ARGUMENT,)),
    "tanh' without the square": (checks.check_activation, (tanh,), (NOT_SQUARED,)),
    "diagonal of the softmax Jacobian": (
        checks.check_softmax_jacobian,
        (dsoftmax,),
        (lambda y, gradient: y * (1 - y) * gradient,),
    ),
    "mean forgotten": (
        checks.check_loss_gradient,
        (CrossEntropy(), T),
        (MeanForgotten(), T),
    ),
    "mean forgotten, in a network": (
        checks.check_network_gradients,
        network(CrossEntropy()),
        network(MeanForgotten()),
    ),
    "sum for mean": (checks.check_loss_mean, (CrossEntropy(), T), (Summed(), T)),
    "one half forgotten": (checks.check_loss_gradient, (SquaredError(), T), (TwiceTheError(), T)),
    "hinge without its corner": (
        checks.check_loss_gradient,
        (Hinge(2), np.eye(4)[:3]),
        (StillMoving(2), np.eye(4)[:3]),
    ),
    "loss from probabilities": (
        checks.check_large_scores,
        (CrossEntropy(),),
        (FromProbabilities(),),
    ),
    "gradient accumulated": (
        contract.check_backward_twice,
        convolution(),
        convolution(planted.Accumulated),
    ),
    "phi' only on the way back": (
        contract.check_without_input,
        hidden(),
        hidden(planted.SlopeOnlyOnTheWayBack),
    ),
    "argument changed": (contract.check_pure, hidden(), hidden(planted.ChangesItsArgument)),
    "parameters changed": (contract.check_pure, hidden(), hidden(planted.StepsAtOnce)),
    "memory in the layer": (contract.check_pure, hidden(), hidden(planted.RemembersInItself)),
    "one memory for all": (
        contract.check_two_memories,
        hidden(),
        hidden(planted.RemembersInItself),
    ),
    "argument changed by backpropagate": (
        contract.check_output_keeps_to_memory,
        hidden(),
        hidden(planted.ChangesItsArgument),
    ),
    "another generator": (contract.check_draws, dropout(), dropout(planted.CountsCalls)),
    "generator moved": (contract.check_pure, dropout(), dropout(planted.CountsCalls)),
    "samples mixed, on threads": (
        contract.check_threads,
        hidden(),
        hidden(planted.Recentred),
    ),
    "prediction disturbs": (
        contract.check_prediction_undisturbed,
        hidden(),
        hidden(planted.PredictionRemembers),
    ),
    "samples do not add up": (
        contract.check_samples_alone,
        hidden(),
        hidden(planted.AveragedTwice),
    ),
    "samples mixed": (contract.check_samples_alone, hidden(), hidden(planted.Recentred)),
    "another shape announced": (
        contract.check_shapes,
        pooling(),
        pooling(planted.EdgesAnnounced),
    ),
    "back before there": (contract.check_before_output, hidden(), hidden(planted.NeverChecks)),
    "any shape goes back": (contract.check_wrong_gradient, hidden(), hidden(planted.NeverChecks)),
    "any input goes in": (contract.check_refused_input, hidden(), hidden(planted.TakesAnything)),
    "float64 creeps in": (
        contract.check_single_precision,
        dropout(),
        dropout(planted.DoublePrecisionMask),
    ),
}


@pytest.mark.parametrize(("check", "right", "wrong"), PLANTED.values(), ids=PLANTED.keys())
def test_check_turns_red(check, right, wrong):
    check(*right)
    with pytest.raises(checks.RED) as error:
        check(*wrong)
    assert "kink" not in str(error.value), "red for another reason than the mistake"


@pytest.mark.parametrize("module", [checks, contract], ids=lambda module: module.__name__)
def test_every_check_can_turn_red(module):
    """No check that is never seen to fail."""
    own = {check for name, check in getmembers(module, isfunction) if name.startswith("check_")}
    assert own <= {check for check, _, _ in PLANTED.values()}


def test_what_a_gradient_check_does_not_see():
    """A layer that is wrong both there and back has right gradients: values are checked too."""
    checks.check_layer_gradients(*convolution(planted.Correlation))
    checks.check_layer_gradients(*pooling(planted.ZerosAtTheEdge, 2))
    checks.check_loss_gradient(Summed(), T)


def test_what_identity_hides():
    """M20's factor is right for no activation: the identity has slope 1, not O."""
    with pytest.raises(checks.RED):
        checks.check_layer_gradients(
            *convolution(activation=replace(identity, derivative=lambda o: o))
        )
