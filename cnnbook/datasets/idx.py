"""The IDX format, in which MNIST is published: a file is read whole, or refused in one sentence.

An IDX file holds two zero bytes, one byte for the type of its numbers, one for the number of
dimensions, the size of each dimension in four bytes, and then the numbers, last index fastest. Of
every number the most significant byte comes first.
"""

import gzip
import math
import struct
import zlib
from pathlib import Path

import numpy as np

TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
MOST_DIMENSIONS = 32
GZIP = b"\x1f\x8b"  # the first two bytes of every gzip file
PIECE = 2**20  # bytes
LARGEST = 2**28  # bytes, more than five times the largest file of MNIST


def read_idx(path, largest=LARGEST):
    """Read an array from an IDX file, plain or, if its name ends in .gz, compressed with gzip.

    Memory is taken as the bytes arrive, and never more because of what the header promises.

    Parameters
    ----------
    path : str or Path
        The file.
    largest : int
        Bytes that its numbers may take. A few compressed bytes can promise, and hold, any number.

    Returns
    -------
    array
        Of the shape and type that the header names, in this machine's byte order; for MNIST
        uint8, images (N, height, width) and labels (N,).

    Raises
    ------
    ValueError
        If the file is truncated, has bytes left over, is too large, is no IDX file, is damaged, or
        is compressed although its name does not say so, or the other way round.
    """
    path = Path(path)
    if path.exists() and not path.is_file():  # a pipe would let its reader wait forever
        raise ValueError(f"{path} is not a file, expected an IDX file")
    opened = gzip.open if _is_compressed(path) else open
    try:
        with opened(path, "rb") as stream:
            kind, shape = _read_header(stream, path, largest)
            content = _read_content(stream, path, kind, shape)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ValueError(f"{path} is a damaged or incomplete gzip file: {error}") from error
    return np.frombuffer(content, kind).reshape(shape).astype(kind.newbyteorder("="), copy=False)


def _is_compressed(path):
    with open(path, "rb") as stream:
        start = stream.read(len(GZIP))
    named = path.suffix == ".gz"
    if not start:
        raise ValueError(f"{path} is empty, expected an IDX file")
    if named and start != GZIP:
        raise ValueError(
            f"{path} is named .gz, but starts with the bytes {start.hex(' ')} and not with those "
            f"of gzip, {GZIP.hex(' ')}"
        )
    if start == GZIP and not named:
        raise ValueError(f"{path} is compressed with gzip, but its name does not end in .gz")
    return named


def _read_header(stream, path, largest):
    """Read the type of the numbers and the shape."""
    magic = _read_exactly(stream, 4, path)
    *zeros, code, dimensions = magic
    if zeros != [0, 0] or code not in TYPES or not 1 <= dimensions <= MOST_DIMENSIONS:
        codes = ", ".join(f"{known:02x}" for known in TYPES)
        raise ValueError(
            f"{path} starts with the bytes {magic.hex(' ')}, but an IDX file starts with 00 00, "
            f"a type code ({codes}) and a number of dimensions (1 to {MOST_DIMENSIONS})"
        )
    shape = struct.unpack(f">{dimensions}I", _read_exactly(stream, 4 * dimensions, path))
    if 0 in shape:
        raise ValueError(f"{path} has the shape {shape}, expected sizes above 0")
    kind = np.dtype(TYPES[code])
    if math.prod(shape) * kind.itemsize > largest:
        raise ValueError(
            f"{path} is too large: the shape {shape} takes more than {largest:,} bytes, which is "
            "the largest that is read"
        )
    return kind, shape


def _read_exactly(stream, size, path):
    content = stream.read(size)
    if len(content) < size:
        raise ValueError(f"{path} ends inside its header, expected an IDX file")
    return content


def _read_content(stream, path, kind, shape):
    """Read the numbers' bytes, in pieces, so that a header that lies costs no memory."""
    size = math.prod(shape) * kind.itemsize
    content = bytearray()
    while piece := stream.read(min(PIECE, size - len(content))):
        content += piece
    if len(content) < size:
        raise ValueError(
            f"{path} is truncated: its header promises {size} bytes for the shape {shape}, "
            f"but {len(content)} came"
        )
    # To ask for one byte more also makes gzip check its checksum.
    if stream.read(1):
        raise ValueError(
            f"{path} is too long: bytes follow the {size} that its header promises for the "
            f"shape {shape}"
        )
    return content
