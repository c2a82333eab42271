"""The front page: it names the parts as they are, and its pictures are drawn by code."""

import re
import sys
from pathlib import Path

import nbformat
import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
import draw_cards  # noqa: E402

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def text():
    notebook = nbformat.read(ROOT / f"{TOC['root']}.ipynb", as_version=4)
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.fixture(scope="module")
def page():
    file = ROOT / "_build" / "html" / f"{TOC['root']}.html"
    if not file.is_file():
        pytest.skip("no rendered pages: run make book")
    return BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")


def test_cards_are_the_parts_and_lead_to_their_pages(text):
    cards = re.findall(r"\*\*\[(Part .*?)\]\((.*?)\)\*\*", text)
    parts = [part for part in TOC["parts"] if part.get("numbered")]
    assert [name for name, _ in cards] == [part["caption"] for part in parts]
    for (_, link), part in zip(cards, parts, strict=True):
        assert f"chapters/{link}" in [chapter["file"] for chapter in part["chapters"]]


def test_start_leads_to_the_first_page(text):
    first = TOC["parts"][0]["chapters"][0]["file"]
    assert f"[Start]({first.removeprefix('chapters/')})" in text


@pytest.mark.parametrize("name", draw_cards.DRAWINGS)
def test_pictures_are_what_the_code_draws(name):
    stored = (draw_cards.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
    assert stored == draw_cards.DRAWINGS[name]()


def test_no_picture_is_drawn_for_nothing(text):
    shown = set(re.findall(r"\(pictures/([\w-]+)\.svg\)", text))
    assert shown == set(draw_cards.DRAWINGS)


def test_pictures_stand_in_the_page_with_a_description(page):
    pictures = page.select("svg.picture[role=img]")
    assert len(pictures) == len(draw_cards.DRAWINGS)
    assert all(len(picture["aria-label"]) > 20 for picture in pictures)
    assert page.select('img[src*="pictures/"]') == []


def test_the_tab_says_the_title_once(page):
    title = page.select_one("article h1").get_text().rstrip("#")
    assert page.title.get_text() == title
    assert page.select_one(".navbar-brand").get_text(strip=True) in ("", title)
