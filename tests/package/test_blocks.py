"""Blocks on threads: the same network, the same gradients, and the same bits."""

import threading
import warnings

import numpy as np
import pytest

from cnnbook.network import threaded
from cnnbook.activations import relu, tanh
from cnnbook.network import ThreadedNetwork
from cnnbook.layers import (
    Convolution,
    Dropout,
    Hidden,
    Layer,
    Pooling,
    Rasterization,
    Softmax,
)
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.network import Network
from cnnbook.optimisers import Momentum
from cnnbook.training import fit

RNG = np.random.default_rng(0)
X, T = RNG.normal(size=(70, 40, 36, 2)), one_hot(RNG.integers(0, 3, 70), 3)


def layers(dropout=0.0, dtype=np.float64):
    rng = np.random.default_rng(1)
    return [
        Convolution(2, 4, 3, tanh, stride=2, rng=rng, dtype=dtype),
        Pooling(2),
        Dropout(dropout, rng=np.random.default_rng(2)),
        Rasterization(),
        Hidden(9 * 8 * 4, 6, relu, rng=rng, dtype=dtype),
        Dropout(dropout, rng=np.random.default_rng(3)),
        Softmax(6, 3, rng=rng, dtype=dtype),
    ]


def step(network, x=X, t=T):
    scores = network.scores(x)
    dx = network.backpropagate(CrossEntropy().gradient(scores, t))
    return {"scores": scores, "x": dx, **network.gradients()}


def test_as_one_block():
    expected, found = step(Network(layers())), step(ThreadedNetwork(layers(), threads=2))
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-10, atol=1e-14, err_msg=name)


def test_several_blocks_are_taken():
    network = ThreadedNetwork(layers(), threads=2)
    network.scores(X)
    assert [len(copies) for _, copies, _ in network._passes] == [18, 2]


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_the_same_bits_for_any_number_of_threads(threads):
    def trained(threads):
        network = ThreadedNetwork(layers(0.3, np.float32), threads)
        fit(
            network,
            CrossEntropy(),
            Momentum(0.05),
            X.astype(np.float32),
            T,
            epochs=2,
            batch_size=32,
            rng=np.random.default_rng(4),
            validation=(X[:9].astype(np.float32), T[:9]),
            progress=False,
        )
        return network

    one, several = trained(1), trained(threads)
    for name, array in one.parameters().items():
        np.testing.assert_array_equal(several.parameters()[name], array, err_msg=name)
    x = X.astype(np.float32)
    np.testing.assert_array_equal(one.predict(x), several.predict(x))


def test_masks_differ_from_block_to_block():
    network = ThreadedNetwork([Dropout(0.5, rng=np.random.default_rng(0))], threads=2)
    o = network.output(np.ones((2 * blocks.ROWS, 50)))
    assert not np.array_equal(o[: blocks.ROWS], o[blocks.ROWS :])
    assert not np.array_equal(o, network.output(np.ones((2 * blocks.ROWS, 50))))


@pytest.mark.parametrize("batch_size", [1, 33, 512])
def test_prediction(batch_size):
    expected = Network(layers(0.5))
    network = ThreadedNetwork(layers(0.5), threads=2)
    for name in ("predict", "predict_scores"):
        found = getattr(network, name)(X, batch_size)
        np.testing.assert_allclose(found, getattr(expected, name)(X), rtol=1e-10)
    assert network.predict(X[:0]).shape == (0, 3)


def test_prediction_disturbs_no_pending_step():
    network = ThreadedNetwork(layers(), threads=2)
    expected = step(network)
    scores = network.scores(X)
    network.predict(X[::-1])
    dx = network.backpropagate(CrossEntropy().gradient(scores, T))
    np.testing.assert_array_equal(dx, expected["x"])


def test_gradients_without_that_of_the_input():
    network = ThreadedNetwork(layers(), threads=2)
    expected = step(network)
    network.set_gradients(CrossEntropy().gradient(network.scores(X), T))
    for name, array in network.gradients().items():
        np.testing.assert_array_equal(array, expected[name], err_msg=name)


def test_nothing_is_computed_below_the_first_parameters(monkeypatch):
    """Neither in a group that has none, nor in layers before the first with parameters."""
    rng = np.random.default_rng(0)
    first = [Pooling(2), Rasterization(), Dropout(0.5, rng=rng)]
    network = ThreadedNetwork([*first, Softmax(720, 3, rng=rng)], threads=2)
    scores = network.scores(X)
    for layer in first:
        monkeypatch.setattr(type(layer), "backpropagate", None)
    network.set_gradients(CrossEntropy().gradient(scores, T))
    assert network.gradients()["3.W"].shape == (3, 720)


def test_gradients_of_the_step_before_are_gone():
    """Their memory is free while the next step works."""
    network = ThreadedNetwork(layers(), threads=2)
    step(network)
    network.scores(X)
    with pytest.raises(ValueError, match="call backpropagate first"):
        network.gradients()


def test_a_small_minibatch_starts_no_thread(monkeypatch):
    network = ThreadedNetwork(layers(), threads=2)
    monkeypatch.setattr(network._pool, "submit", None)
    step(network, X[:4], T[:4])


def test_errors_come_out_of_threads():
    network = ThreadedNetwork(layers(), threads=2)
    with pytest.raises(TypeError, match="takes numbers of type float64, but got float32"):
        network.scores(X.astype(np.float32))
    network.scores(X)
    with pytest.raises(ValueError, match=r"gave an output of shape"):
        network.backpropagate(T[:, :2])


class Together(Layer):
    """Two threads meet here, each with a block of its own, and then do something."""

    def __init__(self, deed):
        self.barrier, self.deed = threading.Barrier(2, timeout=20), deed

    def output(self, x):
        self.barrier.wait()
        return self.deed(x)

    def output_shape(self, input_shape):
        return input_shape


def test_an_error_of_the_other_thread_comes_out():
    def fail(x):
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("not here")
        return x

    with pytest.raises(ValueError, match="not here"):
        ThreadedNetwork([Together(fail)], threads=2).output(np.ones((2 * blocks.ROWS, 1)))


def test_overflow_is_treated_alike_in_all_threads():
    """A thread has NumPy's default otherwise, which is a warning, and here an error."""
    network = ThreadedNetwork([Together(np.exp)], threads=2)
    with np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        o = network.output(np.full((2 * blocks.ROWS, 1), 1e3))
    assert np.isinf(o).all()


@pytest.mark.parametrize("shape", [(71, 3), (70, 4), (70,)])
def test_refused_gradient(shape):
    network = ThreadedNetwork(layers(), threads=2)
    network.scores(X)
    with pytest.raises(ValueError, match=r"the network gave an output of shape \(70, 3\), but"):
        network.backpropagate(np.ones(shape))
    network.backpropagate(T)  # nothing was lost


def test_one_way_back_for_each_way_there():
    network = ThreadedNetwork(layers(), threads=2)
    with pytest.raises(ValueError, match=r"shape \(70, 3\) without a forward"):
        network.backpropagate(T)
    step(network)
    with pytest.raises(ValueError, match="call output or scores first"):
        network.backpropagate(T)


@pytest.mark.parametrize("threads", [0, -1])
def test_refused_threads(threads):
    with pytest.raises(ValueError, match=f"threads must be 1 or more, but is {threads}"):
        ThreadedNetwork(layers(), threads)
