"""Tiles: padded images cut into overlapping squares of inputs, outputs joined from small squares.

What `cnnbook.convolution.winograd` works on. The sizes in comments are for kernels of 3 x 3 taps.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnbook.convolution.geometry import output_shape, pad

OUTPUTS = 4  # of a tile, along one side; its inputs overlap with those of the next tile alone


@dataclass(frozen=True)
class Tiling:
    """How images are cut for a kernel: 4 x 4 outputs from the 6 x 6 inputs that they depend on.

    Where the last tiles reach beyond the image, it is continued by zeros. A dilated kernel meets
    only pixels that lie d apart: the image is dealt out to d x d images, which are then cut as if
    there were no dilation.

    Attributes
    ----------
    shape : (N, H, W, M)
        Of the padded images.
    kernel_shape : (int, int)
    dilation : int
    """

    shape: tuple
    kernel_shape: tuple
    dilation: int

    def cut_inputs(self, x):
        """The tiles of the images (N, H, W, M), each in a row: (tiles, 36, M)."""
        x = self._dealt(x, [OUTPUTS * n + k - 1 for n, k in self._counts_and_taps()])
        inputs = [OUTPUTS + taps - 1 for taps in self.kernel_shape]
        tiles = sliding_window_view(x, inputs, axis=(1, 2))[:, ::OUTPUTS, ::OUTPUTS]
        tiles = tiles.transpose(0, 1, 2, 4, 5, 3)  # (N, rows, cols, 6, 6, M)
        return tiles.reshape(-1, inputs[0] * inputs[1], x.shape[3])

    def add_inputs(self, tiles):
        """The transpose of `cut_inputs`: every number is added to the pixel it came from.

        The last rows of a tile (two of six) lie on the first ones of the tile below, the last
        columns on those of the tile to the right.
        """
        (rows, down), (cols, across) = self._counts_and_taps()
        inputs = OUTPUTS + down - 1, OUTPUTS + across - 1
        tiles = tiles.reshape(-1, rows, cols, *inputs, tiles.shape[2])
        samples, *_, maps = tiles.shape
        x = np.zeros((samples, rows + 1, OUTPUTS, cols + 1, OUTPUTS, maps), tiles.dtype)
        squares = x.transpose(0, 1, 3, 2, 4, 5)  # (N, rows + 1, cols + 1, 4, 4, M)
        squares[:, :rows, :cols] = tiles[:, :, :, :OUTPUTS, :OUTPUTS]
        for below, right in ((0, 1), (1, 0), (1, 1)):  # what lies on another tile
            part = tiles[:, :, :, OUTPUTS * below :, OUTPUTS * right :][:, :, :, :OUTPUTS, :OUTPUTS]
            height, width = part.shape[3:5]
            squares[:, below : rows + below, right : cols + right, :height, :width] += part
        x = x.reshape(samples, (rows + 1) * OUTPUTS, (cols + 1) * OUTPUTS, maps)
        return self._collected(x, self.shape[1:3])

    def cut_outputs(self, delta):
        """The inverse of `join_outputs`."""
        counts = self._counts()
        delta = self._dealt(delta, [OUTPUTS * count for count in counts])
        delta = delta.reshape(-1, counts[0], OUTPUTS, counts[1], OUTPUTS, delta.shape[3])
        return delta.transpose(0, 1, 3, 2, 4, 5).reshape(-1, OUTPUTS**2, delta.shape[5])

    def join_outputs(self, tiles):
        """The images (N, H', W', F) that consist of these tiles: (tiles, 16, F)."""
        rows, cols = self._counts()
        z = tiles.reshape(-1, rows, cols, OUTPUTS, OUTPUTS, tiles.shape[2])
        z = z.transpose(0, 1, 3, 2, 4, 5).reshape(-1, rows * OUTPUTS, cols * OUTPUTS, z.shape[5])
        return self._collected(z, self._positions())

    def _positions(self):
        return output_shape(self.shape[1:3], self.kernel_shape, 1, self.dilation)

    def _counts(self):
        """How many tiles lie along each side of a dealt image."""
        return [ceil(size / self.dilation / OUTPUTS) for size in self._positions()]

    def _counts_and_taps(self):
        return list(zip(self._counts(), self.kernel_shape, strict=True))

    def _dealt(self, x, sizes):
        """The pixels that lie d apart as images of their own, (N d d, H, W, M) of these sizes."""
        d = self.dilation
        beyond = [(0, d * size - n) for size, n in zip(sizes, x.shape[1:3], strict=True)]
        x = pad(x, beyond)
        if d == 1:
            return x
        x = x.reshape(len(x), sizes[0], d, sizes[1], d, x.shape[3]).transpose(0, 2, 4, 1, 3, 5)
        return x.reshape(-1, *sizes, x.shape[5])

    def _collected(self, x, sizes):
        """The inverse of `_dealt`: images (N, H, W, M) of these sizes."""
        d = self.dilation
        if d > 1:
            _, rows, cols, maps = x.shape
            x = x.reshape(-1, d, d, rows, cols, maps).transpose(0, 3, 1, 4, 2, 5)
            x = x.reshape(-1, rows * d, cols * d, maps)
        return x[:, : sizes[0], : sizes[1]]
