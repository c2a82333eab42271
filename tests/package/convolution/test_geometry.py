"""Sizes and borders: positions of a kernel, receptive fields, padding and cropping."""

import numpy as np
import pytest

from cnnbook.convolution import border, crop, output_size, pad, receptive_field


@pytest.mark.parametrize(
    ("size", "options", "expected"),
    [
        (1000, {"kernel": 10}, 991),  # M9, M11
        (28, {"kernel": 3}, 26),  # K2
        (28, {"kernel": 3, "padding": 1}, 28),
        (28, {"kernel": 5}, 24),  # two pixels on each side
        (28, {"kernel": 5, "padding": 2}, 28),
        (26, {"kernel": 3}, 24),  # K4
        (24, {"kernel": 2, "stride": 2}, 12),  # G4 for pooling
        (64, {"kernel": 3}, 62),  # K12
        (7, {"kernel": 3, "stride": 2}, 3),
        (8, {"kernel": 3, "stride": 2}, 3),  # one pixel is left over
        (5, {"kernel": 3, "dilation": 2}, 1),
        (224, {"kernel": 7, "stride": 2, "padding": 3}, 112),
    ],
)
def test_output_sizes(size, options, expected):
    assert output_size(size, **options) == expected


@pytest.mark.parametrize(
    ("layers", "expected"),
    [
        ([], 1),
        ([(3, 1, 1)], 3),
        ([(3, 1, 1)] * 2, 5),  # K10
        ([(3, 1, 1), (3, 1, 2)], 7),  # G3
        ([(3, 1, 1), (3, 1, 2), (3, 1, 4)], 15),
        ([(3, 1, 1), (3, 1, 1), (2, 2, 1)], 6),  # K4, up to the pooling layer
        ([(5, 1, 1), (2, 2, 1), (5, 1, 1), (2, 2, 1)], 16),  # LeNet-5, before its dense layers
        ([(1, 3, 1), (2, 1, 1)], 4),
        ([(3, 2, 1)] * 3, 15),
    ],
)
def test_receptive_field(layers, expected):
    assert receptive_field(layers) == expected
    # The same by following one output down to the pixels it is made of.
    touched = {0}
    for kernel, stride, dilation in reversed(layers):
        touched = {stride * u + dilation * r for u in touched for r in range(kernel)}
    assert max(touched) + 1 == expected


@pytest.mark.parametrize("layer", [(0, 1, 1), (3, 0, 1), (3, 1, 0), (3, 1.5, 1)])
def test_refused_receptive_field(layer):
    with pytest.raises(ValueError, match="must be a whole number"):
        receptive_field([layer])


@pytest.mark.parametrize(
    "options", [{"padding": -1}, {"padding": 0.5}, {"stride": 0}, {"stride": [2]}]
)
def test_refused_output_size(options):
    with pytest.raises(ValueError, match="must be a whole number"):
        output_size(5, 3, **options)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [(0, 0), (0, 0)]),
        ({"padding": 2}, [(2, 2), (2, 2)]),
        ({"mode": "full"}, [(2, 2), (3, 3)]),
        ({"mode": "full", "dilation": 2}, [(4, 4), (6, 6)]),
        ({"mode": "same"}, [(1, 1), (2, 1)]),
        ({"mode": "same", "dilation": 3}, [(3, 3), (5, 4)]),
    ],
)
def test_borders(options, expected):
    """Of a kernel of 3 x 4 taps."""
    assert border((3, 4), **options) == expected


def test_pad_and_crop():
    x = np.arange(24.0).reshape(1, 3, 4, 2)
    borders = [(1, 0), (2, 3)]
    padded = pad(x, borders)
    np.testing.assert_array_equal(padded, np.pad(x, [(0, 0), *borders, (0, 0)]))
    np.testing.assert_array_equal(crop(padded, borders), x)
    assert pad(x, [(0, 0), (0, 0)]) is x
