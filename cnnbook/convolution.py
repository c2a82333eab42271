"""Two-dimensional convolution and correlation, the one operation under all of this book.

Images are (height, width), (height, width, maps) or (N, height, width, maps); a kernel is (K, L)
for an image without maps, and a stack of filters (F, K, L, maps) otherwise (K8).

Convolution becomes a matrix product: a row for each patch of the padded image, a column for each
filter. On the way back, the work goes over the *taps*, the K x L places of a kernel. For one tap,
the pixels that it meets at all output positions form a strided slice of the padded image, for
every stride, padding and dilation.
"""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


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
    size = kernel.shape[1:3]
    padded = pad(x, border(size, mode, padding, dilation))
    z = columns(padded, size, stride, dilation) @ kernel.reshape(len(kernel), -1).T  # (N H' W', F)
    return z.reshape(len(x), *output_shape(padded.shape[1:3], size, stride, dilation), len(kernel))


def rot180(kernel):
    """The kernel turned by half a turn: both its spatial axes reversed (:eq:`eq-rot180`).

    Parameters
    ----------
    kernel : array (K, L) or (F, K, L, M)
        A kernel, or a stack of filters, whose kernels are turned one by one.
    """
    kernel = np.asarray(kernel)
    if kernel.ndim == 2:
        return kernel[::-1, ::-1]
    if kernel.ndim == 4:
        return kernel[:, ::-1, ::-1]
    raise ValueError(
        f"a kernel (K, L) or filters (F, K, L, M) expected, but the shape is {kernel.shape}"
    )


def output_size(size, kernel, stride=1, padding=0, dilation=1):
    """Output positions along one direction (:eq:`eq-output-size`; G4, K2, M13).

    floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1

    Parameters
    ----------
    size, kernel : int
        Pixels of the image and taps of the kernel along this direction.
    stride, padding, dilation : int
        As in `conv2d`.

    Raises
    ------
    ValueError
        If the kernel does not fit into the padded image even once.
    """
    _check_padding(padding)
    for name, number in [("kernel", kernel), ("stride", stride), ("dilation", dilation)]:
        check_positive(name, number)
    extent = dilation * (kernel - 1) + 1
    if extent > size + 2 * padding:
        raise ValueError(
            f"a kernel of {kernel} taps with dilation {dilation} covers {extent} pixels, "
            f"but the padded image has only {size + 2 * padding}"
        )
    return (size + 2 * padding - extent) // stride + 1


def output_shape(image_shape, kernel_shape, stride=1, dilation=1):
    """Height and width (H', W') of the output for a padded image (H, W) and a kernel (K, L)."""
    return tuple(
        output_size(size, kernel, stride, 0, dilation)
        for size, kernel in zip(image_shape, kernel_shape, strict=True)
    )


def receptive_field(layers):
    """Span of input pixels, along one direction, that one output can depend on (G3, K10).

    1 + sum_l d_l (K_l - 1) s_1 ... s_(l-1) (:eq:`eq-receptive-field`)

    Parameters
    ----------
    layers : sequence of (kernel, stride, dilation)
        From the input upwards; a pooling layer is (window, stride, 1).
    """
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        for name, number in [("kernel", kernel), ("stride", stride), ("dilation", dilation)]:
            check_positive(name, number)
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field


def border(kernel_shape, mode="valid", padding=0, dilation=1):
    """Zeros to add (above, below) and (left, right) of an image for a mode, or for a padding."""
    _check_padding(padding)
    if padding and mode != "valid":
        raise ValueError(
            f"give either a mode or a padding, not mode {mode!r} with padding {padding}"
        )
    check_positive("dilation", dilation)
    reach = [dilation * (taps - 1) for taps in kernel_shape]
    if mode == "valid":
        return [(padding, padding) for _ in reach]
    if mode == "full":
        return [(r, r) for r in reach]
    if mode == "same":
        return [((r + 1) // 2, r // 2) for r in reach]
    raise ValueError(f"mode must be 'valid', 'full' or 'same', but is {mode!r}")


def pad(x, borders):
    """The images (N, H, W, M) with zeros around them; the images themselves where none are due."""
    (above, below), (left, right) = borders
    if not (above or below or left or right):
        return x
    samples, height, width, maps = x.shape
    # np.pad takes twice as long for large images, and many times as long for small ones.
    padded = np.zeros((samples, above + height + below, left + width + right, maps), x.dtype)
    crop(padded, borders)[...] = x
    return padded


def crop(x, borders):
    """The inverse of `pad`: the images without their borders."""
    (above, below), (left, right) = borders
    return x[:, above : x.shape[1] - below, left : x.shape[2] - right]


@lru_cache
def taps(image_shape, kernel_shape, stride=1, dilation=1):
    """For each tap of a kernel, in the order of rows, the pixels it meets at all output positions.

    Parameters
    ----------
    image_shape, kernel_shape : (int, int)
        Height and width of the padded image and of the kernel.

    Returns
    -------
    tuple of (slice, slice)
        K L pairs; the slices cut H' rows and W' columns out of the padded image.
    """
    positions = output_shape(image_shape, kernel_shape, stride, dilation)
    rows, cols = (
        [slice(start, start + stride * (count - 1) + 1, stride) for start in starts]
        for count, starts in zip(
            positions, (range(0, dilation * k, dilation) for k in kernel_shape), strict=True
        )
    )
    return tuple((r, c) for r in rows for c in cols)


def columns(x, kernel_shape, stride=1, dilation=1):
    """The patch under each output position, as a row of numbers ('im2col').

    Parameters
    ----------
    x : array (N, H, W, M)
        Padded images.

    Returns
    -------
    array (N H' W', K L M)
        Taps in the order of rows, and the M maps of a tap side by side.
    """
    places = taps(x.shape[1:3], kernel_shape, stride, dilation)
    if x.shape[3] == 1:  # copied tap by tap, in runs of a row; below, in runs of the maps
        return np.stack([x[:, r, c] for r, c in places]).reshape(len(places), -1).T
    extent = [dilation * (k - 1) + 1 for k in kernel_shape]
    windows = sliding_window_view(x, extent, axis=(1, 2))  # (N, rows, cols, M, *extent)
    windows = windows[:, ::stride, ::stride, :, ::dilation, ::dilation]  # (N, H', W', M, K, L)
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, len(places) * x.shape[3])


def add_columns(patches, shape, kernel_shape, stride=1, dilation=1):
    """The transpose of `columns`: every number is added back to the pixel it came from ('col2im').

    Parameters
    ----------
    patches : array (N H' W', K L M)
    shape : (N, H, W, M)
        Of the padded images.
    """
    x = np.zeros(shape, dtype=patches.dtype)
    slices = taps(shape[1:3], kernel_shape, stride, dilation)
    positions = output_shape(shape[1:3], kernel_shape, stride, dilation)
    patches = patches.reshape(shape[0], *positions, len(slices), shape[3])
    for tap, (r, c) in enumerate(slices):
        x[:, r, c] += patches[..., tap, :]
    return x


def check_positive(name, number):
    """Refuse what is not a whole number of at least 1."""
    if not isinstance(number, int | np.integer) or number < 1:
        raise ValueError(f"{name} must be a whole number, 1 or more, but is {number!r}")


def _wide(array):
    """The array; whole numbers as int64, since sums of pixels would not fit into eight bits."""
    array = np.asarray(array)
    return array if np.issubdtype(array.dtype, np.inexact) else array.astype(np.int64)


def _check_padding(padding):
    if not isinstance(padding, int | np.integer) or padding < 0:
        raise ValueError(f"padding must be a whole number of pixels, 0 or more, but is {padding!r}")


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
