"""Train with wrong gradients and with their controls, and store what the page about them shows.

    python tools/wrong_gradients.py data/wrong_gradients.json

Five starts of each. A run is told as its losses, the test digits that it misreads, and, after
every epoch, the cosine between its gradient and the right one and the length of the one over that
of the other, for the kernels of both convolutions; last, the lengths of the even and odd part of
the kernels, at the start and at the end.

Each is trained three times: with one learning rate for all; with every gradient made as long as the
right one; and with the one of five learning rates that misreads fewest validation digits. Nothing
is chosen by the test digits.
"""

import datetime
import json
import sys
from pathlib import Path

import numpy as np

from cnnbook.archives import atomic_write
from cnnbook.cli.provenance import versions
from cnnbook.convolution import rot180
from cnnbook.datasets import digits
from cnnbook.losses import CrossEntropy
from cnnbook.models.wrong_gradients import (
    CONTROLS,
    MISTAKES,
    AtRightLength,
    FrozenSoftmax,
    OtherOrder,
    build,
    with_right_gradients,
)
from cnnbook.optimisers import SGD
from cnnbook.training import Training, errors

OPTIONS = {"rate": 0.2, "batch_size": 32, "epochs": 15, "starts": 5}
DIGITS = digits()
RATES = (0.1, 0.2, 0.4, 0.8, 1.6)
KERNELS = {"first": "0.W", "second": "2.W"}
SOFTMAX_FROZEN = {
    "right, softmax frozen": {"softmax": FrozenSoftmax},
    "another order, softmax frozen": {"softmax": FrozenSoftmax, "raster": OtherOrder},
}
# A kernel that is not turned has the right length already.
OF_OTHER_LENGTH = [name for name in MISTAKES if "kernel" not in name]


def main(path):
    """All runs, and a line for each five of them on the way."""
    variants = {"right": {}} | MISTAKES | CONTROLS
    record = {
        "command": "python tools/wrong_gradients.py",
        "options": OPTIONS | {"rates": RATES},
        "one rate": {
            name: from_all_starts(name, classes)
            for name, classes in (variants | SOFTMAX_FROZEN).items()
        },
        "right length": {
            name: from_all_starts(name, MISTAKES[name], right_length=True)
            for name in OF_OTHER_LENGTH
        },
        "tuned rate": {name: tuned(name, classes) for name, classes in variants.items()},
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": versions(),
    }
    with atomic_write(path) as file:
        file.write((json.dumps(record) + "\n").encode())


def from_all_starts(name, classes, right_length=False):
    runs = [run(classes, seed, right_length) for seed in range(OPTIONS["starts"])]
    print(name, [each["misread"] for each in runs], flush=True)
    return runs


def tuned(name, classes):
    """The learning rate that misreads fewest validation digits from all starts, and its runs."""
    runs = {
        rate: [run(classes, seed, rate=rate, compared=False) for seed in range(OPTIONS["starts"])]
        for rate in RATES
    }
    missed = {rate: sum(each["misread, validation"] for each in runs[rate]) for rate in RATES}
    best = min(RATES, key=missed.get)
    print(name, missed, best, [each["misread"] for each in runs[best]], flush=True)
    return {
        "rate": best,
        "misread, validation": list(missed.values()),
        "misread": [each["misread"] for each in runs[best]],
        "loss": [each["loss"][-1] for each in runs[best]],
    }


def run(classes, seed, right_length=False, rate=OPTIONS["rate"], compared=True):
    """Train one network; its start and the order of the digits are given by the seed."""
    data = DIGITS
    network = build(seed, **classes)
    trained = AtRightLength(network) if right_length else network
    start, comparisons = parts_of(network), [comparison(network)] if compared else []
    training = Training(
        trained,
        CrossEntropy(),
        SGD(rate),
        data.train.x,
        data.train.t,
        epochs=OPTIONS["epochs"],
        batch_size=OPTIONS["batch_size"],
        rng=np.random.default_rng(seed),
    )
    after_epoch = (lambda _: comparisons.append(comparison(network))) if compared else None
    training.run(progress=False, after_epoch=after_epoch)
    return {
        "loss": rounded(training.history.loss),
        "misread": errors(network.predict(data.test.x), data.test.labels),
        "misread, validation": errors(network.predict(data.validation.x), data.validation.labels),
        "comparison": comparisons,
        "parts": [start, parts_of(network)],
    }


def comparison(network):
    """For the kernels of both convolutions, over all training digits: cosine, ratio of lengths."""
    wrong, right = gradients(network), gradients(with_right_gradients(network))
    found = {}
    for place, name in KERNELS.items():
        a, b = np.linalg.norm(wrong[name]), np.linalg.norm(right[name])
        cosine = np.vdot(wrong[name], right[name]) / (a * b) if a else 0
        found[place] = rounded([cosine, a / b])
    return found


def gradients(network):
    scores, memory = network.scores(DIGITS.train.x)
    gradient = CrossEntropy().gradient(scores, DIGITS.train.t)
    return network.backward(gradient, memory, to_input=False)[1]


def parts_of(network):
    """Lengths of the even and odd part of the kernels of both convolutions (eq-even-odd)."""
    arrays, found = network.parameters(), {}
    for place, name in KERNELS.items():
        turned = rot180(arrays[name])
        halves = (arrays[name] + turned) / 2, (arrays[name] - turned) / 2
        found[place] = rounded([np.linalg.norm(half) for half in halves])
    return found


def rounded(numbers):
    return [round(float(number), 5) for number in numbers]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
