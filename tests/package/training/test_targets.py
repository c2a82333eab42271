"""Training on any kind of target: class maps, boxes, pairs, colours, few and many classes."""

import checks
import numpy as np
import pytest
from doubles import LeakyReLU, Residual, Siamese, hidden

from cnnbook.activations import identity, relu
from cnnbook.layers import Convolution, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError, one_hot
from cnnbook.network import Network, ThreadedNetwork
from cnnbook.optimisers import SGD, Adam
from cnnbook.training import DivergenceError, Training, accuracy, errors, fit

NETWORKS = pytest.mark.parametrize("kind", [Network, ThreadedNetwork])


def train(network, loss, x, t, **options):
    options = {"epochs": 12, "batch_size": 8, "rng": np.random.default_rng(1)} | options
    return fit(network, loss, options.pop("optimiser", Adam(0.02)), x, t, progress=False, **options)


def segmenter(classes, maps=3, dtype=np.float64):
    """From images to a class for each pixel, for images of any size."""
    rng = np.random.default_rng(0)
    return [
        Convolution(maps, 8, 3, relu, "same", rng=rng, dtype=dtype),
        Convolution(8, classes, 1, identity, rng=rng, dtype=dtype),
    ]


def coloured(count=24, height=7, width=9):
    """Images of three channels, and for each pixel the number of its strongest one."""
    x = np.random.default_rng(2).normal(size=(count, height, width, 3))
    return x, x.argmax(axis=-1)


@NETWORKS
@pytest.mark.parametrize("as_numbers", [True, False])
def test_class_maps(kind, as_numbers):
    """As class numbers (N, H, W), and as distributions (N, H, W, C)."""
    x, labels = coloured()
    t = labels if as_numbers else one_hot(labels, 3)
    history = train(kind(segmenter(3)), CrossEntropy(), x, t, validation=(x[:5], t[:5]))
    assert history.loss[-1] < 0.6 * history.loss[0]
    assert history.accuracy[-1] > 0.9
    assert history.validation_accuracy[-1] > 0.9


def test_class_numbers_and_distributions_train_alike():
    x, labels = coloured()
    networks = [Network(segmenter(3)), Network(segmenter(3))]
    for network, t in zip(networks, (labels, one_hot(labels, 3)), strict=True):
        train(network, CrossEntropy(), x, t, epochs=2)
    checks.assert_same(networks[0].parameters(), networks[1].parameters())


def test_class_maps_in_single_precision():
    """Class numbers stay whole, targets take the type of the samples, nothing is widened."""
    x, labels = coloured()
    for t in (labels, one_hot(labels, 3)):
        network = Network(segmenter(3, dtype=np.float32))
        training = Training(
            network,
            CrossEntropy(),
            SGD(0.1),
            x.astype(np.float32),
            t,
            epochs=1,
            batch_size=8,
            rng=np.random.default_rng(0),
        )
        training.run(progress=False)
        assert {array.dtype for array in network.parameters().values()} == {np.dtype(np.float32)}
        assert training.t.dtype == (np.float32 if t is not labels else labels.dtype)


def test_class_maps_are_counted_by_pixel():
    y = np.zeros((2, 2, 3, 4))
    y[..., 1] = 1
    labels = np.array([[[1, 1, 1], [1, 0, 1]], [[1, 1, 2], [1, 1, 1]]])
    assert errors(y, labels) == 2
    assert accuracy(y, labels) == accuracy(y, one_hot(labels, 4)) == 10 / 12


@NETWORKS
def test_boxes(kind):
    """Four numbers for each image, by the squared error; no accuracy is claimed for them."""
    rng = np.random.default_rng(3)
    x = np.zeros((40, 8, 8, 1))
    corners = rng.integers(0, 5, (40, 2))
    for image, (top, left) in zip(x, corners, strict=True):
        image[top : top + 3, left : left + 3] = 1
    t = np.hstack([corners, corners + 3]) / 8.0
    network = kind(
        [
            Convolution(1, 6, 3, relu, rng=rng),
            Pooling(2),
            Rasterization(),
            hidden(54, 16, relu),
            hidden(16, 4, identity),
        ]
    )
    history = train(network, SquaredError(), x, t, epochs=40, metric=_mean_gap)
    assert history.loss[-1] < 0.05 * history.loss[0]
    assert history.accuracy[-1] < 0.05


def _mean_gap(y, t):
    return float(np.abs(y - t).mean())


@NETWORKS
def test_boxes_for_every_cell(kind):
    """(N, H, W, 5): an objectness and four numbers for each cell of a grid."""
    x, _ = coloured()
    t = np.stack([x[..., 0] > 0, *(x[..., channel] for channel in (0, 1, 2, 1))], axis=-1) * 1.0
    history = train(kind(segmenter(5)), SquaredError(), x, t, epochs=25, validation=(x, t))
    assert history.validation_loss[-1] < 0.3 * history.validation_loss[0]


@pytest.mark.parametrize("classes", [2, 3, 17])
@NETWORKS
def test_any_number_of_classes(kind, classes):
    rng = np.random.default_rng(0)
    labels = np.arange(60) % classes
    x = np.eye(classes)[labels] + 0.05 * rng.normal(size=(60, classes))
    for t in (labels, one_hot(labels, classes)):
        network = kind([Softmax(classes, classes, rng=np.random.default_rng(1))])
        history = train(network, CrossEntropy(), x, t, optimiser=SGD(1.0), validation=(x, t))
        assert history.validation_accuracy[-1] == 1


def test_pairs():
    """x as a tuple: both parts are drawn together, and one network sees them both."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 60, 4))
    slope = np.array([1.0, -2, 0.5, 3])
    t = ((a - b) @ slope)[:, None]
    network = Siamese(hidden(4, 6, identity), hidden(6, 1, identity))
    history = train(network, SquaredError(), (a, b), t, epochs=60, validation=((a, b), t))
    assert history.loss[-1] < 1e-3 * history.loss[0]
    assert history.validation_loss[-1] < 1e-3 * history.validation_loss[0]
    assert np.isnan(history.accuracy).all()


class HalfOfEachError(SquaredError):
    """Two targets at a time: the scores are compared with both, in equal parts."""

    def value(self, y, t):
        return sum(super(HalfOfEachError, self).value(y, part) for part in t) / 2

    def gradient(self, y, t):
        return sum(super(HalfOfEachError, self).gradient(y, part) for part in t) / 2


def test_targets_of_several_parts():
    """t as a tuple: its parts are drawn together too."""
    x = np.random.default_rng(0).normal(size=(30, 4))
    network = Network([Residual(LeakyReLU(), hidden(4, 4, identity))])
    history = train(network, HalfOfEachError(), x, (x + 1, x - 1), epochs=150)
    assert history.loss[-1] == pytest.approx(2, abs=0.1)  # 4 / 2: of each, as far as they differ
    np.testing.assert_allclose(network.predict(x).mean(axis=0), x.mean(axis=0), atol=0.3)


def test_augmentation():
    """The hook changes what is learned from, with the training's generator, and no more."""
    x, labels = coloured()
    kept, seen = x.copy(), []

    def mirrored(x, t, rng):
        seen.append(len(x))
        if rng.random() < 0.5:
            return x[:, :, ::-1], t[:, :, ::-1]
        return x, t

    parameters = []
    for _ in range(2):
        network = Network(segmenter(3))
        train(network, CrossEntropy(), x, labels, epochs=2, batch_size=10, augment=mirrored)
        parameters.append(network.parameters())
    checks.assert_same(*parameters)
    plain = Network(segmenter(3))
    train(plain, CrossEntropy(), x, labels, epochs=2, batch_size=10)
    assert not np.array_equal(plain.parameters()["0.W"], parameters[0]["0.W"])
    assert seen == 4 * [10, 10, 4]
    np.testing.assert_array_equal(x, kept)


def test_augmentation_is_not_for_validation():
    x, labels = coloured()

    def hidden_away(x, t, rng):
        return 0 * x, t

    options = {"epochs": 1, "validation": (x, labels), "augment": hidden_away}
    network = Network(segmenter(3))
    history = train(network, CrossEntropy(), x, labels, **options)
    value = CrossEntropy().value(network.predict(x, 8, scores=True), labels)
    assert history.validation_loss == [pytest.approx(value)]


def test_schedule():
    """The rate of an epoch, from its number."""
    optimiser, rates = SGD(1.0), []

    class RecordedError(SquaredError):
        def value(self, y, t):
            rates.append(optimiser.rate)
            return super().value(y, t)

    x = np.random.default_rng(0).normal(size=(20, 4))
    train(
        Network([hidden(4, 4)]),
        RecordedError(),
        x,
        x,
        epochs=3,
        batch_size=10,
        optimiser=optimiser,
        schedule=lambda epoch: 0.1 / 2**epoch,
    )
    assert rates == [0.1, 0.1, 0.05, 0.05, 0.025, 0.025]


def test_divergence_on_class_maps():
    x, labels = coloured()
    with np.errstate(all="ignore"), pytest.raises(DivergenceError, match="epoch 1 of 12"):
        train(Network(segmenter(3)), SquaredError(), 1e200 * x, one_hot(labels, 3))


@pytest.mark.parametrize(
    ("x", "t", "message"),
    [
        (np.ones((3, 2)), np.ones((4, 2)), "are 3 and 4"),
        ((np.ones((3, 2)), np.ones((3, 2))), np.ones((2, 1)), "are 3 and 2"),
        (np.ones((3, 2)), (np.ones((3, 2)), np.ones((2, 2))), "are 3 and 2"),
        (np.ones((3, 2)), np.array(1.0), "are 3 and a number"),
        (np.ones((0, 2)), np.ones((0, 2)), "are 0 and 0"),
        ((np.ones((3, 2)), np.ones((4, 2))), np.ones((3, 1)), "3 and 4"),
    ],
)
def test_samples_and_targets_that_do_not_fit(x, t, message):
    with pytest.raises(ValueError, match=message):
        train(Network([hidden(2, 2)]), SquaredError(), x, t)
