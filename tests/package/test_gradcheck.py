"""The gradient check: what it measures, what it says, and what it leaves untouched."""

import copy
from functools import partial

import numpy as np
import pytest
from checks import repeatable
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays as random_arrays

from cnnbook.activations import identity, relu, tanh
from cnnbook.gradcheck import (
    check_gradient,
    check_gradients,
    check_layer,
    check_network,
    numerical_gradient,
    relative_error,
    step_sweep,
)
from cnnbook.gradcheck import GradientReport, GradientRow
from cnnbook.layers import Convolution, Dropout, Hidden, Layer, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError, one_hot
from cnnbook.network import Network


def generator(seed=0):
    return np.random.default_rng(seed)


def check_sum(function, gradient, points, **options):
    """The row for the sum of function(a) over the points a, with a gradient by formula."""
    a = np.array(points, dtype=float)
    report = check_gradient(lambda: np.sum(function(a)), a, gradient(a), name="a", **options)
    return report.rows[0]


# --- numerical_gradient


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


# --- relative_error


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


# --- check_gradient: right and wrong


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


def test_a_function_that_is_not_finite_is_wrong_not_a_crash():
    for value in (np.inf, np.nan):
        for slope in (1.0, value):
            row = check_sum(
                lambda a, v=value: np.where(a > 1, v, a),
                lambda a, s=slope: np.full_like(a, s),
                [0.5, 1.0],
            )
            assert (row.verdict, row.kinks) == ("wrong", 0)


# --- kinks, curvature, rounding


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


def test_a_kink_is_reported_even_if_the_numbers_agree():
    # the central difference of |a| at 0 is 0, as the formula says
    a = np.array([0.0, 1.0])
    report = check_gradient(lambda: np.abs(a).sum(), a, np.sign(a), name="a")
    assert report.passed
    assert report.rows[0].kinks == 1
    assert "Warning: a has 1 of 2 entries at a kink or tie" in str(report)


def test_a_gradient_lost_in_rounding_is_unclear():
    row = check_sum(lambda a: 1e4 + 1e-9 * a, lambda a: np.full_like(a, 1e-9), [0.5, 0.25])
    assert row.verdict == "unclear (rounding)"
    exact = check_sum(lambda a: 0 * a, lambda a: 0 * a, [0.5, 0.25])
    assert (exact.verdict, exact.error) == ("right", 0)


@pytest.mark.parametrize("seed", range(4))
def test_smooth_networks_have_no_kinks(seed):
    rng = generator(seed)
    network = Network([Hidden(6, 5, tanh, rng=rng), Hidden(5, 4, rng=rng), Softmax(4, 3, rng=rng)])
    x = 10 * rng.standard_normal((4, 6))
    report = check_network(network, CrossEntropy(), x, one_hot(rng.integers(0, 3, 4), 3))
    assert sum(row.kinks for row in report.rows) == 0
    assert "wrong" not in [row.verdict for row in report.rows]


# --- check_layer and check_network


LAYERS = {
    "hidden": (lambda: Hidden(5, 3, tanh, rng=generator()), (4, 5)),
    "softmax": (lambda: Softmax(5, 3, rng=generator()), (4, 5)),
    "convolution": (lambda: Convolution(2, 3, (2, 3), tanh, rng=generator()), (2, 4, 5, 2)),
    "max": (lambda: Pooling(2, edges="keep"), (2, 5, 4, 2)),
    "mean": (lambda: Pooling(2, kind="mean"), (2, 5, 4, 2)),
    "raster": (lambda: Rasterization(), (2, 3, 4, 2)),
    "dropout": (lambda: Dropout(0.4, rng=generator()), (3, 8)),
}
EVERY_LAYER = pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)


@EVERY_LAYER
def test_layers_pass(make, shape):
    layer = make()
    report = check_layer(layer, generator(1).standard_normal(shape), rng=generator(2))
    assert report.passed, report
    assert [row.tensor for row in report.rows] == [*layer.parameter_names, "x"]
    assert report.rows[-1].shape == shape
    assert not report.notes()


class Planted(Hidden):
    """A hidden layer with one mistake in what backpropagate gives."""

    def __init__(self, mistake):
        super().__init__(4, 3, identity, rng=generator())
        self.mistake = mistake

    def backpropagate(self, gradient):
        before = getattr(self, "dW", 0)
        if self.mistake == "doubles its argument":
            gradient *= 2
        dx = super().backpropagate(gradient)
        if self.mistake == "W":
            self.dW = 2 * self.dW
        elif self.mistake == "b":
            self.db = self.db / len(gradient)
        elif self.mistake == "x":
            return gradient @ self.W * 0.99
        elif self.mistake == "accumulates":
            self.dW = before + self.dW
        elif self.mistake == "transposed":
            self.dW = self.dW.T
        elif self.mistake == "other order":
            return gradient[:, ::-1] @ self.W
        return dx


@pytest.mark.parametrize(
    ("mistake", "tensors"),
    [
        ("W", "W"),
        ("b", "b"),
        ("x", "x"),
        ("accumulates", "W"),
        ("transposed", "W"),
        ("other order", "x"),
        ("doubles its argument", "Wbx"),
        (None, ""),
    ],
)
def test_planted_mistakes_are_named(mistake, tensors):
    x = generator(1).standard_normal((5, 4))
    wrong = list(tensors)
    report = check_layer(Planted(mistake), x, rng=generator(2))
    assert [row.tensor for row in report.rows if row.verdict == "wrong"] == wrong
    network = Network([Planted(mistake), Hidden(3, 2, rng=generator(4))])
    report = check_network(network, SquaredError(), x, np.ones((5, 2)))
    found = [row.tensor for row in report.rows if row.verdict == "wrong"]
    assert found == ["x" if name == "x" else f"0.{name}" for name in wrong]


def state(model):
    """All that a layer or network remembers, its generators included, as one comparable text."""
    layers = getattr(model, "layers", [model])
    return [
        {
            name: value.bit_generator.state
            if isinstance(value, np.random.Generator)
            else (value.shape, value.tobytes())
            if isinstance(value, np.ndarray)
            else repr(value)
            for name, value in vars(layer).items()
        }
        for layer in layers
    ]


@EVERY_LAYER
def test_a_pending_step_is_not_disturbed(make, shape):
    layer = make()
    o = layer.output(generator(3).standard_normal((shape[0] + 1, *shape[1:])))
    before = state(layer)
    x = generator(1).standard_normal(shape)
    kept = x.copy()
    check_layer(layer, x, rng=generator(2))
    assert state(layer) == before
    assert np.array_equal(x, kept)
    layer.backpropagate(np.ones_like(o))


def small_network():
    rng = generator(5)
    return Network(
        [
            Convolution(1, 2, 3, relu, rng=rng),
            Dropout(0.3, rng=rng),
            Pooling(2),
            Rasterization(),
            Hidden(8, 6, tanh, rng=rng),
            Dropout(0.2, rng=rng),
            Softmax(6, 3, rng=rng),
        ]
    )


def test_a_network_with_dropout_passes_and_is_left_alone():
    network = small_network()
    x, t = generator(6).standard_normal((3, 6, 7, 1)), one_hot(np.array([0, 2, 1]), 3)
    scores = network.scores(x)
    before = state(network)
    report = check_network(network, CrossEntropy(), x, t)
    assert report.passed, report
    assert [row.tensor for row in report.rows] == ["0.W", "0.b", "4.W", "4.b", "6.W", "6.b", "x"]
    assert state(network) == before
    network.backpropagate(CrossEntropy().gradient(scores, t))


def test_ties_of_max_pooling_are_named_and_counted():
    x = generator().standard_normal((1, 4, 6, 1))
    x[0, :2, :2, 0] = 5  # four equal pixels in the first window
    report = check_layer(Pooling(2), x, rng=generator(1))
    assert (report.rows[0].kinks, report.rows[0].verdict) == (4, "unclear (kinks)")
    assert "Warning: x has 4 of 24 entries at a kink or tie" in str(report)
    assert not report.passed


def test_relu_at_zero_is_a_kink():
    layer = Hidden(2, 3, relu, rng=generator())
    report = check_layer(layer, np.zeros((1, 2)), rng=generator(1))
    kinks = {row.tensor: row.kinks for row in report.rows}
    assert kinks == {"W": 0, "b": 3, "x": 2}


def test_read_only_data_can_be_checked():
    x = generator(1).standard_normal((3, 5))
    x.flags.writeable = False
    assert check_layer(Hidden(5, 2, rng=generator()), x, rng=generator()).passed
    network = Network([Hidden(5, 2, rng=generator())])
    assert check_network(network, SquaredError(), x, np.ones((3, 2))).passed


def test_float32_is_refused_before_anything_runs():
    sentence = "needs arrays of float64, because rounding .* is float32"
    layer = Hidden(2, 3, rng=generator(), dtype=np.float32)
    with pytest.raises(TypeError, match=sentence):
        check_layer(layer, np.ones((1, 2), np.float32), rng=generator())
    with pytest.raises(TypeError, match=sentence):
        check_layer(layer, np.ones((1, 2)), rng=generator())
    with pytest.raises(TypeError, match=sentence):
        check_network(Network([layer]), SquaredError(), np.ones((1, 2)), np.ones((1, 3)))


def test_a_layer_without_a_return_value_is_wrong_not_a_crash():
    class Forgetful(Layer):
        def output(self, x):
            return 2 * x

        def backpropagate(self, gradient):
            2 * gradient

    report = check_layer(Forgetful(), np.ones((2, 3)), rng=generator())
    assert report.rows[0].verdict == "wrong"


# --- entries


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


def test_small_tensors_are_compared_whole():
    network = small_network()
    x, t = generator(6).standard_normal((2, 6, 7, 1)), one_hot(np.array([0, 2]), 3)
    report = check_network(network, CrossEntropy(), x, t, entries=6, rng=generator())
    assert [row.compared for row in report.rows] == [6, 2, 6, 6, 6, 3, 6]
    assert report.passed
    assert "0.W: 6 of 18 entries compared." in str(report)
    assert "0.b:" not in str(report)
    assert check_layer(network.layers[0], x, rng=generator(), entries=1000).rows[0].compared == 18


def test_entries_need_a_generator_and_a_count():
    a = np.ones(4)
    with pytest.raises(ValueError, match="choosing 2 of 4 entries needs a generator rng"):
        check_gradient(lambda: a.sum(), a, a, entries=2)
    for entries in (0, -1, 1.5):
        with pytest.raises(ValueError, match="entries must be a whole number"):
            check_gradient(lambda: a.sum(), a, a, entries=entries, rng=generator())


# --- the report


def row(tensor="W", error=0.0, verdict="right", kinks=0, shape=(2, 3)):
    return GradientRow(tensor, shape, shape, error, kinks, 6, verdict)


@pytest.mark.parametrize(
    ("error", "verdict", "text"),
    [
        (0.0, "right", "< 1e-07"),
        (9.9e-8, "right", "< 1e-07"),
        (1.234e-3, "wrong", "0.0012"),
        (2.0, "wrong", "2"),
        (0.125, "wrong", "0.12"),
        (0.375, "wrong", "0.38"),
        (np.nan, "wrong", "not finite"),
        (0.3, "unclear (rounding)", ">= 1e-07"),
        (0.333333, "unclear (kinks)", "0.33"),
    ],
)
def test_digits_are_the_same_on_every_machine(error, verdict, text):
    for noise in (-1e-10, 0, 1e-10):
        report = GradientReport((row(error=error + noise * error, verdict=verdict),), 1e-7)
        assert report.cells()[0][2] == text


def test_text_and_html():
    report = GradientReport((row(), row("<b>", 0.5, "wrong", 2)), 1e-7)
    assert str(report).splitlines() == [
        "tensor  shape  relative error  kinks  verdict",
        "W       2 x 3         < 1e-07      0    right",
        "<b>     2 x 3             0.5      2    wrong",
        "Warning: <b> has 2 of 6 entries at a kink or tie: "
        "left and right slope differ, so there is no derivative to compare with.",
    ]
    assert repr(report) == str(report)
    html = report._repr_html_()
    assert "<td>&lt;b&gt;</td><td>2 x 3</td><td>0.5</td><td>2</td><td>wrong</td>" in html
    assert "<p>Warning: &lt;b&gt; has 2 of 6" in html
    assert html.count("<tr>") == 3


def test_worst_prefers_what_is_not_a_number():
    rows = (row("a", 0.5, "wrong"), row("b", np.nan, "wrong"), row("c", 0.1, "wrong"))
    assert GradientReport(rows, 1e-7).worst.tensor == "b"
    assert GradientReport(rows[::2], 1e-7).worst.tensor == "a"


# --- step_sweep


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


def test_step_sweep_of_a_wrong_gradient_stays_level():
    a = np.array([0.4, 1.2])
    steps, errors = step_sweep(lambda: np.exp(a).sum(), a, 1.1 * np.exp(a), steps=[1e-3, 1e-6])
    assert steps.tolist() == [1e-3, 1e-6]
    np.testing.assert_allclose(errors, 0.1 / 1.1, rtol=1e-5)


def test_reports_are_plain_values():
    a = np.ones(2)
    first, second = (check_gradient(lambda: a.sum(), a, a) for _ in range(2))
    assert first == second
    assert copy.deepcopy(first) == first
