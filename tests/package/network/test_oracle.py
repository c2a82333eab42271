"""PyTorch as an oracle of whole networks: losses, gradients, and steps of a training."""

import numpy as np
import pytest
from cases import T, every_kind, images
from checks import same_draws
from twins import assert_agree, assert_layer_agrees, functional, leaf, leaves, scores_of_twin, torch

from cnnbook.layers import Dropout, Hidden, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.models import mnist_cnn
from cnnbook.network import Network, ThreadedNetwork

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize("last", [Softmax, Hidden])
@pytest.mark.parametrize("edges", ["ignore", "keep"])
def test_whole_network(edges, last):
    """End to end in float64: the loss and all gradients, with the same dropout masks."""
    network, x, loss = every_kind(edges=edges, last=last), images(), CrossEntropy()
    scores, memories = network.scores(x)
    dx, gradients = network.backward(loss.gradient(scores, T), memories)
    tensors = {"x": leaf(x), **leaves(network)}
    their_scores = scores_of_twin(network, memories, tensors["x"], tensors)
    value = functional.cross_entropy(their_scores, torch.tensor(T))
    value.backward()
    ours = {"value": np.asarray(loss.value(scores, T)), "scores": scores, "x": dx}
    theirs = {"value": value.detach(), "scores": their_scores.detach()}
    theirs |= {name: tensor.grad for name, tensor in tensors.items()}
    assert_agree(ours | gradients, theirs, 1e-10)


def test_whole_network_in_single_precision():
    """Layer by layer, each with the input that it gets in the network."""
    x = images(dtype=np.float32)
    for layer in every_kind(np.float32).layers:
        assert_layer_agrees(layer, x, 1e-5)
        x = layer.output(x)


def test_training_steps():
    """Ten steps of gradient descent by both end with the same parameters."""
    network, x = every_kind(), images()
    tensors = leaves(network)
    optimiser = torch.optim.SGD(list(tensors.values()), lr=0.5)
    for _ in range(10):
        scores, memories = network.scores(x, same_draws())
        _, gradients = network.backward(CrossEntropy().gradient(scores, T), memories)
        optimiser.zero_grad()
        scores = scores_of_twin(network, memories, torch.tensor(x), tensors)
        functional.cross_entropy(scores, torch.tensor(T)).backward()
        optimiser.step()
        for name, array in network.parameters().items():
            array -= 0.5 * gradients[name]
    theirs = {name: tensor.detach() for name, tensor in tensors.items()}
    assert_agree(network.parameters(), theirs, 1e-10)


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
    scores, memory = network.scores(x)
    _, gradients = network.backward(loss.gradient(scores, t), memory, to_input=False)
    tensors = leaves(network)
    their_scores = scores_of_twin(Network(layers), [None] * 6, torch.tensor(x), tensors)
    functional.cross_entropy(their_scores, torch.tensor(t)).backward()
    theirs = {"scores": their_scores.detach()}
    theirs |= {name: tensor.grad for name, tensor in tensors.items()}
    assert_agree({"scores": scores, **gradients}, theirs, 1e-11)
