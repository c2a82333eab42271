"""Convolution by one matrix product: a row for each patch of the image, a column for each filter.

Works for every kernel, stride and dilation. On the way back, the work goes over the *taps*, the
K x L places of a kernel. For one tap, the pixels that it meets at all output positions form a
strided slice of the padded image. `cnnbook.convolution.winograd` has the same two functions for
the cases in which there is a faster way.
"""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnbook.convolution.geometry import output_shape


def forward(x, filters, stride=1, dilation=1):
    """Correlate padded images with filters (:eq:`eq-correlation`).

    Parameters
    ----------
    x : array (N, H, W, M)
        Padded images.
    filters : array (F, K, L, M)
    stride, dilation : int

    Returns
    -------
    z : array (N, H', W', F)
    memory : tuple
        What `backward` needs.
    """
    kernel_shape = filters.shape[1:3]
    patches = columns(x, kernel_shape, stride, dilation)  # (N H' W', K L M)
    z = patches @ filters.reshape(len(filters), -1).T
    positions = output_shape(x.shape[1:3], kernel_shape, stride, dilation)
    memory = patches, x.shape, filters, stride, dilation
    return z.reshape(len(x), *positions, len(filters)), memory


def backward(delta, memory, to_input=True):
    """Gradients at the filters and at the padded images, from delta = dE/dz (N, H', W', F).

    A tap's gradient is the sum of delta times the pixel it met (:eq:`eq-conv-weight-gradient`), a
    pixel's the sum of delta times the tap it met (:eq:`eq-conv-input-gradient`).

    Returns
    -------
    dfilters : array (F, K, L, M)
    dx : array (N, H, W, M), or None
        None without `to_input`: then it is not computed.
    """
    patches, shape, filters, stride, dilation = memory
    delta = delta.reshape(-1, len(filters))  # (N H' W', F)
    dfilters = (delta.T @ patches).reshape(filters.shape)
    if not to_input:
        return dfilters, None
    by_tap = filters.reshape(len(filters), -1, shape[3]).transpose(1, 0, 2)  # (K L, F, M)
    dpatches = (delta @ by_tap).transpose(1, 0, 2)  # (N H' W', K L, M); a tap lies in one piece
    return dfilters, add_columns(dpatches, shape, filters.shape[1:3], stride, dilation)


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
