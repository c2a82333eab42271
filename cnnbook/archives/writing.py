"""Files that appear whole or not at all, and that two programs do not write at once."""

import errno
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import get_ident

try:
    import fcntl
except ImportError:  # Windows, where nobody can remove or replace a file that another has open
    fcntl = None

NO_LOCKS = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)  # some file systems have none

_owners = {}  # the thread that has reserved a file


@contextmanager
def reserve(path):
    """Keep other programs and threads from writing a file with this module.

    A hidden file beside it is locked, so that the reservation ends with the program, however that
    ends; the next one finds the hidden file and takes it over. Within the block the same thread
    may reserve and write the file as often as it likes.

    Yields
    ------
    Path
        Of the file itself: a symbolic link is followed, and stays.

    Raises
    ------
    OSError
        If the file could not be replaced, or another has reserved it.
    """
    target = check_target(path)
    if _owners.get(target) == get_ident():
        yield target
        return
    with _named(path):
        file = open(target.with_name(f".{target.name}.lock"), "ab")  # noqa: SIM115
    with file:
        _lock(file, path)
        _owners[target] = get_ident()
        try:
            yield target
        finally:
            del _owners[target]
            with suppress(PermissionError):  # on Windows, where the file is still open
                os.unlink(file.name)


@contextmanager
def atomic_write(path):
    """Give a binary file to write; it takes the place of `path` when the block ends well.

    It is written beside its place, brought to the disk, and then renamed. If anything fails, an
    older file stays as it was, and nothing of the new one is left. What a program leaves that is
    killed while it writes is removed by the next one that writes the same file.

    Raises
    ------
    OSError
        Naming `path`: if it is a folder or read-only, if another program has reserved it, or if
        the disk is full.
    """
    with reserve(path) as target, _named(path):
        partial = target.with_name(f".{target.name}.part")
        partial.unlink(missing_ok=True)
        try:
            with open(partial, "xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, partial)
            os.replace(partial, target)
        finally:
            partial.unlink(missing_ok=True)


def check_target(path):
    """The file that a path leads to; refused if it is there and must not be replaced."""
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "is not a file that can be replaced", str(path))
    if not mode & 0o222:
        raise PermissionError(errno.EACCES, "is read-only", str(path))
    return target


def _lock(file, path):
    """Lock an open file, or refuse in the name of the file that it stands for."""
    try:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Who had it before may have removed it since we opened it: then we hold nothing.
        if os.path.samestat(os.fstat(file.fileno()), os.stat(file.name)):
            return
    except (BlockingIOError, FileNotFoundError):
        pass
    except OSError as error:
        if error.errno in NO_LOCKS:
            return
        raise
    raise BlockingIOError(errno.EAGAIN, "another program is writing it", str(path))


@contextmanager
def _named(path):
    """Let an error of the system name the file that was wanted, and not the hidden one."""
    try:
        yield
    except OSError as error:
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
