"""Weights that stand in several places, towers that share a network, and single numbers."""

import checks
import numpy as np
import pytest
from cases import inputs
from doubles import LeakyReLU, Normalisation, Residual, Siamese, dropout, hidden, softmax

from cnnbook.layers import Hidden
from cnnbook.losses import SquaredError
from cnnbook.network import Network, ThreadedNetwork
from cnnbook.optimisers import SGD, Adam, Momentum
from cnnbook.training import fit

X = np.random.default_rng(0).normal(size=(150, 4))
OPTIMISERS = [lambda: SGD(0.1), lambda: Momentum(0.1), lambda: Adam(0.01)]


def shared_and_apart():
    """A layer that stands in three places, two of them nested; and copies of it in its place."""
    places = [hidden(4, 4, seed=2) for _ in range(3)]
    one = places[0]
    together = Network([one, Residual(one, hidden(4, 4, seed=3)), Network([one]), softmax(4)])
    apart = Network(
        [places[0], Residual(places[1], hidden(4, 4, seed=3)), Network([places[2]]), softmax(4)]
    )
    return together, apart


@pytest.mark.parametrize("kind", [Network, ThreadedNetwork])
def test_gradients_of_shared_weights_add_up(kind):
    together, apart = (kind(network.layers) for network in shared_and_apart())
    assert list(together.parameters()) == ["0.W", "0.b", "1.0.1.W", "1.0.1.b", "3.W", "3.b"]
    found, expected = ({}, {})
    for network, gradients in [(together, found), (apart, expected)]:
        o, memory = network.scores(X)
        gradients |= network.backward(o, memory, to_input=False)[1]
    for name in "Wb":
        places = [expected[f"{place}.{name}"] for place in ("0", "1.0.0", "2.0")]
        np.testing.assert_allclose(found[f"0.{name}"], sum(places), rtol=1e-10)
        np.testing.assert_allclose(found[f"1.0.1.{name}"], expected[f"1.0.1.{name}"], rtol=1e-10)
    assert found.keys() == together.parameters().keys()


@pytest.mark.parametrize("make", OPTIMISERS)
def test_shared_weights_take_one_step(make):
    together, _ = shared_and_apart()
    optimiser, expected = make(), make()
    o, memory = together.scores(X)
    _, gradients = together.backward(o, memory)
    before = together.layers[0].W.copy()
    optimiser.step(together.parameters(), gradients)
    expected.step({"W": before}, {"W": gradients["0.W"]})
    np.testing.assert_array_equal(together.layers[0].W, before)
    assert together.layers[2].layers[0].W is together.layers[0].W


def test_shared_generators_and_state():
    """Both names of a shared generator are one stream, and both of a state one array."""
    noise, normal = dropout(), Normalisation(4)
    network = Network([noise, normal, Residual(noise, normal)])
    assert list(network.generators()) == ["0.rng", "2.0.0.rng"]
    assert len({id(rng) for rng in network.generators().values()}) == 1
    assert list(network.state()) == ["1.mean", "1.variance", "2.0.1.mean", "2.0.1.variance"]
    assert network.state()["1.mean"] is network.state()["2.0.1.mean"]


def test_siamese_towers():
    """One network, two memories: the gradients add, and a pair of equals gives nothing."""
    network = Siamese(hidden(4, 5), LeakyReLU(), hidden(5, 2, seed=3))
    a, b = inputs((3, 4)), inputs((3, 4))[::-1].copy()
    factors = np.random.default_rng(1).normal(size=(3, 2))
    o, memory = network.forward((a, b))
    (da, db), gradients = network.backward(factors, memory)
    checks.assert_gradients(
        lambda: np.sum(factors * network.forward((a, b))[0]),
        {"a": a, "b": b, **network.parameters()},
        {"a": da, "b": db, **gradients},
    )
    np.testing.assert_array_equal(network.predict((a, b)), o)
    o, memory = network.forward((a, a))
    assert not o.any()
    assert all(np.allclose(array, 0) for array in network.backward(factors, memory)[1].values())


@pytest.mark.parametrize("make", OPTIMISERS)
def test_a_single_number_is_found(make):
    """The slope 0.5 of a leaky ReLU, learned from its outputs."""
    network = Network([LeakyReLU(0.1)])
    t = np.where(X > 0, X, 0.5 * X)
    options = {"epochs": 60, "batch_size": 50, "rng": np.random.default_rng(0), "progress": False}
    fit(network, SquaredError(), make(), X, t, **options)
    assert network.layers[0].slope.shape == ()
    np.testing.assert_allclose(network.layers[0].slope, 0.5, atol=0.01)


def test_a_layer_of_ones_own_with_its_own_parameter():
    """What a reader's layer needs: a pair of functions and the names of its parameters."""

    class Scaled(Hidden):
        parameter_names = ("W", "b", "scale")

        def __init__(self):
            super().__init__(4, 3, rng=np.random.default_rng(0))
            self.scale = np.array(1.5)

        def forward(self, x, training=True):
            o, memory = super().forward(x, training)
            return self.scale * o, (o, memory)

        def backward(self, gradient, memory, to_input=True):
            o, inner = memory
            dx, gradients = super().backward(self.scale * gradient, inner, to_input)
            return dx, gradients | {"scale": np.sum(gradient * o)}

    checks.check_layer_gradients(Scaled(), inputs((5, 4)))
    assert list(Network([Scaled()]).parameters()) == ["0.W", "0.b", "0.scale"]
