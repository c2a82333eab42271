"""IDX files, and a tiny MNIST in four of them, for the tests."""

import gzip
import hashlib
import struct

import numpy as np

from cnnbook.datasets import files

NAMES = list(files.CHECKSUMS)
TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES, TEST_LABELS = NAMES
CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def header(code, *sizes):
    return bytes([0, 0, code, len(sizes)]) + struct.pack(f">{len(sizes)}I", *sizes)


def idx(array):
    """Return an array as the bytes of an IDX file."""
    big_endian = array.astype(array.dtype.newbyteorder(">"))
    return header(CODES[array.dtype.str[1:]], *array.shape) + big_endian.tobytes()


def packed(array):
    """Return an array as the bytes of a compressed IDX file, the same at any time."""
    return gzip.compress(idx(array), mtime=0)


def checksums(content):
    """Return the SHA-256 of each file."""
    return {name: hashlib.sha256(packed(array)).hexdigest() for name, array in content.items()}


def tiny(train=6, test=4, size=(3, 2)):
    """Return the content, by name, of four files of random digits."""
    rng = np.random.default_rng(1)
    content = {}
    for name, count in zip(NAMES, (train, train, test, test), strict=True):
        shape, most = ((count, *size), 256) if "images" in name else ((count,), 10)
        content[name] = rng.integers(most, size=shape, dtype=np.uint8)
    content[TRAIN_IMAGES][0] = np.array([0, 255, 51, 102, 153, 204]).reshape(size)
    return content


def write_all(folder, content):
    for name, array in content.items():
        (folder / name).write_bytes(packed(array))


def fill(folder, train=6):
    """Make a folder with a tiny MNIST, known by its number of training images."""
    folder.mkdir(parents=True, exist_ok=True)
    write_all(folder, tiny(train))
    return folder
