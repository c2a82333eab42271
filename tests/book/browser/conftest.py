"""The rendered pages in a real browser, with every other host shut off: what these tests share."""

import functools
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HTML = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "tools"))


def pytest_collection_modifyitems(items):
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def chromium():
    pytest.importorskip("playwright", reason="playwright is not installed (extra 'browser')")
    import chromium

    if chromium.executable() is None:
        pytest.skip("no Chromium on this machine")
    return chromium


@pytest.fixture(scope="session")
def chrome(chromium):
    """A browser, for pages that a test writes itself."""
    with chromium.browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def browser(chrome):
    """The same, for the pages of the book."""
    if not HTML.is_dir():
        pytest.skip("no rendered pages: run make book")
    return chrome


@pytest.fixture(scope="session")
def server():
    handler = functools.partial(Quiet, directory=HTML)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(params=["served", "file"])
def home(request):
    """The address of the book, over HTTP and from files."""
    return request.getfixturevalue("server") if request.param == "served" else HTML.as_uri()
