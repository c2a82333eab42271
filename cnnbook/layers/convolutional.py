"""The convolution layer."""

import numpy as np

from cnnbook import direct, winograd
from cnnbook.activations import check_activation, identity
from cnnbook.convolution import border, check_positive, crop, output_shape, pad, rot180
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
    W, dW : array (F, K, L, M)
        The filters, and dE/dTheta.
    b, db : array (F,)
        One bias for each filter, and dE/db.
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
        height, width = _pair(kernel)
        check_positive("stride", stride)
        check_activation(activation)
        area = height * width
        self.W = initialisation(
            (filters, height, width, maps), area * maps, area * filters, rng, dtype
        )
        self.b = np.zeros(filters, dtype)
        self.activation = activation
        self.stride, self.dilation = stride, dilation
        self.borders = border((height, width), mode, padding, dilation)

    def output(self, x):
        """o (N, H', W', F) for the images x (N, H, W, M)."""
        self._check_input(x, (None, None, self.W.shape[3]), self.W.dtype)
        padded = pad(x, self.borders)
        method = self._choose_method(padded.shape[1:3])
        z, self._memory = method.forward(padded, rot180(self.W), self.stride, self.dilation)
        self._backward = method.backward
        z += np.full(z.shape[1:], self.b)  # image to image: faster than a few numbers to each pixel
        o = self.activation(z)
        self.slope = self.activation.derivative(o)  # phi'(z): what is needed of o on the way back
        self._remember_shapes(x, o)
        return o

    def backpropagate(self, gradient):
        """dE/dx (N, H, W, M) from g = dE/do (N, H', W', F).

        delta = g o phi'(z). A tap's gradient is the sum, over images and positions, of delta times
        the pixel that the tap met there (:eq:`eq-conv-weight-gradient`, M19); a bias gets the sum
        of its map's delta (:eq:`eq-conv-bias-gradient`); a pixel gets delta times tap from every
        position that it had a part in (:eq:`eq-conv-input-gradient`, M20 put right).
        """
        return crop(self._go_back(gradient), self.borders)

    def set_gradients(self, gradient):
        self._go_back(gradient, to_input=False)

    def output_shape(self, input_shape):
        self._check_shape(input_shape, (None, None, self.W.shape[3]))
        height, width, _ = input_shape
        padded = [
            size + sum(added) for size, added in zip((height, width), self.borders, strict=True)
        ]
        return (*output_shape(padded, self.kernel_shape, self.stride, self.dilation), len(self.W))

    @property
    def kernel_shape(self):
        """(K, L)."""
        return self.W.shape[1:3]

    def _go_back(self, gradient, to_input=True):
        """Set dW and db; the gradient at the padded images, if it is wanted."""
        self._check_gradient(gradient)
        delta = gradient if self.activation is identity else gradient * self.slope
        dturned, dpadded = self._backward(delta, self._memory, to_input)
        self.dW = rot180(dturned)
        rows = delta.reshape(-1, len(self.W))
        self.db = np.ones(len(rows), rows.dtype) @ rows  # a sum, at the speed of a product
        return dpadded

    def _choose_method(self, padded_shape):
        """The module that computes the convolution of padded images (H, W)."""
        fast = winograd.suits(padded_shape, self.W.shape, self.stride, self.dilation)
        return winograd if fast else direct

    def __repr__(self):
        filters, height, width, maps = self.W.shape
        (above, below), (left, right) = self.borders
        options = [f"{height}x{width}"]
        options += [f"stride {self.stride}"] if self.stride > 1 else []
        options += [f"dilation {self.dilation}"] if self.dilation > 1 else []
        options += (
            [f"border {above},{below},{left},{right}"]
            if any(self.borders[0]) or any(self.borders[1])
            else []
        )
        return f"Convolution({maps} -> {filters}, {', '.join(options)}, {self.activation})"


def _pair(kernel):
    """(K, L) of a kernel given as K or (K, L)."""
    sizes = (kernel, kernel) if np.ndim(kernel) == 0 else tuple(kernel)
    if len(sizes) != 2:
        raise ValueError(f"a kernel is K or (K, L) taps large, but got {kernel!r}")
    for size in sizes:
        check_positive("kernel", size)
    return sizes
