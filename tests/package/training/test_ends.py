"""How a training ends before its time, what it refuses, and the bar that it shows."""

import contextlib
import os
import re
import subprocess
import sys

import numpy as np
import pytest
from checks import assert_same
from fits import At, classifier, clouds, copies, generator, trained

from cnnbook.activations import identity
from cnnbook.layers import Hidden
from cnnbook.losses import CrossEntropy, SquaredError
from cnnbook.network import Network
from cnnbook.optimisers import SGD, Adam
from cnnbook.training import DivergenceError

# --- interruption


@pytest.mark.parametrize("call", [1, 2, 5, 11, 12])
def test_interrupting_keeps_what_was_learned(call):
    # 4 minibatches in each of 3 epochs: call 11 is the third one of the last epoch
    network, reference = classifier(), classifier()
    history = trained(network, At(call, error=KeyboardInterrupt))
    assert history.interrupted
    assert history.epochs == (call - 1) // 4
    assert len(history.batch_loss) == call - 1
    whole = trained(reference)
    assert history.batch_loss == whole.batch_loss[: call - 1]
    assert history.loss == whole.loss[: history.epochs]


def test_parameters_after_an_interrupted_epoch_are_those_after_its_last_step():
    network, reference = classifier(), classifier()
    trained(network, At(5, error=KeyboardInterrupt))  # the first minibatch of the second epoch
    trained(reference, epochs=1)
    assert_same(network.parameters(), reference.parameters())


def test_interrupting_the_validation_leaves_whole_epochs():
    # 4 minibatches and 1 validation in each epoch: call 10 is the second validation
    history = trained(classifier(), At(10, error=KeyboardInterrupt), validation=clouds(20))
    assert history.interrupted
    lists = history.loss, history.accuracy, history.validation_loss, history.validation_accuracy
    assert [len(values) for values in lists] == [1, 1, 1, 1]
    assert len(history.batch_loss) == 8


def test_an_interrupted_training_can_go_on():
    network, optimiser = classifier(), Adam(0.05)
    trained(network, At(6, error=KeyboardInterrupt), optimiser)
    history = trained(network, None, optimiser, epochs=20)
    assert history.accuracy[-1] == 1


def test_other_errors_are_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        trained(classifier(), At(3, error=ZeroDivisionError))


# --- divergence


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_ends_training_before_the_step(value):
    network, reference = classifier(), classifier()
    message = f"epoch 2 of 3, minibatch 1: the loss is {value}; .* smaller learning rate"
    with pytest.raises(DivergenceError, match=message) as caught:
        trained(network, At(5, value=value))
    trained(reference, epochs=1)
    assert_same(network.parameters(), reference.parameters())
    assert isinstance(caught.value, FloatingPointError)
    assert caught.value.history.epochs == 1
    assert len(caught.value.history.batch_loss) == 4


def test_a_gradient_that_is_not_finite_ends_training_before_the_step():
    network, reference = classifier(), classifier()
    message = "epoch 2 of 3, minibatch 1: the gradient of 0.W holds numbers that are not finite"
    with pytest.raises(DivergenceError, match=message):
        trained(network, At(5, gradient=np.nan))
    trained(reference, epochs=1)
    assert_same(network.parameters(), reference.parameters())


def test_a_rate_that_is_far_too_large_is_told_without_numpy_warnings():
    rng = generator()
    network = Network([Hidden(2, 3, identity, rng=rng), Hidden(3, 3, identity, rng=rng)])
    with pytest.raises(DivergenceError, match=r"the loss is|the gradient of"):
        trained(network, SquaredError(), SGD(100.0), epochs=200)


@pytest.mark.parametrize("loss", [CrossEntropy(), At(2, error=KeyboardInterrupt), At(2, np.nan)])
def test_numpy_reports_floating_point_errors_as_before(loss):
    with np.errstate(over="raise", invalid="print", divide="warn", under="ignore"):
        before = np.geterr()
        with contextlib.suppress(DivergenceError):
            trained(classifier(), loss)
        assert np.geterr() == before


# --- refusals


def test_data_that_do_not_fit_are_refused():
    x, t = clouds()
    cases = [
        ({"x": x, "t": t[:-1]}, "samples and targets must be equally many.* 60 and 59"),
        ({"x": x[:0], "t": t[:0]}, "more than none.* 0 and 0"),
        ({"x": x, "t": t[:, :2]}, r"one shape .* \(16, 3\) and \(16, 2\)"),
        ({"x": x, "t": t[:, 0]}, r"one shape .* \(16, 3\) and \(16,\)"),
        ({"x": x, "t": 1.0}, "60 and a number"),
        ({"validation": (x, t[:5])}, "validation samples and targets .* 60 and 5"),
        (
            {"validation": (x, t[:, 0])},
            "like the targets, 2 axes of floats, but are 1 axes of floats",
        ),
        ({"validation": (x, t.argmax(axis=1))}, "but are 1 axes of integers"),
        ({"epochs": 0}, "epochs must be a whole number, 1 or more, but is 0"),
        ({"epochs": 1.5}, "epochs must be"),
        ({"batch_size": 0}, "batch_size must be a whole number"),
    ]
    network = classifier()
    before = copies(network)
    for changes, message in cases:
        with pytest.raises(ValueError, match=message):
            trained(network, **changes)
    assert_same(network.parameters(), before)


# --- the bar

TRAINING = """
import numpy as np
from cnnbook.layers import Softmax
from cnnbook.losses import CrossEntropy
from cnnbook.network import Network
from cnnbook.optimisers import SGD
from cnnbook.training import fit

rng = np.random.default_rng(0)
network, options = Network([Softmax(2, 2, rng=rng)]), dict(epochs=3, batch_size=1, rng=rng)
fit(network, CrossEntropy(), SGD(1), np.eye(2), np.eye(2), progress={progress}, **options)
"""


def shown(progress, **variables):
    """What a training writes to the terminal, in a fresh interpreter.

    (tqdm reads its variables when it is imported, and the tests run with TQDM_DISABLE=1.)
    """
    kept = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    environment = kept | variables | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-B", "-c", TRAINING.format(progress=progress)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == ""
    return run.stderr


def test_the_bar_shows_epoch_loss_accuracy_and_time_left():
    last = shown(True).splitlines()[-1].split("\r")[-1]
    assert re.match(
        r"epoch 3 of 3: 100%.* 6/6 \[\d\d:\d\d<\d\d:\d\d, .*loss 0\.\d{4}, accuracy 100\.0%\]",
        last,
    )


def test_the_bar_can_be_left_out():
    assert shown(False) == ""
    assert shown(True, TQDM_DISABLE="1") == ""
