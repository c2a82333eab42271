"""PReLU: values, the gradient of its slopes, saving, refusals."""

import re

import numpy as np
import pytest

from cnnbook.activations import identity, leaky_relu
from cnnbook.layers import Hidden, PReLU
from cnnbook.network import Network


def test_values_and_the_gradient_of_a_slope_by_hand():
    layer = PReLU(2)
    layer.slopes[...] = 0.5, -1
    z = np.array([[-2.0, -3], [4, -1]])
    np.testing.assert_array_equal(layer.output(z), [[-1, 3], [4, 1]])
    dz = layer.backpropagate(np.array([[1.0, 2], [3, 4]]))
    np.testing.assert_array_equal(dz, [[0.5, -2], [3, -4]])
    np.testing.assert_array_equal(layer.gradients()["slopes"], [1 * -2, 2 * -3 + 4 * -1])


def test_a_slope_serves_all_places_of_its_map():
    layer, z = PReLU(3), -np.ones((2, 4, 5, 3))
    layer.output(z)
    layer.backpropagate(np.ones_like(z))
    np.testing.assert_array_equal(layer.gradients()["slopes"], [-40, -40, -40])


def test_at_the_start_it_is_a_leaky_relu():
    z = np.random.default_rng(0).normal(size=(4, 3))
    leaky = leaky_relu(0.25)
    layer = PReLU(3)
    np.testing.assert_array_equal(layer.output(z), leaky(z))
    np.testing.assert_array_equal(layer.backpropagate(z), z * leaky.derivative(leaky(z)))


def test_slopes_are_saved_and_loaded(tmp_path):
    def network(slope):
        rng = np.random.default_rng(0)
        return Network([Hidden(4, 3, identity, rng=rng), PReLU(3, slope)])

    first, second = network(0.5), network(0.1)
    assert list(first.parameters()) == ["0.W", "0.b", "1.slopes"]
    first.save(tmp_path / "slopes.npz")
    second.load(tmp_path / "slopes.npz")
    np.testing.assert_array_equal(second.layers[1].slopes, [0.5, 0.5, 0.5])


@pytest.mark.parametrize("shape", [(2, 4), (3,), (2, 5, 1)])
def test_wrong_shapes(shape):
    with pytest.raises(ValueError, match=re.escape(f"but got shape {shape}")):
        PReLU(3).output(np.ones(shape))
    with pytest.raises(ValueError, match="takes inputs of shape"):
        PReLU(3).output_shape(shape[1:])


def test_other_precision():
    with pytest.raises(TypeError, match="float64, but got float32"):
        PReLU(3).output(np.ones((2, 3), np.float32))
    with pytest.raises(TypeError, match="dtype is int64"):
        PReLU(3, dtype=np.int64)


@pytest.mark.parametrize("channels", [0, 2.5, True, None])
def test_refused_channels(channels):
    with pytest.raises(ValueError, match="channels must be a whole number, 1 or more"):
        PReLU(channels)


@pytest.mark.parametrize("slope", [np.inf, np.nan, "a little", None, True])
def test_refused_slopes(slope):
    with pytest.raises(ValueError, match="the slope must be a finite number"):
        PReLU(3, slope)


def test_repr():
    assert repr(PReLU(3)) == "PReLU(3)"
