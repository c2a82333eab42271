"""The command line on a tiny MNIST, for its tests."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
from mnist_files import NAMES, write_all

from cnnbook import losses
from cnnbook.cli.main import main

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


def fill_with_bars(folder, seed):
    rng = np.random.default_rng(seed)
    train, test = bars(TRAIN, rng), bars(TEST, rng)
    write_all(folder, dict(zip(NAMES, [*train, *test], strict=True)))
    return folder


def start(*arguments, before=(), env=None, **options):
    """Start a command in a process of its own; `before` it may stand a shell that runs it."""
    path = os.pathsep.join(filter(None, sys.path))
    environment = os.environ | {"PYTHONPATH": path, "PYTHONUNBUFFERED": "1"} | (env or {})
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
    command = [*before, sys.executable, "-B", "-m", "cnnbook", *arguments]
    return subprocess.Popen(command, env=environment, **options)


def weights(path="weights.npz"):
    with np.load(path) as file:
        return {name: file[name] for name in file.files}


def recorded(path="weights.json"):
    return json.loads(Path(path).read_text(encoding="utf-8"))


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
