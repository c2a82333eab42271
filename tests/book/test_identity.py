"""What stands for the book elsewhere: icons, descriptions, the lost page, running heads."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from PIL import Image

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "_static"
HTML = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "tools"))
from pages import identity, paper, sheets  # noqa: E402

rendered = pytest.mark.skipif(not HTML.is_dir(), reason="no rendered pages: run make book")
TITLE = "Convolutional Neural Networks, Derived and Checked"


def soup(name):
    return BeautifulSoup((HTML / name).read_text(encoding="utf-8"), "html.parser")


def a_page(text):
    document = nodes.document(None, None)
    document += nodes.paragraph(text, text)
    return document


def test_description_is_short_and_ends_with_a_sentence_or_a_word():
    assert identity.description(a_page("A  short\none.")) == "A short one."
    sentences = "One sentence of a page that is long. " * 10
    found = identity.description(a_page(sentences))
    assert found.endswith("long.")
    assert 100 < len(found) <= identity.LONGEST
    found = identity.description(a_page("word " * 100))
    assert found.endswith("word \N{HORIZONTAL ELLIPSIS}")
    assert identity.description(nodes.document(None, None)) == ""


def test_pictures_have_their_sizes():
    sizes = {"icon-32.png": (32, 32), "icon-180.png": (180, 180), "social.png": (1200, 630)}
    for name, size in sizes.items():
        with Image.open(STATIC / name) as picture:
            assert picture.size == size


@pytest.mark.parametrize("name", ["logo.svg", "logo-dark.svg", "icon.svg"])
def test_logo_is_a_kernel_with_one_cell_turned(name):
    cells = list(ElementTree.parse(STATIC / name).iter("{http://www.w3.org/2000/svg}rect"))
    assert len(cells) == 9
    turned = [cell for cell in cells if "transform" in cell.attrib]
    assert len(turned) == 1
    assert [cell for cell in cells if cell.get("fill") == turned[0].get("fill")] == turned


def test_running_heads_survive_quotes():
    found = paper.heads("Book", 'The "best" \\ page')
    assert 'content: "The \\"best\\" \\\\ page"' in found


def test_style_sheets_have_one_order():
    names = ["paper.css", "find.css", "type.css", "code.css", "look.css"]
    in_order = ["look.css", "type.css", "code.css", "find.css", "paper.css"]
    assert sorted(names, key=sheets.place) == in_order


@rendered
def test_front_page_names_the_book_once():
    assert soup("chapters/0-intro.html").title.get_text().strip() == TITLE


@rendered
@pytest.mark.parametrize("name", ["chapters/0-intro.html", "chapters/1-neurons/10-perceptron.html"])
def test_pages_have_icons_and_one_description(name):
    page = soup(name)
    folder = (HTML / name).parent
    icons = page.select("link[rel~=icon], link[rel~=apple-touch-icon]")
    assert len(icons) == 3
    assert [icon["href"] for icon in icons if not (folder / icon["href"]).is_file()] == []
    (words,) = page.select("meta[name=description]")
    assert words["content"].strip()
    assert page.select_one(".navbar-brand img")


@rendered
def test_lost_page_offers_a_search():
    page = soup("404.html")
    form = page.select_one("article form")
    assert form["action"] == "search.html"
    assert page.select_one(f"label[for={form.select_one('input[name=q]')['id']}]")
    assert page.select_one("article a")["href"].startswith("chapters/")


@rendered
def test_style_sheets_of_pages_end_with_paper():
    links = soup("chapters/1-neurons/10-perceptron.html").select("link[rel=stylesheet]")
    names = [Path(link["href"].split("?")[0]).name for link in links]
    own = [name for name in names if (STATIC / name).is_file()]
    assert own[:2] == ["look.css", "type.css"]
    assert own[-1] == "paper.css"
    assert names[-len(own) :] == own
