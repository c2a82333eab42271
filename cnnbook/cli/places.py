"""Where a training writes: its weights, their record, and its checkpoint."""

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from cnnbook.archives import check_name, reserve


@dataclass(frozen=True)
class Places:
    """The three files of a training.

    Parameters
    ----------
    weights : Path
    checkpoint : Path, optional
        Beside the weights, if not given.
    """

    weights: Path
    checkpoint: Path = None

    def __post_init__(self):
        check_name(self.weights)
        if self.checkpoint is None:
            object.__setattr__(self, "checkpoint", self.weights.with_suffix(".checkpoint.npz"))
        check_name(self.checkpoint)
        if os.path.realpath(self.weights) == os.path.realpath(self.checkpoint):
            raise ValueError(f"weights and checkpoint need two files, but both are {self.weights}")
        for path in (self.weights, self.checkpoint):
            if not path.parent.is_dir():
                raise ValueError(f"there is no folder {path.parent} to write {path.name} into")

    @property
    def record(self):
        """Of how the weights came about, beside them."""
        return self.weights.with_suffix(".json")

    @contextmanager
    def reserved(self, resume, overwrite):
        """Keep the files for one training; refuse beforehand what would fail or destroy later.

        Parameters
        ----------
        resume : bool
            Whether the training goes on from the checkpoint.
        overwrite : bool
            Whether weights and record that are there may be replaced. A checkpoint is never
            replaced by that of another training.
        """
        with ExitStack() as files:
            for path in (self.weights, self.record, self.checkpoint):
                files.enter_context(reserve(path))
            if resume and not self.checkpoint.is_file():
                raise ValueError(f"there is no checkpoint {self.checkpoint} to go on from")
            if not resume and self.checkpoint.exists():
                raise ValueError(
                    f"{self.checkpoint} holds a training already: add --resume to go on with it, "
                    "or remove it"
                )
            there = [str(path) for path in (self.weights, self.record) if path.exists()]
            if there and not overwrite:
                raise ValueError(
                    f"{' and '.join(there)} would be replaced: add --overwrite, or name other "
                    "weights"
                )
            yield

    @contextmanager
    def advice(self):
        """Let an error of the system say that nothing is lost, once there is a checkpoint."""
        try:
            yield
        except OSError as error:
            if not self.checkpoint.is_file():
                raise
            raise OSError(
                f"{in_words(error)}; the training is in {self.checkpoint}: "
                "the same command with --resume goes on from there"
            ) from error


def in_words(error):
    """An error as one line; one of the system with the file that it is about.

    Of the files that are used here, only the streams have no name.
    """
    text = str(error)
    if isinstance(error, OSError) and error.strerror:
        text = f"{error.filename or 'standard output'}: {error.strerror}"
    return " ".join(text.split())
