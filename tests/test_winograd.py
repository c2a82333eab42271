"""Winograd's method against the direct one, and the method's matrices in exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from cnnbook import direct, winograd
from cnnbook.activations import tanh
from cnnbook.layers import Convolution

RNG = np.random.default_rng(0)
SHAPES = [
    (1, 14, 14, 8, 8),
    (2, 15, 21, 9, 8),
    (3, 16, 18, 8, 11),
    (1, 26, 17, 12, 8),
    (2, 3, 5, 1, 2),
]


def test_one_dimension_in_exact_arithmetic():
    """A^T ((G g) o (B^T x)) is the correlation of six inputs with three taps, without rounding."""
    exact = [
        [[Fraction(entry).limit_denominator(24) for entry in row] for row in matrix]
        for matrix in (winograd.INPUT, winograd.KERNEL, winograd.OUTPUT)
    ]
    to_input, to_kernel, to_output = (np.array(matrix, dtype=object) for matrix in exact)
    for _ in range(20):
        x, g = (np.array([Fraction(int(n)) for n in RNG.integers(-9, 9, k)]) for k in (6, 3))
        z = to_output @ ((to_kernel @ g) * (to_input @ x))
        assert z.tolist() == [sum(g * x[u : u + 3]) for u in range(4)]


@pytest.mark.parametrize(("samples", "height", "width", "maps", "filters"), SHAPES)
def test_as_the_direct_method(samples, height, width, maps, filters):
    x = RNG.normal(size=(samples, height, width, maps))
    kernels = RNG.normal(size=(filters, 3, 3, maps))
    delta = RNG.normal(size=(samples, height - 2, width - 2, filters))
    z, memory = winograd.forward(x, kernels)
    expected, direct_memory = direct.forward(x, kernels)
    np.testing.assert_allclose(z, expected, atol=1e-11)
    for found, wanted in zip(
        winograd.backward(delta, memory), direct.backward(delta, direct_memory), strict=True
    ):
        np.testing.assert_allclose(found, wanted, atol=1e-10)


def test_single_precision_stays_near():
    x, kernels = RNG.normal(size=(2, 26, 26, 32)), RNG.normal(size=(16, 3, 3, 32))
    exact, _ = direct.forward(x, kernels)
    z, memory = winograd.forward(x.astype(np.float32), kernels.astype(np.float32))
    assert z.dtype == np.float32
    assert np.abs(z - exact).max() < 1e-4 * np.abs(exact).max()
    assert all(part.dtype == np.float32 for part in winograd.backward(z, memory))


@pytest.mark.parametrize(
    ("image", "filters", "stride", "dilation", "chosen"),
    [
        ((26, 26), (64, 3, 3, 32), 1, 1, True),
        ((14, 14), (8, 3, 3, 8), 1, 1, True),
        ((28, 28), (32, 3, 3, 1), 1, 1, False),
        ((28, 28), (4, 3, 3, 32), 1, 1, False),
        ((8, 8), (32, 3, 3, 16), 1, 1, False),
        ((26, 26), (64, 5, 5, 32), 1, 1, False),
        ((26, 26), (64, 3, 2, 32), 1, 1, False),
        ((26, 26), (64, 3, 3, 32), 2, 1, False),
        ((26, 26), (64, 3, 3, 32), 1, 2, False),
    ],
)
def test_chosen_by_shape(image, filters, stride, dilation, chosen):
    assert winograd.suits(image, filters, stride, dilation) is chosen


def test_a_layer_uses_it(monkeypatch):
    layer = Convolution(8, 8, 3, tanh, "same", rng=np.random.default_rng(0))
    x = RNG.normal(size=(1, 13, 12, 8))
    gradient = RNG.normal(size=x.shape)
    calls = []
    forward = winograd.forward
    monkeypatch.setattr(winograd, "forward", lambda *a: calls.append(1) or forward(*a))
    o, dx, dw = layer.output(x), layer.backpropagate(gradient), layer.dW
    monkeypatch.setattr(winograd, "suits", lambda *a: False)
    np.testing.assert_allclose(layer.output(x), o, atol=1e-12)
    np.testing.assert_allclose(layer.backpropagate(gradient), dx, atol=1e-12)
    np.testing.assert_allclose(layer.dW, dw, atol=1e-11)
    assert calls == [1]
