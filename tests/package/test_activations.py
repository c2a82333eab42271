"""Activations: values, derivatives taken of the output, and the softmax with its Jacobian."""

import re

import checks
import numpy as np
import pytest
import scipy.special
from scipy.special import expit

from cnnbook.activations import (
    Activation,
    delu,
    didentity,
    drelu,
    dsigmoid,
    dsoftmax,
    dtanh,
    elu,
    identity,
    leaky_relu,
    log_softmax,
    relu,
    sigmoid,
    softmax,
    tanh,
)
from cnnbook.losses import CrossEntropy

LEAKY = leaky_relu(0.1)
ALL = [sigmoid, tanh, relu, LEAKY, elu, identity]
SCORES = np.random.default_rng(0).normal(size=(4, 5))


@pytest.mark.parametrize(
    ("activation", "value", "derivative", "slope"),
    [
        (sigmoid, expit, dsigmoid, lambda z: expit(z) ** 2 * np.exp(-z)),
        (tanh, np.tanh, dtanh, lambda z: 1 / np.cosh(z) ** 2),
        (relu, lambda z: z * (z > 0), drelu, lambda z: z > 0),
        (elu, lambda z: np.where(z > 0, z, np.exp(z) - 1), delu, lambda z: np.exp(z * (z < 0))),
        (identity, lambda z: z, didentity, np.ones_like),
    ],
)
def test_values_and_slopes(activation, value, derivative, slope):
    z = np.linspace(-5, 5, 41)
    o = activation(z)
    np.testing.assert_allclose(o, value(z), rtol=1e-14)
    np.testing.assert_allclose(activation.derivative(o), slope(z), rtol=1e-9)
    assert activation.derivative is derivative


@pytest.mark.parametrize("activation", ALL)
def test_derivative_against_differences(activation):
    checks.check_activation(activation)


@pytest.mark.parametrize("activation", ALL)
def test_single_precision_stays(activation):
    z = np.linspace(-3, 3, 7, dtype=np.float32)
    assert activation(z).dtype == np.float32
    assert (z * activation.derivative(activation(z))).dtype == np.float32


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("activation", ALL)
def test_large_arguments(activation, dtype):
    """No overflow, no warning; sigmoid and tanh reach their ends, where the slope is zero."""
    z = np.array([-1e4, 1e4], dtype)
    o = activation(z)
    ends = {
        sigmoid: (0, 1),
        tanh: (-1, 1),
        relu: (0, 1e4),
        LEAKY: (-1e3, 1e4),
        elu: (-1, 1e4),
        identity: (-1e4, 1e4),
    }
    assert tuple(o) == ends[activation]
    slopes = {sigmoid: (0, 0), tanh: (0, 0), relu: (0, 1), LEAKY: (dtype(0.1), 1), elu: (0, 1)}
    assert tuple(activation.derivative(o)) == slopes.get(activation, (1, 1))


@pytest.mark.parametrize("activation", ALL)
def test_nan_propagates(activation):
    assert np.isnan(activation(np.array([np.nan, 0]))).tolist() == [True, False]


def test_relu_has_no_slope_at_zero():
    assert not drelu(relu(np.array([-1.0, 0.0, -0.0]))).any()


def test_leaky_relu():
    z = np.array([-2.0, -0.5, 0, 3])
    o = LEAKY(z)
    np.testing.assert_allclose(o, [-0.2, -0.05, 0, 3])
    np.testing.assert_array_equal(LEAKY.derivative(o), [0.1, 0.1, 0.1, 1])


@pytest.mark.parametrize("slope", [0, 1, -0.1, np.nan, "a little", None, True, np.ones(3)])
def test_refused_slopes(slope):
    with pytest.raises(ValueError, match=r"slope of a leaky ReLU must be above 0 and below 1"):
        leaky_relu(slope)


def test_elu_has_no_kink():
    assert delu(elu(np.array([-1e-12, 0, 1e-12]))) == pytest.approx(1)


def test_activation_is_frozen_and_named():
    names = ["sigmoid", "tanh", "ReLU", "leaky ReLU 0.1", "ELU", "identity"]
    assert [repr(activation) for activation in ALL] == names
    with pytest.raises(AttributeError):
        sigmoid.derivative = dtanh
    square = Activation("square", np.square, lambda o: 2 * np.sqrt(o))
    assert square(np.array([3.0])) == 9


def test_softmax_values():
    y = softmax(SCORES)
    np.testing.assert_allclose(y, scipy.special.softmax(SCORES, axis=-1), rtol=1e-14)
    np.testing.assert_allclose(y.sum(axis=-1), 1, rtol=1e-15)
    np.testing.assert_allclose(softmax(SCORES + 17), y, rtol=1e-13)
    np.testing.assert_allclose(log_softmax(SCORES), np.log(y), rtol=1e-13)
    np.testing.assert_allclose(softmax(SCORES[1]), y[1], rtol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_softmax_of_large_scores(dtype):
    z = np.array([[1e4, 0, -1e4], [-1e4, -1e4, -1e4]], dtype)
    np.testing.assert_allclose(softmax(z), [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3]], rtol=1e-6)
    np.testing.assert_allclose(log_softmax(z)[0], [0, -1e4, -2e4])
    assert softmax(z).dtype == log_softmax(z).dtype == dtype


def test_softmax_of_nan():
    z = np.array([[0, np.nan], [0, 0]])
    assert np.isnan(softmax(z)).tolist() == [[True, True], [False, False]]


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_scores_in_lists_and_as_whole_numbers(function):
    np.testing.assert_array_equal(function([1, 2]), function(np.array([1.0, 2.0])))


@pytest.mark.parametrize("function", [softmax, log_softmax])
def test_refused_scores(function):
    for scores in (1.0, np.ones((3, 0))):
        shape = np.shape(scores)
        with pytest.raises(ValueError, match=rf"\(\.\.\., C\) with C > 0.*{re.escape(str(shape))}"):
            function(scores)
    with pytest.raises(TypeError, match="scores must be a plain array, but is a masked one"):
        function(np.ma.masked_less([1.0, 2.0], 0))


def test_two_classes_are_a_sigmoid():
    z = np.linspace(-4, 4, 9)
    scores = np.stack([z, np.zeros_like(z)], axis=-1)
    np.testing.assert_allclose(softmax(scores)[:, 0], sigmoid(z), rtol=1e-14)


def test_softmax_jacobian_as_a_matrix():
    """diag(y) - y y^T, row by row, applied to a gradient."""
    gradient = np.random.default_rng(1).normal(size=SCORES.shape)
    y = softmax(SCORES)
    expected = [(np.diag(row) - np.outer(row, row)) @ g for row, g in zip(y, gradient, strict=True)]
    np.testing.assert_allclose(dsoftmax(y, gradient), expected, rtol=1e-12, atol=1e-16)


def test_softmax_jacobian_against_differences():
    checks.check_softmax_jacobian(dsoftmax)


def test_softmax_delta():
    """M21: the true Jacobian applied to dE/dy = -t/y of the cross-entropy gives y - t."""
    y, t = softmax(SCORES), np.eye(5)[[0, 3, 4, 1]]
    np.testing.assert_allclose(dsoftmax(y, -t / y), y - t, atol=1e-15)
    soft = softmax(SCORES[::-1])
    np.testing.assert_allclose(dsoftmax(y, -soft / y), y - soft, atol=1e-15)
    np.testing.assert_allclose(CrossEntropy().gradient(SCORES, t), (y - t) / 4, atol=1e-16)
