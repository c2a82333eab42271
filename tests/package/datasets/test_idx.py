"""IDX files are read exactly, or refused in one sentence that names the file."""

import gzip
import os
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


def peak_of_refusal(path, message, **options):
    """The memory that it takes until a file is refused."""
    tracemalloc.start()
    with pytest.raises(ValueError, match=message):
        read_idx(path, **options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


@pytest.mark.parametrize("name", ["file", "file.gz"])
@pytest.mark.parametrize("sizes", [(2**31,), (2**20, 2**10), (2**25,)])
def test_header_that_lies_costs_no_memory(tmp_path, name, sizes):
    content = header(0x0E, *sizes) + bytes(1000)
    packed = gzip.compress(content, mtime=0) if name.endswith(".gz") else content
    path = write(tmp_path, packed, name)
    assert peak_of_refusal(path, "but 1000 came", largest=2**40) < 2**23


@pytest.mark.parametrize("sizes", [(2**32 - 1,) * 4, (2**28 + 1,), (2**14, 2**14, 2)])
def test_larger_than_what_is_read(tmp_path, sizes):
    path = write(tmp_path, header(0x08, *sizes) + bytes(1000))
    assert peak_of_refusal(path, r"takes more than 268,435,456 bytes") < 2**23


def test_a_few_compressed_bytes_that_hold_many_cost_no_memory(tmp_path):
    """Its header does not even lie: 64 megabytes of zeros, packed into a thousandth."""
    packed = gzip.compress(header(0x08, 2**26) + bytes(2**26), mtime=0)
    path = write(tmp_path, packed, "bomb.gz")
    assert len(packed) < 70_000
    assert peak_of_refusal(path, r"bomb.gz is too large: the shape", largest=2**20) < 2**23


def test_zeros_without_end_behind_the_numbers_cost_no_memory(tmp_path):
    packed = gzip.compress(IMAGES + bytes(2**26), mtime=0)
    path = write(tmp_path, packed, "bomb.gz")
    assert peak_of_refusal(path, "is too long") < 2**23


def test_numbers_of_the_largest_size_are_read(tmp_path):
    path = write(tmp_path, IMAGES)
    assert read_idx(path, largest=24).shape == (2, 3, 4)
    with pytest.raises(ValueError, match="takes more than 23 bytes"):
        read_idx(path, largest=23)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_refused_and_not_waited_for(tmp_path, make):
    make(tmp_path / "place")
    with pytest.raises(ValueError, match="place is not a file"):
        read_idx(tmp_path / "place")


def test_file_that_is_not_there():
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read_idx("nowhere")
