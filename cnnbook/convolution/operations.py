"""Two-dimensional convolution and correlation, the one operation under all of this book.

Images are (height, width), (height, width, maps) or (N, height, width, maps); a kernel is (K, L)
for an image without maps, and a stack of filters (F, K, L, maps) otherwise (K8).
"""

import numpy as np

from cnnbook.arguments import check_not_masked
from cnnbook.convolution import im2col
from cnnbook.convolution.geometry import border, pad


def conv2d(x, kernel, mode="valid", stride=1, padding=0, dilation=1):
    """True convolution of images with a kernel (:eq:`eq-conv2d`; M12, M13).

    z_uv = sum_rc theta_rc x_(s u + d(K-1-r)),(s v + d(L-1-c)) for an image x that is already
    padded: the kernel's index runs against the image's. With filters, the sum goes over the input
    maps too.

    Parameters
    ----------
    x : array (H, W), (H, W, M) or (N, H, W, M)
        One image, one image of M maps, or a minibatch of N of these.
    kernel : array (K, L), or (F, K, L, M) when x has maps
        The kernel, or F filters with one kernel for each input map.
    mode : {"valid", "full", "same"}
        How far the kernel may reach over the border, where the image is continued by zeros: not
        at all; as far as one pixel of overlap; so far that at stride 1 the output has the size of
        the image (centred as `scipy.signal.convolve2d` does it).
    stride : int
        Pixels between two output positions, in both directions.
    padding : int
        Zeros added on each of the four sides. Instead of a mode, not together with "full" or
        "same".
    dilation : int
        Pixels between two taps of the kernel (G3).

    Returns
    -------
    array (H', W'), (H', W', F) or (N, H', W', F)
        H' and W' as `output_size` computes them.

    Raises
    ------
    ValueError
        If the shapes do not fit, the kernel is larger than the padded image, or an option is
        unknown or out of range.
    """
    return correlate2d(x, rot180(kernel), mode, stride, padding, dilation)


def correlate2d(x, kernel, mode="valid", stride=1, padding=0, dilation=1):
    """Cross-correlation: `conv2d` without the rotation of the kernel (:eq:`eq-correlation`, W1).

    z_uv = sum_rc theta_rc x_(s u + d r),(s v + d c). This is what most frameworks call
    convolution. The arguments are those of `conv2d`.
    """
    x, kernel = _wide(x), _wide(kernel)
    if x.ndim == 2 and kernel.ndim == 2:
        z = correlate2d(x[..., None], kernel[None, ..., None], mode, stride, padding, dilation)
        return z[..., 0]
    if x.ndim == 3 and kernel.ndim == 4:
        return correlate2d(x[None], kernel, mode, stride, padding, dilation)[0]
    _check_images_and_filters(x, kernel)
    padded = pad(x, border(kernel.shape[1:3], mode, padding, dilation))
    return im2col.forward(padded, kernel, stride, dilation)[0]


def rot180(kernel):
    """The kernel turned by half a turn: both its spatial axes reversed (:eq:`eq-rot180`).

    Parameters
    ----------
    kernel : array (K, L) or (F, K, L, M)
        A kernel, or a stack of filters, whose kernels are turned one by one.
    """
    check_not_masked("a kernel", kernel)
    kernel = np.asarray(kernel)
    if kernel.ndim == 2:
        return kernel[::-1, ::-1]
    if kernel.ndim == 4:
        return kernel[:, ::-1, ::-1]
    raise ValueError(
        f"a kernel (K, L) or filters (F, K, L, M) expected, but the shape is {kernel.shape}"
    )


def _wide(array):
    """The array; whole numbers as int64, since sums of pixels would not fit into eight bits."""
    check_not_masked("what is convolved", array)
    array = np.asarray(array)
    return array if np.issubdtype(array.dtype, np.inexact) else array.astype(np.int64)


def _check_images_and_filters(x, kernel):
    if x.ndim != 4 or kernel.ndim != 4:
        raise ValueError(
            "an image (H, W) takes a kernel (K, L), images (H, W, M) or (N, H, W, M) take filters "
            f"(F, K, L, M), but the shapes are {x.shape} and {kernel.shape}"
        )
    if x.shape[3] != kernel.shape[3]:
        raise ValueError(
            f"the images have {x.shape[3]} maps, but the filters have kernels for "
            f"{kernel.shape[3]}: shapes {x.shape} and {kernel.shape}"
        )
