"""Archives of plain arrays, in NumPy's format .npz."""

import errno
import os
import stat
import zipfile
from pathlib import Path

import numpy as np

from cnnbook.archives.writing import atomic_write

LONGEST_REASON = 200  # characters: the readers of damaged files quote them at length


def check_name(path):
    """Raise a ValueError unless the file is named ``*.npz``."""
    if Path(path).suffix != ".npz":
        name = Path(path).name or str(path)
        raise ValueError(f"arrays are saved in a file named *.npz, but got {name!r}")


def write_archive(path, arrays, compressed=True):
    """Write a dict of arrays to an .npz file (no pickle)."""
    check_name(path)
    write = np.savez_compressed if compressed else np.savez
    with atomic_write(path) as file:
        write(file, allow_pickle=False, **arrays)


def read_archive(path, largest):
    """Read what `write_archive` wrote.

    Parameters
    ----------
    path : str or Path
    largest : int
        Bytes that its arrays may take, headers included. A file that promises more is refused
        before it takes that memory, however small it is itself.

    Raises
    ------
    ValueError
        If the file is not a whole archive of plain arrays.
    """
    if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would let its reader wait forever
        raise OSError(errno.EINVAL, "is not a file that holds arrays", str(path))
    arrays = {}
    with open(path, "rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    largest -= member.file_size  # more than that never comes out of it
                    if largest < 0:
                        raise ValueError("it is larger than what belongs here")
                    arrays[member.filename.removesuffix(".npy")] = _read_member(archive, member)
        except Exception as error:  # damage makes the readers of zip and npy raise anything
            reason = f"{error!s:.{LONGEST_REASON}}"
            raise ValueError(
                f"{path} is not a whole .npz archive of plain arrays: {reason}"
            ) from error
    return arrays


def _read_member(archive, member):
    try:
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ValueError("it is compressed in a way that NumPy does not use")
        with archive.open(member) as stream:
            array = np.lib.format.read_array(stream, allow_pickle=False)
            if stream.read(1):  # to ask also makes it compare the checksum
                raise ValueError("bytes follow its numbers")
        return array
    except ValueError as error:
        reason = "it holds Python objects" if "allow_pickle" in str(error) else error
        raise ValueError(f"{member.filename}: {reason}") from error
