"""Train the small network of the figure 'draw a digit' on MNIST, and store it with its record.

    python tools/train_small_cnn.py data/small_cnn.npz

The options are common ones, and nothing was chosen by the test digits, which are counted once, at
the end.
"""

import sys
from pathlib import Path

import numpy as np

from cnnbook import CrossEntropy, Network
from cnnbook.cli.provenance import write_record
from cnnbook.datasets import mnist
from cnnbook.models.small_cnn import small_cnn
from cnnbook.optimisers import Adam
from cnnbook.training import Training, errors

OPTIONS = {"optimiser": "adam", "batch_size": 64, "rate": 0.003, "decay": 0.7, "seed": 0}
EPOCHS = 10


def main(path):
    """Train, store in half precision, and count the test digits with what is stored."""
    data = mnist()
    rng = np.random.default_rng(OPTIONS["seed"])
    network = Network(small_cnn(rng=rng))
    training = Training(
        network,
        CrossEntropy(),
        Adam(OPTIONS["rate"]),
        data.train.x,
        data.train.t,
        epochs=EPOCHS,
        batch_size=OPTIONS["batch_size"],
        rng=rng,
        schedule=lambda epoch: OPTIONS["rate"] * OPTIONS["decay"] ** epoch,
    )
    training.run()
    right = count_right(network, data.test)
    network.save(path, dtype=np.float16)
    network.load(path)
    rounded = count_right(network, data.test)
    write_record(
        path,
        OPTIONS,
        training,
        right,
        rounded,
        half=True,
        tested=len(data.test),
        command="python tools/train_small_cnn.py",
    )
    print(f"{rounded} of {len(data.test)} test digits right")


def count_right(network, samples):
    return len(samples) - errors(network.predict(samples.x), samples.labels)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
