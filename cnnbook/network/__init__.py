"""Networks: layers in a row, computed as they stand or in blocks on several threads."""

from cnnbook.network.sequential import Network
from cnnbook.network.threaded import ThreadedNetwork

__all__ = ["Network", "ThreadedNetwork"]
