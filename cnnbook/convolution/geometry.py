"""Sizes and borders: how many places a kernel has on an image, and what lies around it."""

import numpy as np

from cnnbook.arguments import check_not_negative, check_positive


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
    check_not_negative("padding", padding)
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
    check_not_negative("padding", padding)
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
