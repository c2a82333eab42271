"""Convolution by Winograd's method: kernels of 3 to 5 taps a side, with few multiplications.

In one dimension, six outputs of a kernel of three taps use eight inputs and take 18
multiplications. With the matrices of `matrices` they take eight (:eq:`eq-winograd`). Nested, rows
within columns (:eq:`eq-winograd-nested`), a tile of 8 x 8 inputs gives 6 x 6 outputs with 64
multiplications in place of 324. Where the images have maps, each of the 64 products becomes a
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

from cnnbook.convolution.geometry import output_shape, pad

TILE = 8  # inputs of a tile, along one side
POINTS = (0, 1, -1, 1 / 2, -2, -1 / 2, 2)  # those of Barabasz et al.: small rounding errors
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
    to_input : array (8, 8)
        B^T, applied to the inputs of a tile.
    to_kernel : array (8, K)
        G, applied to the taps.
    to_output : array (9 - K, 8)
        A^T, applied to the 8 products.
    """
    if taps not in TAPS:
        raise ValueError(f"a kernel must have 3 to 5 taps along each side, but has {taps!r}")
    points = np.array(POINTS)
    others = [np.delete(points, place) for place in range(len(points))]
    to_input = np.zeros((TILE, TILE))
    to_input[:-1, :-1] = [polyfromroots(roots) for roots in others]
    to_input[-1] = polyfromroots(points)
    to_kernel = np.zeros((TILE, taps))
    scales = [np.prod(point - roots) for point, roots in zip(points, others, strict=True)]
    to_kernel[:-1] = np.vander(points, taps, increasing=True) / np.transpose([scales])
    outputs = TILE - taps + 1
    to_output = np.zeros((outputs, TILE))
    to_output[:, :-1] = np.vander(points, outputs, increasing=True).T
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
    """As `cnnbook.convolution.im2col.forward`; stride must be 1, and kernels of 3 to 5 taps a side.

    A dilated kernel meets only pixels that lie d apart: an image is dealt out to d x d images, and
    each of them is convolved without dilation. The shapes in comments are for 3 x 3 taps.
    """
    shape, kernel_shape = x.shape, filters.shape[1:3]
    x = _deal(_continued(x, _whole_tiles(shape, kernel_shape, dilation)), dilation)
    to_input, to_kernel, to_output = _both_ways(kernel_shape, x.dtype)
    V = _nested(to_input, _cut_inputs(x, kernel_shape))  # (8, 8, tiles, M)
    U = _nested(to_kernel, filters.transpose(1, 2, 3, 0))  # (8, 8, M, F)
    z = _nested(to_output, V @ U)  # (6, 6, tiles, F)
    z = _collect(_join_outputs(z, x.shape, kernel_shape), dilation)
    height, width = output_shape(shape[1:3], kernel_shape, 1, dilation)
    return z[:, :height, :width], (shape, x.shape, filters, dilation, V)


def backward(delta, memory, to_input=True):
    """As `cnnbook.convolution.im2col.backward`."""
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
    dQ = _nested(from_output, _cut_outputs(delta, kernel_shape))  # (8, 8, tiles, F)
    dkernels = _nested(from_kernel, V.swapaxes(2, 3) @ dQ)  # (3, 3, M, F)
    dfilters = dkernels.transpose(3, 0, 1, 2)
    if not to_input:
        return dfilters, None
    U = _nested(pairs[1], filters.transpose(1, 2, 3, 0))
    dtiles = _nested(from_input, dQ @ U.swapaxes(2, 3))  # (8, 8, tiles, M)
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


def _steps(kernel_shape):
    """Rows and columns from one tile to the next: as many as a tile has outputs."""
    return [TILE - taps + 1 for taps in kernel_shape]


def _whole_tiles(shape, kernel_shape, dilation):
    """Height and width that whole tiles need to produce all outputs of images of this shape."""
    sizes = []
    for size, taps, step in zip(shape[1:3], kernel_shape, _steps(kernel_shape), strict=True):
        tiles = ceil((ceil(size / dilation) - taps + 1) / step)
        sizes.append(dilation * (step * tiles + taps - 1))
    return sizes


def _tiles_along(shape, kernel_shape):
    """How many tiles there are along each side of images of this shape."""
    return [
        (size - taps + 1) // step
        for size, taps, step in zip(shape[1:3], kernel_shape, _steps(kernel_shape), strict=True)
    ]


def _continued(x, sizes):
    """The images, continued by zeros below and to the right up to the given height and width."""
    return pad(x, [(0, size - present) for size, present in zip(sizes, x.shape[1:3], strict=True)])


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
    """The overlapping tiles: (8, 8, tiles, M)."""
    down, across = _steps(kernel_shape)
    tiles = sliding_window_view(x, (TILE, TILE), axis=(1, 2))[:, ::down, ::across]
    return tiles.transpose(4, 5, 0, 1, 2, 3).reshape(TILE, TILE, -1, x.shape[3])


def _add_inputs(tiles, shape, kernel_shape):
    """The transpose of `_cut_inputs`: every number is added to the pixel it came from.

    The last rows and columns of a tile (two of eight, for three taps) lie on the first ones of the
    next tile. They are added there, within the tiles, where the numbers of many tiles are side by
    side.
    """
    samples, height, width, maps = shape
    down, across = _steps(kernel_shape)
    rows, cols = _tiles_along(shape, kernel_shape)
    tiles = tiles.reshape(TILE, TILE, samples, rows, cols, maps)
    tiles[: TILE - down, :, :, 1:] += tiles[down:, :, :, :-1]
    tiles[:, : TILE - across, :, :, 1:] += tiles[:, across:, :, :, :-1]
    tiles = tiles.transpose(2, 3, 0, 4, 1, 5)
    x = np.empty((samples, rows + 1, down, cols + 1, across, maps), tiles.dtype)
    x[:, :rows, :, :cols] = tiles[:, :, :down, :, :across]
    x[:, rows, : TILE - down, :cols] = tiles[:, -1, down:, :, :across]
    x[:, :rows, :, cols, : TILE - across] = tiles[:, :, :down, -1, across:]
    x[:, rows, : TILE - down, cols, : TILE - across] = tiles[:, -1, down:, -1, across:]
    return x.reshape(samples, down * (rows + 1), across * (cols + 1), maps)[:, :height, :width]


def _join_outputs(tiles, shape, kernel_shape):
    """Images (N, H', W', F) from their tiles: (6, 6, tiles, F)."""
    down, across = _steps(kernel_shape)
    rows, cols = _tiles_along(shape, kernel_shape)
    tiles = tiles.reshape(down, across, -1, rows, cols, tiles.shape[3]).transpose(2, 3, 0, 4, 1, 5)
    return tiles.reshape(-1, down * rows, across * cols, tiles.shape[5])


def _cut_outputs(z, kernel_shape):
    """The inverse of `_join_outputs`."""
    samples, height, width, filters = z.shape
    down, across = _steps(kernel_shape)
    tiles = z.reshape(samples, height // down, down, width // across, across, filters)
    return tiles.transpose(2, 4, 0, 1, 3, 5).reshape(down, across, -1, filters)
