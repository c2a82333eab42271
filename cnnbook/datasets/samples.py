"""Images with their classes, and the scaling of pixels to numbers for a network."""

import math
from dataclasses import dataclass

import numpy as np

from cnnbook.losses import one_hot

CLASSES = 10


@dataclass(frozen=True, eq=False)
class Samples:
    """Images and their classes, both read-only.

    Parameters
    ----------
    x : array (N, H, W, M)
        Images of M maps: one for gray ones, three for colours.
    labels : array (N,) or (N, H', W') of int
        Their classes, 0 to classes - 1, one for an image or one for each place of a class map;
        kept as int64.
    classes : int
        C, ten for digits.

    Raises
    ------
    ValueError
        If the shapes do not fit each other, or a label is not 0 to classes - 1.
    TypeError
        If the labels are not integers.
    """

    x: np.ndarray
    labels: np.ndarray
    classes: int = CLASSES

    def __post_init__(self):
        if (
            self.x.ndim != 4
            or self.labels.ndim not in (1, 3)
            or self.labels.shape[:1] != self.x.shape[:1]
        ):
            raise ValueError(
                f"images must have shape (N, H, W, M) and labels (N,) or (N, H', W'), "
                f"but they have {self.x.shape} and {self.labels.shape}"
            )
        if not np.issubdtype(self.labels.dtype, np.integer):
            raise TypeError(f"labels must be integers, but are {self.labels.dtype}")
        check_labels("labels", self.labels, self.classes)
        object.__setattr__(self, "x", read_only(self.x))
        object.__setattr__(self, "labels", read_only(self.labels.astype(np.int64, copy=False)))

    @property
    def t(self):
        """Targets (..., C), one-hot along the last axis, in the dtype of x."""
        return one_hot(self.labels, self.classes, self.x.dtype)

    @property
    def vectors(self):
        """The images as rows of numbers (N, H * W * M), row of the image by row."""
        return self.x.reshape(len(self.x), math.prod(self.x.shape[1:]))

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        _, height, width, maps = self.x.shape
        colours = f" and {maps} maps" if maps > 1 else ""
        return f"<{len(self)} images of {height} x {width} pixels{colours}, {self.x.dtype}>"


@dataclass(frozen=True, eq=False)
class Dataset:
    """What to learn from, what to choose a design by, and what to look at once, at the end."""

    train: Samples
    validation: Samples
    test: Samples


def scaled(pixels, darkest, scale, dtype):
    """Turn pixels (N, H, W), 0 to darkest, into images (N, H, W, 1), low to high."""
    low, high = scale
    x = np.multiply(pixels[..., np.newaxis], high - low, dtype=dtype)
    x /= darkest
    x += low
    return x


def read_only(array):
    """Return a view through which the array cannot be written."""
    view = array.view()
    view.flags.writeable = False
    return view


def check_labels(what, labels, classes=CLASSES):
    """Raise a ValueError unless all labels are classes; the sentence begins with `what`."""
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"{what} must be 0 to {classes - 1}, but range from {labels.min()} to {labels.max()}"
        )


def check_scale(scale, dtype):
    """Raise an error unless `scaled` can use these."""
    if np.shape(scale) != (2,) or not -np.inf < scale[0] < scale[1] < np.inf:
        raise ValueError(f"scale must be two numbers, the lower first, but is {scale}")
    if not np.issubdtype(dtype, np.floating):
        raise TypeError(f"dtype must be a floating type, but is {np.dtype(dtype)}")
