"""The check of layers and networks: what it says, and what it leaves untouched."""

import contract
import numpy as np
import pytest

from cnnbook.activations import identity, relu, tanh
from cnnbook.gradcheck import check_layer, check_network
from cnnbook.layers import Convolution, Dropout, Hidden, Layer, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError, one_hot
from cnnbook.network import Network, ThreadedNetwork


def generator(seed=0):
    return np.random.default_rng(seed)


LAYERS = {
    "hidden": (lambda: Hidden(5, 3, tanh, rng=generator()), (4, 5)),
    "softmax": (lambda: Softmax(5, 3, rng=generator()), (4, 5)),
    "convolution": (lambda: Convolution(2, 3, (2, 3), tanh, rng=generator()), (2, 4, 5, 2)),
    "max": (lambda: Pooling(2, edges="keep"), (2, 5, 4, 2)),
    "mean": (lambda: Pooling(2, kind="mean"), (2, 5, 4, 2)),
    "raster": (lambda: Rasterization(), (2, 3, 4, 2)),
    "dropout": (lambda: Dropout(0.4, rng=generator()), (3, 8)),
    "fast convolution": (lambda: Convolution(8, 8, 3, tanh, rng=generator()), (1, 14, 14, 8)),
    "on threads": (lambda: ThreadedNetwork([Hidden(2, 2, rng=generator())], 2), (70, 2)),
}
EVERY_LAYER = pytest.mark.parametrize(("make", "shape"), LAYERS.values(), ids=LAYERS)


@EVERY_LAYER
def test_layers_pass(make, shape):
    layer = make()
    report = check_layer(layer, generator(1).standard_normal(shape), rng=generator(2))
    assert report.passed, report
    assert [row.tensor for row in report.rows] == [*layer.parameters(), "x"]
    assert report.rows[-1].shape == shape
    assert not report.notes()


class Planted(Hidden):
    """A hidden layer with one mistake on the way back."""

    before = 0

    def __init__(self, mistake):
        super().__init__(4, 3, identity, rng=generator())
        self.mistake = mistake

    def backward(self, gradient, memory, to_input=True):
        if self.mistake == "doubles its argument":
            gradient *= 2
        dx, gradients = super().backward(gradient, memory, to_input)
        if self.mistake == "W":
            gradients["W"] *= 2
        elif self.mistake == "b":
            gradients["b"] /= len(gradient)
        elif self.mistake == "x":
            dx = 0.99 * dx
        elif self.mistake == "transposed":
            gradients["W"] = gradients["W"].T
        elif self.mistake == "other order":
            dx = gradient[:, ::-1] @ self.W
        return dx, gradients


@pytest.mark.parametrize(
    ("mistake", "tensors"),
    [
        ("W", "W"),
        ("b", "b"),
        ("x", "x"),
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


@EVERY_LAYER
def test_a_pending_step_is_not_disturbed(make, shape):
    layer = make()
    o = layer.output(generator(3).standard_normal((shape[0] + 1, *shape[1:])))
    before = contract.snapshot(layer)
    x = generator(1).standard_normal(shape)
    kept = x.copy()
    check_layer(layer, x, rng=generator(2))
    assert contract.snapshot(layer) == before
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
    before = contract.snapshot(network)
    report = check_network(network, CrossEntropy(), x, t)
    assert report.passed, report
    assert [row.tensor for row in report.rows] == ["0.W", "0.b", "4.W", "4.b", "6.W", "6.b", "x"]
    assert contract.snapshot(network) == before


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
        def forward(self, x, training=True):
            return 2 * x, None

        def backward(self, gradient, memory, to_input=True):
            return None, {}

    report = check_layer(Forgetful(), np.ones((2, 3)), rng=generator())
    assert report.rows[0].verdict == "wrong"


@pytest.mark.parametrize("seed", range(4))
def test_smooth_networks_have_no_kinks(seed):
    rng = generator(seed)
    network = Network([Hidden(6, 5, tanh, rng=rng), Hidden(5, 4, rng=rng), Softmax(4, 3, rng=rng)])
    x = 10 * rng.standard_normal((4, 6))
    report = check_network(network, CrossEntropy(), x, one_hot(rng.integers(0, 3, 4), 3))
    assert sum(row.kinks for row in report.rows) == 0
    assert "wrong" not in [row.verdict for row in report.rows]


def test_small_tensors_are_compared_whole():
    network = small_network()
    x, t = generator(6).standard_normal((2, 6, 7, 1)), one_hot(np.array([0, 2]), 3)
    report = check_network(network, CrossEntropy(), x, t, entries=6, rng=generator())
    assert [row.compared for row in report.rows] == [6, 2, 6, 6, 6, 3, 6]
    assert report.passed
    assert "0.W: 6 of 18 entries compared." in str(report)
    assert "0.b:" not in str(report)
    assert check_layer(network.layers[0], x, rng=generator(), entries=1000).rows[0].compared == 18
