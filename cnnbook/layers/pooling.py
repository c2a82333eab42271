"""The pooling layer."""

from cnnbook.layers.base import Layer
from cnnbook.pooling import check_kind, downsample, pooled_size, upsample


class Pooling(Layer):
    """The maximum or the mean of every window of every map (M15, M18, K11).

    Parameters
    ----------
    window, stride, kind, edges
        As in `cnnbook.pooling.downsample`.
    """

    def __init__(self, window=2, stride=None, kind="max", edges="ignore"):
        check_kind(kind)
        pooled_size(window, window, stride, edges)  # refuses options out of range
        self.window, self.kind, self.edges = window, kind, edges
        self.stride = window if stride is None else stride

    def forward(self, x, training=True):
        """S (N, H', W', M) for the maps x (N, H, W, M) (:eq:`eq-pool-max`, :eq:`eq-pool-mean`)."""
        self.check_input(x, None, None, None)
        winners, options = None, (self.window, self.stride, self.kind, self.edges)
        if self.kind == "max":
            o, winners = downsample(x, *options, return_winners=True)
        else:
            o = downsample(x, *options)
        return o, (x.shape, o.dtype, winners)

    def backward(self, gradient, memory, to_input=True):
        """dE/dx from dE/dS: all to the winners, or evenly.

        (:eq:`eq-unpool-max`, :eq:`eq-unpool-mean`)
        """
        shape, dtype, winners = memory
        self.check_gradient(gradient, (shape[0], *self.output_shape(shape[1:])), dtype)
        return upsample(gradient, shape, self.window, self.stride, self.edges, winners), {}

    def output_shape(self, input_shape):
        self.check_shape(input_shape, None, None, None)
        height, width, maps = input_shape
        sizes = [pooled_size(s, self.window, self.stride, self.edges) for s in (height, width)]
        return (*sizes, maps)

    def __repr__(self):
        window = f"{self.kind} {self.window}x{self.window}"
        return f"Pooling({window}, stride {self.stride}, edges {self.edges})"
