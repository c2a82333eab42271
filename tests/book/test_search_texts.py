"""The texts that the search looks through: all sections, no raw TeX, every address right."""

import json
import re
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from docutils import nodes

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("sphinx")
from pages.plain_tex import plain  # noqa: E402
from pages.search import row  # noqa: E402


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        (r"\theta_{rc}", "θrc"),
        (r"\partial E/\partial\mathbf x", "∂E/∂x"),
        (r"3\times3", "3\u00d73"),
        (r"x^2\le\tfrac12", "x^2≤1/2"),
        (r"\lfloor i/n\rfloor", "⌊i/n⌋"),
        (r"\begin{pmatrix}1&2\end{pmatrix}", "…"),
        (r"\unheardof{x}", "…"),
    ],
)
def test_formulas_become_plain_text(tex, text):
    assert plain(tex) == text


def test_a_row_has_what_stands_in_its_own_section():
    inner = nodes.section("", nodes.title("", "Inner"), nodes.paragraph("", "deep"), ids=["inner"])
    where = nodes.paragraph("", "Part I", classes=["place"])
    formula = nodes.math_block("", r"E=\frac{1}{2}")
    text = nodes.paragraph("", "", nodes.Text("all "), nodes.math("", r"\theta_1"))
    code = nodes.literal_block("", "x = 1")
    output = nodes.container("", nodes.literal_block("", "[0 1]"), nb_element="cell_code_output")
    parts = [nodes.title("", "Outer"), where, text, formula, code, output, inner]
    outer = nodes.section("", *parts, ids=["outer"])
    assert row(outer, {"#outer": (2, 1)}) == ["outer", "2.1 Outer", "all θ1", "x = 1"]
    assert row(inner, {}) == ["inner", "Inner", "deep", ""]


@pytest.fixture(scope="module")
def pages():
    script = HTML / "_static" / "search_sections.js"
    if not script.is_file():
        pytest.skip("no rendered pages: run make book")
    text = script.read_text(encoding="utf-8")
    assert script.stat().st_size < 2_000_000
    return json.loads(text.removeprefix("const SEARCH_PAGES = ").removesuffix(";\n"))


def test_every_page_can_be_searched(pages):
    chapters = {p.relative_to(HTML).as_posix() for p in (HTML / "chapters").rglob("*.html")}
    assert {url for url, *_ in pages} == chapters


def test_every_result_leads_to_a_place(pages):
    for url, *_, rows in pages:
        soup = BeautifulSoup((HTML / url).read_text(encoding="utf-8"), "html.parser")
        anchors = {tag["id"] for tag in soup.select("[id]")}
        assert [row[:2] for row in rows if row[0] not in anchors] == []
        assert [row[0] for row in rows if not row[1]] == []


def test_texts_hold_no_raw_tex(pages):
    raw = re.compile(r"\\[A-Za-z]{2,}|\$\$|\\\(")
    found = [(url, row[1]) for url, *_, rows in pages for row in rows if raw.search(row[2])]
    assert found == []
