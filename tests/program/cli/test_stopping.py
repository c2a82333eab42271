"""A training that stops goes on with --resume, to the same weights; whatever stopped it."""

import os
import signal

import pytest
from checks import assert_same
from command_line import TINY, main, press_at, recorded, start, weights

from cnnbook.cli import commands

CHECKPOINT = "weights.checkpoint.npz"
ENDLESS = "1000"  # epochs: more than any test waits for
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.mark.parametrize(
    ("optimiser", "calls"),
    [("adam", (2,)), ("adam", (3,)), ("adam", (5,)), ("adam", (1, 3, 4)), ("momentum", (4,))],
)
def test_resuming_gives_the_same_weights(monkeypatch, capsys, optimiser, calls):
    arguments = ["train", "--optimiser", optimiser, *TINY]
    assert main([*arguments, "--weights", "whole.npz"]) == 0
    press_at(monkeypatch, *calls)
    assert main(arguments) == 130
    assert f"interrupted after {calls[0]} steps" in capsys.readouterr().out
    assert sorted(os.listdir()) == [
        CHECKPOINT,
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


def test_more_epochs_later_are_as_many_at_once(capsys):
    """The weights are there by then: they are replaced only if one says so."""
    assert main(["train", *TINY, "--epochs", "3", "--weights", "whole.npz"]) == 0
    assert main(["train", *TINY]) == 0
    longer = ["train", *TINY, "--epochs", "3", "--resume"]
    assert main(longer) == 2
    assert "weights.npz and weights.json would be replaced" in capsys.readouterr().err
    assert main([*longer, "--overwrite"]) == 0
    assert_same(weights(), weights("whole.npz"))
    assert recorded()["options"]["epochs"] == recorded()["epochs"] == 3


# --- Ctrl-C


def test_ctrl_c_in_the_last_step_lets_the_training_end(monkeypatch, capsys):
    press_at(monkeypatch, 6)
    assert main(["train", *TINY]) == 0
    assert recorded()["epochs"] == 2


def test_ctrl_c_after_the_last_epoch_leaves_the_rest_to_be_done(monkeypatch, capsys):
    def pressed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(commands, "_finish", pressed)
        assert main(["train", *TINY]) == 130
    assert os.listdir() == [CHECKPOINT]
    assert main(["train", *TINY, "--resume"]) == 0
    assert "2 of 2 epochs done" in capsys.readouterr().out
    assert recorded()["epochs"] == 2


def test_ctrl_c_before_the_training(monkeypatch, capsys):
    def pressed(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "mnist", pressed)
    assert main(["train", *TINY]) == 130
    assert capsys.readouterr().err == "interrupted\n"
    assert os.listdir() == []


def stop_in_epoch_three(signal_number):
    """Start a training without end, send it a signal, and return its exit code and its texts."""
    with start("train", *TINY, "--epochs", ENDLESS) as process:
        try:
            next(line for line in process.stdout if line.startswith("epoch 2 of"))
            process.send_signal(signal_number)
            out, err = process.communicate(timeout=120)
        finally:
            process.kill()
    return process.returncode, out, err


@POSIX
def test_ctrl_c_in_a_terminal():
    """The real thing: a process that is sent the signal."""
    code, out, err = stop_in_epoch_three(signal.SIGINT)
    assert code == 130
    assert "interrupted after" in out
    assert "Traceback" not in err
    assert os.listdir() == [CHECKPOINT]


@POSIX
def test_a_killed_training_goes_on_and_leaves_nothing_behind(monkeypatch, capsys):
    assert stop_in_epoch_three(signal.SIGKILL)[0] == -signal.SIGKILL
    assert {".weights.npz.lock", f".{CHECKPOINT}.lock", CHECKPOINT} <= set(os.listdir())
    press_at(monkeypatch, 1)
    assert main(["train", *TINY, "--epochs", ENDLESS, "--resume"]) == 130
    assert os.listdir() == [CHECKPOINT]


# --- a disk that is full


def full_disk(monkeypatch, module, function):
    """Let a function fail as it does when nothing fits onto the disk."""

    def fail(*_, **__):
        raise OSError(28, "No space left on device", "w.npz")

    monkeypatch.setattr(module, function, fail)


def test_a_disk_that_is_full_after_the_training(monkeypatch, capsys):
    with monkeypatch.context() as patch:
        full_disk(patch, commands.ThreadedNetwork, "save")
        assert main(["train", *TINY]) == 2
    assert capsys.readouterr().err == (
        "python -m cnnbook: w.npz: No space left on device; the training is in "
        f"{CHECKPOINT}: the same command with --resume goes on from there\n"
    )
    assert os.listdir() == [CHECKPOINT]
    assert main(["train", *TINY, "--resume"]) == 0
    assert "2 of 2 epochs done" in capsys.readouterr().out


def test_a_disk_that_is_full_at_the_first_checkpoint(monkeypatch, capsys):
    full_disk(monkeypatch, commands, "save_checkpoint")
    assert main(["train", *TINY]) == 2
    assert capsys.readouterr().err == "python -m cnnbook: w.npz: No space left on device\n"
    assert os.listdir() == []


# --- two at once


@POSIX
def test_two_trainings_at_once(capsys):
    """The second one is refused, whichever of the three files they share; the first goes on."""
    with start("train", *TINY, "--epochs", ENDLESS, "--weights", "a.npz") as process:
        try:
            next(line for line in process.stdout if line.startswith("epoch 1 of"))
            for arguments, file in [
                (["--weights", "a.npz"], "a.npz"),
                (["--weights", "a.npz", "--resume"], "a.npz"),
                (["--weights", "a.npz", "--checkpoint", "c.npz", "--overwrite"], "a.npz"),
                (["--weights", "b.npz", "--checkpoint", "a.checkpoint.npz"], "a.checkpoint.npz"),
            ]:
                assert main(["train", *TINY, *arguments]) == 2
                message = f"python -m cnnbook: {file}: another program is writing it\n"
                assert capsys.readouterr().err == message
            process.send_signal(signal.SIGINT)
            assert "interrupted after" in process.communicate(timeout=120)[0]
        finally:
            process.kill()
    assert process.returncode == 130
    assert os.listdir() == ["a.checkpoint.npz"]
