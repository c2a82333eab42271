"""Wrong arguments get one sentence that says what came and what was expected."""

import numpy as np
import pytest

from cnnbook.activations import relu
from cnnbook.convolution import conv2d
from cnnbook.initialisation import glorot
from cnnbook.layers import Convolution, Hidden, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError
from cnnbook.network import Network

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("stride", [0, -1, 2.5])
def test_stride_of_a_layer(stride):
    with pytest.raises(ValueError, match=f"stride must be a whole number.*{stride}"):
        Convolution(1, 1, stride=stride, rng=RNG)


@pytest.mark.parametrize("kernel", [0, 2.5, (3, -1), (3,), (3, 3, 3)])
def test_kernel_of_a_layer(kernel):
    with pytest.raises(ValueError, match="kernel"):
        Convolution(1, 1, kernel, rng=RNG)


@pytest.mark.parametrize("activation", ["relu", np.tanh, None])
@pytest.mark.parametrize("layer_class", [Convolution, Hidden])
def test_activation(layer_class, activation):
    with pytest.raises(TypeError, match="an activation is one of cnnbook"):
        layer_class(2, 2, activation=activation, rng=RNG)


@pytest.mark.parametrize("rng", [0, None, np.random.RandomState(0)])
def test_generator(rng):
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        Hidden(2, 2, rng=rng)


def test_weights_of_whole_numbers():
    with pytest.raises(TypeError, match="dtype is int64"):
        glorot((2, 2), 2, 2, RNG, np.int64)


def test_gradients_before_the_backward_pass():
    layer = Hidden(2, 3, rng=RNG)
    layer.output(np.ones((1, 2)))
    with pytest.raises(ValueError, match="no gradients yet"):
        layer.gradients()


def test_softmax_in_the_middle():
    layers = [Softmax(2, 3, rng=RNG), Hidden(3, 1, rng=RNG)]
    with pytest.raises(ValueError, match="must be the last one"):
        Network(layers)


@pytest.mark.parametrize("gradient", [np.ones((1, 3), np.float32), [[1.0, 1.0, 1.0]]])
def test_gradient_of_another_type(gradient):
    layer = Hidden(2, 3, relu, rng=RNG)
    layer.output(np.ones((1, 2)))
    with pytest.raises(TypeError, match="output of type float64, but the gradient is"):
        layer.backpropagate(gradient)


def test_list_as_gradient_of_a_layer_without_parameters():
    layer = Rasterization()
    layer.output(np.ones((1, 1, 2, 1)))
    with pytest.raises(TypeError, match="the gradient is list"):
        layer.backpropagate([[1.0, 1.0]])


@pytest.mark.parametrize("loss", [CrossEntropy(), SquaredError()], ids=lambda o: type(o).__name__)
def test_a_loss_keeps_the_type_of_the_network(loss):
    y, t = np.ones((2, 3), np.float32), np.eye(3)[:2]
    assert loss.gradient(y, t).dtype == np.float32
    assert loss.value(y, t).dtype == np.float32


def test_bytes_do_not_wrap_around():
    pixels, ones = np.full((2, 2), 200, np.uint8), np.ones((2, 2), np.uint8)
    assert conv2d(pixels, ones) == 800
