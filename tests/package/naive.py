"""The definitions, loop by loop: slow, without any trick, and for tests only."""

from itertools import product

import numpy as np


def convolution(x, filters, bias, borders=((0, 0), (0, 0)), stride=1, dilation=1):
    """True convolution of images (N, H, W, M) with filters (F, K, L, M), by its definition."""
    x = np.pad(x, [(0, 0), *borders, (0, 0)])
    count, height, width, maps = x.shape
    kernels, rows, cols, _ = filters.shape
    tops = range(0, height - dilation * (rows - 1), stride)
    lefts = range(0, width - dilation * (cols - 1), stride)
    z = np.zeros((count, len(tops), len(lefts), kernels), x.dtype)
    for n, u, v, f in np.ndindex(z.shape):
        z[n, u, v, f] = bias[f]
        for r, c, m in np.ndindex(rows, cols, maps):
            h = stride * u + dilation * (rows - 1 - r)
            w = stride * v + dilation * (cols - 1 - c)
            z[n, u, v, f] += filters[f, r, c, m] * x[n, h, w, m]
    return z


def starts(size, window, stride, edges):
    """First pixel of every window along one direction, found by going along the map.

    Edges ignored: windows that fit. Edges kept: windows are added until every pixel from there
    on is in one, but none that has no pixel at all.
    """
    if edges == "ignore":
        return [start for start in range(0, size, stride) if start + window <= size]
    found = []
    for start in range(0, size, stride):
        found.append(start)
        if start + window >= size:
            break
    return found


def windows(shape, window, stride, edges):
    """Every window as ((u, v), [(h, w), ...]): its position and its pixels, row by row."""
    tops, lefts = (starts(size, window, stride, edges) for size in shape[1:3])
    for (u, top), (v, left) in product(enumerate(tops), enumerate(lefts)):
        pixels = product(range(top, top + window), range(left, left + window))
        yield (u, v), [(h, w) for h, w in pixels if h < shape[1] and w < shape[2]]


def pooled_shape(shape, window, stride, edges):
    """Shape of the pooled images (N, H, W, M)."""
    rows, cols = (len(starts(size, window, stride, edges)) for size in shape[1:3])
    return shape[0], rows, cols, shape[3]


def downsample(x, window, stride, kind, edges):
    """Pooling of images (N, H, W, M): each window's own pixels, and their maximum or mean."""
    reduce = {"max": np.max, "mean": np.mean}[kind]
    o = np.zeros(pooled_shape(x.shape, window, stride, edges), x.dtype)
    for (u, v), pixels in windows(x.shape, window, stride, edges):
        o[:, u, v] = reduce([x[:, h, w] for h, w in pixels], axis=0)
    return o


def upsample(delta, x, window, stride, kind, edges):
    """The gradient at the images x (N, H, W, M), from the gradient at their windows."""
    dx = np.zeros_like(x)
    for (u, v), pixels in windows(x.shape, window, stride, edges):
        for n, m in np.ndindex(x.shape[0], x.shape[3]):
            values = [x[n, h, w, m] for h, w in pixels]
            winner = values.index(max(values))
            for place, (h, w) in enumerate(pixels):
                share = place == winner if kind == "max" else 1 / len(pixels)
                dx[n, h, w, m] += delta[n, u, v, m] * share
    return dx


def pick(x, winners, window, stride):
    """For each window the pixel at the place that winners names: max pooling made linear."""
    o = np.zeros(winners.shape, x.dtype)
    for n, u, v, m in np.ndindex(winners.shape):
        row, col = divmod(int(winners[n, u, v, m]), window)
        o[n, u, v, m] = x[n, stride * u + row, stride * v + col, m]
    return o


def raster(x):
    """Images (N, H, W, M) as rows of numbers: map by map, row by row, pixel by pixel."""
    count, height, width, maps = x.shape
    rows = [
        [x[n, h, w, m] for m in range(maps) for h in range(height) for w in range(width)]
        for n in range(count)
    ]
    return np.array(rows, x.dtype)


def dense(x, weights, bias):
    """z_nj = sum_i theta_ji x_ni + b_j."""
    z = np.zeros((len(x), len(weights)), x.dtype)
    for n, j in np.ndindex(z.shape):
        z[n, j] = sum(weights[j, i] * x[n, i] for i in range(x.shape[1])) + bias[j]
    return z
