"""Pages that hold nothing but figures to touch, opened from files."""

import re
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("playwright", reason="playwright is not installed (extra 'browser')")
import chromium  # noqa: E402
from pages import touch  # noqa: E402

needs_browser = [
    pytest.mark.browser,
    pytest.mark.skipif(chromium.executable() is None, reason="no Chromium on this machine"),
]


def page_of(figures, folder, scheme="light"):
    """Write a page of figures, with the scripts that the book would give it; return its address."""
    body = "".join(figure._repr_html_() for figure in figures)
    names = touch.files(body)
    scripts = "".join(
        f'<script defer src="{(touch.FOLDER / name).as_uri()}"></script>'
        for name in names
        if name.endswith(".js")
    )
    styles = [touch.FOLDER / name for name in names if name.endswith(".css")]
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in styles)
    path = folder / "figures.html"
    path.write_text(
        f'<!doctype html><html lang="en" data-theme="{scheme}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>Figures</title>'
        f"<style>{style}"
        "body { font: 17px/1.5 sans-serif; margin: 1rem auto; max-width: 760px; padding: 0 12px }"
        'html[data-theme="dark"] { background: #14181e; color: #ced6dd;'
        " --pst-color-background: #14181e; --pst-color-text-base: #ced6dd;"
        " --pst-color-text-muted: #9ca4af; --pst-color-border: #48566b }</style></head>"
        f"<body><main><h1>Figures</h1>{body}</main>{scripts}</body></html>",
        encoding="utf-8",
    )
    return path.as_uri()


@contextmanager
def opened(browser, figures, folder, scheme="light", width=1280):
    """The page in a browser; at the end, nothing was asked of another host and nothing failed."""
    with chromium.shut_off(browser, scheme, width) as page:
        page.goto(page_of(figures, folder, scheme))
        page.wait_for_selector("figure.touch-alive")
        yield page
        assert page.foreign == []
        assert page.errors == []


def numbers(page, table):
    """The numbers of the cells of a table, row by row."""
    cells = page.locator(f"figure.touch-alive {table} td > b").all_text_contents()
    return [float(cell.replace("\N{MINUS SIGN}", "-")) for cell in cells]


def written_sum(text):
    """The value of the products as a figure writes them out, and the sum it names."""
    _, products, total = text.replace("\N{MINUS SIGN}", "-").split(" = ")
    assert re.fullmatch(r"[-\d.·+() /]+", products), products
    return eval(products.replace("·", "*")), float(total)
