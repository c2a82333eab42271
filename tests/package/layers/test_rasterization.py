"""From maps to rows: the two orders, the way back, refusals."""

import re

import checks
import naive
import numpy as np
import pytest
from cases import inputs

from cnnbook.layers import Rasterization


def test_orders():
    """M16: map by map, row by row; or as the images lie in memory."""
    x = inputs((2, 3, 4, 5))
    np.testing.assert_array_equal(Rasterization().output(x), naive.raster(x))
    np.testing.assert_array_equal(Rasterization("pixels").output(x), x.reshape(2, -1))


@pytest.mark.parametrize("order", ["maps", "pixels"])
def test_a_bijection(order):
    x, layer = inputs((2, 3, 4, 5)), Rasterization(order)
    rows = layer.output(x)
    np.testing.assert_array_equal(layer.backpropagate(rows), x)
    checks.check_adjoint(layer.predict, layer.backpropagate, x, rows**2)


@pytest.mark.parametrize("shape", [(6, 6), (6, 6, 3), (2, 6, 6, 3, 1)])
def test_wrong_shapes(shape):
    message = rf"takes minibatches of shape \(N, .*got shape {re.escape(str(shape))}"
    with pytest.raises(ValueError, match=message):
        Rasterization().output(np.ones(shape))
    with pytest.raises(ValueError, match=rf"but got {re.escape(str(shape[1:]))}"):
        Rasterization().output_shape(shape[1:])


def test_refused_order():
    with pytest.raises(ValueError, match=r"order must be .* but is 'columns'"):
        Rasterization("columns")
