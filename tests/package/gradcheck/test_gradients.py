"""The check of a gradient by formula: right, wrong, and which entries."""

from functools import partial

import numpy as np
import pytest

from cnnbook.gradcheck import check_gradient, check_gradients


def generator(seed=0):
    return np.random.default_rng(seed)


def test_right_and_wrong_formulas():
    rng = generator()
    x, t = rng.standard_normal((4, 3)), rng.standard_normal((4, 2))
    theta = rng.standard_normal((2, 3))

    def f():
        return 0.5 * np.sum((x @ theta.T - t) ** 2)

    delta = x @ theta.T - t
    right = check_gradients(f, {"W": theta, "x": x}, {"W": delta.T @ x, "x": delta @ theta})
    assert right.passed
    assert [row.verdict for row in right.rows] == ["right", "right"]
    wrong = check_gradients(f, {"W": theta, "x": x}, {"W": delta.T @ x / 4, "x": delta @ theta})
    assert [row.verdict for row in wrong.rows] == ["wrong", "right"]
    assert wrong.worst.tensor == "W"
    assert wrong.worst.error == pytest.approx(0.75)
    assert not wrong.passed


@pytest.mark.parametrize("entry", range(6))
@pytest.mark.parametrize("change", [2e-7, -1e-3, 1.0, np.nan, np.inf])
def test_one_wrong_entry_is_enough(entry, change):
    a = generator().uniform(1, 2, (2, 3))
    gradient = np.cos(a)
    gradient.flat[entry] += change
    report = check_gradient(lambda: np.sin(a).sum(), a, gradient)
    assert report.rows[0].verdict == "wrong"
    assert not report.passed


def test_tolerance_and_step_are_used():
    a = np.array([1.0, 2.0])
    check = partial(check_gradient, lambda: np.sum(a**3), a)
    assert check(3.003 * a**2, tolerance=1e-2).passed
    assert not check(3.003 * a**2, tolerance=1e-4).passed
    assert check(3 * a**2, step=1e-4).passed
    assert check(3 * a**2, step=1e-1).rows[0].verdict == "unclear (step)"


@pytest.mark.parametrize("shape", [(3, 2), (6,), (1, 2, 3), ()])
def test_a_gradient_of_another_shape_is_wrong_and_says_so(shape):
    a = np.ones((2, 3))
    report = check_gradient(lambda: a.sum(), a, np.ones(shape), name="W")
    assert not report.passed
    assert report.worst.error == np.inf
    cells = report.cells()[0]
    assert cells[1] == "2 x 3"
    assert cells[2] == "shape " + (" x ".join(map(str, shape)) or "number")
    assert cells[4] == "wrong"


def test_the_tolerance_is_the_border():
    a = np.array([1.0])
    for factor, verdict in [(0.9, "right"), (1.1, "wrong")]:
        report = check_gradient(lambda: a.sum(), a, a - factor * 1e-3, name="a", tolerance=1e-3)
        assert report.rows[0].verdict == verdict
        assert report.cells()[0][2] == {"right": "< 0.001", "wrong": "0.0011"}[verdict]


def test_names_must_agree():
    a = np.ones(2)
    with pytest.raises(ValueError, match=r"arrays are \['W'\], but the gradients \['V'\]"):
        check_gradients(lambda: a.sum(), {"W": a}, {"V": a})


def test_entries_are_drawn_once_each_and_repeatably():
    a, looked_at = generator().standard_normal((5, 7)), set()

    class Recorder:
        def __array__(self, dtype=None, copy=None):
            return 2 * a

    def f():
        changed = np.flatnonzero(a != before)
        looked_at.update(changed)
        return np.sum(a**2)

    before = a.copy()
    row = check_gradient(f, a, Recorder(), entries=9, rng=generator(1)).rows[0]
    first = set(looked_at)
    assert (row.compared, row.size, len(first)) == (9, 35, 9)
    looked_at.clear()
    check_gradient(f, a, 2 * a, entries=9, rng=generator(1))
    assert looked_at == first


def test_entries_need_a_generator_and_a_count():
    a = np.ones(4)
    with pytest.raises(ValueError, match="choosing 2 of 4 entries needs a generator rng"):
        check_gradient(lambda: a.sum(), a, a, entries=2)
    for entries in (0, -1, 1.5):
        with pytest.raises(ValueError, match="entries must be a whole number"):
            check_gradient(lambda: a.sum(), a, a, entries=entries, rng=generator())
