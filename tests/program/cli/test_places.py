"""What a training would destroy, or could not write in the end, is refused before it begins."""

import os
import stat
from pathlib import Path

import pytest
from command_line import TINY, fill_with_bars, main, recorded, refused, weights

from cnnbook.cli import commands
from cnnbook.cli.places import Places

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


@pytest.fixture
def no_training(monkeypatch):
    """To be refused before it begins, that is, before the data are read."""

    def begun(*_, **__):
        raise AssertionError("the training has begun")

    monkeypatch.setattr(commands, "_read_data", begun)


def contents():
    return {path.name: path.read_bytes() for path in Path().iterdir() if path.is_file()}


def test_places_of_a_training():
    places = Places(Path("w.npz"))
    assert places.checkpoint == Path("w.checkpoint.npz")
    assert places.record == Path("w.json")


# --- files that are there


def test_a_finished_training_is_respected(capsys):
    assert main(["train", *TINY]) == 0
    before = contents()
    for arguments, message in [
        (["train", *TINY], "holds a training already: add --resume"),
        (["train", *TINY, "--overwrite"], "holds a training already: add --resume"),
        (["train", *TINY, "--resume"], "weights.npz and weights.json would be replaced"),
    ]:
        assert message in refused(capsys, *arguments)
    again = ["train", *TINY, "--overwrite", "--resume"]
    for arguments, message in [
        (["--seed", "1"], "seed is 0 there, but 1 here"),
        (["--rate", "0.1"], "rate is 0.002 there, but 0.1 here"),
        (["--decay", "0.9"], "decay is 0.8 there, but 0.9 here"),
        (["--batch-size", "9"], "batch_size is 20 there, but 9"),
        (["--optimiser", "momentum"], "optimiser is Adam there"),
        (["--validation", "1"], "validation is 0 there, but 1"),
        (["--epochs", "1"], "2 finished epochs, which is more than"),
    ]:
        assert message in refused(capsys, *again, *arguments)
    assert contents() == before


@pytest.mark.parametrize(
    "there", [["weights.npz"], ["weights.json"], ["weights.npz", "weights.json"]]
)
def test_weights_and_records_are_replaced_only_if_one_says_so(capsys, there):
    """Also those of another training, and files that have nothing to do with any."""
    for name in there:
        Path(name).write_bytes(b"precious")
    message = refused(capsys, "train", *TINY)
    assert f"{' and '.join(there)} would be replaced: add --overwrite, or name other" in message
    assert contents() == dict.fromkeys(there, b"precious")
    assert main(["train", *TINY, "--overwrite"]) == 0
    assert recorded()["right"] == recorded()["right in single precision"]
    assert weights()["layers"].size == 8


@pytest.mark.parametrize("name", ["weights.npz", "weights.json", "weights.checkpoint.npz"])
@pytest.mark.parametrize("more", [[], ["--overwrite"]])
def test_read_only_files_are_never_replaced(capsys, no_training, name, more):
    path = Path(name)
    path.write_bytes(b"precious")
    path.chmod(stat.S_IREAD)
    assert f"{name}: is read-only" in refused(capsys, "train", *TINY, *more)
    assert contents() == {name: b"precious"}


@POSIX
def test_symbolic_links_stay_links(capsys):
    """The weights, the record and the checkpoint go where they lead."""
    Path("store").mkdir()
    names = ["weights.npz", "weights.json", "weights.checkpoint.npz"]
    for name in names:
        Path(name).symlink_to(Path("store") / f"real-{name}")
    assert main(["train", *TINY]) == 0
    assert all(Path(name).is_symlink() for name in names)
    assert sorted(os.listdir()) == sorted([*names, "store"])
    assert sorted(os.listdir("store")) == sorted(f"real-{name}" for name in names)
    assert main(["evaluate", "weights.npz"]) == 0


@POSIX
def test_links_to_one_file_are_one_file(capsys, no_training):
    Path("weights.checkpoint.npz").symlink_to("weights.npz")
    assert "need two files, but both are" in refused(capsys, "train", *TINY)


# --- what could not be written in the end


@pytest.mark.parametrize("name", ["weights.npz", "weights.json", "weights.checkpoint.npz"])
@pytest.mark.parametrize("make", ["mkdir", "mkfifo", "loop"])
def test_what_cannot_be_replaced(capsys, no_training, name, make):
    if os.name == "nt" and make != "mkdir":
        pytest.skip("Windows has no such files")
    if make == "loop":
        os.symlink(name, name)
        message = "Too many levels of symbolic links"
    else:
        getattr(os, make)(name)
        message = "is not a file that can be replaced"
    assert f"{name}: {message}" in refused(capsys, "train", *TINY, "--overwrite")
    assert os.listdir() == [name]


@POSIX
@pytest.mark.parametrize("length", [255, 248, 240])
def test_names_that_are_too_long(capsys, no_training, length):
    """Of the weights themselves, of their hidden partner, and of the checkpoint's."""
    name = "w" * (length - 4) + ".npz"
    assert "File name too long" in refused(capsys, "train", *TINY, "--weights", name)
    assert os.listdir() == []


def test_a_decay_that_reaches_zero(capsys, no_training):
    message = refused(capsys, "train", "--decay", "1e-200", "--epochs", "3")
    assert "with a decay of 1e-200 the learning rate is zero by epoch 3" in message
    assert os.listdir() == []


def test_a_decay_that_ends_just_above_zero(capsys):
    """Two epochs of the same decay can be taken."""
    assert main(["train", *TINY, "--decay", "1e-200"]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--weights", "w"], "named *.npz, but got 'w'"),
        (["--weights", "."], "named *.npz, but got '.'"),
        (["--weights", ""], "named *.npz, but got '.'"),
        (["--weights", "none/w.npz"], "there is no folder none to write w.npz into"),
        (["--checkpoint", "c.npy"], "named *.npz, but got 'c.npy'"),
        (["--checkpoint", "none/c.npz"], "there is no folder none to write c.npz into"),
        (["--checkpoint", "weights.npz"], "need two files, but both are weights.npz"),
        (["--checkpoint", "./weights.npz"], "need two files, but both are weights.npz"),
        (["--resume"], "there is no checkpoint weights.checkpoint.npz"),
    ],
    ids=str,
)
def test_places_that_cannot_be(capsys, no_training, arguments, message):
    assert message in refused(capsys, "train", *arguments)
    assert os.listdir() == []


def test_other_data_are_refused_when_resuming(tmp_path, capsys):
    assert main(["train", *TINY]) == 0
    (tmp_path / "other").mkdir()
    fill_with_bars(tmp_path / "other", seed=1)
    again = ["train", *TINY, "--resume", "--overwrite"]
    assert "data is " in refused(capsys, *again, "--data", "other")
