"""A training writes weights that evaluate as it says, and the record of how they came about."""

import datetime
import hashlib
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from checks import assert_same
from command_line import TEST, TINY, TRAIN, main, recorded, weights

from cnnbook.cli import commands
from cnnbook.datasets import mnist
from cnnbook.models.mnist_cnn import PARAMETERS, mnist_cnn
from cnnbook.network import Network
from cnnbook.training import errors


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
    for place in (str(data), str(tmp_path), os.path.expanduser("~")):
        assert place not in text


def test_seed_decides(capsys):
    for seed in "01":
        assert main(["train", *TINY, "--seed", seed, "--weights", f"{seed}.npz"]) == 0
    first, second = weights("0.npz"), weights("1.npz")
    assert all(not np.array_equal(first[n], second[n]) for n in first if n != "layers")


def watch_rates(monkeypatch):
    """The learning rates of the epochs of the next training."""
    rates, save = [], commands.save_checkpoint

    def watched(path, training, options):
        rates.append(training.optimiser.rate)
        save(path, training, options)

    monkeypatch.setattr(commands, "save_checkpoint", watched)
    return rates


def test_rate_decays_with_the_epochs(monkeypatch, capsys):
    rates = watch_rates(monkeypatch)
    assert main(["train", *TINY, "--epochs", "3", "--decay", "0.5"]) == 0
    assert rates == [0.002, 0.001, 0.0005]


@pytest.mark.parametrize(("optimiser", "rate"), [("adam", 0.001), ("momentum", 0.05)])
def test_rate_that_is_not_named(monkeypatch, capsys, optimiser, rate):
    """Every optimiser has one of its own; the help tells it, and the record."""
    rates = watch_rates(monkeypatch)
    assert main(["train", "--epochs", "2", "--batch-size", "60", "--optimiser", optimiser]) == 0
    assert rates == [rate, 0.8 * rate]
    assert recorded()["options"]["rate"] == rate
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    assert f"{rate} for {optimiser}" in " ".join(capsys.readouterr().out.split())


def test_momentum_of_zero_is_plain_gradient_descent(monkeypatch, capsys):
    made, momentum = [], commands.Momentum

    def watched(*arguments):
        made.append(arguments)
        return momentum(*arguments)

    monkeypatch.setattr(commands, "Momentum", watched)
    assert main(["train", *TINY, "--optimiser", "momentum", "--momentum", "0"]) == 0
    assert made == [(0.002, 0.0)]
    assert recorded()["options"]["momentum"] == 0


def test_what_is_printed_stands_above_the_bar(capsys):
    """One line for each epoch, to stdout, although a bar is drawn to stderr."""
    assert main(["train", "--validation", "10", *TINY]) == 0
    lines = capsys.readouterr().out.splitlines()
    number = r"\d+\.\d{4}, accuracy \d+\.\d\d%"
    for epoch, line in enumerate(lines[1:3], start=1):
        pattern = rf"epoch {epoch} of 2: loss {number}, held out: loss {number}, \d+ s"
        assert re.fullmatch(pattern, line)
    assert re.fullmatch(r"trained for \d+ s", lines[3])
    size = Path("weights.npz").stat().st_size
    assert lines[5] == f"wrote weights.npz ({size:,} bytes) and weights.json"


def test_half_precision_that_loses_digits_is_not_written(monkeypatch, capsys):
    monkeypatch.setattr(commands, "_count_right_in_half_precision", lambda network, test: -1)
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
    assert commands._count_right_in_half_precision(network, test) == np.count_nonzero(
        test.labels == 0
    )
    for array, rounded in zip(before.values(), seen, strict=True):
        np.testing.assert_array_equal(array.astype(np.float16), rounded)
    assert_same(network.parameters(), before)
