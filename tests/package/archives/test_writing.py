"""Files appear whole or not at all, and one writer at a time writes them."""

import errno
import os
import signal
import stat
import subprocess
import sys
import threading
from fnmatch import fnmatch
from pathlib import Path

import pytest

from cnnbook.archives import atomic_write, check_target, reserve, writing

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")


def names(folder):
    return sorted(os.listdir(folder))


def write(path, content=b"new"):
    with atomic_write(path) as file:
        file.write(content)


def run(code, folder, **options):
    """Start a Python in a folder that executes some code."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-B", "-c", code]
    return subprocess.Popen(command, cwd=folder, env=environment, **pipes | options)


# --- what is there


@POSIX
@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_stays_one(tmp_path, there):
    """Relative, into another folder, and through a second link."""
    (tmp_path / "store").mkdir()
    target = tmp_path / "store" / "real"
    if there:
        target.write_bytes(b"old")
    (tmp_path / "second").symlink_to(os.path.join("store", "real"))
    (tmp_path / "first").symlink_to("second")
    write(tmp_path / "first")
    assert target.read_bytes() == b"new"
    assert (tmp_path / "first").is_symlink()
    assert (tmp_path / "second").is_symlink()
    assert names(tmp_path / "store") == ["real"]
    assert names(tmp_path) == ["first", "second", "store"]


@POSIX
def test_a_loop_of_links_is_refused(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError, match=r"symbolic links.*/a'") as refusal:
        write(tmp_path / "a")
    assert refusal.value.errno == errno.ELOOP
    assert names(tmp_path) == ["a", "b"]


def test_a_read_only_file_is_not_replaced(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(stat.S_IREAD)
    with pytest.raises(PermissionError, match=r"is read-only: .*file'"):
        write(path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


@POSIX
def test_who_may_read_a_file_stays_so(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(0o600)
    write(path)
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@POSIX
@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo])
def test_what_is_no_file_is_not_replaced(tmp_path, make):
    make(tmp_path / "place")
    with pytest.raises(OSError, match=r"not a file that can be replaced: .*place'"):
        write(tmp_path / "place")
    assert names(tmp_path) == ["place"]


@POSIX
@pytest.mark.parametrize("name", ["x" * 300, "x" * 253])
def test_a_name_that_is_too_long_is_refused_by_the_reservation(tmp_path, name):
    """Also one that is so only with what is added to it while it is written."""
    with pytest.raises(OSError, match=r"too long.*/xxx"), reserve(tmp_path / name):
        pass
    assert names(tmp_path) == []


def test_an_error_names_the_file_that_was_wanted(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing.os, "fsync", full)
    with pytest.raises(OSError, match="No space left") as refusal:
        write(path)
    assert refusal.value.filename == str(path)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_a_missing_folder_is_told_by_the_name_that_was_wanted(tmp_path):
    with pytest.raises(FileNotFoundError) as refusal:
        write(tmp_path / "none" / "file")
    assert refusal.value.filename == str(tmp_path / "none" / "file")


@POSIX
def test_a_disk_that_is_full(tmp_path):
    """The real thing: the system lets this process write no more than a few bytes."""
    (tmp_path / "file").write_bytes(b"old")
    code = """
import resource, signal
from cnnbook.archives import atomic_write
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    with atomic_write("file") as file:
        file.write(bytes(100_000))
except OSError as error:
    print(error.filename)
"""
    assert run(code, tmp_path).communicate()[0] == "file\n"
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


# --- two at once

HOLD = """
from cnnbook.archives import reserve
with reserve("file"):
    print("reserved", flush=True)
    input()
"""


@POSIX
def test_another_process_is_refused_while_a_file_is_reserved(tmp_path):
    (tmp_path / "link").symlink_to("file")
    with run(HOLD, tmp_path, stdin=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == "reserved\n"
        for name in ("file", "link"):
            with pytest.raises(BlockingIOError, match=f"another program is writing.*{name}'"):
                write(tmp_path / name)
        write(tmp_path / "other")
        holder.communicate("\n")
    write(tmp_path / "file")
    assert names(tmp_path) == ["file", "link", "other"]


@POSIX
def test_a_reservation_ends_with_its_process(tmp_path):
    with run(HOLD, tmp_path, stdin=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == "reserved\n"
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert names(tmp_path) == [".file.lock"]
    write(tmp_path / "file")
    assert names(tmp_path) == ["file"]


def test_the_same_thread_may_write_what_it_has_reserved(tmp_path):
    path = tmp_path / "file"
    with reserve(path):
        write(path, b"1")
        with reserve(path):
            write(path, b"2")
        write(path, b"3")
        assert names(tmp_path) == [".file.lock", "file"]
    assert path.read_bytes() == b"3"
    assert names(tmp_path) == ["file"]


@POSIX
def test_another_thread_is_refused(tmp_path):
    refused = []

    def work():
        try:
            write(tmp_path / "file")
        except BlockingIOError as error:
            refused.append(error)

    with reserve(tmp_path / "file"):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert len(refused) == 1
    work()
    assert len(refused) == 1


def test_where_there_are_no_locks_a_file_is_written_all_the_same(tmp_path, monkeypatch):
    def none(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    if writing.fcntl is not None:
        monkeypatch.setattr(writing.fcntl, "flock", none)
    write(tmp_path / "file")
    assert names(tmp_path) == ["file"]


@POSIX
def test_what_a_killed_program_leaves_is_ignored_by_git_and_removed_by_the_next(tmp_path):
    code = """
import os, signal
from cnnbook.archives import atomic_write
with atomic_write("file") as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    (tmp_path / "file").write_bytes(b"old")
    run(code, tmp_path).communicate()
    assert names(tmp_path) == [".file.lock", ".file.part", "file"]
    ignored = (Path(__file__).parents[3] / ".gitignore").read_text("utf-8").split()
    for name in (".file.lock", ".file.part"):
        assert any(fnmatch(name, pattern) for pattern in ignored)
    assert (tmp_path / "file").read_bytes() == b"old"
    write(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_the_target_of_no_file_is_itself(tmp_path):
    assert check_target(tmp_path / "none") == tmp_path.resolve() / "none"
