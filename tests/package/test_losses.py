"""Losses: values by hand, gradients against differences, the mean, large scores, targets."""

import checks
import numpy as np
import pytest
import scipy.special
from fits import classifier, clouds, trained

from cnnbook.activations import dsoftmax, softmax
from cnnbook.losses import CrossEntropy, Hinge, KLDivergence, SquaredError, one_hot

OF_DISTRIBUTIONS = [SquaredError(), CrossEntropy(), CrossEntropy(0.2), KLDivergence()]
HINGES = [Hinge(1), Hinge(2)]
LOSSES = OF_DISTRIBUTIONS + HINGES
ONE_HOT = np.eye(4)[[2, 0, 3]]
SOFT = softmax(np.random.default_rng(0).normal(size=(3, 4)))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("t", [ONE_HOT, ONE_HOT[:1]])
def test_gradient(loss, t):
    checks.check_loss_gradient(loss, t)
    checks.check_loss_mean(loss, t)


@pytest.mark.parametrize("loss", OF_DISTRIBUTIONS)
def test_gradient_of_soft_targets(loss):
    checks.check_loss_gradient(loss, SOFT)
    checks.check_loss_mean(loss, SOFT)


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


@pytest.mark.parametrize("loss", LOSSES[1:])
@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5, 4), (2, 3, 4)])
def test_class_numbers(shape, loss):
    """The same as of the distributions they stand for, for samples and for pixels of maps."""
    rng = np.random.default_rng(3)
    scores, labels = rng.normal(size=shape), rng.integers(0, 4, shape[:-1])
    t = np.eye(4)[labels]
    assert loss.value(scores, labels) == loss.value(scores, t)
    np.testing.assert_array_equal(loss.gradient(scores, labels), loss.gradient(scores, t))
    by_pixel = loss.value(scores.reshape(-1, 4), t.reshape(-1, 4))
    np.testing.assert_allclose(loss.value(scores, t), by_pixel, rtol=1e-14)
    single = loss.gradient(scores.astype(np.float32), labels)
    assert single.dtype == np.float32


@pytest.mark.parametrize("loss", LOSSES[1:])
def test_refused_class_numbers(loss):
    scores = np.zeros((2, 3, 3, 4))
    with pytest.raises(ValueError, match=r"0\.\.3, but range from 4 to 4"):
        loss.value(scores, np.full((2, 3, 3), 4))
    with pytest.raises(ValueError, match=r"\(2, 3, 3, 4\) and \(2, 3\)"):
        loss.gradient(scores, np.zeros((2, 3), int))


@pytest.mark.parametrize("shape", [(3, 4), (2, 5, 6, 5), (3, 2, 4)])
@pytest.mark.parametrize("loss", OF_DISTRIBUTIONS)
def test_targets_of_any_shape(loss, shape):
    """Rows, boxes of every pixel, sequences: the gradient is that of the value."""
    checks.check_loss_gradient(loss, softmax(np.random.default_rng(0).normal(size=shape)))


def test_squared_error_of_boxes_counts_images():
    """The mean is over the first axis: four numbers of a box are added."""
    y, t = np.zeros((2, 3, 3, 5)), np.ones((2, 3, 3, 5))
    assert SquaredError().value(y, t) == 45 / 2


def test_hinge_by_hand():
    """Gaps 1 - s z of 0.5 at the true class, of 3 and 0.5 at two others; one is beyond 1."""
    scores, t = np.array([[0.5, 2.0, -0.5, -3.0]]), np.eye(4)[:1]
    assert Hinge(1).value(scores, t) == 0.5 + 3 + 0.5
    assert Hinge(2).value(scores, t) == 0.25 + 9 + 0.25
    np.testing.assert_array_equal(Hinge(1).gradient(scores, t), [[-1, 1, 1, 0]])
    np.testing.assert_array_equal(Hinge(2).gradient(scores, t), [[-1, 6, 1, 0]])


@pytest.mark.parametrize("loss", HINGES)
def test_hinge_is_satisfied_from_one_on(loss):
    """At the kink itself, too, where the slope is 0 by convention."""
    scores = np.array([[1.0, -1, -5], [-1, 8, -1]])
    assert loss.value(scores, np.array([0, 1])) == 0
    np.testing.assert_array_equal(loss.gradient(scores, np.array([0, 1])), 0)


@pytest.mark.parametrize("loss", HINGES)
def test_hinge_of_several_classes_at_once(loss):
    """One against the rest asks each class by itself, so a sample may have several or none."""
    checks.check_loss_gradient(loss, np.array([[1.0, 1, 0], [0, 0, 0]]))


@pytest.mark.parametrize("method", ["value", "gradient"])
def test_hinge_refuses_soft_targets(method):
    with pytest.raises(ValueError, match=r"but range from 0\.25 to 0\.75"):
        getattr(Hinge(), method)(np.zeros((1, 2)), np.array([[0.25, 0.75]]))


@pytest.mark.parametrize("power", [0, 3, 1.5, "1", None])
def test_hinge_refuses_other_powers(power):
    with pytest.raises(ValueError, match="power must be 1 or 2, but is"):
        Hinge(power)


def test_divergence_is_cross_entropy_without_entropy():
    scores = np.random.default_rng(1).normal(size=(3, 4))
    value = scipy.special.rel_entr(SOFT, softmax(scores)).sum() / 3
    np.testing.assert_allclose(KLDivergence().value(scores, SOFT), value, rtol=1e-13)
    left = CrossEntropy().value(scores, SOFT) - KLDivergence().value(scores, SOFT)
    np.testing.assert_allclose(left, scipy.special.entr(SOFT).sum() / 3, rtol=1e-13)
    gradients = [loss.gradient(scores, SOFT) for loss in (CrossEntropy(), KLDivergence())]
    np.testing.assert_array_equal(*gradients)


def test_divergence_of_equal_distributions():
    np.testing.assert_allclose(KLDivergence().value(np.log(SOFT), SOFT), 0, atol=1e-15)
    scores = np.random.default_rng(1).normal(size=(3, 4))
    assert KLDivergence().value(scores, ONE_HOT) == CrossEntropy().value(scores, ONE_HOT)


@pytest.mark.parametrize("method", ["value", "gradient"])
@pytest.mark.parametrize(
    ("t", "message"),
    [
        ([[0.5, 0.6]], "their sums range from 1.1 to 1.1"),
        ([[1.5, -0.5]], "their smallest number is -0.5"),
        ([[1.0, 0], [0, 0]], "their sums range from 0 to 1"),
    ],
)
def test_divergence_refuses_what_is_no_distribution(method, t, message):
    with pytest.raises(ValueError, match=message):
        getattr(KLDivergence(), method)(np.zeros_like(t), np.array(t))


def test_divergence_takes_rounded_distributions():
    t = softmax(np.random.default_rng(0).normal(size=(50, 200))).astype(np.float16)
    assert np.isfinite(KLDivergence().value(np.zeros((50, 200), np.float32), t))


@pytest.mark.parametrize("kind", [CrossEntropy, KLDivergence])
def test_smoothing_changes_the_targets(kind):
    scores = np.random.default_rng(1).normal(size=(3, 4))
    smooth = 0.8 * ONE_HOT + 0.05
    assert kind(0.2).value(scores, ONE_HOT) == kind().value(scores, smooth)
    np.testing.assert_array_equal(
        kind(0.2).gradient(scores, [2, 0, 3]), kind().gradient(scores, smooth)
    )


def test_smoothing_is_satisfied_at_a_finite_gap():
    """log(1 + C (1 - a) / a) above all others: there the gradient is zero."""
    scores = np.log(1 + 4 * 0.8 / 0.2) * ONE_HOT + 3
    np.testing.assert_allclose(CrossEntropy(0.2).gradient(scores, ONE_HOT), 0, atol=1e-16)
    assert CrossEntropy(0.2).gradient(2 * scores, ONE_HOT)[0, 2] > 0


@pytest.mark.parametrize("smoothing", [-0.1, 1, "0.1", True])
def test_refused_smoothing(smoothing):
    with pytest.raises(ValueError, match="smoothing must be at least 0 and below 1"):
        CrossEntropy(smoothing)


@pytest.mark.parametrize("loss", LOSSES[1:])
@pytest.mark.parametrize("as_numbers", [True, False])
def test_every_loss_trains(loss, as_numbers):
    """Three clouds of points, with class numbers and with one-hot targets."""
    x, t = clouds()
    network = classifier()
    targets = t.argmax(axis=1) if as_numbers else t
    history = trained(network, loss, x=x, t=targets, epochs=20, validation=(x, targets))
    assert history.loss[-1] < history.loss[0]
    assert history.validation_accuracy[-1] > 0.95


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
