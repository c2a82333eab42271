"""A photograph in shades of gray, for filters to look at."""

import numpy as np
from sklearn.datasets import load_sample_image

from cnnbook.arguments import check_positive

LUMA = (299, 587, 114)  # thousandths of red, green and blue in a shade of gray (ITU-R BT.601)


def photograph(name="china", shrink=4):
    """One of the two photographs of scikit-learn in shades of gray, 0 (black) to 255 (white).

    Both by danielbuechele and vultilion on Flickr, under CC BY 2.0.

    Parameters
    ----------
    name : {"china", "flower"}
        A temple by a lake; a dahlia.
    shrink : int
        Squares of so many pixels a side become one, their mean.

    Returns
    -------
    array (H, W) of uint8
        427 x 640 pixels divided by `shrink`, what remains left out.
    """
    if name not in ("china", "flower"):
        raise ValueError(f"the photographs are 'china' and 'flower', but got {name!r}")
    check_positive("shrink", shrink)
    gray = load_sample_image(f"{name}.jpg").astype(np.int64) @ LUMA  # whole numbers: no rounding
    height, width = (size // shrink for size in gray.shape)
    squares = gray[: height * shrink, : width * shrink].reshape(height, shrink, width, shrink)
    return np.round(squares.sum(axis=(1, 3)) / (1000 * shrink**2)).astype(np.uint8)
