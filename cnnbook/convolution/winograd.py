"""Convolution by Winograd's method: kernels of 3 to 5 taps a side, with few multiplications.

In one dimension, four outputs of a kernel of three taps use six inputs and take 12
multiplications. With the matrices of `matrices` they take six (:eq:`eq-winograd`). Nested, rows
within columns (:eq:`eq-winograd-nested`), a tile of 6 x 6 inputs gives 4 x 4 outputs with 36
multiplications in place of 144. Where the images have maps, each of the 36 products becomes a
matrix product over the maps.

A tile is a row of 36 numbers here, and B^T X B one product with a matrix of 36 x 36, the Kronecker
product of B^T with itself. Every product of this module is a matrix product, and the gradients are
the same products transposed, in reverse order (:eq:`eq-winograd-gradients`). (S. Winograd,
Arithmetic Complexity of Computations, 1980; A. Lavin and S. Gray, arXiv:1509.09308; the points
after B. Barabasz et al., arXiv:1803.10986.)
"""

from functools import lru_cache

import numpy as np
from numpy.polynomial.polynomial import polyfromroots

from cnnbook.convolution.tiles import OUTPUTS, Tiling

POINTS = (0, 1, -1, 1 / 2, -2, -1 / 2, 2)  # those of Barabasz et al.: small rounding errors
TAPS = range(3, 6)  # of the kernels, along one side; fewer save too little


@lru_cache
def matrices(taps):
    """The matrices with which z = A^T ((G theta) o (B^T x)) (:eq:`eq-winograd-matrices`).

    Parameters
    ----------
    taps : int
        K, 3 to 5. A tile has n = K + 3 inputs.

    Returns
    -------
    to_input : array (n, n)
        B^T, applied to the inputs of a tile.
    to_kernel : array (n, K)
        G, applied to the taps.
    to_output : array (4, n)
        A^T, applied to the n products.
    """
    if taps not in TAPS:
        raise ValueError(f"a kernel must have 3 to 5 taps along each side, but has {taps!r}")
    inputs = OUTPUTS + taps - 1
    points = np.array(POINTS[: inputs - 1])
    others = [np.delete(points, place) for place in range(len(points))]
    to_input = np.zeros((inputs, inputs))
    to_input[:-1, :-1] = [polyfromroots(roots) for roots in others]
    to_input[-1] = polyfromroots(points)
    to_kernel = np.zeros((inputs, taps))
    scales = [np.prod(point - roots) for point, roots in zip(points, others, strict=True)]
    to_kernel[:-1] = np.vander(points, taps, increasing=True) / np.transpose([scales])
    to_output = np.zeros((OUTPUTS, inputs))
    to_output[:, :-1] = np.vander(points, OUTPUTS, increasing=True).T
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

    The sizes in comments are for 3 x 3 taps.
    """
    tiling = Tiling(x.shape, filters.shape[1:3], dilation)
    to_input, to_kernel, to_output = _transforms(tiling.kernel_shape, x.dtype)
    V = _by_place(to_input, tiling.cut_inputs(x))  # (36, tiles, M)
    U = _of_kernels(to_kernel, filters.transpose(1, 2, 3, 0))  # (36, M, F)
    Q = np.matmul(V, U, out=_empty((*V.shape[:2], len(filters)), x.dtype))  # (36, tiles, F)
    z = to_output @ Q.transpose(1, 0, 2)  # (tiles, 16, F)
    return tiling.join_outputs(z), (V, filters, tiling)


def backward(delta, memory, to_input=True):
    """As `cnnbook.convolution.im2col.backward`."""
    V, filters, tiling = memory
    _, to_kernel, _ = _transforms(tiling.kernel_shape, delta.dtype)
    from_input, from_kernel, from_output = _transposed(tiling.kernel_shape, delta.dtype)
    dQ = _by_place(from_output, tiling.cut_outputs(delta))  # (36, tiles, F)
    dU = V.transpose(0, 2, 1) @ dQ  # (36, M, F)
    dkernels = from_kernel @ dU.reshape(len(dU), -1)  # (9, M F)
    dfilters = dkernels.reshape(*tiling.kernel_shape, *dU.shape[1:]).transpose(3, 0, 1, 2)
    if not to_input:
        return dfilters, None
    U = _of_kernels(to_kernel, filters.transpose(1, 2, 0, 3))  # (36, F, M)
    dV = np.matmul(dQ, U, out=_empty(V.shape, V.dtype))  # (36, tiles, M)
    dx = from_input @ dV.transpose(1, 0, 2)  # (tiles, 36, M)
    return dfilters, tiling.add_inputs(dx)


@lru_cache
def _transforms(kernel_shape, dtype):
    """B^T, G and A^T for tiles in two dimensions: on rows of 36, 9 and 36 numbers."""
    pairs = zip(*(matrices(taps) for taps in kernel_shape), strict=True)
    return [np.kron(down, across).astype(dtype) for down, across in pairs]


@lru_cache
def _transposed(kernel_shape, dtype):
    """B, G^T and A; in memory too, since BLAS multiplies small ones faster as they lie there."""
    return [np.ascontiguousarray(matrix.T) for matrix in _transforms(kernel_shape, dtype)]


def _of_kernels(transform, kernels):
    """The kernels (3, 3, M, F) transformed: (36, M, F)."""
    maps, filters = kernels.shape[2:]
    return (transform @ kernels.reshape(-1, maps * filters)).reshape(-1, maps, filters)


def _by_place(transform, tiles):
    """Every tile transformed, the places of a tile being the first axis: (36, tiles, M)."""
    places = _empty((len(transform), len(tiles), tiles.shape[2]), tiles.dtype)
    np.matmul(transform, tiles, out=places.transpose(1, 0, 2))
    return places


def _empty(shape, dtype):
    """An array whose places lie apart by a spare row, so that no step is a power of two.

    Numbers that lie so far apart fall into the same few lines of a cache.
    """
    places, tiles, maps = shape
    return np.empty((places, tiles + 1, maps), dtype)[:, :tiles]
