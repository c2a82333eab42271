"""What is read costs no more memory than belongs there, and is refused in one sentence."""

import io
import os
import tracemalloc
import zipfile

import numpy as np
import pytest

from cnnbook.archives import read_archive

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
MOST = 2**20


def test_an_archive_is_read_up_to_its_bytes(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.arange(100.0))
    np.testing.assert_array_equal(read_archive(path, 1000)["x"], np.arange(100.0))
    with pytest.raises(ValueError, match="it is larger than what belongs here"):
        read_archive(path, 800)


def bomb(path, promised, member=2**26):
    """An archive of less than a hundred kilobytes whose member unpacks to 64 megabytes."""
    header = io.BytesIO()
    description = {"descr": "<f8", "fortran_order": False, "shape": (promised,)}
    np.lib.format.write_array_header_2_0(header, description)
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w") as file,
    ):
        file.write(header.getvalue())
        for _ in range(member // 2**20):
            file.write(bytes(2**20))


@pytest.mark.parametrize("promised", [2**23, 10, 2**60])
@pytest.mark.parametrize("lie", [False, True])
def test_a_bomb_costs_no_memory(tmp_path, promised, lie):
    """Whether or not the array's header and the archive's list tell what comes out of it."""
    path = tmp_path / "bomb.npz"
    bomb(path, promised)
    if lie:  # the size in the list of members, and before the member
        content, size = path.read_bytes(), zipfile.ZipFile(path).getinfo("x.npy").file_size
        path.write_bytes(content.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little")))
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    with pytest.raises(ValueError, match=r"bomb.npz is not a whole .npz archive"):
        read_archive(path, MOST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**23


def test_a_header_without_end_costs_no_memory(tmp_path):
    """The header of an array may promise to be as long as four gigabytes."""
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w") as file,
    ):
        file.write(b"\x93NUMPY\x02\x00" + (2**26).to_bytes(4, "little"))
        for _ in range(2**6):
            file.write(b" " * 2**20)
    tracemalloc.start()
    with pytest.raises(ValueError, match="it is larger than what belongs here"):
        read_archive(path, MOST)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2**23


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_compressions_are_refused(tmp_path, method):
    """NumPy uses none of them, and they unpack without a bound."""
    content = io.BytesIO()
    np.save(content, np.arange(3))
    with zipfile.ZipFile(tmp_path / "a.npz", "w", method) as archive:
        archive.writestr("x.npy", content.getvalue())
    with pytest.raises(ValueError, match=r"x.npy: it is compressed in a way that NumPy does not"):
        read_archive(tmp_path / "a.npz", MOST)


def test_bytes_behind_an_array_are_refused(tmp_path):
    content = io.BytesIO()
    np.save(content, np.arange(3))
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", content.getvalue() + b"more")
    with pytest.raises(ValueError, match=r"x.npy: bytes follow its numbers"):
        read_archive(tmp_path / "a.npz", MOST)


def test_a_damaged_file_is_not_quoted_at_length(tmp_path):
    content = io.BytesIO()
    np.save(content, np.arange(3))
    header = content.getvalue().replace(b"'descr'", b"'\xff\xfe'  ")
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x" * 3000 + ".npy", header)
    with pytest.raises(ValueError, match=r"not a whole .npz archive") as refusal:
        read_archive(tmp_path / "a.npz", MOST)
    assert len(str(refusal.value)) < 400 + len(str(tmp_path))


@pytest.mark.parametrize("content", [b"", b"{}", b"PK\x03\x04", bytes(1000)])
def test_what_is_no_archive_gets_no_advice_about_pickle(tmp_path, content):
    (tmp_path / "w.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"not a whole .npz archive") as refusal:
        read_archive(tmp_path / "w.json", MOST)
    assert "pickle" not in str(refusal.value)


@POSIX
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.npz")
    with pytest.raises(OSError, match="is not a file that holds arrays"):
        read_archive(tmp_path / "pipe.npz", MOST)
