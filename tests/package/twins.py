"""PyTorch's twins of the layers, for tensors in this book's order of axes.

PyTorch correlates, and puts the maps before the pixels: kernels are turned, and axes moved.
"""

import numpy as np
import pytest
from cases import LEAKY
from checks import same_draws

from cnnbook.activations import elu, identity, relu, sigmoid, tanh
from cnnbook.layers import (
    Convolution,
    Dropout,
    Hidden,
    Maxout,
    Pooling,
    PReLU,
    Rasterization,
    Softmax,
)

torch = pytest.importorskip("torch")
functional = torch.nn.functional

ACTIVATIONS = {
    sigmoid: torch.sigmoid,
    tanh: torch.tanh,
    relu: torch.relu,
    LEAKY: lambda z: functional.leaky_relu(z, 0.125),
    elu: functional.elu,
    identity: lambda z: z,
}


def leaf(array):
    """A tensor of its own, whose gradient is wanted."""
    return torch.tensor(np.ascontiguousarray(array), requires_grad=True)


def leaves(network):
    """Tensors with the network's parameters, under the same names."""
    return {name: leaf(array) for name, array in network.parameters().items()}


def convolution(layer, memory, x, weights, bias):
    """`Convolution`."""
    (above, below), (left, right) = layer.borders
    maps = functional.pad(x.permute(0, 3, 1, 2), (left, right, above, below))
    kernels = weights.flip(1, 2).permute(0, 3, 1, 2)
    z = functional.conv2d(maps, kernels, bias, stride=layer.stride, dilation=layer.dilation)
    return ACTIVATIONS[layer.activation](z).permute(0, 2, 3, 1)


def pooling(layer, memory, x):
    """`Pooling`; kept edges are PyTorch's ceil_mode."""
    maps, size, keep = x.permute(0, 3, 1, 2), (layer.window, layer.stride), layer.edges == "keep"
    if layer.kind == "max":
        o = functional.max_pool2d(maps, *size, ceil_mode=keep)
    else:
        o = functional.avg_pool2d(maps, *size, ceil_mode=keep, count_include_pad=False)
    return o.permute(0, 2, 3, 1)


def raster(layer, memory, x):
    """`Rasterization`."""
    return (x.permute(0, 3, 1, 2) if layer.order == "maps" else x).flatten(1)


def dense(layer, memory, x, weights, bias):
    """`Hidden`, and the scores of `Softmax`."""
    z = functional.linear(x, weights, bias)
    return z if isinstance(layer, Softmax) else ACTIVATIONS[layer.activation](z)


def dropout(layer, memory, x):
    """`Dropout` with the mask that the memory holds."""
    kept = torch.tensor(memory != 0)
    return torch.where(kept, x / (1 - layer.rate), torch.zeros_like(x))


def prelu(layer, memory, x, slopes):
    """`PReLU`; PyTorch has the channels on its second axis."""
    return functional.prelu(x.movedim(-1, 1), slopes).movedim(1, -1)


def maxout(layer, memory, x):
    """`Maxout`."""
    return x.unflatten(-1, (-1, layer.pieces)).max(dim=-1).values


TWINS = {
    Convolution: convolution,
    Pooling: pooling,
    Rasterization: raster,
    Hidden: dense,
    Softmax: dense,
    Dropout: dropout,
    PReLU: prelu,
    Maxout: maxout,
}


def scores_of_twin(network, memories, x, parameters):
    """The network's scores as PyTorch computes them, from a tensor x and these parameters."""
    for number, (layer, memory) in enumerate(zip(network.layers, memories, strict=True)):
        own = [parameters[f"{number}.{name}"] for name in layer.parameter_names]
        x = TWINS[type(layer)](layer, memory, x, *own)
    return x


def assert_layer_agrees(layer, x, tolerance):
    """Scores and every gradient of one layer, for a random gradient at its output."""
    o, memory = layer.scores(x, same_draws())
    gradient = np.random.default_rng(0).normal(size=o.shape).astype(x.dtype)
    tensors = {"x": leaf(x), **leaves(layer)}
    expected = TWINS[type(layer)](layer, memory, *tensors.values())
    expected.backward(torch.tensor(gradient))
    dx, gradients = layer.backward(gradient, memory)
    theirs = {"o": expected.detach(), **{name: tensor.grad for name, tensor in tensors.items()}}
    assert_agree({"o": o, "x": dx, **gradients}, theirs, tolerance)


def assert_agree(ours, theirs, tolerance):
    """Two dicts of arrays, within a tolerance relative to the largest number of each."""
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        wanted = theirs[name].numpy()
        assert array.dtype == wanted.dtype, name
        scale = max(np.abs(wanted).max(), 1e-30)
        np.testing.assert_allclose(array, wanted, rtol=0, atol=tolerance * scale, err_msg=name)


def assert_loss_agrees(loss, theirs, values, t, tolerance):
    """A loss and its gradient; class numbers stay as they are."""
    t = t.astype(values.dtype) if np.issubdtype(t.dtype, np.floating) else t
    tensor = leaf(values)
    expected = theirs(tensor, torch.tensor(t))
    expected.backward()
    ours = {"value": np.asarray(loss.value(values, t)), "gradient": loss.gradient(values, t)}
    assert_agree(ours, {"value": expected.detach(), "gradient": tensor.grad}, tolerance)
