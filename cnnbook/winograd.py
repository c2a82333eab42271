"""Convolution by Winograd's method: kernels of 3 to 5 taps a side, with few multiplications.

In one dimension, four outputs of a kernel of three taps use six inputs and take twelve
multiplications. With the matrices of `matrices` they take six (:eq:`eq-winograd`). Nested, rows
within columns (:eq:`eq-winograd-nested`), a tile of 6 x 6 inputs gives 4 x 4 outputs with 36
multiplications in place of 144. Where the images have maps, each of the 36 products becomes a
matrix product over the maps.

The gradients of this computation are its transposes in reverse order
(:eq:`eq-winograd-gradients`). (S. Winograd, Arithmetic Complexity of Computations, 1980; A. Lavin
and S. Gray, arXiv:1509.09308; the points after B. Barabasz et al., arXiv:1803.10986.)
"""

from functools import lru_cache
from math import ceil

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.polynomial.polynomial import polyfromroots

from cnnbook.convolution import output_shape

STEP = 4  # outputs of a tile, along one side
POINTS = (0, 1, -1, 1 / 2, -2, -1 / 2, 2)  # in an order that keeps rounding errors small
TAPS = range(3, 6)  # of the kernels, along one side; fewer save too little


@lru_cache
def matrices(taps):
    """The matrices with which z = A^T ((G theta) o (B^T x)) (:eq:`eq-winograd-matrices`).

    Parameters
    ----------
    taps : int
        K, 3 to 5.

    Returns
    -------
    to_input : array (K + 3, K + 3)
        B^T, applied to K + 3 inputs.
    to_kernel : array (K + 3, K)
        G, applied to the K taps.
    to_output : array (4, K + 3)
        A^T, applied to the K + 3 products.
    """
    if taps not in TAPS:
        raise ValueError(f"a kernel must have 3 to 5 taps along each side, but has {taps!r}")
    points = np.array(POINTS[: taps + STEP - 2])
    others = [np.delete(points, place) for place in range(len(points))]
    tile = taps + STEP - 1
    to_input = np.zeros((tile, tile))
    to_input[:-1, :-1] = [polyfromroots(roots) for roots in others]
    to_input[-1] = polyfromroots(points)
    to_kernel = np.zeros((tile, taps))
    scales = [np.prod(point - roots) for point, roots in zip(points, others, strict=True)]
    to_kernel[:-1] = np.vander(points, taps, increasing=True) / np.transpose([scales])
    to_output = np.zeros((STEP, tile))
    to_output[:, :-1] = np.vander(points, STEP, increasing=True).T
    to_kernel[-1, -1] = to_output[-1, -1] = 1  # the point at infinity
    return to_input, to_kernel, to_output


def suits(image_shape, filters_shape, stride, dilation):
    """Whether the method applies to padded images (H, W), and saves more than it costs.

    Small images waste most of their last tiles, and few maps make small matrix products.
    """
    filters, *kernel_shape, maps = filters_shape
    applies = stride == 1 and all(taps in TAPS for taps in kernel_shape)
    return applies and min(image_shape) >= 14 * dilation and min(maps, filters) >= 8


def forward(x, filters, stride=1, dilation=1):
    """As `cnnbook.direct.forward`; stride must be 1, and kernels of 3 to 5 taps a side.

    A dilated kernel meets only pixels that lie d apart: an image is dealt out to d x d images, and
    each of them is convolved without dilation. The shapes in comments are for 3 x 3 taps.
    """
    shape, kernel_shape = x.shape, filters.shape[1:3]
    x = _deal(_continued(x, _whole_tiles(shape, kernel_shape, dilation)), dilation)
    to_input, to_kernel, to_output = _both_ways(kernel_shape, x.dtype)
    V = _nested(to_input, _cut_inputs(x, kernel_shape))  # (6, 6, tiles, M)
    U = _nested(to_kernel, filters.transpose(1, 2, 3, 0))  # (6, 6, M, F)
    z = _nested(to_output, V @ U)  # (4, 4, tiles, F)
    z = _collect(_join_outputs(z, x.shape, kernel_shape), dilation)
    height, width = output_shape(shape[1:3], kernel_shape, 1, dilation)
    return z[:, :height, :width], (shape, x.shape, filters, dilation, V)


def backward(delta, memory, to_input=True):
    """As `cnnbook.direct.backward`."""
    shape, dealt_shape, filters, dilation, V = memory
    kernel_shape = filters.shape[1:3]
    pairs = _both_ways(kernel_shape, delta.dtype)
    from_input, from_kernel, from_output = ((down.T, across.T) for down, across in pairs)
    sizes = [
        size - dilation * (taps - 1)
        for size, taps in zip(
            _whole_tiles(shape, kernel_shape, dilation), kernel_shape, strict=True
        )
    ]
    delta = _deal(_continued(delta, sizes), dilation)
    dQ = _nested(from_output, _cut_outputs(delta))  # (6, 6, tiles, F)
    dkernels = _nested(from_kernel, V.swapaxes(2, 3) @ dQ)  # (3, 3, M, F)
    dfilters = dkernels.transpose(3, 0, 1, 2)
    if not to_input:
        return dfilters, None
    U = _nested(pairs[1], filters.transpose(1, 2, 3, 0))
    dtiles = _nested(from_input, dQ @ U.swapaxes(2, 3))  # (6, 6, tiles, M)
    dx = _collect(_add_inputs(dtiles, dealt_shape, kernel_shape), dilation)
    return dfilters, dx[:, : shape[1], : shape[2]]


def _both_ways(kernel_shape, dtype):
    """The three matrices as pairs: for the columns and for the rows of a tile."""
    pairs = zip(*(matrices(taps) for taps in kernel_shape), strict=True)
    return [(down.astype(dtype), across.astype(dtype)) for down, across in pairs]


def _nested(pair, tiles):
    """down X across^T for every tile X, the first two axes being those of a tile."""
    down, across = pair
    rows, cols, *rest = tiles.shape
    halfway = (down @ tiles.reshape(rows, -1)).reshape(len(down), cols, -1)
    return (across @ halfway).reshape(len(down), len(across), *rest)


def _whole_tiles(shape, kernel_shape, dilation):
    """Height and width that whole tiles need to produce all outputs of images of this shape."""
    sizes = []
    for size, taps in zip(shape[1:3], kernel_shape, strict=True):
        tiles = ceil((ceil(size / dilation) - taps + 1) / STEP)
        sizes.append(dilation * (STEP * tiles + taps - 1))
    return sizes


def _tiles_along(shape, kernel_shape):
    """How many tiles there are along each side of images of this shape."""
    return [(size - taps + 1) // STEP for size, taps in zip(shape[1:3], kernel_shape, strict=True)]


def _continued(x, sizes):
    """The images, continued by zeros below and to the right up to the given height and width."""
    below, right = sizes[0] - x.shape[1], sizes[1] - x.shape[2]
    return np.pad(x, [(0, 0), (0, below), (0, right), (0, 0)]) if below or right else x


def _deal(x, dilation):
    """The pixels that lie `dilation` apart, as images of their own: (N d d, H/d, W/d, M)."""
    if dilation == 1:
        return x
    samples, height, width, maps = x.shape
    rows, cols = height // dilation, width // dilation
    x = x.reshape(samples, rows, dilation, cols, dilation, maps).transpose(0, 2, 4, 1, 3, 5)
    return x.reshape(-1, rows, cols, maps)


def _collect(x, dilation):
    """The inverse of `_deal`."""
    if dilation == 1:
        return x
    _, rows, cols, maps = x.shape
    x = x.reshape(-1, dilation, dilation, rows, cols, maps).transpose(0, 3, 1, 4, 2, 5)
    return x.reshape(-1, rows * dilation, cols * dilation, maps)


def _cut_inputs(x, kernel_shape):
    """The overlapping tiles: (6, 6, tiles, M)."""
    tile = [taps + STEP - 1 for taps in kernel_shape]
    tiles = sliding_window_view(x, tile, axis=(1, 2))[:, ::STEP, ::STEP]  # (N, rows, cols, M, 6, 6)
    return tiles.transpose(4, 5, 0, 1, 2, 3).reshape(*tile, -1, x.shape[3])


def _add_inputs(tiles, shape, kernel_shape):
    """The transpose of `_cut_inputs`: every number is added to the pixel it came from.

    The last rows and columns of a tile (two of six) lie on the first ones of the next tile.
    """
    samples, height, width, maps = shape
    rows, cols = _tiles_along(shape, kernel_shape)
    tiles = tiles.reshape(*tiles.shape[:2], samples, rows, cols, maps).transpose(2, 3, 0, 4, 1, 5)
    x = np.zeros((samples, rows + 1, STEP, cols + 1, STEP, maps), tiles.dtype)
    x[:, :rows, :, :cols] = tiles[:, :, :STEP, :, :STEP]
    for down, across in [(0, 1), (1, 0), (1, 1)]:
        part = tiles[:, :, STEP * down :][:, :, :STEP, :, STEP * across :][:, :, :, :, :STEP]
        onto = x[:, down : rows + down, : part.shape[2], across : cols + across, : part.shape[4]]
        onto += part
    return x.reshape(samples, STEP * (rows + 1), STEP * (cols + 1), maps)[:, :height, :width]


def _join_outputs(tiles, shape, kernel_shape):
    """Images (N, H', W', F) from their tiles: (4, 4, tiles, F)."""
    rows, cols = _tiles_along(shape, kernel_shape)
    tiles = tiles.reshape(STEP, STEP, -1, rows, cols, tiles.shape[3]).transpose(2, 3, 0, 4, 1, 5)
    return tiles.reshape(-1, STEP * rows, STEP * cols, tiles.shape[5])


def _cut_outputs(z):
    """The inverse of `_join_outputs`."""
    samples, height, width, filters = z.shape
    tiles = z.reshape(samples, height // STEP, STEP, width // STEP, STEP, filters)
    return tiles.transpose(2, 4, 0, 1, 3, 5).reshape(STEP, STEP, -1, filters)
