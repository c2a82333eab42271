"""A training goes on from its checkpoint as if it had never stopped: every bit is the same."""

import numpy as np
import pytest
from trainings import (
    EPOCHS,
    STEPS,
    Pressed,
    assert_same,
    images,
    interrupted_and_resumed,
    nested,
    press,
    rows,
    training,
    whole,
)

from cnnbook.losses import CrossEntropy
from cnnbook.optimisers import SGD, Adam, Momentum
from cnnbook.training import History, load_checkpoint, loop, save_checkpoint


class PressedInStep(Momentum):
    """Momentum during which Ctrl-C is pressed when half of a step is done, at `moment`."""

    moment = None

    def change(self, g, tau, velocity):
        if self.moment is not None and g.shape == (3, 7):  # of 2.W, after those of layer 0
            self.moment -= 1
            if self.moment == 0:
                press()
        return super().change(g, tau, velocity)


class PressedInShuffle(np.random.Generator):
    """A generator that has Ctrl-C pressed when it has drawn an order."""

    def permutation(self, n):
        order = super().permutation(n)
        press()
        return order


class PressedHistory(History):
    """A history that has Ctrl-C pressed when it has got an epoch."""

    def add_epoch(self, training, validation=None):
        super().add_epoch(training, validation)
        press()


OPTIMISERS = {
    "SGD": lambda: SGD(0.1),
    "Momentum": lambda: Momentum(0.05),
    "Adam": lambda: Adam(0.01),
}


@pytest.mark.parametrize("name", OPTIMISERS)
@pytest.mark.parametrize("call", [1, 4, 5, 6, 11, 12])
@pytest.mark.parametrize("kind", [rows, images])
def test_resuming_is_exact(tmp_path, kind, call, name):
    """In the middle of an epoch, at its end (4, 12) and at its beginning (5)."""

    def make(seed):
        return kind(seed, OPTIMISERS[name]())

    resumed = interrupted_and_resumed(tmp_path / "c.npz", make, call)
    assert_same(resumed, whole(make))


def test_stopping_after_every_step_is_exact(tmp_path):
    path = tmp_path / "c.npz"
    one, stops = training(images(1, Adam(0.01)), Pressed(1)), 0
    while one.run(progress=False).interrupted:
        stops += 1
        assert len(one.history.batch_loss) == stops
        save_checkpoint(path, one)
        one = training(images(stops + 50, Adam(0.01)), Pressed(1), seed=stops)
        load_checkpoint(path, one)
    assert stops == EPOCHS * STEPS - 1  # after the last step it is over
    assert_same(one, whole(lambda seed: images(seed, Adam(0.01))))


def test_the_number_of_threads_may_change(tmp_path):
    path = tmp_path / "c.npz"
    first = training(images(1, Adam(0.01), threads=2), Pressed(6))
    first.run(progress=False)
    save_checkpoint(path, first)
    second = training(images(2, Adam(0.01), threads=3))
    load_checkpoint(path, second)
    second.run(progress=False)
    assert_same(second, whole(lambda seed: images(seed, Adam(0.01), threads=1)))


def test_a_training_goes_on_by_itself():
    """Without a file, `run` called again goes on where Ctrl-C stopped it."""
    one = training(rows(1, Adam(0.01)), Pressed(2, 7))
    assert one.run(progress=False).interrupted
    assert one.run(progress=False).interrupted
    assert not one.run(progress=False).interrupted
    assert_same(one, whole(lambda seed: rows(seed, Adam(0.01))))


@pytest.mark.parametrize("moment", [1, 2, 7])
def test_no_step_is_taken_by_half(tmp_path, moment):
    first = training(rows(1, PressedInStep(0.05)))
    first.optimiser.moment = moment
    assert first.run(progress=False).interrupted
    assert len(first.history.batch_loss) == moment
    first.optimiser.moment = None
    save_checkpoint(tmp_path / "c.npz", first)
    second = training(rows(9, PressedInStep(0.05)), seed=7)
    load_checkpoint(tmp_path / "c.npz", second)
    second.run(progress=False)
    reference = whole(lambda seed: rows(seed, PressedInStep(0.05)))
    assert_same(second, reference)


def test_no_order_is_drawn_in_vain(tmp_path):
    """Ctrl-C while the order of an epoch is drawn: the epoch has this order when it goes on."""
    one = training(rows(1, SGD(0.1)), rng=PressedInShuffle(np.random.PCG64(5)))
    for epoch in range(EPOCHS):
        assert one.run(progress=False).interrupted
        assert one.history.epochs == epoch
        assert len(one.batches) == STEPS
        save_checkpoint(tmp_path / "c.npz", one)
        one = training(rows(2, SGD(0.1)), rng=PressedInShuffle(np.random.PCG64(6)))
        load_checkpoint(tmp_path / "c.npz", one)
    one.run(progress=False)
    assert_same(one, whole(lambda seed: rows(seed, SGD(0.1))))


def test_no_epoch_is_counted_twice():
    one = training(rows(1, SGD(0.1)))
    one.history = PressedHistory()
    for epoch in range(EPOCHS):
        assert one.run(progress=False).interrupted == (epoch < EPOCHS - 1)
        assert one.history.epochs == epoch + 1
        assert one.batches == []
    one.history = History(**vars(one.history))
    assert_same(one, whole(lambda seed: rows(seed, SGD(0.1))))


def test_the_bar_goes_on_where_it_stopped(monkeypatch):
    bars, tqdm = [], loop.tqdm

    def watched(**options):
        bars.append(options)
        return tqdm(**options)

    monkeypatch.setattr(loop, "tqdm", watched)
    one = training(rows(1, SGD(0.1)), Pressed(6))
    one.run()
    one.run()
    total = EPOCHS * STEPS
    assert bars == [{"total": total, "initial": 0}, {"total": total, "initial": 6}]


def test_interrupting_the_look_at_the_validation_data(tmp_path):
    def make(seed):
        return rows(seed, Adam(0.01))

    _, _, x, t = make(1)
    validation = (x[:9], t[:9])
    resumed = interrupted_and_resumed(tmp_path / "c.npz", make, 10, validation=validation)
    assert len(resumed.history.validation_loss) == EPOCHS
    assert_same(resumed, whole(make, validation=validation))


@pytest.mark.parametrize("call", [3, 5, 7])
def test_the_schedule_gives_the_rate_of_an_epoch(tmp_path, call):
    changes = {"schedule": lambda epoch: 0.1 * 0.5**epoch}

    def make(seed):
        return rows(seed, SGD(99.0))

    resumed = interrupted_and_resumed(tmp_path / "c.npz", make, call, **changes)
    assert resumed.optimiser.rate == 0.025
    assert_same(resumed, whole(make, **changes))
    constant = whole(lambda seed: rows(seed, SGD(0.1)))
    assert resumed.history.batch_loss[:5] == constant.history.batch_loss[:5]
    assert resumed.history.batch_loss[5:] != constant.history.batch_loss[5:]


def test_a_rate_changed_by_hand_is_kept(tmp_path):
    first = training(rows(1, Adam(0.01)))
    first.optimiser.rate = 0.003
    save_checkpoint(tmp_path / "c.npz", first)
    second = training(rows(1, Adam(0.01)))
    load_checkpoint(tmp_path / "c.npz", second)
    assert second.optimiser.rate == 0.003


@pytest.mark.parametrize("kind", ["PCG64", "PCG64DXSM", "SFC64", "MT19937", "Philox"])
def test_every_kind_of_generator(tmp_path, kind):
    """One generator that order and dropout share, in the middle of its buffer."""

    def make(seed):
        rng = np.random.Generator(getattr(np.random, kind)(seed))
        parts = rows(seed, SGD(0.1))
        parts[0].layers[1].rng = rng
        rng.random(dtype=np.float32)
        return parts, rng

    def run(seed, loss, path=None):
        parts, rng = make(seed)
        one = training(parts, loss, rng=rng)
        if path:
            load_checkpoint(path, one)
        one.run(progress=False)
        return one

    path = tmp_path / "c.npz"
    save_checkpoint(path, run(1, Pressed(6)))
    assert_same(run(2, CrossEntropy(), path), run(1, CrossEntropy()))


def test_saving_changes_nothing(tmp_path):
    saved, plain = training(rows(1, Adam(0.01))), whole(lambda seed: rows(seed, Adam(0.01)))
    counts = []

    def after_epoch(one):
        save_checkpoint(tmp_path / "c.npz", one)
        counts.append(one.history.epochs)

    saved.run(progress=False, after_epoch=after_epoch)
    assert counts == [1, 2, 3]
    assert_same(saved, plain)


def test_more_epochs_may_be_added(tmp_path):
    path = tmp_path / "c.npz"
    save_checkpoint(path, whole(lambda seed: rows(seed, Adam(0.01))))
    longer = training(rows(9, Adam(0.01)), epochs=5)
    load_checkpoint(path, longer)
    longer.run(progress=False)
    reference = training(rows(1, Adam(0.01)), epochs=5)
    reference.run(progress=False)
    assert_same(longer, reference)


def jittered(x, t, rng):
    """Augmentation that draws from the training's own generator."""
    return x + rng.normal(0, 0.1, x.shape).astype(x.dtype), t


@pytest.mark.parametrize("call", [3, 6, 12])
def test_state_and_augmentation_go_on_as_well(tmp_path, call):
    def make(seed):
        return nested(seed, Adam(0.01))

    changes = {"augment": jittered}
    resumed = interrupted_and_resumed(tmp_path / "c.npz", make, call, **changes)
    assert np.all(resumed.network.state()["1.2.mean"] != 0)
    assert_same(resumed, whole(make, **changes))
    plain = whole(make)
    assert plain.history.batch_loss != resumed.history.batch_loss
