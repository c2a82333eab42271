"""Optimisers: first steps by hand, PyTorch as oracle, and what they refuse."""

import numpy as np
import pytest
from checks import repeatable
from hypothesis import given
from hypothesis import strategies as st

from cnnbook import optimisers
from cnnbook.optimisers import SGD, Adam, Momentum

OPTIMISERS = pytest.mark.parametrize(
    "make",
    [lambda: SGD(0.1), lambda: Momentum(0.1, 0.5), lambda: Adam(0.1)],
    ids=["SGD", "Momentum", "Adam"],
)


def steps(optimiser, gradients, start=1.0):
    """The values of one parameter after each step along the given gradients."""
    parameters = {"W": np.array([start])}
    values = []
    for gradient in gradients:
        optimiser.step(parameters, {"W": np.array([gradient])})
        values.append(parameters["W"][0])
    return values


def test_sgd_by_hand():
    # 1 - 0.1 * 2 = 0.8; 0.8 - 0.1 * (-1) = 0.9
    assert steps(SGD(0.1), [2.0, -1.0]) == pytest.approx([0.8, 0.9], rel=1e-14)


def test_momentum_by_hand():
    # v = 2, 1 - 0.1 * 2 = 0.8; v = 0.5 * 2 + 4 = 5, 0.8 - 0.5 = 0.3; v = 2.5, 0.3 - 0.25 = 0.05
    assert steps(Momentum(0.1, 0.5), [2.0, 4.0, 0.0]) == pytest.approx([0.8, 0.3, 0.05])


def test_momentum_uses_a_changed_rate_at_once():
    # v = 2, then rate 1 and v = 1: 0.8 - 1 * 1 = -0.2
    optimiser, parameters = Momentum(0.1, 0.5), {"W": np.array([1.0])}
    optimiser.step(parameters, {"W": np.array([2.0])})
    optimiser.rate = 1
    optimiser.step(parameters, {"W": np.array([0.0])})
    assert parameters["W"][0] == pytest.approx(-0.2)


def test_adam_by_hand():
    # beta1 = 0.5, beta2 = 0.75, epsilon = 1, rate = 0.3
    # s = 1, g = 2: m = 1, v = 1; m^ = 1/0.5 = 2, v^ = 1/0.25 = 4; 1 - 0.3 * 2/(2 + 1) = 0.8
    # s = 2, g = 0: m = 0.5, v = 0.75; m^ = 0.5/0.75, v^ = 0.75/0.4375; step 0.3 * m^/(v^^0.5 + 1)
    second = 0.8 - 0.3 * (0.5 / 0.75) / ((0.75 / 0.4375) ** 0.5 + 1)
    values = steps(Adam(0.3, beta1=0.5, beta2=0.75, epsilon=1), [2.0, 0.0])
    assert values == pytest.approx([0.8, second], rel=1e-14)


@repeatable
@given(st.floats(1e-3, 1e3), st.sampled_from([-1, 1]))
def test_first_step_of_adam_has_the_length_of_the_rate(size, sign):
    (value,) = steps(Adam(0.01, epsilon=1e-12), [sign * size])
    assert value == pytest.approx(1 - sign * 0.01, abs=1e-9)


@repeatable
@given(st.lists(st.floats(-10, 10), min_size=1, max_size=6))
def test_momentum_zero_is_sgd(gradients):
    assert steps(Momentum(0.1, 0), gradients) == steps(SGD(0.1), gradients)


@OPTIMISERS
def test_a_bowl_is_descended(make):
    optimiser, parameters = make(), {"W": np.array([3.0, -2.0])}
    for _ in range(500):
        optimiser.step(parameters, {"W": np.array([1.0, 4.0]) * parameters["W"]})
    np.testing.assert_allclose(parameters["W"], 0, atol=1e-4)


@OPTIMISERS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_step_is_in_place_keeps_the_type_and_leaves_the_gradient(make, dtype):
    optimiser = make()
    parameter, gradient = np.ones((2, 3), dtype), np.full((2, 3), 0.5, dtype)
    view = parameter[1]
    for _ in range(2):
        optimiser.step({"W": parameter}, {"W": gradient})
    assert parameter.dtype == dtype
    assert (view < 1).all()
    assert (gradient == 0.5).all()
    assert all(array.dtype == dtype for array in optimiser.memory["W"])
    assert optimiser.steps == {"W": 2}


@OPTIMISERS
def test_parameters_do_not_influence_each_other(make):
    rng = np.random.default_rng(0)
    gradients = [{name: rng.standard_normal(3) for name in "ab"} for _ in range(4)]
    both, alone, together = make(), make(), {name: np.zeros(3) for name in "ab"}
    single = {"b": np.zeros(3)}
    for step in gradients:
        both.step(together, step)
        alone.step(single, step)  # the gradient of "a" is ignored
    np.testing.assert_array_equal(together["b"], single["b"])
    assert not np.allclose(together["a"], together["b"])


@OPTIMISERS
@pytest.mark.parametrize("width", [optimisers.CACHED // 2 + 1, optimisers.CACHED + 1])
def test_large_parameters_in_parts_as_in_one_piece(make, width):
    """Row by row, as parameters of their own, they take the very same steps."""
    rng, shape = np.random.default_rng(0), (5, width)
    whole = rng.normal(size=shape)
    rows = {str(number): row[None].copy() for number, row in enumerate(whole)}
    first, second = make(), make()
    for _ in range(3):
        gradient = rng.normal(size=shape)
        first.step({"W": whole}, {"W": gradient})
        second.step(rows, {str(number): row[None] for number, row in enumerate(gradient)})
    np.testing.assert_array_equal(whole, np.concatenate(list(rows.values())))


@OPTIMISERS
@pytest.mark.parametrize("shape", [(), (1,), (0,), (3, 0), (2, 3, 4), (1, 40_000)])
def test_any_shape_takes_the_steps_of_its_numbers(make, shape):
    """A single number too, whose gradient may be a number of NumPy and no array."""
    rng = np.random.default_rng(0)
    whole = rng.normal(size=shape)
    start, gradients = whole.copy(), rng.normal(size=(3, *shape))
    optimiser = make()
    for gradient in gradients:
        optimiser.step({"W": whole}, {"W": gradient if shape else np.float64(gradient)})
    for index in list(np.ndindex(shape))[:5]:
        values = steps(make(), [gradient[index] for gradient in gradients], start[index])
        assert whole[index] == values[-1]


@OPTIMISERS
def test_the_state_counts_steps_by_name(make):
    optimiser, fresh = make(), make()
    late, other = {"late": np.zeros(2)}, {"late": np.zeros(2)}
    gradients = {"early": np.ones(2), "late": np.array([1.0, -3.0])}
    optimiser.step({"early": np.zeros(2)}, gradients)
    optimiser.step(late, gradients)
    fresh.step(other, gradients)
    np.testing.assert_array_equal(late["late"], other["late"])


@OPTIMISERS
def test_nothing_changes_if_one_gradient_is_refused(make):
    optimiser, parameters = make(), {"a": np.ones(2), "b": np.ones((2, 3))}
    with pytest.raises(ValueError, match="no gradient for b, only for \\['a'\\]"):
        optimiser.step(parameters, {"a": np.ones(2)})
    with pytest.raises(ValueError, match=r"b has shape \(2, 3\), but its gradient .* \(3,\)"):
        optimiser.step(parameters, {"a": np.ones(2), "b": np.ones(3)})
    with pytest.raises(ValueError, match=r"b has shape \(2, 3\), but its gradient .* \(6, 1\)"):
        optimiser.step(parameters, {"a": np.ones(2), "b": np.ones((6, 1))})
    assert (parameters["a"] == 1).all()
    assert (parameters["b"] == 1).all()
    assert not optimiser.memory
    assert not optimiser.steps


@pytest.mark.parametrize("make", [lambda: Momentum(0.1), lambda: Adam()])
def test_the_state_of_another_network_is_refused(make):
    optimiser = make()
    optimiser.step({"W": np.ones((1, 3))}, {"W": np.ones((1, 3))})
    with pytest.raises(ValueError, match="an optimiser of its own"):
        optimiser.step({"W": np.ones((2, 3))}, {"W": np.ones((2, 3))})


@pytest.mark.parametrize("rate", [0, -0.1, np.nan, np.inf, "fast", None])
def test_rates_are_positive_numbers(rate):
    for make in (SGD, Momentum, Adam):
        with pytest.raises(ValueError, match="positive number, but is"):
            make(rate)
    optimiser = SGD(1)
    with pytest.raises(ValueError, match="positive number, but is"):
        optimiser.rate = rate
    assert optimiser.rate == 1


@pytest.mark.parametrize("number", [-0.1, 1, np.nan, "half"])
def test_coefficients_are_fractions(number):
    for make in (
        lambda: Momentum(0.1, number),
        lambda: Adam(beta1=number),
        lambda: Adam(beta2=number),
    ):
        with pytest.raises(ValueError, match="at least 0 and below 1"):
            make()
    with pytest.raises(ValueError, match="epsilon must be a positive number"):
        Adam(epsilon=0)


@pytest.mark.oracle
@pytest.mark.parametrize("name", ["SGD", "Momentum", "Adam"])
def test_pytorch_takes_the_same_steps(name):
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    start, gradients = rng.standard_normal((3, 4)), rng.standard_normal((20, 3, 4))
    theirs = torch.nn.Parameter(torch.tensor(start))
    own, oracle = {
        "SGD": (SGD(0.05), torch.optim.SGD([theirs], lr=0.05)),
        "Momentum": (Momentum(0.05, 0.8), torch.optim.SGD([theirs], lr=0.05, momentum=0.8)),
        "Adam": (
            Adam(0.05, 0.8, 0.9, 1e-6),
            torch.optim.Adam([theirs], lr=0.05, betas=(0.8, 0.9), eps=1e-6),
        ),
    }[name]
    for number, gradient in enumerate(gradients):
        if number == 10:  # a schedule
            own.rate = oracle.param_groups[0]["lr"] = 0.01
        own.step({"W": start}, {"W": gradient})
        theirs.grad = torch.tensor(gradient)
        oracle.step()
        np.testing.assert_allclose(start, theirs.detach().numpy(), rtol=1e-12, atol=1e-13)
