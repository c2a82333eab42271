"""What a training learns, from minibatches, and what its history tells."""

import numpy as np
import pytest
from checks import assert_same, repeatable
from fits import classifier, clouds, generator, trained
from hypothesis import given
from hypothesis import strategies as st

from cnnbook.activations import identity, relu, tanh
from cnnbook.layers import Convolution, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, SquaredError, one_hot
from cnnbook.network import Network
from cnnbook.optimisers import SGD, Adam, Momentum
from cnnbook.training import accuracy, minibatches

# --- minibatches


@repeatable
@given(st.integers(1, 200), st.integers(1, 250), st.integers(0, 1000))
def test_minibatches_cover_all_samples_once(n, size, seed):
    batches = list(minibatches(n, size, generator(seed)))
    assert sorted(np.concatenate(batches)) == list(range(n))
    assert all(len(batch) == size for batch in batches[:-1])
    assert 1 <= len(batches[-1]) <= size


def test_minibatches_are_shuffled_anew_and_repeatably():
    rng = generator()
    first, second = (np.concatenate(list(minibatches(50, 7, rng))) for _ in range(2))
    assert not np.array_equal(first, second)
    assert not np.array_equal(first, np.arange(50))
    np.testing.assert_array_equal(first, np.concatenate(list(minibatches(50, 7, generator()))))


@pytest.mark.parametrize(("n", "size"), [(0, 1), (5, 0), (5, -1), (5, 2.0)])
def test_minibatches_refuse_at_once(n, size):
    with pytest.raises(ValueError, match="whole number, 1 or more"):
        minibatches(n, size, generator())


# --- what fit learns


@pytest.mark.parametrize(
    "optimiser", [SGD(0.5), Momentum(0.1), Adam(0.02)], ids=lambda o: type(o).__name__
)
def test_clouds_are_learned(optimiser):
    network, (x, t) = classifier(), clouds()
    history = trained(network, None, optimiser, x, t, epochs=30)
    assert history.accuracy[-1] == 1
    assert accuracy(network.predict(x), t) == 1
    assert history.loss[-1] < 0.2 * history.loss[0]
    assert history.epochs == 30
    assert not history.interrupted


def test_xor_is_learned_with_squared_error_and_one_output():
    rng = generator(4)
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    t = np.array([[0], [1], [1], [0.0]])
    network = Network([Hidden(2, 4, tanh, rng=rng), Hidden(4, 1, rng=rng)])
    history = trained(
        network, SquaredError(), Momentum(0.5), x, t, epochs=400, batch_size=4, validation=(x, t)
    )
    assert (np.round(network.predict(x)) == t).all()
    assert np.isnan(history.accuracy).all()
    assert np.isnan(history.validation_accuracy).all()
    assert history.validation_loss[-1] < 0.02


def test_images_in_float32_stay_float32():
    rng = generator(5)
    labels = np.arange(24) % 2
    x = np.zeros((24, 6, 5, 1), np.float32)
    x[labels == 0, 2], x[labels == 1, :, 2] = 1, 1  # horizontal and vertical lines
    x += 0.1 * rng.standard_normal(x.shape, dtype=np.float32)
    network = Network(
        [
            Convolution(1, 3, 3, relu, rng=rng, dtype=np.float32),
            Pooling(2, edges="keep"),
            Rasterization(),
            Softmax(12, 2, rng=rng, dtype=np.float32),
        ]
    )
    history = trained(network, None, Adam(0.02), x, one_hot(labels, 2), epochs=20, batch_size=5)
    assert history.accuracy[-1] == 1
    assert {a.dtype for a in network.parameters().values()} == {np.dtype(np.float32)}


def test_gradients_of_float32_are_float32():
    """Although the targets came in float64."""
    seen = []

    class Watched(SGD):
        def step(self, parameters, gradients):
            seen.extend(array.dtype for array in gradients.values())
            super().step(parameters, gradients)

    x, t = clouds(dtype=np.float32)
    assert t.dtype == np.float64
    trained(classifier(dtype=np.float32), None, Watched(0.1), x, t, epochs=1)
    assert set(seen) == {np.dtype(np.float32)}
    assert len(seen) == 4 * 4


def test_one_step_by_hand():
    network = Network([Hidden(1, 1, identity, rng=generator())])
    theta, b = network.layers[0].W.item(), 0.0
    x, t = np.array([[1.0], [3.0]]), np.array([[2.0], [-1.0]])
    history = trained(network, SquaredError(), SGD(0.1), x, t, epochs=1, batch_size=2)
    delta = (theta * x + b - t) / 2
    assert history.loss == pytest.approx([np.sum((theta * x - t) ** 2) / 4])
    assert network.layers[0].W.item() == pytest.approx(theta - 0.1 * np.sum(delta * x))
    assert network.layers[0].b.item() == pytest.approx(-0.1 * np.sum(delta))


# --- the history


def test_epoch_means_weigh_minibatches_by_size():
    # 5 samples in minibatches of 2, 2 and 1; a tiny rate keeps the parameters in place
    network, (x, t) = classifier(), clouds(5)
    expected = CrossEntropy().value(network.scores(x)[0], t), accuracy(network.predict(x), t)
    history = trained(network, None, SGD(1e-14), x, t, epochs=1, batch_size=2)
    assert len(history.batch_loss) == 3
    assert history.loss[0] == pytest.approx(expected[0], rel=1e-10)
    assert history.accuracy[0] == pytest.approx(expected[1])
    assert np.mean(history.batch_loss) != pytest.approx(expected[0], rel=1e-10)


@pytest.mark.parametrize("batch_size", [7, 32, 100])
def test_validation_is_what_the_network_predicts_after_the_epoch(batch_size):
    network, (x, t), (more, targets) = classifier(dropout=0.5), clouds(), clouds(33, seed=8)
    history = trained(network, x=x, t=t, validation=(more, targets), batch_size=batch_size)
    y = network.predict(more)
    assert history.validation_accuracy[-1] == accuracy(y, targets)
    value = -np.sum(targets * np.log(y)) / len(y)
    assert history.validation_loss[-1] == pytest.approx(value, rel=1e-12)
    assert len(history.validation_loss) == len(history.validation_accuracy) == 3


def test_without_validation_its_lists_are_empty():
    history = trained(classifier())
    assert history.validation_loss == history.validation_accuracy == []
    assert len(history.loss) == len(history.accuracy) == 3
    assert len(history.batch_loss) == 3 * 4
    assert all(type(value) is float for value in history.loss + history.accuracy)


@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_validation_does_not_influence_training(dropout):
    without, looked = classifier(dropout=dropout), classifier(dropout=dropout)
    trained(without)
    trained(looked, validation=clouds(20, seed=8))
    assert_same(without.parameters(), looked.parameters())


def test_the_same_seeds_give_the_same_training():
    first, second, other = (classifier(dropout=0.2) for _ in range(3))
    histories = [trained(network) for network in (first, second)]
    trained(other, rng=generator(4))
    assert histories[0] == histories[1]
    assert_same(first.parameters(), second.parameters())
    assert not np.array_equal(first.parameters()["0.W"], other.parameters()["0.W"])


def test_data_are_not_changed():
    (x, t), kept = clouds(), clouds()
    trained(classifier(), x=x, t=t)
    assert np.array_equal(x, kept[0])
    assert np.array_equal(t, kept[1])


# --- schedule, augmentation, metric


def test_the_schedule_gives_the_rate_of_each_epoch():
    asked, rates = [], []

    class Watched(SGD):
        def step(self, parameters, gradients):
            rates.append(self.rate)
            super().step(parameters, gradients)

    def schedule(epoch):
        asked.append(epoch)
        return 0.1 / (1 + epoch)

    trained(classifier(), None, Watched(99.0), schedule=schedule)
    assert asked == [0, 1, 2]
    assert rates == [0.1] * 4 + [0.05] * 4 + [0.1 / 3] * 4


def test_a_schedule_that_ends_at_zero_is_refused_when_it_gets_there():
    with pytest.raises(ValueError, match="learning rate must be a positive number, but is 0"):
        trained(classifier(), schedule=lambda epoch: 1.0 - epoch)


def test_augmented_samples_are_learned_from_and_no_others():
    """Each minibatch is handed to the function, which draws from the training's generator."""
    (x, t), seen, first = clouds(), [], []
    rng = generator(3)

    def shift(batch, targets, generator_of_training):
        assert generator_of_training is rng
        seen.append((batch, targets))
        return batch + 1000 * generator_of_training.random(batch.shape), targets[::-1]

    class Watched(CrossEntropy):
        def value(self, scores, targets):
            first.append(targets)
            return super().value(scores, targets)

    kept = x.copy()
    trained(classifier(), Watched(), x=x, t=t, epochs=1, rng=rng, augment=shift)
    np.testing.assert_array_equal(x, kept)
    rows = np.concatenate([batch for batch, _ in seen])
    np.testing.assert_array_equal(np.sort(rows, axis=0), np.sort(x, axis=0))
    for (_, targets), learned in zip(seen, first, strict=True):
        np.testing.assert_array_equal(learned, targets[::-1])


def test_augmentation_may_change_how_many_samples_there_are():
    """An epoch's means weigh a minibatch by the samples that were learned from."""
    counts = []

    def twice(x, t, rng):
        counts.append(2 * len(x))
        return np.concatenate([x, x]), np.concatenate([t, t])

    x, t = clouds(5)
    network = classifier()
    expected = CrossEntropy().value(network.scores(x)[0], t)
    options = {"epochs": 1, "batch_size": 2, "augment": twice}
    history = trained(network, None, SGD(1e-14), x, t, **options)
    assert counts == [4, 4, 2]
    assert history.loss[0] == pytest.approx(expected, rel=1e-10)


def test_validation_data_are_not_augmented():
    x, t = clouds()
    plain = trained(classifier(), None, SGD(1e-14), x, t, epochs=1, validation=(x, t))
    far = trained(
        classifier(),
        None,
        SGD(1e-14),
        x,
        t,
        epochs=1,
        validation=(x, t),
        augment=lambda x, t, rng: (x - 50, t),
    )
    assert far.validation_loss == pytest.approx(plain.validation_loss)
    assert far.loss != pytest.approx(plain.loss)


def test_a_metric_of_ones_own_takes_the_place_of_accuracy():
    def most(scores, t):
        return np.float32(scores.shape[0])

    history = trained(classifier(), metric=most, validation=clouds(20))
    assert history.accuracy == [pytest.approx((3 * 16**2 + 12**2) / 60)] * 3
    assert history.validation_accuracy == [20.0] * 3
    assert {type(value) for value in history.validation_accuracy} == {float}


def test_validation_scores_that_are_not_numbers_have_no_accuracy():
    """And do not end the training, which they do not concern."""
    x, t = clouds(20)
    x[0] = np.nan
    history = trained(classifier(), validation=(x, t))
    assert np.isnan(history.validation_accuracy).all()
    assert np.isnan(history.validation_loss).all()
    assert np.isfinite(history.loss).all()
    assert not history.interrupted
