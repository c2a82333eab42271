"""Layers without parameters: pooling and rasterization."""

import math

from cnnbook.layers.base import Layer
from cnnbook.pooling import downsample, pooled_size, upsample


class Pooling(Layer):
    """The maximum or the mean of every window of every map (M15, M18, K11).

    Parameters
    ----------
    window, stride, kind, edges
        As in `cnnbook.pooling.downsample`.
    """

    def __init__(self, window=2, stride=None, kind="max", edges="ignore"):
        if kind not in ("max", "mean"):
            raise ValueError(f"kind must be 'max' or 'mean', but is {kind!r}")
        pooled_size(window, window, stride, edges)  # refuses options out of range
        self.window, self.kind, self.edges = window, kind, edges
        self.stride = window if stride is None else stride

    def output(self, x):
        """S (N, H', W', M) for the maps x (N, H, W, M) (:eq:`eq-pool-max`, :eq:`eq-pool-mean`)."""
        self._check_input(x, (None, None, None))
        if self.kind == "max":
            o, self.winners = downsample(x, self.window, self.stride, "max", self.edges, True)
        else:
            o, self.winners = downsample(x, self.window, self.stride, "mean", self.edges), None
        self._remember_shapes(x, o)
        return o

    def backpropagate(self, gradient):
        """dE/dx from dE/dS: all to the winners, or evenly.

        (:eq:`eq-unpool-max`, :eq:`eq-unpool-mean`)
        """
        self._check_gradient(gradient)
        return upsample(
            gradient, self._shapes[0], self.window, self.stride, self.edges, self.winners
        )

    def output_shape(self, input_shape):
        self._check_shape(input_shape, (None, None, None))
        height, width, maps = input_shape
        sizes = [pooled_size(s, self.window, self.stride, self.edges) for s in (height, width)]
        return (*sizes, maps)

    def __repr__(self):
        window = f"{self.kind} {self.window}x{self.window}"
        return f"Pooling({window}, stride {self.stride}, edges {self.edges})"


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

    def output(self, x):
        """Rows (N, M H W) for the images x (N, H, W, M)."""
        self._check_input(x, (None, None, None))
        maps = x.transpose(0, 3, 1, 2) if self.order == "maps" else x
        o = maps.reshape(len(x), math.prod(x.shape[1:]))
        self._remember_shapes(x, o)
        return o

    def backpropagate(self, gradient):
        """The rows back in the shape of the images (:eq:`eq-raster-back`, M17)."""
        self._check_gradient(gradient)
        samples, height, width, maps = self._shapes[0]
        if self.order == "pixels":
            return gradient.reshape(self._shapes[0])
        return gradient.reshape(samples, maps, height, width).transpose(0, 2, 3, 1)

    def output_shape(self, input_shape):
        self._check_shape(input_shape, (None, None, None))
        return (math.prod(input_shape),)

    def __repr__(self):
        return f"Rasterization({self.order})"
