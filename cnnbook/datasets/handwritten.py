"""The two collections of handwritten digits: 8 x 8 pixels, and 28 x 28."""

from functools import cache

import numpy as np
from sklearn.datasets import load_digits

from cnnbook.datasets.files import find_mnist
from cnnbook.datasets.idx import read_idx
from cnnbook.datasets.samples import (
    CLASSES,
    Dataset,
    Samples,
    check_labels,
    check_scale,
    read_only,
    scaled,
)


def digits(scale=(0, 1), dtype=np.float64):
    """Give the 1797 real handwritten digits of scikit-learn, 8 x 8 pixels, in one fixed split.

    No random numbers: within each class, in the order of the collection, of every five digits
    three go to train, the fourth to validation, the fifth to test. The parts thus share writers.

    Parameters
    ----------
    scale : (float, float)
        What the pixel values 0 and 16 become: (0, 1) for the sigmoid, (-1, 1) for tanh (M1).
    dtype : dtype
        A floating type for the images.

    Returns
    -------
    Dataset
        train, validation and test with 1085, 357 and 355 images (N, 8, 8, 1).

    Raises
    ------
    ValueError
        If scale is not two rising numbers.
    TypeError
        If dtype is not a floating type.
    """
    check_scale(scale, dtype)
    pixels, labels = _digit_pixels()
    of_five = _rank_within_class(labels) % 5
    parts = (of_five < 3, of_five == 3, of_five == 4)
    return Dataset(
        *(Samples(scaled(pixels[part], 16, scale, dtype), labels[part]) for part in parts)
    )


def mnist(folder=None, scale=(0, 1), dtype=np.float32, validation=0):
    """Read MNIST: 60,000 training and 10,000 test images of 28 x 28 pixels.

    The four files, plain or .gz, are read from `folder`; else from the folder that the environment
    variable CNNBOOK_DATA names; else from data/mnist of the checkout, or, for an installed
    package, the user's cache folder, where what is missing is first downloaded. Nothing is kept
    in memory between calls.

    Parameters
    ----------
    folder : str or Path, optional
        Where the files must lie; nothing is downloaded into it.
    scale : (float, float)
        What the pixel values 0 and 255 become: (0, 1) for the sigmoid, (-1, 1) for tanh (M1).
    dtype : dtype
        A floating type for the images.
    validation : int
        How many training images, the last ones, are held out.

    Returns
    -------
    Dataset
        train, validation (empty unless asked for) and test, with images (N, 28, 28, 1).

    Raises
    ------
    MissingData
        If the files are not in the named folder, or cannot be downloaded.
    ValueError
        If a file is not what it should be (see `read_idx`), scale is not two rising numbers, or
        validation leaves nothing to learn from.
    TypeError
        If dtype is not a floating type, or validation not an integer.
    """
    check_scale(scale, dtype)
    paths = find_mnist(folder)
    images, labels = _read_pair(paths[0], paths[1])
    test_images, test_labels = _read_pair(paths[2], paths[3])
    if images.shape[1:] != test_images.shape[1:]:
        raise ValueError(
            f"the images in {paths[0]} and {paths[2]} must be of one size, "
            f"but are {images.shape[1:]} and {test_images.shape[1:]}"
        )
    kept = len(images) - _checked_count(validation, len(images))
    x = scaled(images, 255, scale, dtype)
    return Dataset(
        train=Samples(x[:kept], labels[:kept]),
        validation=Samples(x[kept:], labels[kept:]),
        test=Samples(scaled(test_images, 255, scale, dtype), test_labels),
    )


@cache
def _digit_pixels():
    """Return the pixels, 0 to 16, and the labels: read once, scaled anew for every caller."""
    collection = load_digits()
    return read_only(collection.images.astype(np.uint8)), read_only(collection.target)


def _rank_within_class(labels):
    """Return for each label how many equal ones come before it."""
    rank = np.empty(len(labels), dtype=np.int64)
    for label in range(CLASSES):
        members = np.flatnonzero(labels == label)
        rank[members] = np.arange(len(members))
    return rank


def _read_pair(image_path, label_path):
    images, labels = read_idx(image_path), read_idx(label_path)
    for path, array, kind, dimensions in (
        (image_path, images, "images", 3),
        (label_path, labels, "labels", 1),
    ):
        if array.ndim != dimensions or array.dtype != np.uint8:
            raise ValueError(
                f"{path} holds {array.dtype} in the shape {array.shape}, "
                f"expected {kind}: uint8, {dimensions} dimension(s)"
            )
    if len(images) != len(labels):
        raise ValueError(
            f"{image_path} holds {len(images)} images, but {label_path} holds {len(labels)} labels"
        )
    check_labels(f"labels in {label_path}", labels)
    return images, labels


def _checked_count(validation, images):
    if isinstance(validation, bool) or not isinstance(validation, int | np.integer):
        raise TypeError(f"validation must be a number of images, but is {validation!r}")
    if not 0 <= validation < images:
        raise ValueError(
            f"validation must be 0 to {images - 1} of the {images} training images, "
            f"but is {validation}"
        )
    return validation
