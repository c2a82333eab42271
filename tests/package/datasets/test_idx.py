"""IDX files are read exactly, or refused in one sentence that names the file."""

import gzip
import tracemalloc

import numpy as np
import pytest
from mnist_files import CODES, header, idx

from cnnbook.datasets import read_idx

IMAGES = idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
PACKED = gzip.compress(IMAGES, mtime=0)  # without the time, which would stand in test names


def write(folder, content, name="file"):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("name", ["plain", "compressed.gz"])
@pytest.mark.parametrize("code", CODES)
def test_every_type_is_read_as_written(tmp_path, code, name):
    array = np.array([[1, 2, 3], [100, 5, 127]]).astype(code)
    content = gzip.compress(idx(array), mtime=0) if name.endswith(".gz") else idx(array)
    read = read_idx(write(tmp_path, content, name))
    assert read.dtype == np.dtype(code)
    assert read.dtype.isnative
    np.testing.assert_array_equal(read, array)


def test_last_index_runs_fastest(tmp_path):
    read = read_idx(write(tmp_path, header(0x08, 2, 3) + bytes([1, 2, 3, 4, 5, 6])))
    assert read.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_file_of_many_pieces_is_read_whole(tmp_path):
    array = np.arange(5 * 2**18, dtype=np.int32)  # 5 MiB
    packed = gzip.compress(idx(array), 1, mtime=0)
    for name, content in (("plain", idx(array)), ("small.gz", packed)):
        np.testing.assert_array_equal(read_idx(write(tmp_path, content, name)), array)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (b"\0\0\x08", "ends inside its header"),
        (IMAGES[:15], "ends inside its header"),
        (IMAGES[:-1], r"truncated: .* promises 24 bytes for the shape \(2, 3, 4\), but 23 came"),
        (IMAGES + b"\0", r"too long: bytes follow the 24 .* for the shape \(2, 3, 4\)"),
        (b"\x01" + IMAGES[1:], "starts with the bytes 01 00 08 03"),
        (b"\0\x01" + IMAGES[2:], "starts with the bytes 00 01 08 03"),
        (b"\0\0\x0a" + IMAGES[3:], "starts with the bytes 00 00 0a 03"),
        (header(0x08) + b"\0", "starts with the bytes 00 00 08 00"),
        (header(0x08, *[1] * 65) + b"\0", "starts with the bytes 00 00 08 41"),
        (header(0x08, 0, 28, 28), r"has the shape \(0, 28, 28\)"),
        (b"<!DOCTYPE html>", "starts with the bytes 3c 21 44 4f"),
        (PACKED, "compressed with gzip, but its name does not end in .gz"),
    ],
)
def test_wrong_file_is_refused(tmp_path, content, complaint):
    path = write(tmp_path, content)
    with pytest.raises(ValueError, match=complaint) as refusal:
        read_idx(path)
    assert str(path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "is empty"),
        (IMAGES, "named .gz, but starts with the bytes 00 00"),
        (PACKED[:-9], "damaged or incomplete gzip file"),
        (PACKED[:-8] + bytes(8), "damaged or incomplete gzip file: CRC"),
        (PACKED + b"more", "damaged or incomplete gzip file"),
        (gzip.compress(IMAGES[:-1], mtime=0), "truncated"),
        (PACKED + gzip.compress(b"more", mtime=0), "too long"),
        (gzip.compress(PACKED, mtime=0), "starts with the bytes 1f 8b 08 00"),
    ],
)
def test_wrong_compressed_file_is_refused(tmp_path, content, complaint):
    path = write(tmp_path, content, "images.gz")
    with pytest.raises(ValueError, match=complaint) as refusal:
        read_idx(path)
    assert str(path) in str(refusal.value)


@pytest.mark.parametrize("name", ["file", "file.gz"])
def test_file_cut_off_anywhere_is_refused(tmp_path, name):
    content = PACKED if name.endswith(".gz") else IMAGES
    for size in range(len(content)):
        path = write(tmp_path, content[:size], name)
        with pytest.raises(ValueError, match="file"):
            read_idx(path)


def test_damage_anywhere_in_a_compressed_file_is_never_read_as_other_numbers(tmp_path):
    content = PACKED
    right, refused = read_idx(write(tmp_path, content, "right.gz")), 0
    for place in range(len(content)):
        for flip in (0x01, 0x10, 0xFF):
            damaged = bytearray(content)
            damaged[place] ^= flip
            try:
                read = read_idx(write(tmp_path, damaged, "damaged.gz"))
            except ValueError:
                refused += 1
            else:  # the time, the system and the like do not matter
                np.testing.assert_array_equal(read, right)
    assert refused > 2 * len(content)


@pytest.mark.parametrize("name", ["file", "file.gz"])
@pytest.mark.parametrize("sizes", [(2**32 - 1,) * 4, (2**20, 2**20), (2**30,)])
def test_header_that_lies_costs_no_memory(tmp_path, name, sizes):
    content = header(0x0E, *sizes) + bytes(1000)
    packed = gzip.compress(content, mtime=0) if name.endswith(".gz") else content
    path = write(tmp_path, packed, name)
    tracemalloc.start()
    with pytest.raises(ValueError, match="but 1000 came"):
        read_idx(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**23


def test_file_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx("nowhere")
