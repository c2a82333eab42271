"""Layers within layers, with state and random numbers of their own, in networks that learn.

The layers are those of `doubles.py`; each stands first, in the middle and last.
"""

import checks
import contract
import numpy as np
import pytest
from cases import inputs
from checks import same_draws
from doubles import NESTED, Normalisation, Residual, dropout, hidden, softmax

from cnnbook.gradcheck import check_layer, check_network
from cnnbook.losses import CrossEntropy, SquaredError, one_hot
from cnnbook.network import Network, ThreadedNetwork
from cnnbook.optimisers import SGD, Adam, Momentum
from cnnbook.training import Training, fit, load_checkpoint, save_checkpoint

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(150, 4)), one_hot(RNG.integers(0, 3, 150), 3)
PLACES = ["first", "middle", "last"]
EVERY_PLACE = pytest.mark.parametrize("place", PLACES)
EVERY_DOUBLE = pytest.mark.parametrize("name", NESTED)
OPTIMISERS = [lambda: SGD(0.1), lambda: Momentum(0.1), lambda: Adam(0.01)]


def layers(name, place, dtype=np.float64):
    """The double in one place of a row of layers, from rows of four numbers."""
    own, others = NESTED[name](dtype), [hidden(4, 4, seed=20, dtype=dtype), softmax(4, dtype)]
    start = PLACES.index(place)
    if place == "last":
        others = [hidden(4, 4, seed=20, dtype=dtype), dropout(seed=8)]
    return [*others[:start], *own, *others[start:]]


def targets(network):
    """Classes for a network that ends in a softmax layer, numbers for any other."""
    classes = network.output_shape((4,)) == (3,)
    return (CrossEntropy(), T) if classes else (SquaredError(), np.sin(X))


def train(network, epochs=2, **options):
    loss, t = targets(network)
    options = {"batch_size": 64, "rng": np.random.default_rng(4), "progress": False} | options
    fit(network, loss, Momentum(0.05), X, t, epochs=epochs, **options)
    return network


def kept(network):
    return {name: array.copy() for name, array in (network.parameters() | network.state()).items()}


@EVERY_PLACE
@EVERY_DOUBLE
def test_gradients(name, place):
    network = Network(layers(name, place))
    loss, t = targets(network)
    checks.check_network_gradients(network, loss, inputs((3, 4)), t[:3])


@EVERY_DOUBLE
def test_gradient_check(name):
    """`cnnbook.gradcheck` takes them too, in one piece and on threads."""
    x = inputs((70, 4))
    for kind in (Network, ThreadedNetwork):
        network = kind(layers(name, "middle"))
        options = {"entries": 3, "rng": np.random.default_rng(0)}
        assert check_network(network, CrossEntropy(), x, T[:70], **options).passed
        assert check_layer(network, x, **options).passed


@EVERY_PLACE
@EVERY_DOUBLE
def test_the_first_layer_that_learns(name, place):
    """Its parameters get the same gradients where nobody asks for that of the input."""
    for kind in (Network, ThreadedNetwork):
        contract.check_without_input(kind(layers(name, place)), X)


@EVERY_PLACE
@EVERY_DOUBLE
def test_the_same_bits_for_any_number_of_threads(name, place):
    one = kept(train(ThreadedNetwork(layers(name, place, np.float64), 1)))
    for threads in (2, 3, 7):
        checks.assert_same(kept(train(ThreadedNetwork(layers(name, place), threads))), one)


@EVERY_PLACE
@pytest.mark.parametrize("name", [n for n in NESTED if "dropout" not in n and "shared" not in n])
def test_threads_train_as_one_piece(name, place):
    """But for rounding, where nothing is random: batch statistics are of the whole minibatch."""
    own = [layer for layer in layers(name, place) if not layer.generators()]
    again = [layer for layer in layers(name, place) if not layer.generators()]
    expected, found = kept(train(Network(own))), kept(train(ThreadedNetwork(again, 2)))
    assert expected.keys() == found.keys()
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("make", OPTIMISERS)
@EVERY_DOUBLE
def test_optimisers(name, make):
    """Each takes every parameter one step further, scalars and shared ones too."""
    network = Network(layers(name, "middle"))
    before = kept(network)
    fit(network, CrossEntropy(), make(), X, T, epochs=1, batch_size=150, rng=RNG, progress=False)
    assert all((array != before[name]).any() for name, array in network.parameters().items())


@EVERY_PLACE
@EVERY_DOUBLE
def test_save_and_load(tmp_path, name, place):
    trained, fresh = train(Network(layers(name, place))), Network(layers(name, place))
    trained.save(tmp_path / "weights.npz")
    assert not np.array_equal(fresh.predict(X), trained.predict(X))
    fresh.load(tmp_path / "weights.npz")
    checks.assert_same(kept(fresh), kept(trained))
    np.testing.assert_array_equal(fresh.predict(X), trained.predict(X))


class StoppedError(Exception):
    """The machine has gone."""


@EVERY_DOUBLE
def test_a_checkpoint_goes_on_to_the_bit(tmp_path, name):
    """Parameters, state and every generator, however deep, are those of a training in one go."""

    def training():
        network = Network([*layers(name, "first")])
        options = {"epochs": 3, "batch_size": 64, "rng": np.random.default_rng(4)}
        return Training(network, CrossEntropy(), Adam(0.01), X, T, **options)

    def stop(training):
        save_checkpoint(tmp_path / "training.npz", training)
        raise StoppedError

    whole, halved, resumed = training(), training(), training()
    whole.run(progress=False)
    with pytest.raises(StoppedError):
        halved.run(progress=False, after_epoch=stop)
    load_checkpoint(tmp_path / "training.npz", resumed)
    resumed.run(progress=False)
    checks.assert_same(kept(resumed.network), kept(whole.network))
    assert resumed.history == whole.history


@EVERY_DOUBLE
def test_prediction_disturbs_nothing(name):
    for kind in (Network, ThreadedNetwork):
        contract.check_prediction_undisturbed(kind(layers(name, "middle")), X)


def test_running_statistics():
    """They move with every step of a training, and predictions use them and leave them."""
    network = Network([Normalisation(4), hidden(4, 3)])
    layer, x = network.layers[0], 3 * X + 2
    assert list(network.state()) == ["0.mean", "0.variance"]
    network.output(x)
    np.testing.assert_allclose(layer.mean, 0.25 * x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(layer.variance, 0.75 + 0.25 * x.var(axis=0), rtol=1e-12)
    before = kept(network)
    alone, among = network.predict(x[:1]), network.predict(x)[:1]
    np.testing.assert_allclose(alone, among, rtol=1e-12)
    checks.assert_same(kept(network), before)


@pytest.mark.parametrize("kind", [Network, ThreadedNetwork])
def test_each_step_of_a_training_moves_the_statistics_once(kind):
    layer = Normalisation(4)
    train(kind([Residual(layer), softmax(4)]), epochs=1, batch_size=150)
    np.testing.assert_allclose(layer.mean, 0.25 * X.mean(axis=0), rtol=1e-9)


def test_a_random_layer_within_a_nested_one_draws_from_what_is_handed_in():
    network = Network(NESTED["dropout in residual"]())
    assert list(network.generators()) == ["0.0.1.rng", "0.0.2.0.rng"]
    first, second = network.forward(X, same_draws())[0], network.forward(X, same_draws())[0]
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, network.forward(X)[0])
    np.testing.assert_array_equal(network.predict(X), network.predict(X))


def test_masks_of_blocks_differ_in_nested_layers():
    network = ThreadedNetwork([Residual(dropout(0.5))], threads=2)
    o = network.output(np.ones((128, 50)))
    assert not np.array_equal(o[:64], o[64:])
