"""Item codes of the sources are for the makers: no page shows one."""

import re
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

sys.path.append(str(Path(__file__).parents[2] / "tools"))
from pages.items import without_items

HTML = Path(__file__).parents[2] / "_build" / "html"
CODE = re.compile(r"\((?:[MWGKO]\d{1,2}(?:, )?)+\)|[Cc]laim [MWGKO]\d|\bthe spine\b")


@pytest.mark.parametrize(
    ("docstring", "shown"),
    [
        ("What every layer is (M22).", "What every layer is."),
        ("The sum (:eq:`eq-a`; M12, M13).", "The sum (:eq:`eq-a`)."),
        ("The sum (:eq:`eq-a`, M20 put right).", "The sum (:eq:`eq-a`; put right)."),
        ("It adds. (M18; the source copies.)", "It adds. (the source copies.)"),
        ("Kernels of 3 x 3 (W, H).", "Kernels of 3 x 3 (W, H)."),
    ],
)
def test_codes_are_left_out(docstring, shown):
    assert without_items(docstring) == shown


def test_no_page_shows_a_code():
    if not HTML.is_dir():
        pytest.skip("no rendered pages: run make book")
    found = {}
    for path in sorted(HTML.glob("chapters/**/*.html")):
        if path.stem == "30-claims":  # the one page where they belong
            continue
        article = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").find("article")
        text = article.get_text(" ") if article else ""
        if codes := CODE.findall(text):
            found[path.stem] = codes[:5]
    assert not found
