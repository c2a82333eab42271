"""Files that appear whole or not at all, and archives of plain arrays in them."""

from cnnbook.archives.npz import check_name, read_archive, write_archive
from cnnbook.archives.writing import atomic_write, check_target, reserve

__all__ = [
    "atomic_write",
    "check_name",
    "check_target",
    "read_archive",
    "reserve",
    "write_archive",
]
