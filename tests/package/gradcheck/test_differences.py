"""Central differences, the relative error, and the sweep over steps."""

import numpy as np
import pytest
from checks import repeatable
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as random_arrays

from cnnbook.gradcheck import (
    check_gradient,
    check_gradients,
    numerical_gradient,
    relative_error,
    step_sweep,
)


def generator(seed=0):
    return np.random.default_rng(seed)


def test_numerical_gradient_by_hand():
    a = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    # E = a00 a12 + 3 a01^2
    gradient = numerical_gradient(lambda: a[0, 0] * a[1, 2] + 3 * a[0, 1] ** 2, a)
    np.testing.assert_allclose(gradient, [[6, 12, 0], [0, 0, 1]], rtol=1e-9)


def test_central_differences_are_exact_for_squares_and_off_by_the_square_of_the_step_for_cubes():
    a = np.array([2.0])
    assert numerical_gradient(lambda: a[0] ** 2, a, step=0.5)[0] == 4
    # ((a + h)^3 - (a - h)^3) / 2h = 3 a^2 + h^2
    assert numerical_gradient(lambda: a[0] ** 3, a, step=0.5)[0] == 12.25


@repeatable
@given(random_arrays(np.float64, (2, 3), elements=st.floats(-1e3, 1e3)))
def test_array_is_restored_to_the_bit(a):
    before = a.tobytes()
    numerical_gradient(lambda: float(np.sin(a).sum()), a)
    check_gradient(lambda: float(np.abs(a).sum()), a, np.sign(a))
    assert a.tobytes() == before


@pytest.mark.parametrize("call", range(1, 9))
@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_array_is_restored_when_f_raises(call, error):
    a = np.array([0.1, 0.2, -0.0, 0.7])
    before, calls = a.tobytes(), []

    def f():
        calls.append(None)
        if len(calls) == call:
            raise error
        return a.sum()

    with pytest.raises(error):
        numerical_gradient(f, a)
    assert a.tobytes() == before


@pytest.mark.parametrize("shape", [(), (0,), (1,), (2, 1, 3)])
def test_any_shape(shape):
    a = generator().standard_normal(shape)
    gradient = numerical_gradient(lambda: np.sum(a * a), a)
    assert gradient.shape == shape
    np.testing.assert_allclose(gradient, 2 * a, rtol=1e-8)
    assert check_gradient(lambda: np.sum(a * a), a, 2 * a).passed


def test_views_are_perturbed_where_they_lie():
    whole = generator().standard_normal((4, 6))
    view = whole[::2, 1::3].T
    np.testing.assert_allclose(
        numerical_gradient(lambda: np.sum(whole**2), view), 2 * view, rtol=1e-8
    )


def test_what_cannot_be_checked_is_refused():
    a = np.ones(3)
    frozen = np.ones(3)
    frozen.flags.writeable = False
    with pytest.raises(TypeError, match=r"needs arrays of float64.* array is float32"):
        numerical_gradient(lambda: 1.0, np.ones(3, np.float32))
    with pytest.raises(TypeError, match="array is int64"):
        numerical_gradient(lambda: 1.0, np.ones(3, np.int64))
    with pytest.raises(TypeError, match="array is list"):
        numerical_gradient(lambda: 1.0, [1.0])
    with pytest.raises(ValueError, match="changes array in place, but it is read-only"):
        numerical_gradient(lambda: 1.0, frozen)
    with pytest.raises(ValueError, match=r"one number, but returned shape \(3,\)"):
        numerical_gradient(lambda: a, a)
    with pytest.raises(TypeError, match="f to return float64, but it returned float32"):
        numerical_gradient(lambda: np.float32(1), a)
    with pytest.raises(ValueError, match="too small to change the number 1"):
        numerical_gradient(lambda: 1.0, a, step=1e-17)
    for step in (0, -1e-5, np.nan, np.inf, "small"):
        with pytest.raises(ValueError, match="step must be a positive number"):
            numerical_gradient(lambda: 1.0, a, step)
    for name in ("W", "b"):
        parameters = {"W": a, "b": a} | {name: np.ones(3, np.float32)}
        with pytest.raises(TypeError, match=f"but {name} is float32"):
            check_gradients(lambda: 1.0, parameters, parameters)


def test_relative_error_by_hand():
    # max|a - b| = 0.5, max(max|a|, max|b|) = 4
    assert relative_error([1.0, -4.0], [1.0, -3.5]) == 0.125
    assert relative_error([0.0], [0.0]) == 0
    assert relative_error([], []) == 0
    assert relative_error(2.0, -2.0) == 2


@repeatable
@given(
    random_arrays(np.float64, (2, 3), elements=st.floats(-1e6, 1e6)),
    random_arrays(np.float64, (2, 3), elements=st.floats(-1e6, 1e6)),
)
def test_relative_error_is_symmetric_and_at_most_two(a, b):
    assert relative_error(a, b) == relative_error(b, a) == relative_error(-a, -b)
    assert 0 <= relative_error(a, b) <= 2
    assert relative_error(a, a) == 0


def test_relative_error_does_not_broadcast_and_shows_what_is_not_a_number():
    with pytest.raises(ValueError, match=r"\(2, 3\) and \(3,\)"):
        relative_error(np.ones((2, 3)), np.ones(3))
    assert np.isnan(relative_error([1.0, np.nan], [1.0, 1.0]))
    assert np.isnan(relative_error([np.inf], [1.0]))


def test_step_sweep_is_shaped_like_a_u():
    a = np.array([0.4, 1.2])
    steps, errors = step_sweep(lambda: np.exp(a).sum(), a, np.exp(a))
    assert steps.shape == errors.shape
    assert (np.diff(steps) < 0).all()
    best = errors.argmin()
    assert 1e-7 < steps[best] < 1e-3
    assert errors[best] < 1e-9
    # on the left the error is step^2 / 6 for exp
    np.testing.assert_allclose(errors[:4], steps[:4] ** 2 / 6, rtol=1e-2)
    assert errors[-1] > 1e-7


def test_step_sweep_of_a_wrong_gradient_falls_to_the_size_of_the_mistake():
    a = np.array([0.4, 1.2])
    chosen = [1e-1, 1e-4, 1e-6]
    steps, errors = step_sweep(lambda: np.exp(a).sum(), a, 1.0001 * np.exp(a), steps=chosen)
    assert steps.tolist() == chosen
    np.testing.assert_allclose(errors[0], 0.1**2 / 6, rtol=0.1)
    np.testing.assert_allclose(errors[1:], 1e-4, rtol=1e-3)
