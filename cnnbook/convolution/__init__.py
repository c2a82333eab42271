"""Convolution: the operation, its sizes, and two ways to compute it there and back.

`operations` has what a reader calls, on single images and minibatches; `correlate` and
`correlate_back` are what the layer calls, by a matrix product (`im2col`) or, where it saves work,
by Winograd's method (`winograd`).
"""

from cnnbook.convolution.correlation import correlate, correlate_back, sum_over_positions
from cnnbook.convolution.geometry import (
    border,
    crop,
    output_shape,
    output_size,
    pad,
    receptive_field,
)
from cnnbook.convolution.im2col import add_columns, columns, taps
from cnnbook.convolution.operations import conv2d, correlate2d, rot180

__all__ = [
    "add_columns",
    "border",
    "columns",
    "conv2d",
    "correlate",
    "correlate2d",
    "correlate_back",
    "crop",
    "output_shape",
    "output_size",
    "pad",
    "receptive_field",
    "rot180",
    "sum_over_positions",
    "taps",
]
