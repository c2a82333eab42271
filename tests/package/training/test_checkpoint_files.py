"""The file of a checkpoint is plain, whole, and only for the training that it was made for."""

import json
import os

import numpy as np
import pytest
from trainings import assert_same, everything, nested, press, rows, training, whole

from cnnbook.activations import relu
from cnnbook.archives import npz
from cnnbook.optimisers import SGD, Adam
from cnnbook.training import load_checkpoint, save_checkpoint


def test_file_is_plain(tmp_path):
    save_checkpoint(tmp_path / "c.npz", whole(lambda seed: rows(seed, Adam(0.01))))
    with np.load(tmp_path / "c.npz", allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    assert {array.dtype.kind for array in arrays.values()} == {"f", "i", "U"}
    assert json.loads(str(arrays["facts"]))["history"]["loss"]
    assert os.listdir(tmp_path) == ["c.npz"]


def test_a_checkpoint_that_cannot_be_written_leaves_the_older_one(tmp_path, monkeypatch):
    path = tmp_path / "c.npz"
    save_checkpoint(path, training(rows(1, Adam(0.01))))
    content = path.read_bytes()

    def fail(file, **arrays):
        file.write(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(npz.np, "savez", fail)
    with pytest.raises(OSError, match="disk full"):
        save_checkpoint(path, whole(lambda seed: rows(seed, Adam(0.01))))
    assert path.read_bytes() == content
    assert os.listdir(tmp_path) == ["c.npz"]


def test_what_load_would_refuse_is_not_written(tmp_path):
    path, one = tmp_path / "c.npz", whole(lambda seed: rows(seed, Adam(0.01)))
    save_checkpoint(path, one)
    content = path.read_bytes()
    for array in (one.network.parameters()["0.W"], one.optimiser.memory["2.b"][1]):
        kept = array.copy()
        array.flat[1] = np.inf
        with pytest.raises(ValueError, match=r"not finite: .* is not written"):
            save_checkpoint(path, one)
        array[...] = kept
    assert path.read_bytes() == content


def test_ctrl_c_waits_for_the_checkpoint_after_an_epoch(tmp_path, monkeypatch):
    path, one = tmp_path / "c.npz", training(rows(1, Adam(0.01)))
    write = npz.np.savez

    def pressed(file, **arrays):
        press()
        write(file, **arrays)

    monkeypatch.setattr(npz.np, "savez", pressed)
    history = one.run(progress=False, after_epoch=lambda one: save_checkpoint(path, one))
    assert history.interrupted
    assert history.epochs == 1
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
        r"parameter/0.W is float32 \(7, 4\) there, but float64",
    ),
    "optimiser": (lambda: training(rows(1, SGD(0.01))), {}, "optimiser is Adam there, but SGD"),
    "setting": (
        lambda: training(rows(1, Adam(0.01, 0.8))),
        {},
        "Adam's beta1 is 0.9 there, but 0.8",
    ),
    "samples": (lambda: training(fewer_samples()), {}, "samples is 30 there, but 29"),
    "validation": (
        lambda: training(rows(1, Adam(0.01)), validation=rows(1, None)[2:]),
        {},
        "validation samples is 0 there, but 30",
    ),
    "state": (lambda: training(nested(1, Adam(0.01))), {}, r"layers is .* there, but .*Centred"),
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
    before = everything(one)
    for write, message in [
        (lambda: path.write_bytes(b"text"), "not a whole .npz archive"),
        (lambda: path.write_bytes(content[:-30]), "not a whole .npz archive"),
        (lambda: one.network.save(path), "is no checkpoint of a training"),
    ]:
        write()
        with pytest.raises(ValueError, match=message):
            load_checkpoint(path, one)
        assert everything(one) == before
    with pytest.raises(FileNotFoundError):
        load_checkpoint(tmp_path / "none.npz", one)
    with pytest.raises(ValueError, match=r"named \*\.npz"):
        save_checkpoint(tmp_path / "checkpoint", one)
