"""Losses: values by hand, gradients against differences, the mean, large scores, targets."""

import checks
import numpy as np
import pytest
import scipy.special

from cnnbook.activations import dsoftmax, softmax
from cnnbook.losses import CrossEntropy, SquaredError, one_hot

LOSSES = [SquaredError(), CrossEntropy()]
ONE_HOT = np.eye(4)[[2, 0, 3]]
SOFT = softmax(np.random.default_rng(0).normal(size=(3, 4)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("t", [ONE_HOT, SOFT, ONE_HOT[:1]])
def test_gradient(loss, t):
    checks.check_loss_gradient(loss, t)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("t", [ONE_HOT, SOFT])
def test_mean_over_minibatch(loss, t):
    checks.check_loss_mean(loss, t)


def test_large_scores():
    checks.check_large_scores(CrossEntropy())


def test_squared_error_by_hand():
    y, t = np.array([[1.0, 2.0], [0.0, 4.0]]), np.array([[0.0, 2.0], [3.0, 4.0]])
    assert SquaredError().value(y, t) == (1 + 9) / 2 / 2
    np.testing.assert_array_equal(SquaredError().gradient(y, t), [[0.5, 0], [-1.5, 0]])


def test_cross_entropy_by_hand():
    """Odds of 3 to 1: the loss is log 4/3 for the first class, log 4 for the second."""
    scores = np.log([[3.0, 1.0], [3.0, 1.0]])
    value = CrossEntropy().value(scores, np.eye(2))
    np.testing.assert_allclose(value, (np.log(4 / 3) + np.log(4)) / 2, rtol=1e-15)
    expected = [[-0.125, 0.125], [0.375, -0.375]]
    np.testing.assert_allclose(CrossEntropy().gradient(scores, np.eye(2)), expected, rtol=1e-14)


def test_cross_entropy_of_equal_scores():
    """A network that gives all classes alike has the loss log C (O7)."""
    value = CrossEntropy().value(np.full((3, 4), 1.7), ONE_HOT)
    np.testing.assert_allclose(value, np.log(4), rtol=1e-15)


def test_cross_entropy_through_probabilities():
    """Where nothing underflows, the loss from scores is that from probabilities."""
    scores = np.random.default_rng(1).normal(size=(3, 4))
    y = softmax(scores)
    by_hand = -np.mean(np.sum(SOFT * np.log(y), axis=1))
    np.testing.assert_allclose(CrossEntropy().value(scores, SOFT), by_hand, rtol=1e-14)
    entropy = scipy.special.rel_entr(SOFT, y).sum() / 3 + scipy.special.entr(SOFT).sum() / 3
    np.testing.assert_allclose(by_hand, entropy, rtol=1e-14)


def test_squared_error_on_probabilities():
    """A loss of y reaches the scores through the Jacobian of the softmax."""
    z, t = np.random.default_rng(2).normal(size=(3, 4)), ONE_HOT
    loss = SquaredError()
    gradients = {"z": dsoftmax(softmax(z), loss.gradient(softmax(z), t))}
    checks.assert_gradients(lambda: loss.value(softmax(z), t), {"z": z}, gradients)


@pytest.mark.parametrize("loss", LOSSES)
def test_arguments_stay_as_they_are(loss):
    values, t = np.ones((3, 4)), ONE_HOT.copy()
    loss.value(values, t)
    loss.gradient(values, t)
    np.testing.assert_array_equal(values, 1)
    np.testing.assert_array_equal(t, ONE_HOT)


@pytest.mark.parametrize("loss", LOSSES)
def test_single_precision_stays(loss):
    values, t = np.ones((3, 4), np.float32), ONE_HOT.astype(np.float32)
    assert loss.gradient(values, t).dtype == np.float32
    assert np.asarray(loss.value(values, t)).dtype == np.float32


@pytest.mark.parametrize("loss", LOSSES)
def test_nan_is_not_hidden(loss):
    values = np.ones((3, 4))
    values[1, 2] = np.nan
    assert np.isnan(loss.value(values, ONE_HOT))
    assert np.isnan(loss.gradient(values, ONE_HOT)[1]).any()


@pytest.mark.parametrize("method", ["value", "gradient"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("shape", "targets"),
    [((3, 4), (3,)), ((3, 4), (3, 1)), ((3,), (3,)), ((0, 4), (0, 4)), ((), ()), ((3, 0), (3, 0))],
)
def test_refused_shapes(loss, method, shape, targets):
    with pytest.raises(ValueError, match="have shapes") as error:
        getattr(loss, method)(np.ones(shape), np.ones(targets))
    assert str(shape) in str(error.value)
    assert str(targets) in str(error.value)


@pytest.mark.parametrize("loss", LOSSES)
def test_lists(loss):
    """Numbers in lists are numbers."""
    values, t = np.arange(12.0).reshape(3, 4), ONE_HOT
    assert loss.value(values.tolist(), t.tolist()) == loss.value(values, t)
    np.testing.assert_array_equal(
        loss.gradient(values.tolist(), t.tolist()), loss.gradient(values, t)
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, np.float16, bool])
def test_short_numbers_are_widened(loss, kind):
    """As bytes, 255 - 0 would overflow when it is squared, and 0 - 255 be 1."""
    top = 1 if kind is bool else np.iinfo(kind).max if np.issubdtype(kind, np.integer) else 6e4
    values, t = np.array([[top, 0], [0, top]], kind), np.array([[0, 1], [0, 1]], kind)
    expected = loss.value(values.astype(float), t.astype(float))
    assert loss.value(values, t) == expected
    assert np.isfinite(expected)
    gradient = loss.gradient(values, t)
    assert gradient.dtype == np.float64
    np.testing.assert_array_equal(gradient, loss.gradient(values.astype(float), t.astype(float)))


@pytest.mark.parametrize("loss", LOSSES)
def test_masks_are_not_lost(loss):
    masked = np.ma.masked_less(np.ones((3, 4)), 0)
    for arguments in [(masked, ONE_HOT), (np.ones((3, 4)), masked)]:
        with pytest.raises(TypeError, match="must be a plain array, but is a masked one"):
            loss.value(*arguments)


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5, 4), (2, 3, 4)])
def test_cross_entropy_of_class_numbers(shape):
    """The same as of the distributions they stand for, for samples and for pixels of maps."""
    rng = np.random.default_rng(3)
    scores, labels = rng.normal(size=shape), rng.integers(0, 4, shape[:-1])
    t = np.eye(4)[labels]
    loss = CrossEntropy()
    assert loss.value(scores, labels) == loss.value(scores, t)
    np.testing.assert_array_equal(loss.gradient(scores, labels), loss.gradient(scores, t))
    by_pixel = loss.value(scores.reshape(-1, 4), t.reshape(-1, 4))
    np.testing.assert_allclose(loss.value(scores, t), by_pixel, rtol=1e-14)
    single = loss.gradient(scores.astype(np.float32), labels)
    assert single.dtype == np.float32


def test_refused_class_numbers():
    scores = np.zeros((2, 3, 3, 4))
    with pytest.raises(ValueError, match=r"0\.\.3, but range from 4 to 4"):
        CrossEntropy().value(scores, np.full((2, 3, 3), 4))
    with pytest.raises(ValueError, match=r"\(2, 3, 3, 4\) and \(2, 3\)"):
        CrossEntropy().gradient(scores, np.zeros((2, 3), int))


@pytest.mark.parametrize("shape", [(3, 4), (2, 5, 6, 5), (3, 2, 4)])
@pytest.mark.parametrize("loss", LOSSES)
def test_targets_of_any_shape(loss, shape):
    """Rows, boxes of every pixel, sequences: the gradient is that of the value."""
    checks.check_loss_gradient(loss, softmax(np.random.default_rng(0).normal(size=shape)))


def test_squared_error_of_boxes_counts_images():
    """The mean is over the first axis: four numbers of a box are added."""
    y, t = np.zeros((2, 3, 3, 5)), np.ones((2, 3, 3, 5))
    assert SquaredError().value(y, t) == 45 / 2


@pytest.mark.parametrize("shape", [(5,), (2, 3), (2, 3, 4), (0,)])
def test_one_hot_of_any_shape(shape):
    labels = np.random.default_rng(0).integers(0, 17, shape)
    t = one_hot(labels, 17)
    assert t.shape == (*shape, 17)
    np.testing.assert_array_equal(t.argmax(axis=-1), labels)
    assert t.sum() == labels.size


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_one_hot(dtype):
    t = one_hot(np.array([2, 0, 2], np.uint8), 4, dtype)
    np.testing.assert_array_equal(t, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])
    assert t.dtype == dtype
    assert one_hot(np.array([], int), 3).shape == (0, 3)


@pytest.mark.parametrize(
    ("labels", "error", "message"),
    [
        ([0, 3], ValueError, r"0\.\.2, but range from 0 to 3"),
        ([-1, 1], ValueError, r"0\.\.2, but range from -1 to 1"),
        ([[[0, 5]]], ValueError, r"0\.\.2, but range from 0 to 5"),
        (1, ValueError, "labels must be an array of class numbers, but are the number 1"),
        ([0.0, 1.0], TypeError, "float64"),
        ([True, False], TypeError, "bool"),
        (["1"], TypeError, "U1"),
    ],
)
def test_refused_labels(labels, error, message):
    with pytest.raises(error, match=message):
        one_hot(labels, 3)
