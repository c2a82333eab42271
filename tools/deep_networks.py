"""Train networks of several depths from several starts, and store what a page shows of it.

    python tools/deep_networks.py data/deep_networks.json

Each start (an activation, and the spread of the first weights) is trained at each depth and with
each learning rate from two seeds. The rate that misreads fewest validation digits, from both seeds
together, is that of the depth and the start; with it, all seeds are trained and stored. Nothing is
chosen by the test digits.
"""

import datetime
import json
import sys
from pathlib import Path

import numpy as np

from cnnbook.archives import atomic_write
from cnnbook.cli.provenance import versions
from cnnbook.datasets import digits
from cnnbook.losses import CrossEntropy
from cnnbook.models.deep_mlp import CONTROLS, STARTS, build
from cnnbook.optimisers import SGD
from cnnbook.training import DivergenceError, errors, fit

OPTIONS = {
    "depths": [1, 2, 4, 6, 10],
    "rates": [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    "tuning_seeds": 2,
    "seeds": 5,
    "epochs": 20,
    "batch_size": 32,
}
DIGITS = digits(scale=(-1, 1))


def main(path):
    """All runs, and a line for each start and depth on the way."""
    record = {
        "command": "python tools/deep_networks.py",
        "options": OPTIONS,
        "runs": {
            start: {str(depth): tuned(start, depth) for depth in depths_of(start)}
            for start in STARTS
        },
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": versions(),
    }
    with atomic_write(path) as file:
        file.write((json.dumps(record) + "\n").encode())


def depths_of(start):
    """All depths; for a control, the greatest."""
    return OPTIONS["depths"][-1:] if start in CONTROLS else OPTIONS["depths"]


def tuned(start, depth):
    """The learning rate that misreads fewest validation digits, and its runs."""
    tuning, rest = range(OPTIONS["tuning_seeds"]), range(OPTIONS["tuning_seeds"], OPTIONS["seeds"])
    runs = {rate: [run(start, depth, rate, seed) for seed in tuning] for rate in OPTIONS["rates"]}
    missed = {rate: sum(each["validation"] for each in runs[rate]) for rate in OPTIONS["rates"]}
    best = min(OPTIONS["rates"], key=missed.get)
    runs[best] += [run(start, depth, best, seed) for seed in rest]
    found = {
        "rate": best,
        "validation": list(missed.values()),
        **{name: [each[name] for each in runs[best]] for name in ("train", "test", "loss")},
    }
    print(start, depth, best, found["validation"], found["test"], flush=True)
    return found


@np.errstate(over="ignore", invalid="ignore")
def run(start, depth, rate, seed):
    """Train one network: its misread digits, and the loss of every epoch.

    A run that diverges keeps the parameters of its last step; they may answer with no numbers.
    """
    network = build(start, depth, seed)
    options = {"epochs": OPTIONS["epochs"], "batch_size": OPTIONS["batch_size"], "progress": False}
    rng, (x, t) = np.random.default_rng(seed), (DIGITS.train.vectors, DIGITS.train.t)
    try:
        history = fit(network, CrossEntropy(), SGD(rate), x, t, rng=rng, **options)
    except DivergenceError as error:
        history = error.history
    return {
        "loss": [round(float(loss), 4) for loss in history.loss],
        **{
            name: misread(network, getattr(DIGITS, name))
            for name in ("train", "validation", "test")
        },
    }


def misread(network, samples):
    """How many digits; all of them where the network answers with no numbers."""
    answers = network.predict(samples.vectors, scores=True)
    return errors(answers, samples.labels) if np.isfinite(answers).all() else len(answers)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
