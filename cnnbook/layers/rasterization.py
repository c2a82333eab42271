"""From maps to rows: what stands between the convolutions and the dense layers."""

import math

from cnnbook.layers.base import Layer


class Rasterization(Layer):
    """The pixels of all maps in one row: map by map, row by row (:eq:`eq-raster`, M16).

    Parameters
    ----------
    order : {"maps", "pixels"}
        "maps": as above. "pixels": the maps of a pixel side by side, as the images lie in memory;
        then nothing has to be moved.
    """

    def __init__(self, order="maps"):
        if order not in ("maps", "pixels"):
            raise ValueError(f"order must be 'maps' or 'pixels', but is {order!r}")
        self.order = order

    def forward(self, x, training=True):
        """Rows (N, M H W) for the images x (N, H, W, M)."""
        self.check_input(x, None, None, None)
        maps = x.transpose(0, 3, 1, 2) if self.order == "maps" else x
        return maps.reshape(len(x), math.prod(x.shape[1:])), (x.shape, x.dtype)

    def backward(self, gradient, memory, to_input=True):
        """The rows back in the shape of the images (:eq:`eq-raster-back`, M17)."""
        (samples, height, width, maps), dtype = memory
        self.check_gradient(gradient, (samples, height * width * maps), dtype)
        if self.order == "pixels":
            return gradient.reshape(samples, height, width, maps), {}
        return gradient.reshape(samples, maps, height, width).transpose(0, 2, 3, 1), {}

    def output_shape(self, input_shape):
        self.check_shape(input_shape, None, None, None)
        return (math.prod(input_shape),)

    def __repr__(self):
        return f"Rasterization({self.order})"
