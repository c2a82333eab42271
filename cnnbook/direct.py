"""Convolution by one matrix product: a row for each patch, a column for each filter.

Works for every kernel, stride and dilation. `cnnbook.winograd` has the same two functions for the
cases in which there is a faster way.
"""

from cnnbook.convolution import add_columns, columns, output_shape


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
