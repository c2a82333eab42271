"""A training goes on from its checkpoint as if it had never stopped: every bit is the same."""

import json
import os
import signal
import threading
from dataclasses import replace

import numpy as np
import pytest

from cnnbook import archives
from cnnbook import training as training_module
from cnnbook.activations import relu, tanh
from cnnbook.network import ThreadedNetwork
from cnnbook.training.checkpoints import load_checkpoint, save_checkpoint
from cnnbook.history import History
from cnnbook.interrupts import held
from cnnbook.layers import Convolution, Dropout, Hidden, Pooling, Rasterization, Softmax
from cnnbook.losses import CrossEntropy, one_hot
from cnnbook.network import Network
from cnnbook.optimisers import SGD, Adam, Momentum
from cnnbook.training import Training

EPOCHS, STEPS = 3, 4  # of every training here: 4 minibatches in an epoch


@pytest.fixture(autouse=True)
def ctrl_c():
    """Ctrl-C raises KeyboardInterrupt, whatever the tests were started by."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press():
    signal.raise_signal(signal.SIGINT)


class Pressed(CrossEntropy):
    """Cross-entropy during which Ctrl-C is pressed, at some of its calls (counted from 1)."""

    def __init__(self, *calls):
        self.calls, self.count = calls, 0

    def value(self, scores, t):
        self.count += 1
        if self.count in self.calls:
            press()
        return super().value(scores, t)


class PressedInStep(Momentum):
    """Momentum during which Ctrl-C is pressed when half of a step is done, at `moment`."""

    moment = None

    def _change(self, name, rows, gradient):
        if self.moment is not None and name == "2.W":
            self.moment -= 1
            if self.moment == 0:
                press()
        return super()._change(name, rows, gradient)


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


def rows(seed, optimiser, dtype=np.float32):
    """A small network of vectors with its data, and generators for it."""
    rng = np.random.default_rng(seed)
    layers = [
        Hidden(4, 7, tanh, rng=rng, dtype=dtype),
        Dropout(0.3, rng=np.random.default_rng(seed + 1)),
        Softmax(7, 3, rng=rng, dtype=dtype),
    ]
    data = np.random.default_rng(0)
    x, t = data.normal(size=(30, 4)).astype(dtype), one_hot(data.integers(0, 3, 30), 3)
    return Network(layers), optimiser, x, t


def images(seed, optimiser, threads=1):
    """A small convolutional network in blocks, with its data."""
    rng = np.random.default_rng(seed)
    layers = [
        Convolution(1, 8, 3, relu, rng=rng, dtype=np.float32),
        Convolution(8, 4, 3, relu, rng=rng, dtype=np.float32),
        Pooling(2),
        Dropout(0.25, rng=np.random.default_rng(seed + 1)),
        Rasterization("pixels"),
        Dropout(0.5, rng=np.random.default_rng(seed + 2)),
        Softmax(16, 3, rng=rng, dtype=np.float32),
    ]
    data = np.random.default_rng(0)
    x = data.random((30, 8, 8, 1), dtype=np.float32)
    return ThreadedNetwork(layers, threads), optimiser, x, one_hot(data.integers(0, 3, 30), 3)


def training(parts, loss=None, seed=5, **changes):
    network, optimiser, x, t = parts
    options = {"epochs": EPOCHS, "batch_size": 8, "rng": np.random.default_rng(seed)} | changes
    return Training(network, loss or CrossEntropy(), optimiser, x, t, **options)


def everything(one):
    """All that a training consists of, as text without loss: arrays by their bytes."""
    optimiser = {
        name: {n: repr(np.asarray(v).tobytes()) for n, v in value.items()}
        if isinstance(value, dict)
        else value
        for name, value in vars(one.optimiser).items()
    }
    generators = [one.rng] + [layer.rng for layer in one.network.layers if hasattr(layer, "rng")]
    return {
        "parameters": {n: a.tobytes() for n, a in one.network.parameters().items()},
        "optimiser": optimiser,
        "generators": [repr(rng.bit_generator.state) for rng in generators],
        "history": replace(one.history, interrupted=False),
        "batches": [batch.tolist() for batch in one.batches],
        "seen": one.seen,
    }


def assert_same(one, other):
    found, expected = everything(one), everything(other)
    for name in expected:
        assert found[name] == expected[name], name


def interrupted_and_resumed(path, make, *calls, **changes):
    """Train until Ctrl-C at a loss; save; load in a training with other random numbers; go on."""
    first = training(make(1), Pressed(*calls), **changes)
    first.run(progress=False)
    assert first.history.interrupted
    save_checkpoint(path, first)
    second = training(make(100), seed=77, **changes)
    load_checkpoint(path, second)
    assert_same(second, first)
    second.run(progress=False)
    return second


def whole(make, **changes):
    one = training(make(1), **changes)
    one.run(progress=False)
    assert not one.history.interrupted
    assert len(one.history.batch_loss) == EPOCHS * STEPS
    return one


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
    assert stops == EPOCHS * STEPS
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


def test_no_order_is_drawn_in_vain():
    one = training(rows(1, SGD(0.1)), rng=PressedInShuffle(np.random.PCG64(5)))
    for epoch in range(EPOCHS):
        assert one.run(progress=False).interrupted
        assert one.history.epochs == epoch
    one.run(progress=False)
    assert_same(one, whole(lambda seed: rows(seed, SGD(0.1))))


def test_no_epoch_is_counted_twice():
    one = training(rows(1, SGD(0.1)))
    one.history = PressedHistory()
    for epoch in range(EPOCHS):
        assert one.run(progress=False).interrupted
        assert one.history.epochs == epoch + 1
        assert one.batches == []
    assert not one.run(progress=False).interrupted
    one.history = History(**vars(one.history))
    assert_same(one, whole(lambda seed: rows(seed, SGD(0.1))))


def test_the_bar_goes_on_where_it_stopped(monkeypatch):
    bars, tqdm = [], training_module.tqdm

    def watched(**options):
        bars.append(options)
        return tqdm(**options)

    monkeypatch.setattr(training_module, "tqdm", watched)
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
    naive.run(progress=False)
    assert_same(longer, reference)


# --- the file


def test_file_is_plain(tmp_path):
    save_checkpoint(tmp_path / "c.npz", whole(lambda seed: rows(seed, Adam(0.01))))
    with np.load(tmp_path / "c.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    assert {array.dtype.kind for array in arrays.values()} == {"f", "i", "U"}
    assert json.loads(str(arrays["state"]))["history"]["loss"]
    assert os.listdir(tmp_path) == ["c.npz"]


def test_a_checkpoint_that_cannot_be_written_leaves_the_older_one(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    save_checkpoint(path, training(rows(1, Adam(0.01))))
    content = path.read_bytes()

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(archives.np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(path, whole(lambda seed: rows(seed, Adam(0.01))))
    assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["c.npz"]


def test_ctrl_c_waits_for_the_checkpoint(tmp_path, monkeypatch):
    path, one = tmp_path / "c.npz", whole(lambda seed: rows(seed, Adam(0.01)))
    write = archives.np.savez

    def pressed(file, **arrays):
        press()
        write(file, **arrays)

    monkeypatch.setattr(archives.np, "savez", pressed)
    with pytest.raises(KeyboardInterrupt):
        save_checkpoint(path, one)
    loaded = training(rows(2, Adam(0.01)))
    load_checkpoint(path, loaded)
    assert_same(loaded, one)


def other_layers():
    network, optimiser, x, t = rows(1, Adam(0.01))
    network.layers[0].activation = relu
    return network, optimiser, x, t


def fewer_samples():
    network, optimiser, x, t = rows(1, Adam(0.01))
    return network, optimiser, x[:-1], t[:-1]


OTHERS = {
    "layers": (lambda: training(other_layers()), {}, r"layers is .*tanh.* there, but .*ReLU"),
    "type": (
        lambda: training(rows(1, Adam(0.01), np.float64)),
        {},
        r"parameter 0.W is float32 \(7, 4\) there, but float64",
    ),
    "optimiser": (lambda: training(rows(1, SGD(0.01))), {}, "optimiser is Adam there, but SGD"),
    "setting": (lambda: training(rows(1, Adam(0.01, 0.8))), {}, "beta1 is 0.9 there, but 0.8"),
    "samples": (lambda: training(fewer_samples()), {}, "samples is 30 there, but 29"),
    "batch size": (
        lambda: training(rows(1, Adam(0.01)), batch_size=9),
        {},
        "batch_size is 8 there, but 9",
    ),
    "generator": (
        lambda: training(rows(1, Adam(0.01)), rng=np.random.Generator(np.random.SFC64())),
        {},
        "generators is .*PCG64.* there, but .*SFC64",
    ),
    "option": (lambda: training(rows(1, Adam(0.01))), {"seed": 2}, "seed is 1 there, but 2"),
    "no option": (lambda: training(rows(1, Adam(0.01))), None, "seed is 1 there, but None"),
    "epochs": (
        lambda: training(rows(1, Adam(0.01)), epochs=2),
        {"seed": 1},
        "3 finished epochs, which is more than the 2",
    ),
}


@pytest.mark.parametrize("name", OTHERS)
def test_checkpoint_of_another_training_is_refused(tmp_path, name):
    path = tmp_path / "c.npz"
    save_checkpoint(path, whole(lambda seed: rows(seed, Adam(0.01))), {"seed": 1})
    make, options, message = OTHERS[name]
    options = {"seed": 1} if options == {} else options
    one = make()
    before = everything(one)
    with pytest.raises(ValueError, match=message) as error:
        load_checkpoint(path, one, options)
    assert str(path) in str(error.value)
    assert everything(one) == before


def test_what_is_no_checkpoint_is_refused(tmp_path):
    path, one = tmp_path / "c.npz", training(rows(1, Adam(0.01)))
    save_checkpoint(path, one)
    content = path.read_bytes()
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    newer = json.dumps(json.loads(str(arrays["state"])) | {"format": 2})
    before = everything(one)
    for write, message in [
        (lambda: path.write_bytes(b"text"), "not a whole .npz archive"),
        (lambda: path.write_bytes(content[:-30]), "not a whole .npz archive"),
        (lambda: one.network.save(path), "is no checkpoint of a training"),
        (lambda: np.savez(path, state=np.array("{}")), "is no checkpoint of a training"),
        (lambda: np.savez(path, state=np.array("[")), "is no checkpoint of a training"),
        (lambda: np.savez(path, **arrays | {"state": np.array(newer)}), "of format 2, but"),
    ]:
        write()
        with pytest.raises(ValueError, match=message):
            load_checkpoint(path, one)
        assert everything(one) == before
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "none.npz", one)
    with pytest.raises(ValueError, match=r"named \*\.npz"):
        save_checkpoint(tmp_path / "checkpoint", one)


# --- Ctrl-C


def test_ctrl_c_is_held_to_the_end_of_the_outer_block():
    done = []

    def nested():
        with held():
            with held():
                press()
                done.append("inner")
            done.append("outer")

    with pytest.raises(KeyboardInterrupt):
        nested()
    assert done == ["inner", "outer"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_errors_pass_through_the_block():
    with pytest.raises(ZeroDivisionError), held():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_another_handler_of_ctrl_c_is_left_alone():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(True))
    with held():
        press()
        assert heard == [True]


def test_other_threads_hold_nothing():
    handlers = []

    def work():
        with held():
            handlers.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [signal.default_int_handler]
