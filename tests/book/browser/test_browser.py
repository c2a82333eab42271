"""The rendered pages in a real browser, with every other host shut off."""

from pathlib import Path

import pytest

HTML = Path(__file__).parents[3] / "_build" / "html"
axe_python = pytest.importorskip("axe_playwright_python.sync_playwright")

PAGES = sorted(path.relative_to(HTML).as_posix() for path in (HTML / "chapters").rglob("*.html"))
SCHEMES = ["light", "dark"]
# Milliseconds for what a page asks for late. The browser's own "networkidle" is no help: it may be
# over before the page has scrolled, and with pages from files it sometimes never comes.
LATE = 500

every_page = pytest.mark.parametrize("name", [*PAGES, "genindex.html", "search.html", "404.html"])
every_scheme = pytest.mark.parametrize("scheme", SCHEMES)


@every_page
def test_reads_without_a_network(chromium, browser, home, name):
    with chromium.shut_off(browser) as page:
        chromium.show(page, f"{home}/{name}")
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
def test_fits_a_phone(chromium, browser, server, name, scheme):
    with chromium.shut_off(browser, scheme, width=390) as page:
        chromium.show(page, f"{server}/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.documentElement.dataset.theme") == scheme


@every_page
@every_scheme
@pytest.mark.parametrize("width", [390, 1280])
def test_is_accessible(chromium, browser, server, name, scheme, width):
    with chromium.shut_off(browser, scheme, width) as page:
        chromium.show(page, f"{server}/{name}")
        found = axe_python.Axe().run(page).response["violations"]
        grave = [v for v in found if v["impact"] in ("serious", "critical")]
        assert [(v["id"], v["nodes"][0]["html"], v["nodes"][0]["target"]) for v in grave] == []


# The instruments themselves can fail.


def test_foreign_request_is_caught(chromium, browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text('<img src="https://example.org/a.png"><script src="none.js"></script>')
    with chromium.shut_off(browser) as page:
        chromium.show(page, path.as_uri())
        assert page.foreign == ["https://example.org/a.png"]
        assert page.errors


def test_late_foreign_request_is_caught(chromium, browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<script>setTimeout(() => fetch('https://example.org/b'), 200)</script>")
    with chromium.shut_off(browser) as page:
        chromium.show(page, path.as_uri())
        page.wait_for_timeout(LATE)
        assert page.foreign == ["https://example.org/b"]
