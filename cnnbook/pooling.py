"""Pooling: windows of a map reduced to one number each, and the way back.

As in `cnnbook.convolution`, the work goes over the places of a window: the pixels that one place
meets in all windows form a strided slice, so that overlapping windows need no special case.
"""

from itertools import repeat

import numpy as np

from cnnbook.arguments import check_not_masked, check_positive
from cnnbook.convolution import taps


def downsample(x, window=2, stride=None, kind="max", edges="ignore", return_winners=False):
    """The maximum or the mean of every window (:eq:`eq-pool-max`, :eq:`eq-pool-mean`; M15).

    Parameters
    ----------
    x : array (H, W), (H, W, M) or (N, H, W, M)
        One map, one image of M maps, or a minibatch; every map is pooled by itself.
    window : int
        Pixels of a window, in both directions.
    stride : int, optional
        Pixels from one window to the next; the window's size if not given. Smaller strides make
        windows overlap.
    kind : {"max", "mean"}
        What is taken of a window.
    edges : {"ignore", "keep"}
        What happens to pixels that do not fill a window: they are left out; or a window over the
        edge works with the pixels that it has. (The source pads with zeros instead. A zero can
        win against negative pixels, and it lowers a mean.)
    return_winners : bool
        Also return which pixel of each window was the largest: its place in the window, counted
        along the rows, the first one if several are equal. Only for kind "max".

    Returns
    -------
    array (H', W'), (H', W', M) or (N, H', W', M)
        H' and W' as `pooled_size` computes them; with `return_winners` a second array of this
        shape, of integers.

    Notes
    -----
    NaN propagates: a window that holds one gives NaN, and its first NaN counts as the winner, so
    that a gradient goes back to the pixel that the output came from.

    Raises
    ------
    ValueError
        If x has another number of axes, no window fits, or an option is unknown.
    """
    check_kind(kind)
    if return_winners and kind != "max":
        raise ValueError("only max pooling has winners, but kind is 'mean'")
    images = _as_minibatch(x)
    outside = -np.inf if kind == "max" else 0
    places = _places(images, window, stride, edges, outside)
    if kind == "mean":
        counts = _counts(images.shape, images.dtype, window, stride, edges)
        return (sum(places) / counts)[_axes_of(x)]
    numbers = _numbers(images.shape, window)
    o = places[0].copy()
    place_type = np.min_scalar_type(window**2).type
    winners = np.zeros(o.shape, place_type)
    for place, pixels in zip(numbers[1:], places[1:], strict=True):
        later = (pixels > o) * place_type(place)
        np.maximum(winners, later, out=winners)  # a later place is a larger number
        np.maximum(o, pixels, out=o)
    if np.isnan(o).any():  # no comparison finds it
        for place, pixels in zip(reversed(numbers), reversed(places), strict=True):
            winners[np.isnan(pixels)] = place
    return (o[_axes_of(x)], winners[_axes_of(x)]) if return_winners else o[_axes_of(x)]


def upsample(delta, shape, window=2, stride=None, edges="ignore", winners=None):
    """The gradient at the pooled pixels, from that at the windows: the transpose of `downsample`.

    With winners (max pooling) the whole gradient goes to the winner of its window
    (:eq:`eq-unpool-max`); without (mean pooling) every pixel of the window gets an equal part
    (:eq:`eq-unpool-mean`). A pixel of several windows gets the sum. (M18; the source copies the
    gradient of a maximum to all pixels, which is wrong.)

    Parameters
    ----------
    delta : array (H', W'), (H', W', M) or (N, H', W', M)
        Gradient at the output of `downsample`.
    shape : tuple
        Of the array that was pooled.
    window, stride, edges
        As in `downsample`.
    winners : array of int, optional
        As `downsample` returned them.

    Returns
    -------
    array of the given shape
    """
    images_shape = _as_minibatch(np.broadcast_to(0.0, shape)).shape
    deltas = _as_minibatch(delta)
    positions = _positions(images_shape, window, stride, edges)
    if deltas.shape != (images_shape[0], *positions, images_shape[3]):
        raise ValueError(
            f"windows over an array of shape {tuple(shape)} form {positions[0]} rows and "
            f"{positions[1]} columns, but the gradient has shape {np.shape(delta)}"
        )
    if winners is None:
        deltas = deltas / _counts(images_shape, deltas.dtype, window, stride, edges)
        masks = repeat(True)
    else:
        if np.shape(winners) != np.shape(delta):
            raise ValueError(
                f"winners have shape {np.shape(winners)}, but the gradient {np.shape(delta)}"
            )
        winners = np.reshape(winners, deltas.shape)
        masks = (winners == place for place in _numbers(images_shape, window))
    x = _reaching(np.zeros(images_shape, dtype=deltas.dtype), positions, window, stride, 0)
    overlap = stride is not None and stride < window
    slices = _slices(images_shape, positions, window, stride)
    for (rows, cols), mask in zip(slices, masks, strict=False):
        if overlap:
            x[:, rows, cols] += deltas * mask
        else:
            np.multiply(deltas, mask, out=x[:, rows, cols])
    return x[:, : images_shape[1], : images_shape[2]].reshape(shape)


def pooled_size(size, window, stride=None, edges="ignore"):
    """Number of windows along one direction (:eq:`eq-pool-size`; G4, M11, K11).

    Edges ignored: floor((size - window)/stride) + 1. Edges kept: ceil((size - window)/stride) + 1,
    and at least 1, where a last window that would start outside the map is not counted.
    """
    stride = window if stride is None else stride
    check_positive("window", window)
    check_positive("stride", stride)
    if edges == "keep":
        windows = max(-(-(size - window) // stride), 0) + 1
        return windows - 1 if (windows - 1) * stride >= size else windows
    if edges != "ignore":
        raise ValueError(f"edges must be 'ignore' or 'keep', but is {edges!r}")
    if size < window:
        raise ValueError(f"a window of {window} pixels does not fit into a map of {size} pixels")
    return (size - window) // stride + 1


def check_kind(kind):
    """Refuse what is not a kind of pooling."""
    if kind not in ("max", "mean"):
        raise ValueError(f"kind must be 'max' or 'mean', but is {kind!r}")


def _places(images, window, stride, edges, outside):
    """The pixels (N, H', W', M) that one place of the window meets in all windows, by place."""
    shape, positions = images.shape, _positions(images.shape, window, stride, edges)
    images = _reaching(images, positions, window, stride, outside)
    slices = _slices(shape, positions, window, stride)
    return [images[:, rows, cols] for rows, cols in slices]


def _counts(shape, dtype, window, stride, edges):
    """How many pixels of the map each window has: an array (1, H', W', 1)."""
    return sum(_places(np.ones((1, *shape[1:3], 1), dtype), window, stride, edges, 0))


def _positions(shape, window, stride, edges):
    return tuple(pooled_size(size, window, stride, edges) for size in shape[1:3])


def _reach(shape, window):
    """Rows and columns of a window that can meet a pixel: no more than the map has."""
    return min(window, shape[1]), min(window, shape[2])


def _numbers(shape, window):
    """The places of a window that can meet a pixel, counted along the rows of the whole window."""
    rows, cols = _reach(shape, window)
    return [row * window + col for row in range(rows) for col in range(cols)]


def _slices(shape, positions, window, stride):
    """For each of these places, the pixels that it meets in all windows."""
    stride = window if stride is None else stride
    reach = _reach(shape, window)
    extent = tuple((count - 1) * stride + r for count, r in zip(positions, reach, strict=True))
    return taps(extent, reach, stride)


def _reaching(images, positions, window, stride, outside):
    """The images, continued by a constant below and to the right as far as the places reach."""
    stride = window if stride is None else stride
    beyond = [
        (0, max((count - 1) * stride + reach - size, 0))
        for count, reach, size in zip(
            positions, _reach(images.shape, window), images.shape[1:3], strict=True
        )
    ]
    if beyond == [(0, 0), (0, 0)]:
        return images
    return np.pad(images, [(0, 0), *beyond, (0, 0)], constant_values=outside)


def _as_minibatch(x):
    """The array as floats with the axes (N, H, W, M)."""
    check_not_masked("what is pooled", x)
    x = np.asarray(x)
    if x.ndim not in (2, 3, 4):
        raise ValueError(
            f"a map (H, W), an image (H, W, M) or a minibatch (N, H, W, M) expected, "
            f"but the shape is {x.shape}"
        )
    if not np.issubdtype(x.dtype, np.floating):
        x = x.astype(np.float64)
    return x[_NEW_AXES[x.ndim]]


def _axes_of(x):
    """The index that takes a minibatch (N, H, W, M) back to the axes of x."""
    return _OWN_AXES[np.ndim(x)]


_NEW_AXES = {2: (None, ..., None), 3: (None, ...), 4: (...,)}
_OWN_AXES = {2: (0, ..., 0), 3: (0, ...), 4: (...,)}
