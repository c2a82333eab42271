"""The convolution layer."""

import numpy as np

from cnnbook.activations import check_activation, identity
from cnnbook.arguments import check_positive
from cnnbook.convolution import (
    border,
    correlate,
    correlate_back,
    crop,
    output_shape,
    pad,
    rot180,
    sum_over_positions,
)
from cnnbook.initialisation import glorot
from cnnbook.layers.base import Layer


class Convolution(Layer):
    """F filters over M input maps: o_f = phi(sum_m x_m * theta_fm + b_f) (:eq:`eq-conv-layer`).

    True convolution (M12), with one kernel for each input map and filter (K8). The source's layer,
    one kernel shared by all input maps (M14), is the special case of equal kernels.

    Parameters
    ----------
    maps, filters : int
        M input maps, F output maps.
    kernel : int or (int, int)
        K, or (K, L): height and width of the kernels.
    activation : Activation
        phi.
    mode, stride, padding, dilation
        As in `cnnbook.convolution.conv2d`.
    rng, dtype, initialisation
        As in `cnnbook.layers.Hidden`; fan-in and fan-out are K L M and K L F.

    Attributes
    ----------
    W : array (F, K, L, M)
        The filters, Theta.
    b : array (F,)
        One bias for each filter.
    """

    parameter_names = ("W", "b")

    def __init__(
        self,
        maps,
        filters,
        kernel=3,
        activation=identity,
        mode="valid",
        stride=1,
        padding=0,
        dilation=1,
        *,
        rng,
        dtype=np.float64,
        initialisation=glorot,
    ):
        check_positive("maps", maps)
        check_positive("filters", filters)
        check_positive("stride", stride)
        check_activation(activation)
        height, width = _pair(kernel)
        area = height * width
        self.W = initialisation(
            (filters, height, width, maps), area * maps, area * filters, rng, dtype
        )
        self.b = np.zeros(filters, dtype)
        self.activation = activation
        self.stride, self.dilation = stride, dilation
        self.borders = border((height, width), mode, padding, dilation)

    def forward(self, x, training=True):
        """o = phi(x * Theta + b) (N, H', W', F) for images x (N, H, W, M) (:eq:`eq-conv-layer`).

        A convolution is a correlation with the turned kernels (:eq:`eq-rot180`).
        """
        self.check_input(x, None, None, self.W.shape[3], dtype=self.W.dtype)
        z, met = correlate(pad(x, self.borders), rot180(self.W), self.stride, self.dilation)
        z += self.b
        o = self.activation(z)
        return o, (met, self.activation.derivative(o))

    def backward(self, gradient, memory, to_input=True):
        """dE/dx (N, H, W, M), dE/dTheta and dE/db from g = dE/do (N, H', W', F).

        delta = g o phi'(z). A tap's gradient is the sum, over images and positions, of delta times
        the pixel that the tap met there (:eq:`eq-conv-weight-gradient`, M19); a bias gets the sum
        of its map's delta (:eq:`eq-conv-bias-gradient`); a pixel gets delta times tap from every
        position that it had a part in (:eq:`eq-conv-input-gradient`, M20 put right).
        """
        met, derivative = memory  # derivative is phi'(z), kept in place of o
        self.check_gradient(gradient, derivative.shape, self.W.dtype)
        delta = gradient * derivative
        dturned, dpadded = correlate_back(delta, met, to_input)
        dx = crop(dpadded, self.borders) if to_input else None
        return dx, {"W": rot180(dturned), "b": sum_over_positions(delta)}

    def output_shape(self, input_shape):
        self.check_shape(input_shape, None, None, self.W.shape[3])
        height, width, _ = input_shape
        padded = [
            size + sum(added) for size, added in zip((height, width), self.borders, strict=True)
        ]
        return (*output_shape(padded, self.kernel_shape, self.stride, self.dilation), len(self.W))

    @property
    def kernel_shape(self):
        """(K, L)."""
        return self.W.shape[1:3]

    def __repr__(self):
        filters, height, width, maps = self.W.shape
        (above, below), (left, right) = self.borders
        options = [f"{height}x{width}"]
        options += [f"stride {self.stride}"] if self.stride > 1 else []
        options += [f"dilation {self.dilation}"] if self.dilation > 1 else []
        if above or below or left or right:
            options += [f"border {above},{below},{left},{right}"]
        return f"Convolution({maps} -> {filters}, {', '.join(options)}, {self.activation})"


def _pair(kernel):
    """(K, L) of a kernel given as K or (K, L)."""
    sizes = (kernel, kernel) if np.ndim(kernel) == 0 else tuple(kernel)
    if len(sizes) != 2:
        raise ValueError(f"a kernel is K or (K, L) taps large, but got {kernel!r}")
    for size in sizes:
        check_positive("kernel", size)
    return sizes
