"""Convolution with kernels of 3 x 3 by Winograd's method, with a quarter of the multiplications.

In one dimension, four outputs of a kernel g of three taps use six inputs x and take twelve
multiplications. With the three matrices below they take six: z = A^T ((G g) o (B^T x)). Nested,
rows within columns, a tile of 6 x 6 inputs gives 4 x 4 outputs with 36 multiplications in place
of 144. Where the images have maps, each of the 36 products becomes a matrix product over the maps.

The gradients of this computation are its transposes in reverse order. (S. Winograd, Arithmetic
Complexity of Computations, 1980; A. Lavin and S. Gray, arXiv:1509.09308.)
"""

import numpy as np

INPUT = np.array(  # B^T
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
)
KERNEL = np.array(  # G
    [
        [1 / 4, 0, 0],
        [-1 / 6, -1 / 6, -1 / 6],
        [-1 / 6, 1 / 6, -1 / 6],
        [1 / 24, 1 / 12, 1 / 6],
        [1 / 24, -1 / 12, 1 / 6],
        [0, 0, 1],
    ]
)
OUTPUT = np.array(  # A^T
    [
        [1, 1, 1, 1, 1, 0],
        [0, 1, -1, 2, -2, 0],
        [0, 1, 1, 4, 4, 0],
        [0, 1, -1, 8, -8, 1],
    ]
)
TILE, STEP = 6, 4  # inputs and outputs of a tile, along one side

# Nested in two dimensions: matrices that act on the entries of a tile, row after row.
INPUT_2D, KERNEL_2D, OUTPUT_2D = (np.kron(matrix, matrix) for matrix in (INPUT, KERNEL, OUTPUT))


def suits(image_shape, filters_shape, stride, dilation):
    """Whether the method applies to padded images (H, W), and saves more than it costs.

    Small images waste most of their last tiles, and few maps make small matrix products.
    """
    filters, *kernel_shape, maps = filters_shape
    applies = tuple(kernel_shape) == (3, 3) and stride == dilation == 1
    return applies and min(image_shape) >= 14 and min(maps, filters) >= 8


def forward(x, filters, stride=1, dilation=1):
    """As `cnnbook.direct.forward`; stride and dilation must be 1, and kernels 3 x 3."""
    samples, height, width, maps = x.shape
    x = _continued(x, _whole_tiles(height), _whole_tiles(width))
    kernels = filters.transpose(1, 2, 3, 0).reshape(9, -1)  # (9, M F)
    U = (_like(KERNEL_2D, x) @ kernels).reshape(36, maps, -1)
    V = (_like(INPUT_2D, x) @ _cut_inputs(x)).reshape(36, -1, maps)
    z = _like(OUTPUT_2D, x) @ (V @ U).reshape(36, -1)  # (16, N tiles F)
    z = _join_outputs(z, x.shape, len(filters))
    return z[:, : height - 2, : width - 2], ((samples, height, width, maps), x.shape, U, V)


def backward(delta, memory):
    """As `cnnbook.direct.backward`."""
    (_, height, width, maps), shape, U, V = memory
    delta = _continued(delta, shape[1] - 2, shape[2] - 2)
    dM = (_like(OUTPUT_2D, delta).T @ _cut_outputs(delta)).reshape(36, -1, delta.shape[3])
    dU = V.transpose(0, 2, 1) @ dM  # (36, M, F)
    dkernels = _like(KERNEL_2D, delta).T @ dU.reshape(36, -1)
    dV = dM @ U.transpose(0, 2, 1)  # (36, N tiles, M)
    dx = _add_inputs(_like(INPUT_2D, delta).T @ dV.reshape(36, -1), shape)
    return dkernels.reshape(3, 3, maps, -1).transpose(3, 0, 1, 2), dx[:, :height, :width]


def _like(matrix, x):
    return matrix.astype(x.dtype)


def _whole_tiles(size):
    """The pixels that whole tiles need to produce all outputs of an image of this size."""
    return -(-(size - 2) // STEP) * STEP + 2


def _continued(x, height, width):
    """The images, continued by zeros below and to the right up to the given size."""
    below, right = height - x.shape[1], width - x.shape[2]
    return np.pad(x, [(0, 0), (0, below), (0, right), (0, 0)]) if below or right else x


def _places(shape):
    """For each of the 36 places of a tile, its pixels in all tiles of images of this shape."""
    rows, cols = (
        [slice(start, start + size - TILE + 1, STEP) for start in range(TILE)]
        for size in shape[1:3]
    )
    return [(slice(None), r, c) for r in rows for c in cols]


def _cut_inputs(x):
    """The overlapping tiles: (36, N tiles M)."""
    return np.stack([x[place] for place in _places(x.shape)]).reshape(36, -1)


def _add_inputs(tiles, shape):
    """The transpose of `_cut_inputs`: every number is added to the pixel it came from."""
    x = np.zeros(shape, tiles.dtype)
    for tile, place in zip(tiles, _places(shape), strict=True):
        x[place] += tile.reshape(x[place].shape)
    return x


def _join_outputs(tiles, shape, filters):
    """Images (N, H', W', F) from their tiles of 4 x 4: (16, N tiles F)."""
    samples, rows, cols = shape[0], (shape[1] - 2) // STEP, (shape[2] - 2) // STEP
    tiles = tiles.reshape(STEP, STEP, samples, rows, cols, filters).transpose(2, 3, 0, 4, 1, 5)
    return tiles.reshape(samples, STEP * rows, STEP * cols, filters)


def _cut_outputs(z):
    """The inverse of `_join_outputs`."""
    samples, height, width, filters = z.shape
    tiles = z.reshape(samples, height // STEP, STEP, width // STEP, STEP, filters)
    return tiles.transpose(2, 4, 0, 1, 3, 5).reshape(STEP * STEP, -1)
