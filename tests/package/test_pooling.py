"""Pooling and its transpose: naive loops as reference, worked numbers, edges, ties."""

from itertools import product

import checks
import naive
import numpy as np
import pytest

from cnnbook.pooling import downsample, pooled_size, upsample

OPTIONS = list(product((1, 2, 3, 4), (None, 1, 2, 3, 5), ("ignore", "keep")))
SHAPES = [(2, 7, 8, 3), (1, 5, 4, 1)]


def draw(*shape):
    return np.random.default_rng(shape).normal(size=shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("window", "stride", "edges"), OPTIONS)
@pytest.mark.parametrize("kind", ["max", "mean"])
def test_naive_loops(kind, window, stride, edges, shape):
    x = draw(*shape) - 2  # mostly negative: a zero from outside would win
    step = stride or window
    o = downsample(x, window, stride, kind, edges)
    expected = naive.downsample(x, window, step, kind, edges)
    np.testing.assert_allclose(o, expected, rtol=1e-13)
    winners = None
    if kind == "max":
        o, winners = downsample(x, window, stride, kind, edges, return_winners=True)
        np.testing.assert_array_equal(o, expected)
        np.testing.assert_array_equal(naive.pick(x, winners, window, step), expected)
    delta = draw(*o.shape)
    back = upsample(delta, shape, window, stride, edges, winners)
    expected = naive.upsample(delta, x, window, step, kind, edges)
    np.testing.assert_allclose(back, expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(back.sum(), delta.sum(), atol=1e-11)


@pytest.mark.parametrize("kind", ["max", "mean"])
def test_single_images(kind):
    """A map, an image and a minibatch give the same numbers."""
    x = draw(2, 5, 6, 3)
    whole = downsample(x, 3, 2, kind, "keep")
    np.testing.assert_array_equal(downsample(x[0], 3, 2, kind, "keep"), whole[0])
    np.testing.assert_array_equal(downsample(x[0, ..., 1], 3, 2, kind, "keep"), whole[0, ..., 1])
    winners = downsample(x, 3, 2, "max", "keep", True)[1] if kind == "max" else None
    delta = draw(*whole.shape)
    back = upsample(delta, x.shape, 3, 2, "keep", winners)
    for index in (np.s_[0], np.s_[0, ..., 1]):
        own = None if winners is None else winners[index]
        alone = upsample(delta[index], x[index].shape, 3, 2, "keep", own)
        np.testing.assert_array_equal(alone, back[index])
        if own is not None:
            values = downsample(x[index], 3, 2, "max", "keep", True)
            np.testing.assert_array_equal(values[1], own)


def test_by_hand():
    x = np.array([[1, 5, 2, 0], [3, 4, 8, 6], [-1, -2, 7, 7], [-3, -4, 7, 7]])
    assert downsample(x).tolist() == [[5, 8], [-1, 7]]
    assert downsample(x, kind="mean").tolist() == [[3.25, 4], [-2.5, 7]]
    assert downsample(x, return_winners=True)[1].tolist() == [[1, 2], [0, 0]]
    _, winners = downsample(x, return_winners=True)
    back = upsample(np.array([[10, 20], [30, 40]]), (4, 4), winners=winners)
    assert back.tolist() == [[0, 10, 0, 0], [0, 0, 20, 0], [30, 0, 40, 0], [0, 0, 0, 0]]
    shares = upsample(np.array([[4, 8], [12, 16]]), (4, 4))
    assert shares.tolist() == [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]


def test_overlapping_windows_by_hand():
    """K11: windows of 2x2 one pixel apart; a pixel that wins twice gets both gradients."""
    x = np.array([[1, 2, 3], [4, 9, 5], [6, 7, 8]])
    o, winners = downsample(x, 2, 1, return_winners=True)
    assert o.tolist() == [[9, 9], [9, 9]]
    assert winners.tolist() == [[3, 2], [1, 0]]
    back = upsample(np.array([[1, 2], [4, 8]]), (3, 3), 2, 1, winners=winners)
    assert back.tolist() == [[0, 0, 0], [0, 15, 0], [0, 0, 0]]
    shares = upsample(np.array([[4, 8], [16, 32]]), (3, 3), 2, 1)
    assert shares.tolist() == [[1, 3, 2], [5, 15, 10], [4, 12, 8]]


def test_kept_edges_by_hand():
    """M15, M18: a window over the edge takes only its own pixels; no zero wins, none counts."""
    x = np.array([[-1.0, -2, -3], [-4, -5, -6], [-7, -8, -9]])
    assert downsample(x, edges="keep").tolist() == [[-1, -3], [-7, -9]]
    assert downsample(x, kind="mean", edges="keep").tolist() == [[-3, -4.5], [-7.5, -9]]
    assert downsample(x).tolist() == [[-1]]
    back = upsample(np.array([[4.0, 2], [6, 5]]), (3, 3), edges="keep")
    assert back.tolist() == [[1, 1, 1], [1, 1, 1], [3, 3, 5]]
    assert upsample(np.array([[4.0]]), (3, 3)).tolist() == [[1, 1, 0], [1, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize(("window", "stride", "edges"), OPTIONS)
def test_ties_go_to_the_first(window, stride, edges):
    x = np.zeros((1, 5, 6, 2))
    o, winners = downsample(x, window, stride, "max", edges, return_winners=True)
    assert not winners.any()
    back = upsample(np.ones(o.shape), x.shape, window, stride, edges, winners)
    step = stride or window
    rows, cols = (naive.starts(size, window, step, edges) for size in (5, 6))
    expected = np.zeros_like(x)
    expected[:, np.ix_(rows, cols)[0], np.ix_(rows, cols)[1]] = 1
    np.testing.assert_array_equal(back, expected)


def test_tie_of_later_pixels():
    x = np.array([[0.0, 1.0], [1.0, 1.0]])
    assert downsample(x, return_winners=True)[1].tolist() == [[1]]


@pytest.mark.parametrize(("window", "stride", "edges"), OPTIONS)
def test_adjoint(window, stride, edges):
    """The way back is the transpose, for means and for maxima with their winners held fixed."""
    x, other = draw(2, 7, 6, 3), draw(3, 7, 6, 2).reshape(2, 7, 6, 3)
    o, winners = downsample(x, window, stride, "max", edges, return_winners=True)
    y = draw(*o.shape)
    options = window, stride, edges
    checks.check_adjoint(
        lambda x: naive.pick(x, winners, window, stride or window),
        lambda y: upsample(y, x.shape, *options, winners),
        other,
        y,
    )
    checks.check_adjoint(
        lambda x: downsample(x, window, stride, "mean", edges),
        lambda y: upsample(y, x.shape, *options),
        x,
        y,
    )


@pytest.mark.parametrize(
    ("size", "options", "expected"),
    [
        (991, {"window": 2, "edges": "keep"}, 496),  # M11
        (991, {"window": 2}, 495),
        (24, {"window": 2}, 12),  # K11
        (8, {"window": 2}, 4),
        (24, {"window": 2, "stride": 1}, 23),
        (7, {"window": 3, "stride": 2}, 3),
        (8, {"window": 3, "stride": 2}, 3),
        (8, {"window": 3, "stride": 2, "edges": "keep"}, 4),
        (7, {"window": 2, "stride": 3}, 2),
        (7, {"window": 2, "stride": 3, "edges": "keep"}, 3),
        (6, {"window": 2, "stride": 3, "edges": "keep"}, 2),  # the third would start outside
        (1, {"window": 3, "edges": "keep"}, 1),
        (3, {"window": 3, "stride": 1, "edges": "keep"}, 1),
    ],
)
def test_sizes(size, options, expected):
    assert pooled_size(size, **options) == expected


def test_worked_shapes():
    """K11: three quarters of the values go; M11: 1000x1000 becomes 496x496."""
    assert downsample(np.zeros((24, 24, 64))).size == 9216 == 36864 // 4
    assert downsample(np.zeros((991, 991)), edges="keep").shape == (496, 496)


def test_types():
    x = draw(4, 4).astype(np.float32)
    for kind in ("max", "mean"):
        assert downsample(x, 3, 2, kind, "keep").dtype == np.float32
    o, winners = downsample(x, return_winners=True)
    assert np.issubdtype(winners.dtype, np.integer)
    assert upsample(o, (4, 4)).dtype == upsample(o, (4, 4), winners=winners).dtype == np.float32
    assert downsample(np.arange(16).reshape(4, 4), edges="keep").dtype == np.float64
    large = np.zeros((20, 20))
    large[-1, -1] = 1
    assert downsample(large, 20, return_winners=True)[1].item() == 399


def test_arguments_stay_as_they_are():
    x = draw(5, 5)
    before = x.copy()
    o, winners = downsample(x, edges="keep", return_winners=True)
    upsample(o, x.shape, edges="keep", winners=winners)
    downsample(x, kind="mean")
    upsample(x, (10, 10))
    np.testing.assert_array_equal(x, before)


def test_nan_and_infinity():
    x = np.zeros((4, 4))
    x[0, 0], x[2, 0], x[2, 2:] = np.nan, -np.inf, np.inf
    assert np.isnan(downsample(x)).tolist() == [[True, False], [False, False]]
    assert np.isnan(downsample(x, kind="mean")).tolist() == [[True, False], [False, False]]
    assert downsample(x)[1].tolist() == [0, np.inf]
    nothing = np.full((3, 3), -np.inf)
    assert (downsample(nothing, edges="keep") == -np.inf).all()


X = np.ones((4, 6))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: downsample(X, kind="median"), "'max' or 'mean', but is 'median'"),
        (lambda: downsample(X, edges="wrap"), "'ignore' or 'keep', but is 'wrap'"),
        (lambda: downsample(X, 5), "window of 5 pixels does not fit into a map of 4 pixels"),
        (lambda: downsample(X, 0), "window must be .* but is 0"),
        (lambda: downsample(X, 2, 0), "stride must be .* but is 0"),
        (lambda: downsample(X, 2.0), "window must be .* but is 2.0"),
        (lambda: downsample(X, kind="mean", return_winners=True), "only max pooling has winners"),
        (lambda: downsample(X, [2, 2]), r"whole number, 1 or more, but is \[2, 2\]"),
        (lambda: downsample(np.ones(4)), r"the shape is \(4,\)"),
        (lambda: downsample(np.ones((1, 2, 3, 4, 5))), r"the shape is \(1, 2, 3, 4, 5\)"),
        (lambda: upsample(X, X.shape), r"\(4, 6\) form 2 rows and 3 .* has shape \(4, 6\)"),
        (lambda: upsample(X[:1], (4, 12)), r"form 2 rows and 6 columns, .* has shape \(1, 6\)"),
        (lambda: upsample(X[:2, :3], X.shape, edges="wrap"), "but is 'wrap'"),
        (lambda: upsample(X[:2, :3], (24,)), r"the shape is \(24,\)"),
    ],
)
def test_refused_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_masks_are_not_lost():
    with pytest.raises(TypeError, match="pooled must be a plain array, but is a masked one"):
        downsample(np.ma.masked_less(X, 0))


def test_a_window_larger_than_the_map_has_its_own_numbers():
    """A place is counted along the rows of the whole window, on the map or not."""
    x = np.zeros((2, 3))
    x[1, 2] = 1
    o, winners = downsample(x, 5, edges="keep", return_winners=True)
    assert (o.tolist(), winners.tolist()) == ([[1]], [[7]])
    assert upsample(np.array([[3.0]]), (2, 3), 5, edges="keep", winners=winners)[1, 2] == 3


def test_the_first_nan_wins():
    x = np.array([[1.0, np.nan, np.inf, 2], [np.nan, 0, np.nan, np.inf]])
    o, winners = downsample(x, return_winners=True)
    assert np.isnan(o).all()
    assert winners.tolist() == [[1, 2]]


def test_winners_of_another_shape():
    delta, winners = np.ones((2, 3)), np.zeros((3, 2), int)
    with pytest.raises(ValueError, match=r"\(3, 2\)"):
        upsample(delta, X.shape, winners=winners)
