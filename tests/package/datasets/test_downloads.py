"""A download is checked, happens once, and leaves no half-written file; the servers run here."""

import errno
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from mnist_files import (
    NAMES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    checksums,
    packed,
    tiny,
    write_all,
)
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from cnnbook.datasets import MissingData, files, mnist


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        kind, name = self.path.lstrip("/").split("/")
        self.server.asked.append(f"{kind}/{name}")
        content = self.server.content.get(name)
        if content is None or kind == "absent":
            self.send_error(404)
            return
        self.send_response(200)
        if kind != "unsaid":
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if kind in ("breaks", "unsaid"):
            content = content[: len(content) // 2]
        elif kind == "wrong":
            content = bytes(len(content))
        self.wfile.write(content)

    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.content = {name: packed(array) for name, array in tiny().items()}
        server.asked = []
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def mirrors(server, *kinds):
    return [f"http://127.0.0.1:{server.server_port}/{kind}/" for kind in kinds]


@pytest.fixture
def home(server, tmp_path, monkeypatch):
    """Give the place for MNIST of a checkout without data, for which the server is the mirror."""
    (tmp_path / "_toc.yml").touch()
    monkeypatch.setattr(files, "ROOT", tmp_path)
    monkeypatch.setattr(files, "MIRRORS", mirrors(server, "right"))
    monkeypatch.setattr(files, "CHECKSUMS", checksums(tiny()))
    monkeypatch.delenv(files.VARIABLE, raising=False)
    return tmp_path / "data" / "mnist"


def test_download_is_whole_and_happens_once(server, home):
    assert len(mnist().train) == 6
    assert {path.name: path.read_bytes() for path in home.iterdir()} == server.content
    assert server.asked == [f"right/{name}" for name in NAMES]
    mnist()
    assert len(server.asked) == 4


def test_only_what_is_missing_is_downloaded(server, home):
    home.mkdir(parents=True)
    write_all(home, tiny())
    (home / TEST_LABELS).unlink()
    mnist()
    assert server.asked == [f"right/{TEST_LABELS}"]


def test_a_file_that_was_not_published_is_refused_and_kept(server, home):
    """Another data set under the names of MNIST, or one that was damaged on this disk."""
    home.mkdir(parents=True)
    write_all(home, tiny())
    other = packed(tiny()[TRAIN_LABELS][::-1].copy())
    (home / TRAIN_LABELS).write_bytes(other)
    with pytest.raises(ValueError, match=f"{TRAIN_LABELS} is not the file that was published"):
        mnist()
    assert (home / TRAIN_LABELS).read_bytes() == other
    assert server.asked == []


def test_a_download_goes_nowhere_else(server, home, own_cache, tmp_path):
    mnist()
    assert list(own_cache.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["_toc.yml", "data"]


def test_a_folder_that_cannot_be_written_is_not_blamed_on_the_mirrors(server, tmp_path):
    (tmp_path / "place").write_text("a file")
    with pytest.raises(MissingData, match="cannot be written there: ") as refusal:
        files.download(tmp_path / "place", checksums(tiny()), mirrors(server, "right"))
    assert "http" not in str(refusal.value)
    assert str(tmp_path / "place") in str(refusal.value)


def test_a_full_disk_is_not_blamed_on_the_mirrors(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.tqdm, "update", full)
    with pytest.raises(MissingData, match="cannot be written there: No space left"):
        files.download(tmp_path, checksums(tiny()), mirrors(server, "right", "right"))
    assert len(server.asked) == 1


def call(server, folder):
    """Return code that downloads."""
    arguments = (str(folder), checksums(tiny()), mirrors(server, "right"))
    return f"from cnnbook.datasets import files\npaths = files.download(*{arguments!r})"


def test_terminal_shows_a_progress_bar(server, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    command = [sys.executable, "-c", call(server, tmp_path)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == ""
    assert all(name in run.stderr for name in NAMES)
    assert "Downloading" not in run.stderr


def test_notebook_without_progress_bars_shows_nothing(server, tmp_path, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")  # tqdm reads it when it is imported: in the kernel
    cell = new_code_cell(call(server, tmp_path))
    NotebookClient(new_notebook(cells=[cell]), kernel_name="python3").execute()
    assert len(list(tmp_path.iterdir())) == len(NAMES)
    assert cell.outputs == []


def test_a_program_without_stderr_downloads_all_the_same(server, tmp_path):
    """As one that has no terminal, or whose stderr was closed."""
    environment = {name: value for name, value in os.environ.items() if name != "TQDM_DISABLE"}
    code = "import sys\nsys.stderr = None\n" + call(server, tmp_path)
    run = subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert run.returncode == 0
    assert len(list(tmp_path.iterdir())) == len(NAMES)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("breaks", "ChunkedEncodingError"),
        ("unsaid", "wrong checksum"),
        ("wrong", "wrong checksum"),
        ("absent", "HTTPError"),
    ],
)
def test_failed_download_leaves_nothing_and_says_why(server, tmp_path, kind, reason):
    home = tmp_path / "home"
    with pytest.raises(MissingData, match=f"{TRAIN_IMAGES} .*/{kind}/ \\({reason}\\)"):
        files.download(home, checksums(tiny()), mirrors(server, kind))
    assert list(home.iterdir()) == []


def test_next_mirror_is_tried(server, tmp_path):
    kinds = ("breaks", "wrong", "absent", "right")
    name = TEST_LABELS
    files.download(tmp_path, {name: checksums(tiny())[name]}, mirrors(server, *kinds))
    assert server.asked == [f"{kind}/{name}" for kind in kinds]
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {
        name: server.content[name]
    }


def test_interrupted_download_leaves_nothing(server, tmp_path, monkeypatch):
    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(files.tqdm, "update", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.download(tmp_path, checksums(tiny()), mirrors(server, "right"))
    assert list(tmp_path.iterdir()) == []
