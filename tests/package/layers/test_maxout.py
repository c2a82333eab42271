"""Maxout: the largest of its pieces, and who gets the gradient."""

import re

import numpy as np
import pytest

from cnnbook.layers import Maxout


def test_values_and_winners():
    z = np.array([[1.0, 3, -2, -5], [4, 4, 0, 1]])
    layer = Maxout(2)
    np.testing.assert_array_equal(layer.output(z), [[3, -2], [4, 1]])
    dz = layer.backpropagate(np.array([[10.0, 20], [30, 40]]))
    np.testing.assert_array_equal(dz, [[0, 10, 20, 0], [30, 0, 0, 40]])


def test_relu_is_a_maxout_with_a_piece_of_zeros():
    z = np.random.default_rng(0).normal(size=(5, 3, 2))
    with_zeros = np.stack([z, np.zeros_like(z)], axis=-1).reshape(5, 3, 4)
    np.testing.assert_array_equal(Maxout(2).output(with_zeros), np.maximum(z, 0))


@pytest.mark.parametrize("shape", [(4, 5), (4, 3, 1), (4, 0)])
def test_channels_must_be_a_multiple(shape):
    layer = Maxout(2)
    with pytest.raises(ValueError, match=rf"multiple of 2 .*{re.escape(str(shape[1:]))}"):
        layer.output(np.ones(shape))
    with pytest.raises(ValueError, match="multiple of 2"):
        layer.output_shape(shape[1:])
    with pytest.raises(ValueError, match="multiple of 2"):
        layer.output_shape(())


@pytest.mark.parametrize("pieces", [0, -1, 2.0, True, None, "two"])
def test_refused_pieces(pieces):
    with pytest.raises(ValueError, match="pieces must be a whole number, 1 or more"):
        Maxout(pieces)


def test_repr():
    assert repr(Maxout(3)) == "Maxout(3)"
