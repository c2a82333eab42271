"""What `python -m cnnbook` does: train the reference network at full size, and evaluate it."""

import time
import zlib

import numpy as np
from tqdm import tqdm

from cnnbook.cli.places import Places
from cnnbook.cli.provenance import write_record
from cnnbook.datasets import mnist
from cnnbook.losses import CrossEntropy
from cnnbook.models.mnist_cnn import INPUT_SHAPE, mnist_cnn
from cnnbook.network import ThreadedNetwork
from cnnbook.optimisers import Adam, Momentum
from cnnbook.training import Training, errors
from cnnbook.training.checkpoints import load_checkpoint, save_checkpoint

INTERRUPTED = 130  # exit code: 128 and the number of the signal that Ctrl-C sends

# Options that must be the same when a training goes on. What `Training` itself holds, such as the
# size of a minibatch, is in the checkpoint already.
SAME_WHEN_RESUMED = ("rate", "decay", "validation", "seed")
IN_THE_RECORD = ("optimiser", "batch_size", "momentum", *SAME_WHEN_RESUMED)


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
    _check_decay(options)
    places = Places(options.weights, options.checkpoint)
    with places.reserved(options.resume, options.overwrite):
        data = _read_data(options.data, options.validation)
        training = _new_training(options, data)
        fixed = {name: getattr(options, name) for name in SAME_WHEN_RESUMED}
        fixed |= {"data": _checksum(data.train)}
        if options.resume:
            load_checkpoint(places.checkpoint, training, fixed)
        _introduce(training, data)
        with places.advice():
            return _run(training, places, fixed, options, data)


def evaluate(options):
    """Print how many test digits the reference network gets right with the weights of a file."""
    network = ThreadedNetwork(mnist_cnn(rng=np.random.default_rng()), options.threads)
    network.load(options.weights)
    test = _read_data(options.data).test
    _report_right(_count_right(network, test), test)
    return 0


def _check_decay(options):
    """Refuse rates that end at zero: no step could be taken, and the training would be stuck."""
    if options.rate * options.decay ** (options.epochs - 1) == 0:
        raise ValueError(
            f"with a decay of {options.decay} the learning rate is zero by epoch {options.epochs}"
        )


def _read_data(folder, validation=0):
    data = mnist(folder, validation=validation)
    if data.train.x.shape[1:] != INPUT_SHAPE:
        raise ValueError(
            f"the reference network takes images of {INPUT_SHAPE[0]} x {INPUT_SHAPE[1]} pixels, "
            f"but these have {data.train.x.shape[1]} x {data.train.x.shape[2]}"
        )
    return data


def _new_training(options, data):
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


def _checksum(samples):
    """CRC-32 of images and labels: whether a training goes on with the data that it had."""
    of_images = zlib.crc32(np.ascontiguousarray(samples.x))
    return f"{zlib.crc32(np.ascontiguousarray(samples.labels), of_images):08x}"


def _introduce(training, data):
    parameters = sum(array.size for array in training.network.parameters().values())
    print(
        f"{len(data.train):,} digits to learn from, {len(data.test):,} to be tested with; "
        f"{parameters:,} parameters; {training.history.epochs} of {training.epochs} epochs done",
        flush=True,
    )


def _run(training, places, fixed, options, data):
    """Train, with a checkpoint and a line after each epoch; at the end, or after Ctrl-C, stop."""
    start = time.perf_counter()
    history = training.run(after_epoch=_after_epoch(places.checkpoint, fixed))
    if history.interrupted:
        save_checkpoint(places.checkpoint, training, fixed)
        steps = len(history.batch_loss)
        print(f"interrupted after {steps:,} steps: go on with the same command and --resume")
        return INTERRUPTED
    print(f"trained for {time.perf_counter() - start:.0f} s", flush=True)
    _finish(training, places, options, data.test)
    return 0


def _after_epoch(checkpoint, fixed):
    """What is called after each epoch: it writes a checkpoint, then a line."""
    last = time.perf_counter()

    def report(training):
        nonlocal last
        save_checkpoint(checkpoint, training, fixed)
        history, now = training.history, time.perf_counter()
        text = f"epoch {history.epochs} of {training.epochs}: " + _result(
            history.loss, history.accuracy
        )
        if history.validation_loss:
            text += f", held out: {_result(history.validation_loss, history.validation_accuracy)}"
        with tqdm.external_write_mode():  # the line stands above the bar
            print(f"{text}, {now - last:.0f} s", flush=True)
        last = now

    return report


def _result(losses, accuracies):
    return f"loss {losses[-1]:.4f}, accuracy {accuracies[-1]:.2%}"


def _finish(training, places, options, test):
    """Count what is right, write the weights, and the record beside them."""
    network, half, in_half = training.network, False, None
    right = _count_right(network, test)
    _report_right(right, test)
    if options.half:
        in_half = _count_right_in_half_precision(network, test)
        half = in_half >= right
        _report_right(in_half, test, "in half precision")
        if not half:
            print("half precision loses some: the weights are written in single precision")
    network.save(places.weights, dtype=np.float16 if half else None)
    chosen = {name: getattr(options, name) for name in IN_THE_RECORD}
    write_record(places.weights, chosen, training, right, in_half, half, len(test))
    size = places.weights.stat().st_size
    print(f"wrote {places.weights} ({size:,} bytes) and {places.record}")


def _count_right_in_half_precision(network, test):
    """What `_count_right` finds with parameters rounded to float16; they are not changed."""
    kept = {name: array.copy() for name, array in network.parameters().items()}
    try:
        for array in network.parameters().values():
            array[...] = array.astype(np.float16)
        return _count_right(network, test)
    finally:
        for name, array in network.parameters().items():
            array[...] = kept[name]


def _count_right(network, test):
    return len(test) - errors(network.predict(test.x), test.labels)


def _report_right(right, test, how=""):
    print(f"{right:,} of {len(test):,} test digits right {how}".rstrip(), flush=True)
