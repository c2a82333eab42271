"""PyTorch as an oracle: outputs and gradients of every layer with every option."""

from itertools import product

import numpy as np
import pytest
from cases import ACTIVATIONS, CONVOLUTIONS, convolution, inputs, prelu
from twins import assert_agree, assert_layer_agrees, assert_loss_agrees, functional, torch

from cnnbook.activations import tanh
from cnnbook.convolution import rot180, winograd
from cnnbook.layers import Dropout, Hidden, Maxout, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, Hinge, KLDivergence, SquaredError

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("make", "shape"), CONVOLUTIONS)
def test_convolution(make, shape, dtype):
    x = inputs(shape).astype(dtype)
    assert_layer_agrees(make(dtype), x, 1e-13 if dtype is np.float64 else 1e-5)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("mode", "dilation"), [("valid", 1), ("same", 1), ("full", 1), ("same", 2)]
)
@pytest.mark.parametrize("kernel", [3, 4, 5, (3, 5)])
def test_fast_convolution(kernel, mode, dilation, dtype):
    """Images and maps large enough for Winograd's method."""
    x = inputs((2, 29, 32, 9)).astype(dtype)
    layer = convolution(9, 8, kernel, tanh, mode, dilation=dilation)(dtype)
    assert winograd.suits(x.shape[1:3], layer.W.shape, 1, dilation)
    assert_layer_agrees(layer, x, 1e-12 if dtype is np.float64 else 5e-5)


def test_kernels_convert_by_half_a_turn():
    """A layer's filters as the weights of PyTorch's own layer."""
    layer = CONVOLUTIONS[0].values[0]()
    module = torch.nn.Conv2d(2, 3, 3).double()
    with torch.no_grad():
        module.weight.copy_(torch.tensor(rot180(layer.W).transpose(0, 3, 1, 2).copy()))
        module.bias.copy_(torch.tensor(layer.b))
        x = inputs((2, 8, 7, 2))
        o = torch.tanh(module(torch.tensor(x.transpose(0, 3, 1, 2)))).permute(0, 2, 3, 1)
    np.testing.assert_allclose(layer.output(x), o.numpy(), rtol=1e-12)


POOLINGS = list(
    product(
        (1, 2, 3, 4),
        (None, 1, 2, 3, 5),
        ("max", "mean"),
        ("ignore", "keep"),
        (np.float32, np.float64),
    )
)


@pytest.mark.parametrize(("window", "stride", "kind", "edges", "dtype"), POOLINGS)
def test_pooling(window, stride, kind, edges, dtype):
    """Every size from the window's on: what is left over at the edges takes all values."""
    for height, width in product(range(window, window + 5), (window, window + 3)):
        x = (inputs((2, height, width, 3)) - 2).astype(dtype)
        tolerance = 1e-14 if dtype is np.float64 else 1e-6
        assert_layer_agrees(Pooling(window, stride, kind, edges), x, tolerance)


@pytest.mark.parametrize("edges", ["ignore", "keep"])
@pytest.mark.parametrize(("window", "stride"), [(2, 2), (3, 1), (3, 2), (2, 3)])
def test_ties(window, stride, edges):
    """Both give the whole gradient to the first of equal pixels."""
    for x in (np.zeros((1, 7, 8, 2)), np.random.default_rng(0).integers(0, 3, (2, 7, 8, 2)) * 1.0):
        assert_layer_agrees(Pooling(window, stride, "max", edges), x, 1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("shape", [(1, 7, 3), (5, 3, 7)])
def test_dense(activation, shape, dtype):
    count, width, nodes = shape
    rng = np.random.default_rng(0)
    layer = Hidden(width, nodes, activation, rng=rng, dtype=dtype)
    layer.b[...] = rng.normal(size=nodes)
    tolerance = 1e-14 if dtype is np.float64 else 1e-6
    assert_layer_agrees(layer, inputs((count, width)).astype(dtype), tolerance)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    "layer",
    [Rasterization(), Rasterization("pixels"), Dropout(0.25, rng=np.random.default_rng(0))],
    ids=repr,
)
def test_without_parameters(layer, dtype):
    tolerance = 1e-15 if dtype is np.float64 else 1e-6
    assert_layer_agrees(layer, inputs((2, 3, 4, 5)).astype(dtype), tolerance)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("shape", [(1, 4), (5, 4), (2, 3, 5, 4)])
def test_activations_with_a_memory(shape, dtype):
    """At zero, the kink, PyTorch takes the slope of the left side too."""
    tolerance = 1e-14 if dtype is np.float64 else 1e-6
    x = inputs(shape).astype(dtype)
    x[0, ..., 1] = 0
    assert_layer_agrees(prelu(4)(dtype), x, tolerance)
    assert_layer_agrees(Maxout(2), x, tolerance)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_softmax_and_cross_entropy(dtype):
    """From scores, as PyTorch does it; of large scores too."""
    rng = np.random.default_rng(0)
    tolerance = 1e-14 if dtype is np.float64 else 1e-6
    layer = Softmax(4, 3, rng=rng, dtype=dtype)
    x = inputs((5, 4)).astype(dtype)
    assert_layer_agrees(layer, x, tolerance)
    probabilities = torch.softmax(torch.tensor(layer.scores(x)[0]), dim=1)
    assert_agree({"y": layer.output(x)}, {"y": probabilities}, tolerance)
    for scale in (1, 1e4):
        scores = (scale * rng.normal(size=(6, 5))).astype(dtype)
        for t in (np.eye(5)[[0, 1, 2, 3, 4, 0]], rng.dirichlet(np.ones(5), 6)):
            assert_loss_agrees(CrossEntropy(), functional.cross_entropy, scores, t, tolerance)


@pytest.mark.parametrize("t", [np.array([[[0, 2], [1, 1]], [[2, 2], [0, 1]]])])
def test_cross_entropy_of_class_maps(t):
    """Class numbers for pixels; PyTorch has the classes on its second axis."""
    scores = np.random.default_rng(0).normal(size=(*t.shape, 3))

    def theirs(scores, t):
        return functional.cross_entropy(scores.permute(0, 3, 1, 2), t)

    assert_loss_agrees(CrossEntropy(), theirs, scores, t, 1e-14)


def test_squared_error():
    rng = np.random.default_rng(0)
    y, t = rng.normal(size=(2, 6, 5))
    assert_loss_agrees(
        SquaredError(), lambda y, t: 0.5 * ((t - y) ** 2).sum(dim=1).mean(), y, t, 1e-14
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_label_smoothing(dtype):
    scores, t = soft_problem(dtype)
    for targets in (t, np.eye(5)[[0, 1, 2, 3, 4, 0]]):
        assert_loss_agrees(
            CrossEntropy(0.1),
            lambda z, t: functional.cross_entropy(z, t, label_smoothing=0.1),
            scores,
            targets,
            1e-14 if dtype is np.float64 else 1e-6,
        )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_divergence(dtype):
    """PyTorch takes logarithms of probabilities; "batchmean" is the mean over the answers."""
    scores, t = soft_problem(dtype)
    assert_loss_agrees(
        KLDivergence(),
        lambda z, t: functional.kl_div(functional.log_softmax(z, 1), t, reduction="batchmean"),
        scores,
        t,
        1e-13 if dtype is np.float64 else 1e-5,
    )


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("power", [1, 2])
def test_hinge(power, dtype):
    """PyTorch's MultiMarginLoss is another loss: it compares the true score with each of the rest.

    With two classes and a single score z they meet: of the scores (0, 2 z) it compares 2 s z with
    its margin, taken as 2, and divides by the number of classes, so that it is 2^p / 2 of ours.
    Else the definition is written once more, for PyTorch to differentiate.
    """
    rng = np.random.default_rng(0)
    tolerance = 1e-14 if dtype is np.float64 else 1e-6
    z, t = rng.normal(size=(6, 1)).astype(dtype), np.array([[1], [0], [0], [1], [1], [0]])

    def two_classes(z, t):
        scores = torch.cat([torch.zeros_like(z), 2 * z], dim=1)
        value = functional.multi_margin_loss(scores, t[:, 0].long(), p=power, margin=2)
        return value * 2 / 2**power

    assert_loss_agrees(Hinge(power), two_classes, z, t * 1.0, tolerance)

    def definition(z, t):
        return torch.clamp(1 - (2 * t - 1) * z, min=0).pow(power).sum(dim=1).mean()

    scores = rng.normal(size=(6, 5)).astype(dtype)
    assert_loss_agrees(Hinge(power), definition, scores, np.eye(5)[[0, 1, 2, 3, 4, 0]], tolerance)


def soft_problem(dtype):
    """Scores (6, 5), and distributions over the five classes."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(6, 5)).astype(dtype), rng.dirichlet(np.ones(5), 6)
