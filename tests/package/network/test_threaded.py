"""Blocks on threads: the same network, the same gradients, and the same bits."""

import threading
import warnings

import contract
import numpy as np
import pytest

from cnnbook.activations import relu, tanh
from cnnbook.gradcheck import check_network
from cnnbook.layers import Convolution, Dropout, Hidden, Layer, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.network import Network, ThreadedNetwork, threaded
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


def step(network, x=X, t=T, to_input=True):
    scores, memory = network.scores(x)
    dx, gradients = network.backward(CrossEntropy().gradient(scores, t), memory, to_input)
    return {"scores": scores, "x": dx, **gradients}


def test_as_one_block():
    expected, found = step(Network(layers())), step(ThreadedNetwork(layers(), threads=2))
    for name, array in expected.items():
        np.testing.assert_allclose(found[name], array, rtol=1e-10, atol=1e-14, err_msg=name)


def test_gradient_check():
    """Of several blocks, with dropout, on two threads."""
    network = ThreadedNetwork(layers(0.3), threads=2)
    rng = np.random.default_rng(0)
    report = check_network(network, CrossEntropy(), X[:9], T[:9], entries=4, rng=rng)
    assert report.passed, report


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
    o = network.output(np.ones((2 * threaded.ROWS, 50)))
    assert not np.array_equal(o[: threaded.ROWS], o[threaded.ROWS :])
    assert not np.array_equal(o, network.output(np.ones((2 * threaded.ROWS, 50))))


@pytest.mark.parametrize("batch_size", [1, 33, 512])
def test_prediction(batch_size):
    expected = Network(layers(0.5))
    network = ThreadedNetwork(layers(0.5), threads=2)
    for scores in (False, True):
        found = network.predict(X, batch_size, scores)
        np.testing.assert_allclose(found, expected.predict(X, scores=scores), rtol=1e-10)
    assert network.predict(X[:0]).shape == (0, 3)
    scores, memory = network.scores(X[:0])
    assert network.backward(scores, memory)[0].shape == X[:0].shape


@pytest.mark.parametrize(
    "check",
    [
        contract.check_pure,
        contract.check_shapes,
        contract.check_backward_twice,
        contract.check_two_memories,
        contract.check_without_input,
        contract.check_prediction_undisturbed,
        contract.check_before_output,
        contract.check_wrong_gradient,
        contract.check_refused_input,
    ],
)
def test_contract(check):
    """A network on threads keeps the contract of a layer."""
    check(ThreadedNetwork(layers(0.3), threads=2), X[:10])


def test_within_another_network():
    inner = ThreadedNetwork(layers()[:3], threads=2)
    nested = step(ThreadedNetwork([inner, *layers()[3:]], threads=2))
    expected = step(Network(layers()))
    for name in ("scores", "x"):
        np.testing.assert_allclose(nested[name], expected[name], rtol=1e-9, atol=1e-14)


def test_nothing_is_computed_below_the_first_parameters():
    """Neither in a run that has none, nor in layers before the first with parameters."""
    rng = np.random.default_rng(0)
    first = [Pooling(2), Rasterization(), Dropout(0.5, rng=rng)]
    network = ThreadedNetwork([*first, Softmax(720, 3, rng=rng)], threads=2)
    scores, memory = network.scores(X)
    for layer in first:
        layer.backward = None
    delta = CrossEntropy().gradient(scores, T)
    dx, gradients = network.backward(delta, memory, to_input=False)
    assert dx is None
    assert gradients["3.W"].shape == (3, 720)


def test_a_small_minibatch_starts_no_thread(monkeypatch):
    network = ThreadedNetwork(layers(), threads=2)
    monkeypatch.setattr("concurrent.futures.ThreadPoolExecutor.submit", None)
    step(network, X[:4], T[:4])
    with pytest.raises(TypeError):
        step(network)


def test_errors_come_out_of_threads():
    network = ThreadedNetwork(layers(), threads=2)
    with pytest.raises(TypeError, match="takes numbers of type float64, but got float32"):
        network.scores(X.astype(np.float32))


class Together(Layer):
    """Two threads meet here, each with a block of its own, and then do something."""

    def __init__(self, deed):
        self.barrier, self.deed = threading.Barrier(2, timeout=600), deed

    def forward(self, x, training=True):
        self.barrier.wait()
        return self.deed(x), None

    def output_shape(self, input_shape):
        return input_shape


def test_an_error_of_the_other_thread_comes_out():
    def fail(x):
        if threading.current_thread() is not threading.main_thread():
            raise ValueError("not here")
        return x

    with pytest.raises(ValueError, match="not here"):
        ThreadedNetwork([Together(fail)], threads=2).output(np.ones((2 * threaded.ROWS, 1)))


def test_overflow_is_treated_alike_in_all_threads():
    """A thread has NumPy's default otherwise, which is a warning, and here an error."""
    network = ThreadedNetwork([Together(np.exp)], threads=2)
    with np.errstate(over="ignore"), warnings.catch_warnings():
        warnings.simplefilter("error")
        o = network.output(np.full((2 * threaded.ROWS, 1), 1e3))
    assert np.isinf(o).all()


@pytest.mark.parametrize("threads", [0, -1, 1.5, "2", True])
def test_refused_threads(threads):
    with pytest.raises(ValueError, match=f"threads must be .* 1 or more, but is {threads!r}"):
        ThreadedNetwork(layers(), threads)
