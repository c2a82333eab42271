"""Kinks, curvature and rounding: where a difference quotient is no judge."""

import numpy as np
import pytest
from checks import repeatable
from hypothesis import given
from hypothesis import strategies as st

from cnnbook.gradcheck import check_gradient


def check_sum(function, gradient, points, **options):
    """The row for the sum of function(a) over the points a, with a gradient by formula."""
    a = np.array(points, dtype=float)
    report = check_gradient(lambda: np.sum(function(a)), a, gradient(a), name="a", **options)
    return report.rows[0]


@repeatable
@given(
    place=st.floats(-0.99, 0.99),
    jump=st.sampled_from([3.0, -1.0, 0.01, 1e-4]),
    side=st.sampled_from([-1, 1]),
)
def test_a_kink_anywhere_within_the_step_is_found(place, jump, side):
    kink = 0.3 + place * 1e-5

    def f(a):
        return 2 * a + a**2 / 2 + jump * np.maximum(side * (a - kink), 0)

    def slope(a):
        return 2 + a + jump * side * (side * (a - kink) > 0)

    row = check_sum(f, slope, [0.3, 0.7])
    assert row.kinks == 1
    assert row.verdict == "unclear (kinks)"


@pytest.mark.parametrize("seed", range(20))
def test_many_kinks_within_the_step_are_no_mistake_and_hide_no_great_one(seed):
    rng = np.random.default_rng(seed)
    places, jumps = 0.3 + 1e-3 * rng.uniform(-1, 1, 30), rng.uniform(-1, 1, 30)

    def f(a):
        return np.sum(jumps * np.maximum(a[:, None] - places, 0))

    def slope(a):
        return np.sum(jumps * (a[:, None] > places), axis=1)

    assert check_sum(f, slope, [0.3], step=1e-3).verdict.startswith("unclear")
    assert check_sum(f, lambda a: slope(a) + 30, [0.3], step=1e-3).verdict == "wrong"


def test_a_kink_outside_the_step_does_not_matter():
    for distance in (1.01e-5, -1.01e-5):
        row = check_sum(
            lambda a, d=distance: np.abs(a - d), lambda a, d=distance: np.sign(a - d), [0]
        )
        assert (row.kinks, row.verdict) == (0, "right")


@pytest.mark.parametrize("scale", [1, 1e2, 1e3, 1e4])
@pytest.mark.parametrize(
    ("function", "gradient"),
    [
        (np.sin, np.cos),
        (np.exp, np.exp),
        (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
        (lambda a: np.logaddexp(0, a), lambda a: 1 / (1 + np.exp(-a))),
        (np.square, lambda a: 2 * a),
        (lambda a: a**4, lambda a: 4 * a**3),
    ],
    ids=["sin", "exp", "tanh", "softplus", "square", "fourth"],
)
def test_strong_curvature_is_no_kink_and_no_mistake(scale, function, gradient):
    points = np.array([0.3, 0.001, 0.0, -0.2]) * min(1, 100 / scale)
    row = check_sum(lambda a: function(scale * a), lambda a: scale * gradient(scale * a), points)
    assert row.kinks == 0
    assert row.verdict in ("right", "unclear (step)")
    wrong = check_sum(
        lambda a: function(scale * a), lambda a: 1.5 * scale * gradient(scale * a), points
    )
    assert (wrong.kinks, wrong.verdict) == (0, "wrong")


def test_a_kink_too_small_to_matter_is_not_reported():
    row = check_sum(
        lambda a: a**2 / 2 + 1e-8 * np.maximum(a - 0.3, 0), lambda a: a + 0.0, [0.3, 0.6]
    )
    assert (row.kinks, row.verdict) == (0, "right")


def test_a_kink_does_not_excuse_a_mistake_elsewhere():
    row = check_sum(np.abs, lambda a: np.where(a > 0, 1, -0.5), [0.0, 1.0, -1.0])
    assert (row.kinks, row.verdict) == (1, "wrong")
    far_off = check_sum(np.abs, lambda a: np.where(a == 0, 50, np.sign(a)), [0.0, 1.0])
    assert (far_off.kinks, far_off.verdict) == (1, "wrong")


@pytest.mark.parametrize("sign", [1, -1])
def test_a_kink_is_reported_even_if_the_numbers_agree(sign):
    # the central difference of |a| and of -|a| at 0 is 0, as the formula says
    a = np.array([0.0, 1.0])
    report = check_gradient(lambda: sign * np.abs(a).sum(), a, sign * np.sign(a), name="a")
    assert report.passed
    assert report.rows[0].kinks == 1
    assert "Warning: a has 1 of 2 entries at a kink or tie" in str(report)


def test_a_gradient_lost_in_rounding_is_unclear():
    row = check_sum(lambda a: 1e4 + 1e-9 * a, lambda a: np.full_like(a, 1e-9), [0.5, 0.25])
    assert row.verdict == "unclear (rounding)"
    exact = check_sum(lambda a: 0 * a, lambda a: 0 * a, [0.5, 0.25])
    assert (exact.verdict, exact.error) == ("right", 0)


def test_a_function_that_is_not_finite_is_wrong_not_a_crash():
    for value in (np.inf, np.nan):
        for slope in (1.0, value):
            row = check_sum(
                lambda a, v=value: np.where(a > 1, v, a),
                lambda a, s=slope: np.full_like(a, s),
                [0.5, 1.0],
            )
            assert (row.verdict, row.kinks) == ("wrong", 0)
