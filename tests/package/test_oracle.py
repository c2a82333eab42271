"""PyTorch as an oracle: outputs and gradients of every layer, and of whole networks.

PyTorch correlates, and puts the maps before the pixels: kernels are turned, and axes moved.
"""

from itertools import product

import numpy as np
import pytest
from cases import ACTIVATIONS, CONVOLUTIONS, T, every_kind, images, inputs
from cases import convolution as convolution_case
from checks import SameMask

from cnnbook.convolution import winograd
from cnnbook.activations import identity, relu, sigmoid, tanh
from cnnbook.network import ThreadedNetwork
from cnnbook.convolution import rot180
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError, one_hot
from cnnbook.models.mnist_cnn import mnist_cnn

torch = pytest.importorskip("torch")
functional = torch.nn.functional

pytestmark = pytest.mark.oracle

TORCH_ACTIVATIONS = {
    sigmoid: torch.sigmoid,
    tanh: torch.tanh,
    relu: torch.relu,
    identity: lambda z: z,
}


def leaf(array):
    """A tensor of its own, whose gradient is wanted."""
    return torch.tensor(np.ascontiguousarray(array), requires_grad=True)


def convolution(layer, x, weights, bias):
    """`Convolution`, for tensors in this book's order of axes."""
    (above, below), (left, right) = layer.borders
    maps = functional.pad(x.permute(0, 3, 1, 2), (left, right, above, below))
    kernels = weights.flip(1, 2).permute(0, 3, 1, 2)
    z = functional.conv2d(maps, kernels, bias, stride=layer.stride, dilation=layer.dilation)
    return TORCH_ACTIVATIONS[layer.activation](z).permute(0, 2, 3, 1)


def pooling(layer, x):
    """`Pooling`; kept edges are PyTorch's ceil_mode."""
    maps, size, keep = x.permute(0, 3, 1, 2), (layer.window, layer.stride), layer.edges == "keep"
    if layer.kind == "max":
        o = functional.max_pool2d(maps, *size, ceil_mode=keep)
    else:
        o = functional.avg_pool2d(maps, *size, ceil_mode=keep, count_include_pad=False)
    return o.permute(0, 2, 3, 1)


def raster(layer, x):
    """`Rasterization`."""
    return (x.permute(0, 3, 1, 2) if layer.order == "maps" else x).flatten(1)


def dense(layer, x, weights, bias):
    """`Hidden`, and the scores of `Softmax`."""
    z = functional.linear(x, weights, bias)
    return z if isinstance(layer, Softmax) else TORCH_ACTIVATIONS[layer.activation](z)


def dropout(layer, x):
    """`Dropout` with the mask that the layer drew last."""
    kept = torch.tensor(layer.mask != 0)
    return torch.where(kept, x / (1 - layer.rate), torch.zeros_like(x))


TWINS = {
    Convolution: convolution,
    Pooling: pooling,
    Rasterization: raster,
    Hidden: dense,
    Softmax: dense,
    Dropout: dropout,
}


def assert_layer_agrees(layer, x, tolerance):
    """Scores and every gradient of one layer, for a random gradient at its output."""
    o = layer.scores(x)
    gradient = np.random.default_rng(0).normal(size=o.shape).astype(x.dtype)
    tensors = {"x": leaf(x), **{name: leaf(a) for name, a in layer.parameters().items()}}
    expected = TWINS[type(layer)](layer, *tensors.values())
    expected.backward(torch.tensor(gradient))
    ours = {"o": o, "x": layer.backpropagate(gradient), **layer.gradients()}
    theirs = {"o": expected.detach(), **{name: tensor.grad for name, tensor in tensors.items()}}
    assert_agree(ours, theirs, tolerance)


def assert_agree(ours, theirs, tolerance):
    """Two dicts of arrays, within a tolerance relative to the largest number of each."""
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        wanted = theirs[name].numpy()
        assert array.dtype == wanted.dtype, name
        scale = max(np.abs(wanted).max(), 1e-30)
        np.testing.assert_allclose(array, wanted, rtol=0, atol=tolerance * scale, err_msg=name)


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
    layer = convolution_case(9, 8, kernel, tanh, mode, dilation=dilation)(dtype)
    assert layer._choose_method(x.shape[1:3]) is winograd
    assert_layer_agrees(layer, x, 1e-12 if dtype is np.float64 else 5e-5)


def test_reference_network_layer_by_layer():
    """At full size, in single precision, each layer with the input that it gets in the network."""
    rng = np.random.default_rng(0)
    x = rng.random((20, 28, 28, 1), dtype=np.float32)
    for layer in mnist_cnn(rng=rng):
        assert_layer_agrees(layer, x, 2e-5)
        x = layer.output(x)


def test_reference_network_in_blocks():
    """At full size, in double precision, end to end, block by block on two threads."""
    rng = np.random.default_rng(0)
    layers = [layer for layer in mnist_cnn(rng=rng, dtype=np.float64) if type(layer) is not Dropout]
    network, x = ThreadedNetwork(layers, threads=2), rng.random((70, 28, 28, 1))
    t, loss = one_hot(rng.integers(0, 10, len(x)), 10), CrossEntropy()
    scores = network.scores(x)
    network.set_gradients(loss.gradient(scores, t))
    tensors = leaves(network)
    their_scores = scores_of_twin(network, torch.tensor(x), tensors)
    functional.cross_entropy(their_scores, torch.tensor(t)).backward()
    theirs = {"scores": their_scores.detach()}
    theirs |= {name: tensor.grad for name, tensor in tensors.items()}
    assert_agree({"scores": scores, **network.gradients()}, theirs, 1e-11)


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
    [Rasterization(), Rasterization("pixels"), Dropout(0.25, rng=SameMask())],
    ids=repr,
)
def test_without_parameters(layer, dtype):
    tolerance = 1e-15 if dtype is np.float64 else 1e-6
    assert_layer_agrees(layer, inputs((2, 3, 4, 5)).astype(dtype), tolerance)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_softmax_and_cross_entropy(dtype):
    """From scores, as PyTorch does it; of large scores too."""
    rng = np.random.default_rng(0)
    tolerance = 1e-14 if dtype is np.float64 else 1e-6
    layer = Softmax(4, 3, rng=rng, dtype=dtype)
    x = inputs((5, 4)).astype(dtype)
    assert_layer_agrees(layer, x, tolerance)
    probabilities = torch.softmax(torch.tensor(layer.scores(x)), dim=1)
    assert_agree({"y": layer.output(x)}, {"y": probabilities}, tolerance)
    for scale in (1, 1e4):
        scores = (scale * rng.normal(size=(6, 5))).astype(dtype)
        for t in (np.eye(5)[[0, 1, 2, 3, 4, 0]], rng.dirichlet(np.ones(5), 6)):
            assert_loss_agrees(CrossEntropy(), functional.cross_entropy, scores, t, tolerance)


def test_squared_error():
    rng = np.random.default_rng(0)
    y, t = rng.normal(size=(2, 6, 5))
    assert_loss_agrees(
        SquaredError(), lambda y, t: 0.5 * ((t - y) ** 2).sum(dim=1).mean(), y, t, 1e-14
    )


def assert_loss_agrees(loss, theirs, values, t, tolerance):
    t = t.astype(values.dtype)
    tensor = leaf(values)
    expected = theirs(tensor, torch.tensor(t))
    expected.backward()
    ours = {"value": np.asarray(loss.value(values, t)), "gradient": loss.gradient(values, t)}
    assert_agree(ours, {"value": expected.detach(), "gradient": tensor.grad}, tolerance)


def leaves(network):
    """Tensors with the network's parameters, under the same names."""
    return {name: leaf(array) for name, array in network.parameters().items()}


def scores_of_twin(network, x, parameters):
    """The network's scores as PyTorch computes them, from a tensor x and these parameters."""
    for number, layer in enumerate(network.layers):
        own = [parameters[f"{number}.{name}"] for name in layer.parameter_names]
        x = TWINS[type(layer)](layer, x, *own)
    return x


@pytest.mark.parametrize("last", [Softmax, Hidden])
@pytest.mark.parametrize("edges", ["ignore", "keep"])
def test_whole_network(edges, last):
    """End to end in float64: the loss and all gradients, with the same dropout masks."""
    network, x = every_kind(edges=edges, last=last), images()
    scores = network.scores(x)
    loss = CrossEntropy()
    dx = network.backpropagate(loss.gradient(scores, T))
    tensors = {"x": leaf(x), **leaves(network)}
    their_scores = scores_of_twin(network, tensors["x"], tensors)
    value = functional.cross_entropy(their_scores, torch.tensor(T))
    value.backward()
    ours = {"value": np.asarray(loss.value(scores, T)), "scores": scores, "x": dx}
    theirs = {"value": value.detach(), "scores": their_scores.detach()}
    theirs |= {name: tensor.grad for name, tensor in tensors.items()}
    assert_agree(ours | network.gradients(), theirs, 1e-10)


def test_whole_network_in_single_precision():
    """Layer by layer, each with the input that it gets in the network."""
    network, x = every_kind(np.float32), images(dtype=np.float32)
    for layer in network.layers:
        assert_layer_agrees(layer, x, 1e-5)
        x = layer.output(x)


def test_training_steps():
    """Ten steps of gradient descent by both end with the same parameters."""
    network, x = every_kind(), images()
    tensors = leaves(network)
    optimiser = torch.optim.SGD(list(tensors.values()), lr=0.5)
    for _ in range(10):
        network.backpropagate(CrossEntropy().gradient(network.scores(x), T))
        optimiser.zero_grad()
        scores = scores_of_twin(network, torch.tensor(x), tensors)
        functional.cross_entropy(scores, torch.tensor(T)).backward()
        optimiser.step()
        for name, array in network.parameters().items():
            array -= 0.5 * network.gradients()[name]
    theirs = {name: tensor.detach() for name, tensor in tensors.items()}
    assert_agree(network.parameters(), theirs, 1e-10)


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
