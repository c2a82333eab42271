"""The check along random directions."""

import numpy as np
import pytest

from cnnbook.gradcheck import check_directions


def generator(seed=0):
    return np.random.default_rng(seed)


def check(mistake=0.0, seed=1, **options):
    """The report for E = sum of exp(a) + <b, b>, with an error added to one entry of dE/da."""
    a, b = generator().standard_normal((4, 6)), generator(7).standard_normal(3)
    gradients = {"a": np.exp(a), "b": 2 * b}
    gradients["a"][1, 2] += mistake
    return check_directions(
        lambda: np.exp(a).sum() + b @ b, {"a": a, "b": b}, gradients, rng=generator(seed), **options
    )


def test_a_right_gradient_passes():
    report = check()
    assert report.passed
    assert [(row.tensor, row.shape, row.compared) for row in report.rows] == [
        ("a", (4, 6), 3),
        ("b", (3,), 3),
    ]
    assert report.notes() == ["Compared along 3 random directions for each tensor."]


@pytest.mark.parametrize("seed", range(5))
def test_one_wrong_entry_is_noticed_in_its_array_alone(seed):
    assert [row.verdict for row in check(1e-3, seed).rows] == ["wrong", "right"]


def test_a_mistake_at_right_angles_to_the_only_direction_is_missed():
    v = generator(1).standard_normal((1, 2))[0]  # what the check will draw
    a, across = np.array([0.5, -0.25]), np.array([-v[1], v[0]])
    arrays = {"a": a}
    for mistake, verdict in [(across, "right"), (v, "wrong")]:
        report = check_directions(
            lambda: a @ a, arrays, {"a": 2 * a + mistake}, rng=generator(1), directions=1
        )
        assert report.rows[0].verdict == verdict


def test_two_values_of_f_for_a_direction_of_any_number_of_entries():
    a, calls = generator().standard_normal((100, 100)), []

    def f():
        calls.append(None)
        return a.sum()

    assert check_directions(f, {"a": a}, {"a": np.ones_like(a)}, rng=generator()).passed
    assert len(calls) == 1 + 2 * 3


def test_a_kink_is_reported():
    a = np.zeros(5)
    report = check_directions(lambda: np.abs(a).sum(), {"a": a}, {"a": np.ones(5)}, rng=generator())
    assert (report.rows[0].kinks, report.rows[0].verdict) == (3, "unclear (kinks)")
    assert "Warning: a has 3 of 3 directions at a kink or tie" in str(report)


@pytest.mark.parametrize("error", [None, ZeroDivisionError])
def test_the_array_is_put_back_to_the_bit(error):
    a, calls = generator().standard_normal(9), []

    def f():
        calls.append(None)
        if error and len(calls) == 4:
            raise error
        return np.sum(a**2)

    before = a.tobytes()
    if error:
        with pytest.raises(error):
            check_directions(f, {"a": a}, {"a": 2 * a}, rng=generator())
    else:
        check_directions(f, {"a": a}, {"a": 2 * a}, rng=generator())
    assert a.tobytes() == before


def test_what_does_not_fit_is_named():
    a = np.ones((2, 3))
    options = {"rng": generator()}
    report = check_directions(lambda: a.sum(), {"a": a}, {"a": np.ones((3, 2))}, **options)
    assert (report.rows[0].error, report.rows[0].verdict) == (np.inf, "wrong")
    with pytest.raises(ValueError, match=r"arrays are \['a'\], but the gradients \['b'\]"):
        check_directions(lambda: a.sum(), {"a": a}, {"b": a}, **options)
    with pytest.raises(ValueError, match="directions must be a whole number"):
        check_directions(lambda: a.sum(), {"a": a}, {"a": a}, directions=0, **options)
    with pytest.raises(TypeError, match="needs arrays of float64"):
        check_directions(lambda: 1.0, {"a": np.ones(2, int)}, {"a": a}, **options)
