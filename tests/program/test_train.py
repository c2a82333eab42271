"""The command line: the reference network, trained on a tiny MNIST of the tests."""

import datetime
import hashlib
import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mnist_files import TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, TRAIN_LABELS, fill, write_all

from cnnbook import command, losses
from cnnbook.__main__ import main
from cnnbook.datasets import mnist
from cnnbook.network import Network
from cnnbook.models.mnist_cnn import INPUT_SHAPE, PARAMETERS, mnist_cnn
from cnnbook.training import errors

TRAIN, TEST = 60, 40
# 2 epochs of 3 minibatches
TINY = ["--epochs", "2", "--batch-size", "20", "--rate", "0.002", "--threads", "2"]


def bars(count, rng):
    """Images whose bright bar lies where their class says, so that a network can learn them."""
    labels = rng.integers(10, size=count, dtype=np.uint8)
    images = rng.integers(60, size=(count, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[4 + 2 * label : 7 + 2 * label] += 150
    return images, labels


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("mnist"), np.random.default_rng(0)
    train, test = bars(TRAIN, rng), bars(TEST, rng)
    names = TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS
    write_all(folder, dict(zip(names, [*train, *test], strict=True)))
    return folder


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch, data):
    """Every test in a folder of its own, with the tiny MNIST, where Ctrl-C works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNNBOOK_DATA", str(data))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def weights(path="weights.npz"):
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def recorded(path="weights.json"):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def assert_same(arrays, others):
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, others[name], err_msg=name)


def press_at(monkeypatch, *calls):
    """Press Ctrl-C in the middle of a step of the training, counted from 1."""
    gradient, count = losses.CrossEntropy.gradient, []

    def pressed(self, scores, t):
        count.append(1)
        if len(count) in calls:
            signal.raise_signal(signal.SIGINT)
        return gradient(self, scores, t)

    monkeypatch.setattr(losses.CrossEntropy, "gradient", pressed)


def refused(capsys, *arguments):
    """Run a command that is to be refused, and return its one sentence."""
    try:
        code = main(list(arguments))
    except SystemExit as end:  # argparse
        code = end.code
    shown = capsys.readouterr()
    assert code == 2
    assert shown.err.startswith("python -m cnnbook")
    assert shown.err.count("\n") == 1
    return shown.err


# --- the reference network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_reference_network(dtype):
    """The shapes of K4 and the numbers of K5."""
    network = Network(mnist_cnn(rng=np.random.default_rng(0), dtype=dtype))
    summary = network.summary(INPUT_SHAPE)
    shapes, counts = zip(*[(row.shape, row.parameters) for row in summary.rows], strict=True)
    assert shapes == (
        (26, 26, 32),
        (24, 24, 64),
        (12, 12, 64),
        (12, 12, 64),
        (9216,),
        (128,),
        (128,),
        (10,),
    )
    assert counts == (320, 18_496, 0, 0, 0, 1_179_776, 0, 1_290)
    assert sum(counts) == PARAMETERS == 1_199_882
    rates = [layer.rate for layer in network.layers if hasattr(layer, "rate")]
    assert rates == [0.25, 0.5]
    assert {array.dtype for array in network.parameters().values()} == {np.dtype(dtype)}


def test_reference_network_follows_its_generator():
    first, again, other = (
        Network(mnist_cnn(rng=np.random.default_rng(seed))) for seed in (1, 1, 2)
    )
    assert_same(first.parameters(), again.parameters())
    for name, array in first.parameters().items():
        assert name.endswith("b") or not np.array_equal(array, other.parameters()[name])
    draws = [n.layers[i].rng.random() for n in (first, again, other) for i in (3, 6)]
    assert draws[:2] == draws[2:4]
    assert len(set(draws)) == 4
    assert first.layers[3].rng is not first.layers[6].rng


# --- train and evaluate


def test_training_writes_weights_that_evaluate(capsys, data):
    assert main(["train", "--half", "--epochs", "6", *TINY[2:]]) == 0
    shown = capsys.readouterr().out
    assert f"{TRAIN} digits to learn from, {TEST} to be tested with; 1,199,882" in shown
    assert "epoch 6 of 6: loss 0." in shown
    arrays = weights()
    assert {a.dtype for name, a in arrays.items() if name != "layers"} == {np.dtype(np.float16)}

    test = mnist(data).test
    network = Network(mnist_cnn(rng=np.random.default_rng(9)))
    network.load("weights.npz")
    right = TEST - errors(network.predict(test.x), test.labels)
    assert right > TEST / 2  # by chance it would be a tenth
    assert f"\n{right} of {TEST} test digits right in half precision\n" in shown
    assert main(["evaluate", "weights.npz"]) == 0
    assert capsys.readouterr().out == f"{right} of {TEST} test digits right\n"
    assert recorded()["right"] == right


def test_record(capsys, data, tmp_path):
    assert main(["train", "--seed", "3", "--validation", "10", *TINY]) == 0
    text = Path("weights.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert record["options"] == {
        "batch_size": 20,
        "optimiser": "adam",
        "rate": 0.002,
        "decay": 0.8,
        "momentum": 0.9,
        "validation": 10,
        "seed": 3,
        "epochs": 2,
    }
    assert record["parameters"] == PARAMETERS
    assert record["training digits"] == TRAIN - 10
    assert record["test digits"] == TEST
    assert record["precision"] == "single"
    assert record["right in half precision"] is None
    assert f"\n{record['right']} of {TEST} test digits right\n" in capsys.readouterr().out
    for name in ("loss", "accuracy", "held out loss", "held out accuracy"):
        assert len(record[name]) == record["epochs"] == 2
    assert record["versions"]["numpy"] == np.__version__
    assert (
        record["sha256 of the weights"]
        == hashlib.sha256(Path("weights.npz").read_bytes()).hexdigest()
    )
    today = datetime.datetime.now(datetime.UTC).date()
    assert today - datetime.date.fromisoformat(record["date"]) <= datetime.timedelta(days=1)
    for place in (str(data), str(tmp_path), os.path.expanduser("~"), platform.node()):
        assert f"{place}" not in text.replace("x86_64", "")


@pytest.mark.parametrize(
    ("optimiser", "calls"),
    [("adam", (2,)), ("adam", (3,)), ("adam", (6,)), ("adam", (1, 3, 4)), ("momentum", (4,))],
)
def test_resuming_gives_the_same_weights(monkeypatch, capsys, optimiser, calls):
    arguments = ["train", "--optimiser", optimiser, *TINY]
    assert main([*arguments, "--weights", "whole.npz"]) == 0
    press_at(monkeypatch, *calls)
    assert main(arguments) == 130
    assert "interrupted after" in capsys.readouterr().out
    assert sorted(os.listdir()) == [
        "weights.checkpoint.npz",
        "whole.checkpoint.npz",
        "whole.json",
        "whole.npz",
    ]
    for _ in calls[1:]:
        assert main([*arguments, "--resume"]) == 130
    assert main([*arguments, "--resume", "--threads", "1"]) == 0
    assert_same(weights(), weights("whole.npz"))
    whole, resumed = (recorded(f"{name}.json") for name in ("whole", "weights"))
    same = [name for name in whole if name != "sha256 of the weights"]
    assert [resumed[name] for name in same] == [whole[name] for name in same]


def test_seed_decides(capsys):
    for seed in "01":
        assert main(["train", *TINY, "--seed", seed, "--weights", f"{seed}.npz"]) == 0
    first, second = weights("0.npz"), weights("1.npz")
    assert all(not np.array_equal(first[n], second[n]) for n in first if n != "layers")


def test_rate_decays_with_the_epochs(monkeypatch, capsys):
    rates, add = [], command._Log.add

    def watched(self, training):
        rates.append(training.optimiser.rate)
        add(self, training)

    monkeypatch.setattr(command._Log, "add", watched)
    assert main(["train", *TINY, "--epochs", "3", "--decay", "0.5"]) == 0
    assert rates == [0.002, 0.001, 0.0005]


def test_half_precision_that_loses_digits_is_not_written(monkeypatch, capsys):
    monkeypatch.setattr(command, "_rounded_right", lambda network, test: -1)
    assert main(["train", "--half", *TINY]) == 0
    assert weights()["0.W"].dtype == np.float32
    assert "loses some: the weights are written in single precision" in capsys.readouterr().out
    record = recorded()
    assert record["precision"] == "single"
    assert record["right"] == record["right in single precision"]


def test_counting_with_rounded_weights_changes_none(data):
    network = Network(mnist_cnn(rng=np.random.default_rng(0)))
    before = {name: array.copy() for name, array in network.parameters().items()}
    seen = []
    network.predict = lambda x: (
        seen.extend(a.copy() for a in network.parameters().values()) or np.eye(10)[[0] * len(x)]
    )
    test = mnist(data).test
    assert command._rounded_right(network, test) == np.count_nonzero(test.labels == 0)
    for array, rounded in zip(before.values(), seen, strict=True):
        np.testing.assert_array_equal(array.astype(np.float16), rounded)
    assert_same(network.parameters(), before)


# --- Ctrl-C


def test_ctrl_c_after_the_last_epoch_leaves_the_rest_to_be_done(monkeypatch, capsys):
    def pressed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "_finish", pressed)
        assert main(["train", *TINY]) == 130
    assert os.listdir() == ["weights.checkpoint.npz"]
    assert main(["train", *TINY, "--resume"]) == 0
    assert "2 of 2 epochs done" in capsys.readouterr().out
    assert recorded()["epochs"] == 2


def test_ctrl_c_before_the_training(monkeypatch, capsys):
    def pressed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "mnist", pressed)
    assert main(["train", *TINY]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert os.listdir() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C in another way")
def test_ctrl_c_in_a_terminal(capsys):
    """The real thing: a process that is sent the signal, and one that goes on from there."""
    start = [sys.executable, "-m", "cnnbook"]
    path = os.pathsep.join(filter(None, sys.path))
    process = subprocess.Popen(
        [*start, "train", *TINY, "--epochs", "10000"],
        env=os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for line in process.stdout:
            if line.startswith("epoch 2 of"):
                process.send_signal(signal.SIGINT)
                break
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "interrupted after" in out
    assert "Traceback" not in err
    assert os.listdir() == ["weights.checkpoint.npz"]


# --- refusals


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["train", "--epochs", "0"], "--epochs: expected a whole number, 1 or more, but got '0'"),
        (["train", "--epochs", "1.5"], "expected a whole number, 1 or more, but got '1.5'"),
        (["train", "--batch-size", "-1"], "expected a whole number, 1 or more"),
        (["train", "--threads", "0"], "expected a whole number, 1 or more"),
        (["train", "--seed", "-1"], "expected a whole number, 0 or more"),
        (["train", "--rate", "0"], "expected a positive number, but got '0'"),
        (["train", "--rate", "nan"], "expected a positive number, but got 'nan'"),
        (["train", "--rate", "inf"], "expected a positive number, but got 'inf'"),
        (["train", "--decay", "1.1"], "expected a number above 0, at most 1, but got '1.1'"),
        (["train", "--momentum", "1"], "expected a number from 0 to below 1, but got '1'"),
        (["train", "--optimiser", "sgd"], "invalid choice: 'sgd'"),
        (["train", "--validation", "60"], "validation must be 0 to 59"),
        (["train", "--weights", "w"], "named *.npz, but got 'w'"),
        (["train", "--weights", "none/w.npz"], "there is no folder"),
        (["train", "--checkpoint", "c.npy"], "named *.npz, but got 'c.npy'"),
        (["train", "--checkpoint", "none/c.npz"], "there is no folder"),
        (["train", "--checkpoint", "weights.npz"], "need two files, but both are weights.npz"),
        (["train", "--resume"], "there is no checkpoint weights.checkpoint.npz"),
        (["train", "--data", "none"], "MNIST is not all in the folder none"),
        (["evaluate"], "arguments are required: WEIGHTS"),
        (["evaluate", "none.npz"], "none.npz: No such file"),
        (["evaluate", "."], "cnnbook: .: "),
    ],
    ids=str,
)
def test_refusals(capsys, arguments, message):
    assert message in refused(capsys, *arguments)
    assert os.listdir() == []


def test_images_of_another_size_are_refused(tmp_path, capsys):
    fill(tmp_path / "small")
    message = refused(capsys, "train", "--data", "small")
    assert "images of 28 x 28 pixels, but these have 3 x 2" in message


def test_files_that_are_there_are_respected(capsys):
    assert main(["train", *TINY]) == 0
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    for arguments, message in [
        (["train", *TINY], "holds a training already: add --resume"),
        (["train", *TINY, "--resume", "--seed", "1"], "seed is 0 there, but 1 here"),
        (["train", *TINY, "--resume", "--rate", "0.1"], "rate is 0.002 there, but 0.1 here"),
        (["train", *TINY, "--resume", "--decay", "0.9"], "decay is 0.8 there, but 0.9 here"),
        (["train", *TINY, "--resume", "--batch-size", "9"], "batch_size is 20 there, but 9"),
        (["train", *TINY, "--resume", "--optimiser", "momentum"], "optimiser is Adam there"),
        (["train", *TINY, "--resume", "--validation", "1"], "validation is 0 there, but 1"),
        (["train", *TINY, "--resume", "--epochs", "1"], "2 finished epochs, which is more than"),
        (["evaluate", "weights.checkpoint.npz"], "was saved for other layers"),
        (["evaluate", "weights.json"], "not a whole .npz archive"),
    ]:
        assert message in refused(capsys, *arguments)
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_other_data_are_refused_when_resuming(tmp_path, capsys):
    assert main(["train", *TINY]) == 0
    rng = np.random.default_rng(1)
    train, test = bars(TRAIN, rng), bars(TEST, rng)
    (tmp_path / "other").mkdir()
    names = TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS
    write_all(tmp_path / "other", dict(zip(names, [*train, *test], strict=True)))
    assert "data is " in refused(capsys, "train", *TINY, "--resume", "--data", "other")


def test_divergence_is_told_in_a_sentence(capsys):
    message = refused(capsys, "train", *TINY, "--rate", "1e30")
    assert "training diverged in epoch 1 of 2, minibatch 2" in message


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["evaluate", "--help"]])
def test_help(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    assert "usage: python -m cnnbook" in capsys.readouterr().out
