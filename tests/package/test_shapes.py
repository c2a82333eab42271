"""Shapes for random sizes and options (hypothesis): what is announced is what comes out."""

import naive
import numpy as np
from checks import repeatable
from hypothesis import assume, given
from hypothesis import strategies as st

from cnnbook.activations import identity
from cnnbook.convolution import border, conv2d, output_size, pad, receptive_field, rot180, taps
from cnnbook.layers import Convolution, Pooling, Rasterization
from cnnbook.network import Network
from cnnbook.pooling import downsample, pooled_size, upsample

SIZES = st.integers(1, 12)
SMALL = st.integers(1, 4)
MODES = st.one_of(
    st.tuples(st.sampled_from(["valid", "full", "same"]), st.just(0)),
    st.tuples(st.just("valid"), st.integers(0, 3)),
)
IMAGES = st.tuples(SMALL, SIZES, SIZES, SMALL)
WINDOWS = st.fixed_dictionaries(
    {
        "window": st.integers(1, 5),
        "stride": st.none() | st.integers(1, 6),
        "edges": st.sampled_from(["ignore", "keep"]),
    }
)


def fits(shape, window):
    return window["edges"] == "keep" or min(shape[1:3]) >= window["window"]


@repeatable
@given(SIZES, SMALL, SMALL, st.integers(0, 3), SMALL)
def test_output_size_counts_positions(size, kernel, stride, padding, dilation):
    """Positions at which the first and the last tap both lie on the padded image."""
    reach = dilation * (kernel - 1)
    assume(reach < size + 2 * padding)
    positions = [
        start
        for start in range(0, size + 2 * padding, stride)
        if start + reach < size + 2 * padding
    ]
    assert output_size(size, kernel, stride, padding, dilation) == len(positions)


@repeatable
@given(SIZES, WINDOWS)
def test_pooled_size_counts_windows(size, window):
    assume(fits((1, size, size, 1), window))
    step = window["stride"] or window["window"]
    starts = naive.starts(size, window["window"], step, window["edges"])
    assert pooled_size(size, **window) == len(starts)


@repeatable
@given(SIZES, WINDOWS)
def test_kept_edges_lose_no_pixel(size, window):
    """If windows touch, every pixel is in one; and no window lies outside the map."""
    width, stride = window["window"], window["stride"] or window["window"]
    count = pooled_size(size, width, stride, "keep")
    assert (count - 1) * stride < size
    if stride <= width:
        assert (count - 1) * stride + width >= size


@repeatable
@given(SIZES, SIZES, SMALL, SMALL)
def test_sizes_of_the_modes(height, width, rows, cols):
    """M13, and commutation in full mode."""
    x, kernel = np.ones((height, width)), np.ones((rows, cols))
    full = conv2d(x, kernel, "full")
    assert full.shape == (height + rows - 1, width + cols - 1)
    assert full.sum() == x.size * kernel.size
    np.testing.assert_array_equal(conv2d(kernel, x, "full"), full)
    assert conv2d(x, kernel, "same").shape == x.shape
    if rows <= height and cols <= width:
        assert conv2d(x, kernel).shape == (height - rows + 1, width - cols + 1)


@repeatable
@given(IMAGES, SMALL, SMALL, SMALL, MODES, SMALL, SMALL)
def test_convolution(shape, filters, rows, cols, mode, stride, dilation):
    """The layer's output, its announced shape, `conv2d` and the way back agree."""
    borders = border((rows, cols), *mode, dilation)
    padded = [size + sum(added) for size, added in zip(shape[1:3], borders, strict=True)]
    reach = [dilation * (k - 1) for k in (rows, cols)]
    assume(all(r < size for r, size in zip(reach, padded, strict=True)))
    rng = np.random.default_rng(0)
    mode, padding = mode
    layer = Convolution(
        shape[3], filters, (rows, cols), identity, mode, stride, padding, dilation, rng=rng
    )
    x = rng.normal(size=shape)
    o = layer.output(x)
    assert o.shape == (shape[0], *layer.output_shape(shape[1:]))
    np.testing.assert_allclose(o, conv2d(x, layer.W, mode, stride, padding, dilation), atol=1e-13)
    sizes = [
        output_size(p, k, stride, 0, dilation) for p, k in zip(padded, (rows, cols), strict=True)
    ]
    assert o.shape[1:3] == tuple(sizes)
    assert layer.backpropagate(o).shape == shape
    assert layer.gradients()["W"].shape == layer.W.shape
    assert pad(x, borders).shape == (shape[0], *padded, shape[3])


@repeatable
@given(IMAGES, WINDOWS, st.sampled_from(["max", "mean"]))
def test_pooling(shape, window, kind):
    assume(fits(shape, window))
    layer = Pooling(kind=kind, **window)
    x = np.random.default_rng(0).normal(size=shape)
    o = layer.output(x)
    assert o.shape == (shape[0], *layer.output_shape(shape[1:]))
    step = window["stride"] or window["window"]
    assert o.shape == naive.pooled_shape(shape, window["window"], step, window["edges"])
    np.testing.assert_array_equal(o, downsample(x, kind=kind, **window))
    assert layer.backpropagate(o).shape == shape
    np.testing.assert_allclose(upsample(o, shape, **window).sum(), o.sum(), atol=1e-10)


@repeatable
@given(IMAGES, st.sampled_from(["maps", "pixels"]))
def test_raster(shape, order):
    layer = Rasterization(order)
    o = layer.output(np.ones(shape))
    assert o.shape == (shape[0], *layer.output_shape(shape[1:]))
    assert layer.backpropagate(o).shape == shape


@repeatable
@given(st.lists(st.tuples(SMALL, st.integers(1, 3), st.integers(1, 3)), max_size=4))
def test_receptive_field_is_the_smallest_input(layers):
    """One output needs exactly the receptive field: a pixel less, and no position is left."""
    size = field = receptive_field(layers)
    for kernel, stride, dilation in layers:
        size = output_size(size, kernel, stride, 0, dilation)
    assert size == 1
    assert field == 1 or any(kernel > 1 for kernel, _, _ in layers)


@repeatable
@given(SIZES, SIZES, SMALL, SMALL, SMALL, SMALL)
def test_taps_have_one_shape(height, width, rows, cols, stride, dilation):
    assume(dilation * (rows - 1) < height)
    assume(dilation * (cols - 1) < width)
    x = np.arange(height * width).reshape(height, width)
    slices = taps(x.shape, (rows, cols), stride, dilation)
    shape = [
        output_size(s, k, stride, 0, dilation) for s, k in zip(x.shape, (rows, cols), strict=True)
    ]
    assert [x[r, c].shape for r, c in slices] == [tuple(shape)] * (rows * cols)
    corners = [x[r, c][0, 0] for r, c in slices]
    assert corners == [
        width * dilation * r + dilation * c for r in range(rows) for c in range(cols)
    ]


@repeatable
@given(st.tuples(SMALL, SMALL), st.tuples(SMALL, SMALL, SMALL, SMALL))
def test_rotation_is_its_own_inverse(kernel, filters):
    for shape in (kernel, filters):
        weights = np.random.default_rng(0).normal(size=shape)
        np.testing.assert_array_equal(rot180(rot180(weights)), weights)
        assert rot180(weights).shape == shape


@repeatable
@given(st.tuples(st.integers(6, 12), st.integers(6, 12), SMALL), SMALL, WINDOWS)
def test_summary_of_a_network(shape, filters, window):
    assume(fits((1, shape[0] - 1, shape[1] - 1, 1), window))
    rng = np.random.default_rng(0)
    network = Network(
        [Convolution(shape[2], filters, 2, rng=rng), Pooling(**window), Rasterization()]
    )
    summary = network.summary(shape)
    features = network.features(rng.normal(size=(2, *shape)))
    assert [row.shape for row in summary.rows] == [o.shape[1:] for o in features]
    assert summary.total == filters * (4 * shape[2] + 1)
