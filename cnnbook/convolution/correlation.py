"""Correlation of padded images with filters, there and back, by the faster of two methods."""

import numpy as np

from cnnbook.convolution import im2col, winograd


def correlate(x, filters, stride=1, dilation=1):
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
    met : tuple
        What met at each output position, for `correlate_back`.
    """
    fast = winograd.suits(x.shape[1:3], filters.shape, stride, dilation)
    method = winograd if fast else im2col
    z, memory = method.forward(x, filters, stride, dilation)
    return z, (method, memory)


def correlate_back(delta, met, to_input=True):
    """The transpose of `correlate`: gradients at the filters and at the padded images.

    Parameters
    ----------
    delta : array (N, H', W', F)
        dE/dz.
    met : tuple
        As `correlate` gave it.
    to_input : bool
        Whether the gradient at the images is wanted.

    Returns
    -------
    dfilters : array (F, K, L, M)
        The sum of delta times pixel over all meetings of a tap (:eq:`eq-conv-weight-gradient`).
    dx : array (N, H, W, M), or None
        The sum of delta times tap over all meetings of a pixel (:eq:`eq-conv-input-gradient`).
    """
    method, memory = met
    return method.backward(delta, memory, to_input)


def sum_over_positions(delta):
    """The sum of every map over images and positions, as an array (F,)."""
    rows = delta.reshape(-1, delta.shape[-1])
    return np.ones(len(rows), rows.dtype) @ rows  # a sum, at the speed of a product
