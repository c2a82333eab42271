"""Initial weights: their spread, type and reproducibility."""

import numpy as np
import pytest
from checks import repeatable
from hypothesis import given
from hypothesis import strategies as st

from cnnbook.initialisation import glorot, he

FUNCTIONS = pytest.mark.parametrize("draw", [glorot, he], ids=["glorot", "he"])


@repeatable
@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 2**32 - 1))
def test_glorot_stays_within_its_limit(inputs, outputs, seed):
    weights = glorot((outputs, inputs), inputs, outputs, np.random.default_rng(seed))
    assert weights.shape == (outputs, inputs)
    assert np.abs(weights).max() <= np.sqrt(6 / (inputs + outputs))


def test_glorot_fills_its_range_evenly():
    weights = glorot((300, 200), 200, 300, np.random.default_rng(0))
    limit = np.sqrt(6 / 500)
    counts, _ = np.histogram(weights, bins=6, range=(-limit, limit))
    np.testing.assert_allclose(counts, weights.size / 6, rtol=0.03)


@pytest.mark.parametrize(
    ("draw", "variance"), [(glorot, 2 / (90 + 30)), (he, 2 / 90)], ids=["glorot", "he"]
)
def test_variance_is_the_one_of_the_formula(draw, variance):
    weights = draw((400, 300), 90, 30, np.random.default_rng(1))
    assert weights.var() == pytest.approx(variance, rel=0.02)
    assert abs(weights.mean()) < 0.02 * np.sqrt(variance)


def test_he_is_normal():
    weights = he((500, 400), 400, 1, np.random.default_rng(2)) / np.sqrt(2 / 400)
    assert np.mean(np.abs(weights) < 1) == pytest.approx(0.6827, abs=0.005)
    assert np.mean(np.abs(weights) < 2) == pytest.approx(0.9545, abs=0.005)


@FUNCTIONS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_and_seed(draw, dtype):
    first, second, other = (
        draw((4, 3, 2, 5), 30, 24, np.random.default_rng(seed), dtype) for seed in (7, 7, 8)
    )
    assert first.dtype == dtype
    assert first.shape == (4, 3, 2, 5)
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@FUNCTIONS
def test_both_types_draw_the_same_numbers(draw):
    wide = draw((3, 4), 4, 3, np.random.default_rng(3))
    short = draw((3, 4), 4, 3, np.random.default_rng(3), np.float32)
    np.testing.assert_array_equal(short, wide.astype(np.float32))


@FUNCTIONS
@pytest.mark.parametrize("dtype", [np.int64, np.float16, np.complex128])
def test_other_types_are_refused(draw, dtype):
    with pytest.raises(TypeError, match=f"dtype is {np.dtype(dtype)}"):
        draw((2, 2), 2, 2, np.random.default_rng(0), dtype)


@FUNCTIONS
@pytest.mark.parametrize("rng", [0, None, np.random.RandomState(0)])
def test_other_generators_are_refused(draw, rng):
    with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
        draw((2, 2), 2, 2, rng)


@FUNCTIONS
@pytest.mark.parametrize("fans", [(0, 3), (3, 0)])
def test_fans_below_one_are_refused(draw, fans):
    with pytest.raises(ValueError, match=f"are {fans[0]} and {fans[1]}"):
        draw((3, 3), *fans, np.random.default_rng(0))
