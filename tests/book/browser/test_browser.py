"""The rendered pages in a real browser, with every other host shut off."""

import functools
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HTML = ROOT / "_build" / "html"

pytest.importorskip("playwright", reason="playwright is not installed (extra 'browser')")
axe_python = pytest.importorskip("axe_playwright_python.sync_playwright")
sys.path.append(str(ROOT / "tools"))
import chromium  # noqa: E402

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium.executable() is None, reason="no Chromium on this machine"),
    pytest.mark.skipif(not HTML.is_dir(), reason="no rendered pages: run make book"),
]
PAGES = sorted(path.relative_to(HTML).as_posix() for path in (HTML / "chapters").rglob("*.html"))
SCHEMES = ["light", "dark"]
# Milliseconds for what a page asks for late. The browser's own "networkidle" is no help: it may be
# over before the page has scrolled, and with pages from files it sometimes never comes.
LATE = 500

every_page = pytest.mark.parametrize("name", [*PAGES, "genindex.html", "search.html"])
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def server():
    handler = functools.partial(Quiet, directory=HTML)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def browser():
    with chromium.browser() as browser:
        yield browser


@every_page
@pytest.mark.parametrize("kind", ["served", "file"])
def test_reads_without_a_network(browser, server, name, kind):
    address = f"{server}/{name}" if kind == "served" else (HTML / name).as_uri()
    with chromium.shut_off(browser) as page:
        chromium.show(page, address)
        page.mouse.wheel(0, 20_000)
        page.wait_for_timeout(LATE)
        assert page.foreign == []
        assert page.errors == []
        formulas = page.locator("article .math").count()
        assert page.locator("article .math mjx-container").count() >= formulas
        assert page.locator("mjx-merror, [data-mml-node=merror]").count() == 0
        for raw in (r"\(", r"\[", "$$", r"\begin{"):
            assert raw not in text_outside_code(page), raw


def text_outside_code(page):
    """Return the text of a page without code, outputs and drawn formulas."""
    return page.evaluate(
        """() => {
            const article = document.querySelector("main").cloneNode(true);
            article.querySelectorAll("pre, code, mjx-container, script").forEach(n => n.remove());
            return article.textContent;
        }"""
    )


@every_page
@every_scheme
def test_fits_a_phone(browser, server, name, scheme):
    with chromium.shut_off(browser, scheme, width=390) as page:
        chromium.show(page, f"{server}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.documentElement.dataset.theme") == scheme


@every_page
@every_scheme
@pytest.mark.parametrize("width", [390, 1280])
def test_is_accessible(browser, server, name, scheme, width):
    with chromium.shut_off(browser, scheme, width) as page:
        chromium.show(page, f"{server}/{name}")
        found = axe_python.Axe().run(page).response["violations"]
        grave = [v for v in found if v["impact"] in ("serious", "critical")]
        assert [(v["id"], v["nodes"][0]["html"], v["nodes"][0]["target"]) for v in grave] == []


@pytest.mark.parametrize("kind", ["served", "file"])
def test_search_finds_chapters(browser, server, kind):
    address = f"{server}/search.html" if kind == "served" else (HTML / "search.html").as_uri()
    with chromium.shut_off(browser) as page:
        page.goto(f"{address}?q=perceptron")
        page.wait_for_selector("#search-results li a")
        links = [a.get_attribute("href") for a in page.locator("#search-results li a").all()]
        assert any("10-perceptron" in link for link in links)
        assert page.foreign == []


# The instruments themselves can fail.


def test_foreign_request_is_caught(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<img src="https://example.org/a.png"><script src="none.js"></script>')
    with chromium.shut_off(browser) as page:
        chromium.show(page, path.as_uri())
        assert page.foreign == ["https://example.org/a.png"]
        assert page.errors


def test_late_foreign_request_is_caught(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<script>setTimeout(() => fetch('https://example.org/b'), 200)</script>")
    with chromium.shut_off(browser) as page:
        chromium.show(page, path.as_uri())
        page.wait_for_timeout(LATE)
        assert page.foreign == ["https://example.org/b"]
