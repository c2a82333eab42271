"""A network: composition, whole-network gradients, prediction beside training, the summary."""

import checks
import contract
import numpy as np
import pytest
from cases import T, every_kind, images
from checks import same_draws
from doubles import Residual

from cnnbook.activations import identity, softmax
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError
from cnnbook.models import mnist_cnn
from cnnbook.network import Network, ThreadedNetwork


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("edges", ["keep", "ignore"])
def test_gradients_with_cross_entropy(count, edges):
    checks.check_network_gradients(
        every_kind(edges=edges), CrossEntropy(), images(count), T[:count]
    )


def test_gradients_with_squared_error():
    network = every_kind(last=Hidden)
    checks.check_network_gradients(network, SquaredError(), images(), T)


def test_gradients_without_activations():
    """Layers of identities: nothing but the convolutions and the reshaping."""
    rng = np.random.default_rng(0)
    network = Network(
        [
            Convolution(2, 3, 2, identity, "full", rng=rng),
            Convolution(3, 1, 3, identity, dilation=2, rng=rng),
            Rasterization("pixels"),
            Hidden(6 * 5, 3, identity, rng=rng),
        ]
    )
    checks.check_network_gradients(network, CrossEntropy(), images(), T)


def test_output_is_the_composition():
    network, x = every_kind(), images()
    expected = x
    for layer in every_kind().layers:
        expected = layer.output(expected)
    np.testing.assert_array_equal(network.output(x), expected)
    scores, _ = every_kind().scores(x)
    np.testing.assert_array_equal(softmax(scores), expected)


def test_gradients_without_that_of_the_input():
    """Nothing is computed below the first layer that has parameters."""
    network, x, delta = every_kind(), images(), np.ones((3, 3))
    _, expected = network.backward(delta, network.scores(x, same_draws())[1])
    first = Pooling(1)
    longer = Network([first, *network.layers])
    _, memory = longer.scores(x, same_draws())
    first.backward = None
    dx, gradients = longer.backward(delta, memory, to_input=False)
    assert dx is None
    checks.assert_same(gradients, {_moved(name): array for name, array in expected.items()})


def _moved(name):
    number, parameter = name.split(".")
    return f"{int(number) + 1}.{parameter}"


def test_the_first_layer_that_learns_is_not_asked_for_more():
    """However deep it lies: below it nothing is wanted."""
    asked = []

    class Asked(Hidden):
        def backward(self, gradient, memory, to_input=True):
            asked.append(to_input)
            return super().backward(gradient, memory, to_input)

    rng = np.random.default_rng(0)
    inner = Network([Asked(4, 4, rng=rng), Asked(4, 4, rng=rng)])
    network = Network([Dropout(0.1, rng=rng), Network([inner]), Asked(4, 2, rng=rng)])
    o, memory = network.scores(np.ones((3, 4)))
    for to_input, expected in [(True, [True, True, True]), (False, [True, True, False])]:
        asked.clear()
        network.backward(np.ones_like(o), memory, to_input)
        assert asked == expected


def test_a_network_without_parameters_has_no_gradients():
    network = Network([Pooling(2)])
    o, memory = network.scores(images())
    assert network.backward(o, memory, to_input=False) == (None, {})


def test_features_and_prediction_equal_the_output():
    """Without dropout the three are the same numbers; with it, prediction leaves it out."""
    network, x = every_kind(), images()
    without = Network([layer for layer in network.layers if not isinstance(layer, Dropout)])
    expected = without.output(x)
    np.testing.assert_array_equal(network.predict(x), expected)
    np.testing.assert_array_equal(network.predict(x, scores=True), without.scores(x)[0])
    features = network.features(x)
    assert len(features) == len(network.layers)
    np.testing.assert_array_equal(features[-1], expected)
    for layer, before, after in zip(network.layers[1:], features, features[1:], strict=False):
        np.testing.assert_array_equal(layer.predict(before), after)
    assert not np.allclose(network.output(x), expected)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 1000])
def test_prediction_in_batches(batch_size):
    network, x = every_kind(), images(7)
    np.testing.assert_allclose(network.predict(x, batch_size), network.predict(x), rtol=1e-12)
    scores = network.predict(x, batch_size, scores=True)
    np.testing.assert_allclose(scores, network.predict(x, scores=True), rtol=1e-11)


def test_prediction_of_nothing():
    assert every_kind().predict(images(0)).shape == (0, 3)


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, None])
def test_refused_batch_size(batch_size):
    with pytest.raises(ValueError, match=f"batch_size must be .* but is {batch_size}"):
        every_kind().predict(images(), batch_size)


@pytest.mark.parametrize("check", [*contract.EVERY, contract.check_samples_alone])
def test_contract(check):
    """A network keeps the contract of a layer."""
    check(every_kind(), images())


def test_network_in_single_precision():
    contract.check_single_precision(every_kind(np.float32), images())


def test_refused_input():
    contract.check_refused_input(every_kind(), images())
    for network in (every_kind(), ThreadedNetwork(every_kind().layers)):
        with pytest.raises(ValueError, match=r"takes minibatches \(N, \.\.\.\), but got"):
            network.predict(np.array(1.0))
        with pytest.raises(TypeError, match=r"takes a NumPy array, but got list"):
            network.predict([[1.0, 2.0]])


def test_parameters_are_the_arrays_themselves():
    network = every_kind()
    names = ["0.W", "0.b", "2.W", "2.b", "6.W", "6.b", "8.W", "8.b"]
    assert list(network.parameters()) == names
    assert network.parameters()["2.b"] is network.layers[2].b
    x = images()
    before = network.predict(x)
    network.parameters()["6.W"] += 1
    assert not np.allclose(network.predict(x), before)
    network.output(x)
    network.backpropagate(T)
    assert list(network.gradients()) == names
    assert network.gradients()["8.W"].shape == network.layers[8].W.shape


def test_single_precision_is_close_to_double():
    network, double = every_kind(np.float32), every_kind()
    for name, array in network.parameters().items():
        double.parameters()[name][...] = array
    scores = network.predict(images(dtype=np.float32), scores=True)
    expected = double.predict(images(dtype=np.float32).astype(np.float64), scores=True)
    np.testing.assert_allclose(scores, expected, rtol=1e-4, atol=1e-5)


def test_shapes_that_do_not_fit():
    network = every_kind()
    with pytest.raises(ValueError, match=r"Hidden\(24 -> 6, sigmoid\) .*got shape \(1, "):
        network.output(np.zeros((1, 19, 8, 2)))
    with pytest.raises(ValueError, match="before output"):
        network.backpropagate(T)
    network.output(images())
    with pytest.raises(ValueError, match=r"\(3, 3\).*\(2, 3\)"):
        network.backpropagate(T[:2])


@pytest.mark.parametrize("kind", [Network, ThreadedNetwork])
def test_refused_layers(kind):
    with pytest.raises(ValueError, match="at least one layer"):
        kind([])
    rng = np.random.default_rng(0)
    first, last = Softmax(2, 3, rng=rng), Hidden(3, 1, rng=rng)
    for body in (first, Network([first]), Residual(first)):
        with pytest.raises(ValueError, match="must be the last one"):
            kind([body, last])
    kind([last, Network([Softmax(1, 3, rng=rng)])])


REFERENCE_ROWS = [
    ("Convolution(1 -> 32, 3x3, ReLU)", (26, 26, 32), 320),
    ("Convolution(32 -> 64, 3x3, ReLU)", (24, 24, 64), 18_496),
    ("Pooling(max 2x2, stride 2, edges ignore)", (12, 12, 64), 0),
    ("Dropout(0.25)", (12, 12, 64), 0),
    ("Rasterization(pixels)", (9216,), 0),
    ("Hidden(9216 -> 128, ReLU)", (128,), 1_179_776),
    ("Dropout(0.5)", (128,), 0),
    ("Softmax(128 -> 10)", (10,), 1_290),
]


def test_summary_of_the_reference_network():
    """K4, K5, with every row."""
    network = Network(mnist_cnn(rng=np.random.default_rng(0)))
    summary = network.summary((28, 28, 1))
    assert [(row.layer, row.shape, row.parameters) for row in summary.rows] == REFERENCE_ROWS
    assert summary.total == 1_199_882 == sum(a.size for a in network.parameters().values())
    assert network.layers[1].W.size == 18_432
    assert network.layers[5].W.size == 1_179_648
    assert round(100 * summary.rows[5].parameters / summary.total, 1) == 98.3
    assert str(summary).splitlines()[-1].split() == ["total", "1,199,882"]
    shapes = [o.shape for o in network.features(np.zeros((2, 28, 28, 1), np.float32))]
    assert shapes == [(2, *row.shape) for row in summary.rows]


def test_convolutional_part_takes_any_size():
    """K12: 64x64 and 32x32 images; the dense layer is what fixes the size."""
    network = Network(mnist_cnn(rng=np.random.default_rng(0)))
    body = Network(network.layers[:5])
    assert body.summary((64, 64, 1)).rows[0].shape == (62, 62, 32)
    rows = body.summary((32, 32, 1)).rows
    assert (rows[3].shape, rows[4].shape) == ((14, 14, 64), (12_544,))
    with pytest.raises(ValueError, match=r"\(9216,\), but got \(12544,\)"):
        network.summary((32, 32, 1))


def test_repr():
    network = Network([Rasterization(), Softmax(4, 2, rng=np.random.default_rng(0))])
    assert repr(network) == "Network([Rasterization(maps), Softmax(4 -> 2)])"
