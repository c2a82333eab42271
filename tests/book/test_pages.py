"""The rendered pages: nothing from another host, no broken link, no silent image."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
HTML = ROOT / "_build" / "html"
if not HTML.is_dir():
    pytest.skip("no rendered pages: run make book", allow_module_level=True)

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [TOC["root"]] + [c["file"] for part in TOC["parts"] for c in part["chapters"]]
MATHJAX = "tex-svg-full.js"


FILES = [path for path in sorted(HTML.rglob("*.html")) if "_static" not in path.parts]
NAMES = {path.relative_to(HTML).as_posix(): path for path in FILES}


@cache
def parse(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(path):
    return {tag["id"] for tag in parse(path).select("[id]")}


@pytest.fixture(params=NAMES)
def page(request):
    return NAMES[request.param]


def is_elsewhere(address):
    return bool(urlsplit(address).netloc)


def loaded(soup):
    """Return the addresses that a browser fetches when it shows the page."""
    tags = soup.select("[src], link[href], object[data], [srcset], [poster]")
    tags = [tag for tag in tags if tag.get("rel") not in (["canonical"], ["next"], ["prev"])]
    values = [tag.get(key) for tag in tags for key in ("src", "href", "data", "srcset", "poster")]
    styles = [tag.string or "" for tag in soup.select("style")]
    styles += [tag["style"] for tag in soup.select("[style]")]
    return [value for value in values if value] + addresses(" ".join(styles))


def addresses(css):
    """Return what a style sheet fetches."""
    pairs = re.findall(r"""url\(\s*["']?([^"')]+)|@import\s+["']([^"']+)""", css)
    return ["".join(pair) for pair in pairs]


def target(path, address):
    """Return the file and the anchor that a link on a page leads to."""
    parts = urlsplit(address)
    file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    return file, unquote(parts.fragment)


def test_every_chapter_is_rendered():
    assert [name for name in CHAPTERS if f"{name}.html" not in NAMES] == []


def test_page_loads_nothing_from_another_host(page):
    assert [address for address in loaded(parse(page)) if is_elsewhere(address)] == []


def test_page_finds_what_it_loads(page):
    files = [target(page, a)[0] for a in loaded(parse(page)) if not a.startswith(("data:", "#"))]
    assert [file for file in files if not file.is_file()] == []


def test_style_sheets_load_nothing_from_another_host():
    sheets = {path: path.read_text(encoding="utf-8") for path in HTML.rglob("*.css")}
    found = [(path.name, a) for path, css in sheets.items() for a in addresses(css)]
    assert sheets
    assert [(name, a) for name, a in found if is_elsewhere(a)] == []


def test_links_lead_somewhere(page):
    broken = []
    for link in parse(page).select("a[href]"):
        if urlsplit(link["href"]).scheme or is_elsewhere(link["href"]):
            continue
        file, anchor = target(page, link["href"])
        if not file.is_file() or (
            anchor and file.suffix == ".html" and anchor not in anchors(file)
        ):
            broken.append(link["href"])
    assert broken == []


def is_silent(img):
    """Whether an image says nothing, and does not stand beside its words in a link, like a logo."""
    link = img.find_parent("a")
    beside = link is not None and img.get("alt") == "" and link.get_text(strip=True)
    return not (img.get("alt", "").strip() or beside)


def test_images_have_alt_text(page):
    assert [img for img in parse(page).select("img") if is_silent(img)] == []


def test_formulas_are_set_by_the_books_own_script(page):
    if not parse(page).select(".math"):
        pytest.skip("no formula on this page")
    scripts = [tag["src"] for tag in parse(page).select(f'script[src*="{MATHJAX}"]')]
    assert [target(page, script)[0].is_file() for script in scripts] == [True]


@pytest.mark.parametrize("name", CHAPTERS)
def test_chapter_has_one_title_and_a_language(name):
    soup = parse(NAMES[f"{name}.html"])
    assert soup.html["lang"] == "en"
    assert len(soup.select("article h1")) == 1


# Each of the rules above can fail.


def test_foreign_addresses_are_found():
    html = """<link rel="stylesheet" href="https://a.org/a.css"><script src="//b.org/b.js"></script>
    <img src="c.png"><style>@import "https://d.org/d.css"; p {background: url('//e.org/e')}</style>
    <link rel="canonical" href="https://f.org"><a href="https://g.org">g</a>"""
    found = loaded(BeautifulSoup(html, "html.parser"))
    hosts = {urlsplit(address).netloc for address in found if is_elsewhere(address)}
    assert hosts == {"a.org", "b.org", "d.org", "e.org"}


def test_silent_images_are_found():
    html = """<img src="a.png"><img src="b.png" alt=""><a><img src="c.png" alt=""></a>
    <a><img src="d.png">Words</a><a><img src="e.png" alt="">Words</a><img src="f.png" alt="F">"""
    found = [
        img["src"] for img in BeautifulSoup(html, "html.parser").select("img") if is_silent(img)
    ]
    assert found == ["a.png", "b.png", "c.png", "d.png"]
