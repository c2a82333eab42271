"""Files that appear whole or not at all, and archives of plain arrays in them."""

import io
import os
import secrets
from contextlib import contextmanager
from pathlib import Path

import numpy as np


@contextmanager
def atomic_write(path):
    """Give a binary file to write; it takes the place of `path` when the block ends well.

    It is written beside its place, brought to the disk, and then renamed. If anything fails, an
    older file stays as it was, and nothing of the new one is left.
    """
    path = Path(path)
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
    try:
        with open(partial, "xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def check_name(path):
    """Raise a ValueError unless the file is named ``*.npz``."""
    if Path(path).suffix != ".npz":
        raise ValueError(f"arrays are saved in a file named *.npz, but got {Path(path).name!r}")


def write_archive(path, arrays, compressed=True):
    """Write a dict of arrays to an .npz file (no pickle)."""
    check_name(path)
    write = np.savez_compressed if compressed else np.savez
    with atomic_write(path) as file:
        write(file, allow_pickle=False, **arrays)


def read_archive(path, largest=None):
    """Read what `write_archive` wrote.

    Parameters
    ----------
    path : str or Path
    largest : int, optional
        Bytes that its arrays may take, if that is known beforehand.

    Raises
    ------
    ValueError
        If the file is not a whole archive of plain arrays.
    """
    content = io.BytesIO(Path(path).read_bytes())
    try:
        with np.load(content, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except Exception as error:  # a damaged file makes the readers of zip and npy raise anything
        raise ValueError(f"{path} is not a whole .npz archive of plain arrays: {error}") from error
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise ValueError(f"{path}: {name} is not an array")
    return arrays
