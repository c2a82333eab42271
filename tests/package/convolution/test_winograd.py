"""Winograd's method against the direct one, and the method's matrices in exact arithmetic."""

from fractions import Fraction

import numpy as np
import pytest

from cnnbook.activations import tanh
from cnnbook.convolution import im2col, output_shape, winograd
from cnnbook.convolution.tiles import OUTPUTS, Tiling
from cnnbook.gradcheck import numerical_gradient, relative_error
from cnnbook.layers import Convolution

RNG = np.random.default_rng(0)
KERNELS = [(3, 3), (4, 4), (5, 5), (3, 5), (4, 3)]
SHAPES = [  # samples, height, width, maps, filters
    (1, 14, 14, 8, 8),
    (2, 15, 21, 9, 8),
    (1, 26, 17, 3, 1),
    (2, 9, 10, 1, 2),
]


def exact(matrix):
    """The matrix in fractions; all denominators of the method are small."""
    fractions = [[Fraction(entry).limit_denominator(1000) for entry in row] for row in matrix]
    return np.array(fractions, dtype=object)


@pytest.mark.parametrize("taps", winograd.TAPS)
def test_one_dimension_in_exact_arithmetic(taps):
    """A^T ((G theta) o (B^T x)) is the correlation of inputs and taps, without rounding."""
    to_input, to_kernel, to_output = (exact(matrix) for matrix in winograd.matrices(taps))
    for _ in range(20):
        x, theta = (
            np.array([Fraction(int(n)) for n in RNG.integers(-9, 9, count)])
            for count in (OUTPUTS + taps - 1, taps)
        )
        z = to_output @ ((to_kernel @ theta) * (to_input @ x))
        assert z.tolist() == [sum(theta * x[u : u + taps]) for u in range(OUTPUTS)]


@pytest.mark.parametrize("taps", [2, 6])
def test_refused_taps(taps):
    with pytest.raises(ValueError, match=f"must have 3 to 5 taps along each side, but has {taps}"):
        winograd.matrices(taps)


@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("height", "width"), [(14, 17), (16, 20)])
def test_tiles_and_their_transposes(height, width, kernel, dilation):
    """Every pixel is cut out as often as it is added back; outputs are cut as they are joined."""
    tiling = Tiling((2, height, width, 3), kernel, dilation)
    x = RNG.normal(size=tiling.shape)
    tiles = tiling.cut_inputs(x)
    other = RNG.normal(size=tiles.shape)
    assert np.sum(tiles * other) == pytest.approx(np.sum(x * tiling.add_inputs(other)), rel=1e-12)
    z = RNG.normal(size=(2, *output_shape((height, width), kernel, 1, dilation), 5))
    assert tiling.cut_outputs(z).shape[:2] == (len(tiles), OUTPUTS**2)
    np.testing.assert_array_equal(tiling.join_outputs(tiling.cut_outputs(z)), z)


@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("samples", "height", "width", "maps", "filters"), SHAPES)
def test_as_the_direct_method(samples, height, width, maps, filters, kernel, dilation):
    height, width = height + 5 * (dilation - 1), width + 5 * (dilation - 1)
    x = RNG.normal(size=(samples, height, width, maps))
    kernels = RNG.normal(size=(filters, *kernel, maps))
    z, memory = winograd.forward(x, kernels, 1, dilation)
    expected, direct_memory = im2col.forward(x, kernels, 1, dilation)
    np.testing.assert_allclose(z, expected, atol=1e-11)
    delta = RNG.normal(size=z.shape)
    for found, wanted in zip(
        winograd.backward(delta, memory), im2col.backward(delta, direct_memory), strict=True
    ):
        np.testing.assert_allclose(found, wanted, atol=1e-10)


@pytest.mark.parametrize("method", [im2col, winograd])
@pytest.mark.parametrize("dilation", [1, 2])
@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("samples", "maps", "filters"), [(2, 1, 3), (1, 3, 2)])
def test_gradients(method, samples, maps, filters, kernel, dilation):
    """Against central differences, of images that end within a tile."""
    height, width = (
        dilation * (taps - 1) + more for taps, more in zip(kernel, (3, 6), strict=True)
    )
    x = RNG.normal(size=(samples, height, width, maps))
    kernels = RNG.normal(size=(filters, *kernel, maps))
    delta = RNG.normal(size=(samples, *output_shape((height, width), kernel, 1, dilation), filters))

    def loss():
        return np.sum(delta * method.forward(x, kernels, 1, dilation)[0])

    found = method.backward(delta, method.forward(x, kernels, 1, dilation)[1])
    for gradient, array in zip(found, (kernels, x), strict=True):
        assert relative_error(gradient, numerical_gradient(loss, array)) < 1e-8


@pytest.mark.parametrize("method", [im2col, winograd])
def test_without_the_gradient_of_the_input(method):
    x, kernels = RNG.normal(size=(2, 9, 8, 3)), RNG.normal(size=(2, 3, 3, 3))
    z, memory = method.forward(x, kernels)
    expected, _ = method.backward(z, memory)
    dfilters, dx = method.backward(z, memory, to_input=False)
    np.testing.assert_array_equal(dfilters, expected)
    assert dx is None


@pytest.mark.parametrize("taps", winograd.TAPS)
def test_single_precision_stays_near(taps):
    x, kernels = RNG.normal(size=(2, 28, 28, 32)), RNG.normal(size=(16, taps, taps, 32))
    exact, memory = im2col.forward(x, kernels)
    delta = RNG.normal(size=exact.shape)
    expected = [exact, *im2col.backward(delta, memory)]
    z, memory = winograd.forward(x.astype(np.float32), kernels.astype(np.float32))
    found = [z, *winograd.backward(delta.astype(np.float32), memory)]
    for array, wanted in zip(found, expected, strict=True):
        assert array.dtype == np.float32
        assert np.abs(array - wanted).max() < 2e-5 * np.abs(wanted).max()


@pytest.mark.parametrize(
    ("image", "filters", "stride", "dilation", "chosen"),
    [
        ((26, 26), (64, 3, 3, 32), 1, 1, True),
        ((14, 14), (8, 3, 3, 8), 1, 1, True),
        ((26, 26), (64, 5, 5, 32), 1, 1, True),
        ((26, 26), (64, 4, 3, 32), 1, 1, True),
        ((28, 28), (64, 3, 3, 32), 1, 2, True),
        ((28, 28), (32, 3, 3, 1), 1, 1, False),
        ((28, 28), (4, 3, 3, 32), 1, 1, False),
        ((8, 8), (32, 3, 3, 16), 1, 1, False),
        ((26, 26), (64, 3, 2, 32), 1, 1, False),
        ((26, 26), (64, 7, 7, 32), 1, 1, False),
        ((26, 26), (64, 3, 3, 32), 2, 1, False),
        ((26, 26), (64, 3, 3, 32), 1, 2, False),
    ],
)
def test_chosen_by_shape(image, filters, stride, dilation, chosen):
    assert winograd.suits(image, filters, stride, dilation) is chosen


@pytest.mark.parametrize(("kernel", "dilation"), [(3, 1), ((5, 4), 1), (3, 2)])
def test_a_layer_uses_it(monkeypatch, kernel, dilation):
    options = {"dilation": dilation, "rng": np.random.default_rng(0)}
    layer = Convolution(8, 8, kernel, tanh, "same", **options)
    x = RNG.normal(size=(1, 13 * dilation, 12 * dilation, 8))
    gradient = RNG.normal(size=x.shape)
    calls = []
    forward = winograd.forward
    monkeypatch.setattr(winograd, "forward", lambda *a: calls.append(1) or forward(*a))

    def there_and_back():
        o, memory = layer.forward(x)
        dx, gradients = layer.backward(gradient, memory)
        return o, dx, gradients["W"]

    found = there_and_back()
    monkeypatch.setattr(winograd, "suits", lambda *a: False)
    for array, wanted in zip(found, there_and_back(), strict=True):
        np.testing.assert_allclose(array, wanted, atol=1e-11)
    assert calls == [1]
