"""Where a page stands in the book, in words."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
pytest.importorskip("sphinx")
from pages.place import describe, place  # noqa: E402

TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII"]


def site_map(**parts):
    subtrees = [SimpleNamespace(caption=name, items=pages) for name, pages in parts.items()]
    return SimpleNamespace(root=SimpleNamespace(subtrees=subtrees))


def test_place_counts_the_pages_of_the_part():
    book = site_map(Neurons=["a", "b"], Layers=["c", "d", "e"])
    assert place(book, "d") == ("Layers", 2, 3)
    assert place(book, "front") is None


def test_only_parts_are_read_in_minutes():
    assert describe("Part II, Layers", 2, 6, 18).endswith(" · page 2 of 6 · about 18 minutes")
    assert describe("Part I, Neurons", 1, 2, 1) == "Part I, Neurons · page 1 of 2 · about 1 minute"
    assert describe("Appendices", 1, 3, 20) == "Appendices · page 1 of 3"


def test_parts_are_numbered_in_order():
    captions = [part["caption"] for part in TOC["parts"] if part.get("numbered")]
    numbers = [caption.split(",")[0] for caption in captions]
    assert numbers == [f"Part {number}" for number in ROMAN[: len(numbers)]]


def test_every_chapter_page_says_where_it_is():
    html = ROOT / "_build" / "html"
    if not html.is_dir():
        pytest.skip("no rendered pages: run make book")
    for part in TOC["parts"]:
        for number, chapter in enumerate(part["chapters"], start=1):
            page = (html / f"{chapter['file']}.html").read_text(encoding="utf-8")
            line = f'<p class="place">{part["caption"]} · page {number} of {len(part["chapters"])}'
            assert page.count(line) == 1, chapter["file"]
