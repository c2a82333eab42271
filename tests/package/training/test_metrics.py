"""Accuracy and errors: how many answers are right."""

import numpy as np
import pytest
from checks import repeatable
from hypothesis import given
from hypothesis import strategies as st

from cnnbook.losses import one_hot
from cnnbook.training import accuracy, accuracy_or_nan, errors


def test_accuracy_and_errors_by_hand():
    y = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5]])
    assert errors(y, np.array([0, 1, 1, 0])) == 1
    assert isinstance(errors(y, np.array([0, 1, 1, 0])), int)
    assert accuracy(y, one_hot(np.array([0, 1, 1, 0]), 2)) == 0.75
    assert accuracy(y, one_hot(np.array([0, 1, 0, 1]), 2)) == 0.75  # of equal ones the first


@repeatable
@given(st.integers(1, 30), st.integers(2, 6), st.integers(0, 1000))
def test_accuracy_and_errors_belong_together(samples, classes, seed):
    rng = np.random.default_rng(seed)
    y, labels = rng.standard_normal((samples, classes)), rng.integers(0, classes, samples)
    wrong = sum(
        max(range(classes), key=row.__getitem__) != c for row, c in zip(y, labels, strict=True)
    )
    assert errors(y, labels) == wrong
    assert accuracy(y, one_hot(labels, classes)) == (samples - wrong) / samples


def test_what_has_no_accuracy_is_refused():
    with pytest.raises(ValueError, match=r"outputs have shape \(4, 3\), but targets \(4, 2\)"):
        accuracy(np.ones((4, 3)), np.ones((4, 2)))
    for shapes in [((4, 1), (4,)), ((4, 3), (3,)), ((4, 3), (4, 1)), ((0, 3), (0,)), ((4,), (4,))]:
        with pytest.raises(ValueError, match="two classes or more and N labels"):
            errors(np.ones(shapes[0]), np.ones(shapes[1], int))
    with pytest.raises(ValueError, match="1 rows of outputs hold NaN"):
        errors(np.array([[1.0, np.nan], [0, 1]]), np.array([1, 1]))


def test_accuracy_or_nan_knows_what_has_no_accuracy():
    y, t = np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([[1.0, 0], [1, 0]])
    assert accuracy_or_nan(y, t) == 0.5
    assert accuracy_or_nan(y, np.array([0, 0])) == 0.5
    for scores, targets in [
        (y[:, :1], t[:, :1]),
        (np.where(y == 0.9, np.nan, y), t),
        ((y, y), t),
        (y, (t, t)),
    ]:
        assert np.isnan(accuracy_or_nan(scores, targets))


def test_accuracy_of_class_maps_counts_places():
    labels = np.array([[[0, 1], [2, 0]]])
    y = one_hot(np.array([[[0, 1], [2, 1]]]), 3)
    assert errors(y, labels) == 1
    assert accuracy(y, labels) == accuracy(y, one_hot(labels, 3)) == 0.75
