"""Report what every page asks of its reader, and hold the pages to their limits.

    python tools/page_report.py [--browser] [PART OF A PAGE'S NAME ...]

Words, minutes and code come from the sources. With --browser (extra 'browser', a Chromium and the
rendered book) come the height of a page in a window of 1280 x 900 pixels, the shares of code and
pictures in it, and how far down the first picture begins. A page that breaks a limit is named with
one sentence, and the exit status is 1. Pages that wait to be rewritten stand in pyproject.toml
under [tool.page-report]; they are reported, not judged.
"""

import argparse
import ast
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pages import reading

try:
    import chromium
except ImportError:  # without the extra 'browser' there is no playwright
    chromium = None

ROOT = Path(__file__).parents[1]
HTML = ROOT / "_build" / "html"
COLUMNS = 80
WINDOW = 1280

# The largest values that a page may have, and what is said of a page that has more.
LIMITS = {
    "words": (4000, "has {} words, at most {} are allowed"),
    "longest": (12, "has a visible cell of {} lines, at most {} are allowed"),
    "wide": (0, f"has {{}} visible lines of code of more than {COLUMNS} columns, allowed are {{}}"),
    "asserting": (15, "asserts in {} % of its visible cells, at most {} % are allowed"),
    "height": (20_000, "is {} pixels high, at most {} are allowed"),
    "picture": (700, "has its first picture {} pixels down, at most {} are allowed"),
}

MEASURE = """() => {
    const article = document.querySelector("article");
    const shown = (node) => node.checkVisibility({ visibilityProperty: true })
        && node.getBoundingClientRect().height > 0;
    const seen = (selector) => [...article.querySelectorAll(selector)].filter(shown);
    const high = (selector) => seen(selector)
        .filter((node) => !node.parentElement.closest(selector))
        .reduce((sum, node) => sum + node.getBoundingClientRect().height, 0);
    const pictures = "figure img, figure svg, figure.touch-figure, .cell_output :is(img, svg)";
    const first = seen(pictures)[0];
    return {
        height: document.documentElement.scrollHeight,
        article: article.getBoundingClientRect().height,
        code: high("div.cell_input"),
        pictures: high(pictures),
        first: first ? first.getBoundingClientRect().top + scrollY : null,
    };
}"""


@dataclass
class Page:
    """What one page asks of its reader. Shares are in per cent, heights in pixels."""

    name: str
    words: int
    minutes: int
    lines: int  # of visible code
    longest: int  # lines of the longest visible cell
    wide: int  # visible lines of more columns than fit
    asserting: int  # share of the visible cells
    height: int | None = None
    code: int | None = None  # share of the height
    pictures: int | None = None  # share of the height
    picture: int | None = None  # where the first picture begins

    @property
    def is_chapter(self):
        """Whether it stands in one of the parts, and not at the front."""
        return "/" in self.name


def per_cent(part, whole):
    return round(100 * part / whole) if whole else 0


def has_assert(cell):
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(cell.source)))


def measure(name, notebook):
    """Measure the source of a page."""
    cells = reading.visible_cells(notebook)
    lines = [[line for line in cell.source.splitlines() if line.strip()] for cell in cells]
    return Page(
        name=name,
        words=reading.words(notebook),
        minutes=reading.reading_minutes(notebook),
        lines=sum(map(len, lines)),
        longest=max(map(len, lines), default=0),
        wide=sum(len(line) > COLUMNS for cell in lines for line in cell),
        asserting=per_cent(sum(map(has_assert, cells)), len(cells)),
    )


def look_at(pages, browser, html=HTML):
    """Add what only a browser can measure."""
    with chromium.shut_off(browser, width=WINDOW) as tab:
        for page in pages:
            chromium.show(tab, (html / "chapters" / f"{page.name}.html").as_uri())
            seen = tab.evaluate(MEASURE)
            page.height = round(seen["height"])
            page.code = per_cent(seen["code"], seen["article"])
            page.pictures = per_cent(seen["pictures"], seen["article"])
            page.picture = None if seen["first"] is None else round(seen["first"])


def faults(page):
    """Return a sentence for each limit that a page breaks; an appendix is looked up, not read."""
    if page.name.startswith("9-"):
        return []
    found = [
        f"{page.name} {sentence.format(f'{value:,}', f'{limit:,}')}."
        for field, (limit, sentence) in LIMITS.items()
        if (value := getattr(page, field)) is not None
        and value > limit
        and (field != "picture" or page.is_chapter)
    ]
    if page.is_chapter and page.height is not None and page.picture is None:
        found.append(f"{page.name} has no picture.")
    return found


def table(pages):
    """Return the measures as aligned lines of text."""
    header = ["page", "words", "min", "code lines", "longest", f">{COLUMNS}", "asserts"]
    browser = any(page.height for page in pages)
    header += ["height", "code", "pictures", "first picture"] * browser
    rows = [
        [page.name, page.words, page.minutes, page.lines, page.longest, page.wide]
        + [f"{page.asserting} %"]
        + [page.height, f"{page.code} %", f"{page.pictures} %", page.picture] * browser
        for page in pages
    ]
    cells = [["-" if cell is None else str(cell) for cell in row] for row in [header, *rows]]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join(
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in cells
    )


def sources(root=ROOT):
    """Return the pages of the book by their names: chapters/1-a/10-b.ipynb is 1-a/10-b."""
    paths = sorted((root / "chapters").rglob("*"))
    return {
        path.relative_to(root / "chapters").with_suffix("").as_posix(): path
        for path in paths
        if path.suffix in {".ipynb", ".md"} and ".ipynb_checkpoints" not in path.parts
    }


def not_rewritten_yet(root=ROOT):
    """Return the names of the pages that are reported, not judged."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return project["tool"]["page-report"]["not-rewritten-yet"]


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--browser", action="store_true", help="measure the rendered pages too")
    parser.add_argument("parts", nargs="*", metavar="PART", help="only pages with this in the name")
    options = parser.parse_args(arguments)
    if options.browser and chromium is None:
        parser.error("--browser needs the extra 'browser': pip install -e '.[browser]'")
    pages = [
        measure(name, reading.read_page(path))
        for name, path in sources().items()
        if not options.parts or any(part in name for part in options.parts)
    ]
    if options.browser:
        with chromium.browser() as browser:
            look_at(pages, browser)
    print(table(pages))
    waiting = not_rewritten_yet()
    found = [fault for page in pages if page.name not in waiting for fault in faults(page)]
    print("\n".join(found), file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
