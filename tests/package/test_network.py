"""A network: composition, whole-network gradients, prediction beside training, the summary."""

import checks
import numpy as np
import pytest
from cases import T, every_kind, images

from cnnbook.activations import identity, relu, softmax
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError
from cnnbook.network import Network


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
    np.testing.assert_array_equal(softmax(network.scores(x)), expected)


def test_scores_and_output_leave_the_same_memory():
    network, x, delta = every_kind(), images(), np.ones((3, 3))
    network.output(x)
    expected = network.backpropagate(delta)
    network.scores(x)
    np.testing.assert_array_equal(network.backpropagate(delta), expected)


def test_gradients_without_that_of_the_input(monkeypatch):
    """Nothing is computed below the first layer that has parameters."""
    network, x, delta = every_kind(), images(), np.ones((3, 3))
    network.scores(x)
    network.backpropagate(delta)
    expected = network.gradients()
    first = Pooling(1)
    longer = Network([first, *network.layers])
    longer.scores(x)
    monkeypatch.setattr(first, "backpropagate", None)
    assert longer.set_gradients(delta) is None
    for name, array in expected.items():
        number, parameter = name.split(".")
        np.testing.assert_array_equal(longer.gradients()[f"{int(number) + 1}.{parameter}"], array)


def test_a_network_without_parameters_has_no_gradients():
    network = Network([Pooling(2)])
    network.set_gradients(network.scores(images()))
    assert network.gradients() == {}


def test_features_and_prediction_equal_the_output():
    """Without dropout the three are the same numbers; with it, prediction leaves it out."""
    network, x = every_kind(), images()
    without = Network([layer for layer in network.layers if not isinstance(layer, Dropout)])
    expected = without.output(x)
    np.testing.assert_array_equal(network.predict(x), expected)
    np.testing.assert_array_equal(network.predict_scores(x), without.scores(x))
    features = network.features(x)
    assert len(features) == len(network.layers)
    np.testing.assert_array_equal(features[-1], expected)
    for layer, before, after in zip(network.layers[1:], features, features[1:], strict=False):
        np.testing.assert_array_equal(layer.predict(before), after)
    assert not np.allclose(network.output(x), expected)


@pytest.mark.parametrize("batch_size", [1, 2, 3, 7, 1000])
def test_prediction_in_blocks(batch_size):
    network, x = every_kind(), images(7)
    np.testing.assert_allclose(network.predict(x, batch_size), network.predict(x), rtol=1e-12)
    scores = network.predict_scores(x, batch_size)
    np.testing.assert_allclose(scores, network.predict_scores(x), rtol=1e-11)


def test_prediction_of_nothing():
    assert every_kind().predict(images(0)).shape == (0, 3)


@pytest.mark.parametrize("batch_size", [0, -1])
def test_refused_batch_size(batch_size):
    with pytest.raises(ValueError, match=f"batch_size.*{batch_size}"):
        every_kind().predict(images(), batch_size)


def test_prediction_disturbs_no_pending_step():
    network, x, delta = every_kind(masks=lambda: np.random.default_rng(6)), images(), T / 3
    network.output(x)
    expected = {"x": network.backpropagate(delta)}
    expected |= {name: array.copy() for name, array in network.gradients().items()}
    again = every_kind(masks=lambda: np.random.default_rng(6))
    again.output(x)
    again.predict(images(5) + 1, batch_size=2)
    again.predict_scores(images(3) + 2)
    again.features(images(1) - 1)
    again.summary((9, 8, 2))
    checks.assert_same({"x": again.backpropagate(delta), **again.gradients()}, expected)


def test_nothing_is_changed_or_accumulated():
    network, x = every_kind(), images()
    before = {name: array.copy() for name, array in network.parameters().items()}
    delta = CrossEntropy().gradient(network.scores(x), T)
    kept = delta.copy()
    once = {"x": network.backpropagate(delta), **network.gradients()}
    once = {name: array.copy() for name, array in once.items()}
    again = {"x": network.backpropagate(delta), **network.gradients()}
    checks.assert_same(again, once)
    checks.assert_same(network.parameters(), before)
    np.testing.assert_array_equal(delta, kept)
    np.testing.assert_array_equal(x, images())


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
    assert network.gradients()["8.W"] is network.layers[8].dW


def test_single_precision_stays():
    network = every_kind(np.float32)
    x, t = images(dtype=np.float32), T.astype(np.float32)
    scores = network.scores(x)
    dx = network.backpropagate(CrossEntropy().gradient(scores, t))
    arrays = [scores, dx, network.output(x), *network.features(x), *network.gradients().values()]
    assert {array.dtype for array in arrays} == {np.dtype(np.float32)}
    double = every_kind()
    for name, array in network.parameters().items():
        double.parameters()[name][...] = array
    np.testing.assert_allclose(scores, double.scores(x.astype(np.float64)), rtol=1e-4, atol=1e-5)


def test_shapes_that_do_not_fit():
    network = every_kind()
    with pytest.raises(ValueError, match=r"Hidden\(24 -> 6, sigmoid\) .*got shape \(1, "):
        network.output(np.zeros((1, 19, 8, 2)))
    with pytest.raises(ValueError, match="before output"):
        network.backpropagate(T)
    network.output(images())
    with pytest.raises(ValueError, match=r"\(3, 3\).*\(2, 3\)"):
        network.backpropagate(T[:2])
    with pytest.raises(ValueError, match="at least one layer"):
        Network([])


REFERENCE_ROWS = [
    ("Convolution(1 -> 32, 3x3, ReLU)", (26, 26, 32), 320),
    ("Convolution(32 -> 64, 3x3, ReLU)", (24, 24, 64), 18_496),
    ("Pooling(max 2x2, stride 2, edges ignore)", (12, 12, 64), 0),
    ("Dropout(0.25)", (12, 12, 64), 0),
    ("Rasterization(maps)", (9216,), 0),
    ("Hidden(9216 -> 128, ReLU)", (128,), 1_179_776),
    ("Dropout(0.5)", (128,), 0),
    ("Softmax(128 -> 10)", (10,), 1_290),
]


def reference_network():
    """K4."""
    rng = np.random.default_rng(0)
    return Network(
        [
            Convolution(1, 32, 3, relu, rng=rng, dtype=np.float32),
            Convolution(32, 64, 3, relu, rng=rng, dtype=np.float32),
            Pooling(2),
            Dropout(0.25, rng=rng),
            Rasterization(),
            Hidden(9216, 128, relu, rng=rng, dtype=np.float32),
            Dropout(0.5, rng=rng),
            Softmax(128, 10, rng=rng, dtype=np.float32),
        ]
    )


def test_summary_of_the_reference_network():
    """K4, K5, with every row."""
    network = reference_network()
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
    network = reference_network()
    body = Network(network.layers[:5])
    assert body.summary((64, 64, 1)).rows[0].shape == (62, 62, 32)
    rows = body.summary((32, 32, 1)).rows
    assert (rows[3].shape, rows[4].shape) == ((14, 14, 64), (12_544,))
    with pytest.raises(ValueError, match=r"\(9216,\), but got \(12544,\)"):
        network.summary((32, 32, 1))


def test_repr():
    network = Network([Rasterization(), Softmax(4, 2, rng=np.random.default_rng(0))])
    assert repr(network) == "Network([Rasterization(maps), Softmax(4 -> 2)])"
