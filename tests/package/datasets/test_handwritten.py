"""The digits are the same everywhere, in one fixed split, and cannot be spoiled."""

import hashlib

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnbook.datasets import Samples, digits

CENSUS = {
    # part: size, digits of each class, SHA-256 of the labels and of the pixels 0 to 16 as bytes
    "train": (
        1085,
        [108, 110, 107, 111, 109, 110, 109, 108, 105, 108],
        "7f68a21f47b938e5b3340e1e1c786deffa6d3250350f1e0b16572fd00cae312f",
        "79757c854d5a20af650799d24d39ee4e8712489cbc84c4789f32e6b5244608ac",
    ),
    "validation": (
        357,
        [35, 36, 35, 36, 36, 36, 36, 36, 35, 36],
        "eb2af956a79f05753ae4ec6942427cd62daa2779a2a60205cf25ea84bbf03733",
        "c2a917206362059c6fe77358f989c78f873c2d47799f048f483752e780a18827",
    ),
    "test": (
        355,
        [35, 36, 35, 36, 36, 36, 36, 35, 34, 36],
        "ae868ceb6e5b065cfdba65e639e01c0dbb262d32bea34ba86eab9eb6eddd8d59",
        "208645cd23e830184fd2fd044f441db9e420ba10f04e1caaee49bc0bb5941240",
    ),
}


def parts(dataset):
    return {"train": dataset.train, "validation": dataset.validation, "test": dataset.test}


def sha256(array):
    return hashlib.sha256(array.astype(np.uint8).tobytes()).hexdigest()


@pytest.mark.parametrize("scale", [(0, 1), (-1, 1), (0.25, 0.75)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_digits_are_the_same_everywhere(scale, dtype):
    for name, samples in parts(digits(scale, dtype)).items():
        size, classes, label_sum, pixel_sum = CENSUS[name]
        assert samples.x.shape == (size, 8, 8, 1)
        assert samples.x.dtype == dtype
        assert samples.labels.dtype == np.int64
        assert np.bincount(samples.labels).tolist() == classes
        pixels = np.rint((samples.x - scale[0]) / (scale[1] - scale[0]) * 16)
        assert (sha256(samples.labels), sha256(pixels)) == (label_sum, pixel_sum)


def test_every_digit_is_in_one_part():
    collection = load_digits()
    rows = np.concatenate([np.c_[s.vectors * 16, s.labels] for s in parts(digits()).values()])
    everything = np.c_[collection.data, collection.target]
    assert len(np.unique(everything, axis=0)) == 1797
    np.testing.assert_array_equal(np.unique(rows, axis=0), np.unique(everything, axis=0))
    assert len(rows) == 1797


def test_of_every_five_digits_of_a_class_three_are_learned_from():
    collection = load_digits()
    split = parts(digits())
    for label in range(10):
        members = collection.data[collection.target == label]
        expected = {
            "train": members[np.arange(len(members)) % 5 < 3],
            "validation": members[3::5],
            "test": members[4::5],
        }
        for name, samples in split.items():
            np.testing.assert_array_equal(
                samples.vectors[samples.labels == label] * 16, expected[name]
            )


def test_parts_keep_the_order_of_the_collection():
    order = {row.tobytes(): place for place, row in enumerate(load_digits().data)}
    for samples in parts(digits()).values():
        places = [order[row.tobytes()] for row in samples.vectors * 16]
        assert places == sorted(places)


@pytest.mark.parametrize("scale", [(0, 1), (-1, 1), (2, 5)])
def test_scale_is_linear_from_end_to_end(scale):
    x = digits(scale).test.x
    assert (x.min(), x.max()) == scale
    expected = scale[0] + digits().test.x * (scale[1] - scale[0])
    np.testing.assert_allclose(x, expected, rtol=1e-15)


def test_no_reader_can_spoil_the_digits():
    first = digits()
    for samples in parts(first).values():
        for array in (samples.x, samples.labels, samples.vectors):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1
    copy = first.test.x.copy()
    copy[...] = 7
    assert digits().test.x.max() == 1


@pytest.mark.parametrize(
    "scale", [(1, 0), (0, 0), (0, np.inf), (-np.inf, 0), (np.nan, 1), 1, (0, 1, 2)]
)
def test_wrong_scale_is_refused(scale):
    with pytest.raises(ValueError, match="two numbers"):
        digits(scale)


def test_wrong_dtype_is_refused():
    with pytest.raises(TypeError, match="floating type, but is int64"):
        digits(dtype=np.int64)


def test_samples_give_targets_and_vectors():
    x = np.arange(12, dtype=np.float32).reshape(2, 2, 3, 1)
    samples = Samples(x, np.array([3, 0], dtype=np.uint8))
    assert len(samples) == 2
    assert samples.labels.dtype == np.int64
    assert samples.t.dtype == np.float32
    assert samples.t.tolist() == [[0, 0, 0, 1] + [0] * 6, [1] + [0] * 9]
    assert samples.vectors.tolist() == [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    assert repr(samples) == "<2 images of 2 x 3 pixels, float32>"
    x[0] = 1  # who made the array may still write to it


def test_samples_of_colours_and_of_class_maps():
    x, labels = np.zeros((2, 3, 4, 3)), np.array([[[0, 1]], [[2, 0]]])
    samples = Samples(x, labels, classes=3)
    assert samples.t.shape == (2, 1, 2, 3)
    assert samples.t[1, 0].tolist() == [[0, 0, 1], [1, 0, 0]]
    assert samples.vectors.shape == (2, 36)
    assert repr(samples) == "<2 images of 3 x 4 pixels and 3 maps, float64>"
    with pytest.raises(ValueError, match="0 to 1, but range from 0 to 2"):
        Samples(x, labels, classes=2)


@pytest.mark.parametrize(
    ("shape", "labels", "error", "complaint"),
    [
        ((2, 3, 3), [0, 1], ValueError, r"\(2, 3, 3\) and \(2,\)"),
        ((2, 3, 3, 2, 1), [0, 1], ValueError, r"\(2, 3, 3, 2, 1\)"),
        ((2, 3, 3, 1), [0, 1, 2], ValueError, r"\(2, 3, 3, 1\) and \(3,\)"),
        ((2, 3, 3, 1), [[0], [1]], ValueError, r"\(2, 1\)"),
        ((2, 3, 3, 1), [0, 10], ValueError, "labels must be 0 to 9, but range from 0 to 10"),
        ((2, 3, 3, 1), [-1, 0], ValueError, "range from -1 to 0"),
        ((2, 3, 3, 1), [0.0, 1.0], TypeError, "integers, but are float64"),
    ],
)
def test_samples_that_do_not_fit_are_refused(shape, labels, error, complaint):
    with pytest.raises(error, match=complaint):
        Samples(np.zeros(shape), np.array(labels))
