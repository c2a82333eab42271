"""Convolution and correlation: SciPy and naive loops as references, identities, worked numbers."""

from itertools import product

import checks
import naive
import numpy as np
import pytest
import scipy.signal

from cnnbook.convolution import conv2d, correlate2d, rot180

MODES = ("valid", "full", "same")
KERNELS = [(3, 3), (2, 3), (4, 2), (1, 5), (4, 4), (1, 1)]


def draw(*shape):
    return np.random.default_rng(shape).normal(size=shape)


def dilated(kernel, dilation):
    """The kernel with dilation - 1 zeros between its taps."""
    shape = [dilation * (taps - 1) + 1 for taps in kernel.shape]
    wide = np.zeros(shape)
    wide[::dilation, ::dilation] = kernel
    return wide


def assert_close(a, b):
    np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize(("mode", "shape"), list(product(MODES, KERNELS)))
def test_scipy(mode, shape):
    checks.check_against_scipy(conv2d, mode, shape)
    checks.check_against_scipy(lambda x, k, mode: correlate2d(x, rot180(k), mode), mode, shape)


@pytest.mark.parametrize(("mode", "shape"), list(product(MODES, KERNELS)))
def test_scipy_correlation(mode, shape):
    """SciPy centres "same" in another way for even kernels when it correlates; here it is one."""
    x, kernel = draw(7, 6), draw(*shape)
    z = correlate2d(x, kernel, mode)
    even = mode == "same" and (shape[0] % 2 == 0 or shape[1] % 2 == 0)
    assert np.allclose(z, scipy.signal.correlate2d(x, kernel, mode)) is not even
    assert_close(z, scipy.signal.convolve2d(x, rot180(kernel), mode))


@pytest.mark.parametrize(
    ("mode", "shape", "stride", "dilation"), list(product(MODES, KERNELS[:4], (1, 2, 3), (1, 2, 3)))
)
def test_scipy_with_stride_and_dilation(mode, shape, stride, dilation):
    """Every stride-th row and column of what SciPy gives for the kernel with zeros in it."""
    x, kernel = draw(11, 14), draw(*shape)
    expected = scipy.signal.convolve2d(x, dilated(kernel, dilation), mode)[::stride, ::stride]
    assert_close(conv2d(x, kernel, mode, stride, dilation=dilation), expected)


@pytest.mark.parametrize(
    ("padding", "stride", "dilation"), list(product((1, 2, 5), (1, 2), (1, 2)))
)
def test_scipy_with_padding(padding, stride, dilation):
    x, kernel = draw(6, 5), draw(2, 3)
    padded = np.pad(x, padding)
    expected = scipy.signal.convolve2d(padded, dilated(kernel, dilation), "valid")
    z = conv2d(x, kernel, stride=stride, padding=padding, dilation=dilation)
    assert_close(z, expected[::stride, ::stride])


@pytest.mark.parametrize(("mode", "stride", "dilation"), list(product(MODES, (1, 2), (1, 2))))
def test_scipy_with_maps(mode, stride, dilation):
    """A minibatch of images with maps: SciPy's convolutions map by map, summed (K8)."""
    x, filters = draw(2, 8, 7, 3), draw(4, 2, 3, 3)
    expected = [
        [
            sum(
                scipy.signal.convolve2d(image[..., m], dilated(stack[..., m], dilation), mode)
                for m in range(3)
            )[::stride, ::stride]
            for stack in filters
        ]
        for image in x
    ]
    z = conv2d(x, filters, mode, stride, dilation=dilation)
    assert_close(z, np.moveaxis(expected, 1, -1))
    assert_close(conv2d(x[0], filters, mode, stride, dilation=dilation), z[0])
    assert_close(correlate2d(x, rot180(filters), mode, stride, dilation=dilation), z)


@pytest.mark.parametrize(
    ("shape", "padding", "stride", "dilation"), list(product(KERNELS[:4], (0, 2), (1, 2), (1, 2)))
)
def test_naive_loops(shape, padding, stride, dilation):
    x, filters = draw(2, 7, 9, 2), draw(3, *shape, 2)
    borders = [(padding, padding)] * 2
    expected = naive.convolution(x, filters, np.zeros(3), borders, stride, dilation)
    assert_close(conv2d(x, filters, "valid", stride, padding, dilation), expected)


def test_definition():
    """M12: the sum of f(u, v) g(m - u, n - v) over all places, written out."""
    f, g = draw(3, 4), draw(2, 3)
    z = conv2d(f, g, "full")
    for m, n in np.ndindex(z.shape):
        terms = (
            f[u, v] * g[m - u, n - v]
            for u, v in np.ndindex(f.shape)
            if 0 <= m - u < 2 and 0 <= n - v < 3
        )
        np.testing.assert_allclose(z[m, n], sum(terms), rtol=1e-13, atol=1e-15)


def test_commutative_and_associative_in_full_mode():
    x, a, b = draw(6, 7), draw(2, 3), draw(3, 4)
    assert_close(conv2d(x, a, "full"), conv2d(a, x, "full"))
    once = conv2d(conv2d(x, a, "full"), b, "full")
    assert_close(once, conv2d(x, conv2d(a, b, "full"), "full"))
    assert_close(conv2d(conv2d(x, a), b), conv2d(x, conv2d(a, b, "full")))
    rotated = correlate2d(correlate2d(x, a, "full"), b, "full")
    assert not np.allclose(rotated, correlate2d(x, correlate2d(a, b, "full"), "full"))


def test_impulse():
    """An impulse is answered by the kernel, upright; correlation answers it rotated."""
    impulse, kernel = np.zeros((5, 5)), draw(3, 3)
    impulse[2, 2] = 1
    assert_close(conv2d(impulse, kernel), kernel)
    assert_close(correlate2d(impulse, kernel), rot180(kernel))
    unit = np.zeros((3, 3))
    unit[1, 1] = 1
    assert_close(conv2d(kernel, unit, "same"), kernel)


@pytest.mark.parametrize("function", [conv2d, correlate2d])
def test_shift(function):
    """W4: a shifted input gives the shifted output, wherever no border takes part."""
    image, kernel = draw(12, 13), draw(3, 2)
    z = function(image, kernel)
    assert_close(function(image[2:, 3:], kernel), z[2:, 3:])
    strided = function(image, kernel, stride=2)
    assert_close(function(image[2:, 4:], kernel, stride=2), strided[1:, 2:])
    rolled = function(np.roll(image, (2, 3), (0, 1)), kernel)
    assert_close(rolled[2:, 3:], z[:-2, :-3])


def test_linear():
    x, y, kernel = draw(6, 5), draw(5, 6).T, draw(2, 2)
    assert_close(conv2d(2 * x - y, kernel), 2 * conv2d(x, kernel) - conv2d(y, kernel))


def test_rotation():
    kernel, filters = draw(2, 3), draw(4, 2, 3, 5)
    np.testing.assert_array_equal(rot180(kernel), np.rot90(kernel, 2))
    np.testing.assert_array_equal(rot180(rot180(filters)), filters)
    for f, m in np.ndindex(4, 5):
        np.testing.assert_array_equal(rot180(filters)[f, :, :, m], rot180(filters[f, :, :, m]))
    x = draw(6, 7)
    assert_close(rot180(conv2d(x, kernel)), conv2d(rot180(x), rot180(kernel)))


@pytest.mark.parametrize("corners", [0, 1])
def test_worked_number(corners):
    """K1: 59 from the centre and its four neighbours, whatever the corners of the patch are."""
    kernel = np.array([[0, -1, 0], [-1, 3, -1], [0, -1, 0]])
    patch = corners * np.random.default_rng(0).integers(0, 256, (3, 3))
    patch[[0, 1, 1, 1, 2], [1, 0, 1, 2, 1]] = 248, 145, 253, 54, 253
    for function in (conv2d, correlate2d):
        np.testing.assert_array_equal(function(patch, kernel), [[59]])
        assert function(patch, kernel, "same")[1, 1] == 59


def test_worked_corner():
    """K1: with zero padding the first corner is -213, which is so if its pixel is 60."""
    kernel = np.array([[0, -1, 0], [-1, 3, -1], [0, -1, 0]])
    patch = np.array([[60, 248, 0], [145, 253, 54], [0, 253, 0]])
    assert conv2d(patch, kernel, "same")[0, 0] == conv2d(patch, kernel, padding=1)[0, 0] == -213


def test_sizes_of_the_modes():
    """M13, K2, O3."""
    x, kernel = draw(9, 8), draw(3, 4)
    assert conv2d(x, kernel).shape == (7, 5)
    assert conv2d(x, kernel, "full").shape == (11, 11)
    assert conv2d(x, kernel, "same").shape == (9, 8)
    assert conv2d(draw(5, 5, 2), draw(3, 3, 3, 2)).shape == (3, 3, 3)  # K8
    assert conv2d(draw(32, 32, 3), draw(12, 5, 5, 3), "same").shape == (32, 32, 12)  # O3


def test_single_precision_and_whole_numbers():
    x, kernel = draw(5, 5).astype(np.float32), np.ones((2, 2), np.float32)
    assert conv2d(x, kernel, "full", 2).dtype == np.float32
    assert conv2d(np.ones((3, 3), int), np.ones((2, 2), int)).dtype == int
    assert conv2d([[1, 2], [3, 4]], [[2]]).tolist() == [[2, 4], [6, 8]]


def test_nan_reaches_only_its_neighbours():
    x = draw(6, 6)
    x[2, 3] = np.nan
    nan = np.isnan(conv2d(x, np.zeros((2, 2)), "full"))
    assert set(zip(*np.nonzero(nan), strict=True)) == {(2, 3), (2, 4), (3, 3), (3, 4)}


def test_arguments_stay_as_they_are():
    x, kernel = draw(5, 5), draw(3, 3)
    before = x.copy(), kernel.copy()
    conv2d(x, kernel, "full", stride=2)
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(kernel, before[1])


IMAGE, KERNEL = np.ones((4, 5)), np.ones((3, 3))


@pytest.mark.parametrize(
    ("x", "kernel", "options", "message"),
    [
        (IMAGE, np.ones((5, 1)), {}, "kernel of 5 taps .* covers 5 pixels, .* has only 4"),
        (IMAGE, KERNEL, {"dilation": 2}, "dilation 2 covers 5 pixels, .* has only 4"),
        (IMAGE, KERNEL, {"mode": "wide"}, "'valid', 'full' or 'same', but is 'wide'"),
        (IMAGE, KERNEL, {"mode": "same", "padding": 1}, "mode 'same' with padding 1"),
        (IMAGE, KERNEL, {"stride": 0}, "stride must be .* but is 0"),
        (IMAGE, KERNEL, {"stride": 1.5}, "stride must be .* but is 1.5"),
        (IMAGE, KERNEL, {"dilation": -1}, "dilation must be .* but is -1"),
        (IMAGE, KERNEL, {"padding": -1}, "padding must be .* but is -1"),
        (IMAGE, KERNEL, {"padding": (1, 2)}, r"padding must be .* but is \(1, 2\)"),
        (IMAGE, np.ones((2, 2, 1)), {}, r"\(F, K, L, M\) expected, but the shape is \(2, 2, 1\)"),
        (IMAGE, np.ones((1, 2, 2, 1)), {}, r"the shapes are \(4, 5\) and \(1, 2, 2, 1\)"),
        (np.ones((4, 5, 3)), KERNEL, {}, r"the shapes are \(4, 5, 3\) and \(3, 3\)"),
        (np.ones((4, 5, 3)), np.ones((1, 2, 2, 4)), {}, "images have 3 maps, .* kernels for 4"),
        (np.ones(4), KERNEL, {}, r"the shapes are \(4,\) and \(3, 3\)"),
    ],
)
def test_refused_arguments(x, kernel, options, message):
    with pytest.raises(ValueError, match=message):
        conv2d(x, kernel, **options)


@pytest.mark.parametrize("function", [conv2d, correlate2d])
@pytest.mark.parametrize("masked", [0, 1])
def test_masks_are_not_lost(function, masked):
    """What is masked would be summed with the rest."""
    arguments = [IMAGE, KERNEL]
    arguments[masked] = np.ma.masked_greater(arguments[masked], 5)
    with pytest.raises(TypeError, match="must be a plain array, but is a masked one"):
        function(*arguments)


def test_bytes_do_not_wrap_around():
    pixels, ones = np.full((2, 2), 200, np.uint8), np.ones((2, 2), np.uint8)
    assert conv2d(pixels, ones) == 800
