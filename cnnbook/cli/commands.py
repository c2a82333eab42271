"""What `python -m cnnbook` does: train the reference network at full size, and evaluate it."""

import os
import time
import zlib
from pathlib import Path

import numpy as np
from tqdm import tqdm

from cnnbook.archives import check_name
from cnnbook.cli.provenance import write_record
from cnnbook.datasets import mnist
from cnnbook.losses import CrossEntropy
from cnnbook.models.mnist_cnn import INPUT_SHAPE, mnist_cnn
from cnnbook.network import ThreadedNetwork
from cnnbook.optimisers import Adam, Momentum
from cnnbook.training import Training, errors
from cnnbook.training.checkpoints import load_checkpoint, save_checkpoint

INTERRUPTED = 130  # exit code: 128 and the number of the signal that Ctrl-C sends
KEPT = ("rate", "decay", "validation", "seed")  # when resuming; `Training` knows the others
TOLD = ("optimiser", "batch_size", "momentum", *KEPT)  # in the record


def train(options):
    """Train the reference network (K4) on MNIST; write its weights and their record.

    Parameters
    ----------
    options : object
        With the attributes that `python -m cnnbook train --help` names.

    Returns
    -------
    int
        Exit code: 0, or INTERRUPTED.
    """
    checkpoint = options.checkpoint or options.weights.with_suffix(".checkpoint.npz")
    _check_places(options.weights, checkpoint, options.resume)
    data = _read_data(options.data, options.validation)
    training = _training(options, data)
    fixed = {name: getattr(options, name) for name in KEPT} | {"data": _checksum(data.train)}
    if options.resume:
        load_checkpoint(checkpoint, training, fixed)
    parameters = sum(array.size for array in training.network.parameters().values())
    print(
        f"{len(data.train):,} digits to learn from, {len(data.test):,} to be tested with; "
        f"{parameters:,} parameters; {training.history.epochs} of {training.epochs} epochs done",
        flush=True,
    )
    start = time.perf_counter()
    log = _Log(checkpoint, fixed)
    history = training.run(after_epoch=log.add)
    if history.interrupted:
        save_checkpoint(checkpoint, training, fixed)
        steps = len(history.batch_loss)
        print(f"interrupted after {steps:,} steps: go on with the same command and --resume")
        return INTERRUPTED
    print(f"trained for {time.perf_counter() - start:.0f} s", flush=True)
    _finish(options, training, data)
    return 0


def evaluate(options):
    """Print how many test digits the reference network gets right with the weights of a file."""
    network = ThreadedNetwork(mnist_cnn(rng=np.random.default_rng()), options.threads)
    network.load(options.weights)
    test = _read_data(options.data).test
    _tell(_right(network, test), test)
    return 0


class _Log:
    """After each epoch: a checkpoint, then a line."""

    def __init__(self, checkpoint, fixed):
        self.checkpoint, self.fixed = checkpoint, fixed
        self.time = time.perf_counter()

    def add(self, training):
        save_checkpoint(self.checkpoint, training, self.fixed)
        history, now = training.history, time.perf_counter()
        text = (
            f"epoch {history.epochs} of {training.epochs}: loss {history.loss[-1]:.4f}, "
            f"accuracy {history.accuracy[-1]:.2%}"
        )
        if history.validation_loss:
            text += (
                f", held out: loss {history.validation_loss[-1]:.4f}, "
                f"accuracy {history.validation_accuracy[-1]:.2%}"
            )
        tqdm.write(f"{text}, {now - self.time:.0f} s")
        self.time = now


def _training(options, data):
    initial, order = np.random.default_rng(options.seed).spawn(2)
    network = ThreadedNetwork(mnist_cnn(rng=initial), options.threads)
    if options.optimiser == "adam":
        optimiser = Adam(options.rate)
    else:
        optimiser = Momentum(options.rate, options.momentum)
    held_out = data.validation
    return Training(
        network,
        CrossEntropy(),
        optimiser,
        data.train.x,
        data.train.t,
        epochs=options.epochs,
        batch_size=options.batch_size,
        rng=order,
        validation=(held_out.x, held_out.t) if len(held_out) else None,
        schedule=lambda epoch: options.rate * options.decay**epoch,
    )


def _finish(options, training, data):
    """Count what is right, write the weights, and the record beside them."""
    network, test = training.network, data.test
    right = _right(network, test)
    _tell(right, test)
    rounded = _rounded_right(network, test) if options.half else None
    half = rounded is not None and rounded >= right
    if options.half:
        _tell(rounded, test, "in half precision")
        if not half:
            print("half precision loses some: the weights are written in single precision")
    network.save(options.weights, dtype=np.float16 if half else None)
    chosen = {name: getattr(options, name) for name in TOLD}
    record = write_record(options.weights, chosen, training, right, rounded, half, len(test))
    print(f"wrote {options.weights} ({options.weights.stat().st_size:,} bytes) and {record}")


def _rounded_right(network, test):
    """What `_right` finds with parameters rounded to half precision; they are not changed."""
    kept = {name: array.copy() for name, array in network.parameters().items()}
    try:
        for array in network.parameters().values():
            array[...] = array.astype(np.float16)
        return _right(network, test)
    finally:
        for name, array in network.parameters().items():
            array[...] = kept[name]


def _right(network, test):
    return len(test) - errors(network.predict(test.x), test.labels)


def _tell(right, test, how=""):
    print(f"{right:,} of {len(test):,} test digits right {how}".rstrip(), flush=True)


def _read_data(folder, validation=0):
    data = mnist(folder, validation=validation)
    if data.train.x.shape[1:] != INPUT_SHAPE:
        raise ValueError(
            f"the reference network takes images of {INPUT_SHAPE[0]} x {INPUT_SHAPE[1]} pixels, "
            f"but these have {data.train.x.shape[1]} x {data.train.x.shape[2]}"
        )
    return data


def _checksum(samples):
    """CRC-32 of images and labels: whether a training goes on with the data that it had."""
    of_images = zlib.crc32(np.ascontiguousarray(samples.x))
    return f"{zlib.crc32(np.ascontiguousarray(samples.labels), of_images):08x}"


def _check_places(weights, checkpoint, resume):
    """Refuse before the training what would fail, or destroy a training, after it."""
    for path in (weights, checkpoint):
        check_name(path)
        folder = Path(path).absolute().parent
        if not folder.is_dir():
            raise ValueError(f"there is no folder {folder} to write {path.name} into")
        if not os.access(folder, os.W_OK) or path.is_dir():
            raise ValueError(f"{path} cannot be written")
    if weights.resolve() == checkpoint.resolve():
        raise ValueError(f"weights and checkpoint need two files, but both are {weights}")
    if resume and not checkpoint.is_file():
        raise ValueError(f"there is no checkpoint {checkpoint} to go on from")
    if not resume and checkpoint.exists():
        raise ValueError(
            f"{checkpoint} holds a training already: add --resume to go on with it, or remove it"
        )
