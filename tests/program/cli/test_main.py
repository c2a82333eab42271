"""What the command line refuses, each in one sentence, and how it gets on without its streams."""

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from command_line import TINY, main, refused, start
from mnist_files import fill


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (
            ["train", "--epochs", "0"],
            "--epochs: expected a whole number from 1 to 1,000,000,000, but got '0'",
        ),
        (
            ["train", "--epochs", "1.5"],
            "expected a whole number from 1 to 1,000,000,000, but got '1.5'",
        ),
        (["train", "--batch-size", "-1"], "expected a whole number from 1 to"),
        (["train", "--threads", "0"], "expected a whole number from 1 to"),
        (["train", "--seed", "-1"], "expected a whole number, 0 or more"),
        (["train", "--epochs", "1" + 99 * "0"], "expected a whole number from 1 to"),
        (["train", "--decay", "0"], "expected a number above 0, at most 1, but got '0'"),
        (["train", "--rate", "0"], "expected a positive number, but got '0'"),
        (["train", "--rate", "nan"], "expected a positive number, but got 'nan'"),
        (["train", "--rate", "inf"], "expected a positive number, but got 'inf'"),
        (["train", "--decay", "1.1"], "expected a number above 0, at most 1, but got '1.1'"),
        (["train", "--momentum", "1"], "expected a number from 0 to below 1, but got '1'"),
        (["train", "--optimiser", "sgd"], "invalid choice: 'sgd'"),
        (["train", "--validation", "60"], "validation must be 0 to 59"),
        (["train", "--data", "none"], "MNIST is not all in the folder none"),
        (["evaluate"], "arguments are required: WEIGHTS"),
        (["evaluate", "none.npz"], "none.npz: No such file"),
        (["evaluate", "."], "cnnbook: .: is not a file that holds arrays"),
        (["evaluate", "a\0b"], "null"),
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


def test_divergence_is_told_in_a_sentence(capsys):
    message = refused(capsys, "train", *TINY, "--rate", "1e30")
    assert "training diverged in epoch 1 of 2, minibatch 2" in message


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["evaluate", "--help"]])
def test_help(capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 0
    assert "usage: python -m cnnbook" in capsys.readouterr().out


# --- files and folders that are traps


@pytest.mark.parametrize("folder", ["~nosuchuser/x", "~nosuchuser"])
def test_the_folder_of_nobody(monkeypatch, capsys, folder):
    expected = f"there is no folder {folder}: nobody has that name here"
    assert expected in refused(capsys, "train", "--data", folder)
    monkeypatch.setenv("CNNBOOK_DATA", folder)
    assert expected in refused(capsys, "train")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_loops_and_pipes(monkeypatch, capsys):
    os.symlink("loop.npz", "loop.npz")
    os.mkfifo("pipe.npz")
    assert "loop.npz: Too many levels" in refused(capsys, "evaluate", "loop.npz")
    assert "pipe.npz: is not a file that holds" in refused(capsys, "evaluate", "pipe.npz")
    assert "MNIST is not all in the folder" in refused(capsys, "train", "--data", "loop.npz")
    monkeypatch.setenv("CNNBOOK_DATA", str(Path("loop.npz").absolute()))
    assert "MNIST is not all in the folder that CNNBOOK_DATA names" in refused(capsys, "train")


def test_what_holds_no_weights(capsys):
    Path("w.json").write_text("{}")
    message = refused(capsys, "evaluate", "w.json")
    assert "w.json is not a whole .npz archive of plain arrays" in message
    assert "pickle" not in message
    np.savez("layers.npz", layers=np.array(["x" * 2000] * 300))
    assert len(refused(capsys, "evaluate", "layers.npz")) < 5000
    np.savez_compressed("bomb.npz", layers=np.zeros(2**25))
    assert "it is larger than what belongs here" in refused(capsys, "evaluate", "bomb.npz")


def test_a_checkpoint_holds_no_weights(capsys):
    assert main(["train", *TINY]) == 0
    assert "it is larger than what belongs" in refused(capsys, "evaluate", "weights.checkpoint.npz")


# --- streams


@pytest.mark.skipif(os.name == "nt", reason="needs a shell of POSIX")
@pytest.mark.parametrize("closed", ["2>&-", ">&-", "<&- >&- 2>&-"])
def test_a_training_without_its_streams(closed):
    """It trains as always, and writes its files."""
    arguments = ["train", *TINY, "--epochs", "1"]
    shell = ["sh", "-c", f'exec "$@" {closed}', "sh"]
    process = start(*arguments, before=shell, env={"TQDM_DISABLE": ""})
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "Traceback" not in err
    assert ("epoch 1 of 1" in out) == (closed == "2>&-")
    assert sorted(os.listdir()) == ["weights.checkpoint.npz", "weights.json", "weights.npz"]


@pytest.mark.skipif(os.name == "nt", reason="needs a shell of POSIX")
def test_a_refusal_without_stderr_has_its_exit_code():
    shell = ["sh", "-c", 'exec "$@" 2>&-', "sh"]
    process = start("evaluate", "none.npz", before=shell, stderr=subprocess.DEVNULL)
    assert "none.npz: No such file" in process.communicate(timeout=120)[0]
    assert process.returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs Linux")
def test_an_output_that_takes_nothing():
    with open("/dev/full", "w") as full:
        process = start("train", *TINY, stdout=full)
        assert process.communicate(timeout=120)[1].endswith(
            "python -m cnnbook: standard output: No space left on device\n"
        )
    assert process.returncode == 2
