"""The page report measures what it says, names each broken limit, and holds for the book."""

import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
import page_report  # noqa: E402
from pages import reading  # noqa: E402

WAITING = page_report.not_rewritten_yet()
SOURCES = page_report.sources()


def measured(name):
    return page_report.measure(name, reading.read_page(SOURCES[name]))


@pytest.mark.parametrize("name", sorted(set(SOURCES) - set(WAITING)))
def test_page_keeps_its_limits(name):
    assert page_report.faults(measured(name)) == []


@pytest.mark.parametrize("name", WAITING)
def test_page_that_waits_exists_and_breaks_a_limit(name):
    """Whoever rewrites a page takes it off the list in pyproject.toml."""
    assert name in SOURCES
    assert page_report.faults(measured(name))


def code(source, *tags):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def measure(*cells):
    return page_report.measure("1-part/10-page", nbformat.v4.new_notebook(cells=list(cells)))


def test_code_is_measured_where_it_stands_open():
    page = measure(
        code("a = 1\n\n\nb = 2\nassert a < b"),
        code("c = 3"),
        code("x = 0  # " + "." * 80),
        code("assert True\n" * 30, "check", "hide-cell"),
        code("y = 1\n" * 40, "hide-input"),
    )
    assert (page.lines, page.longest, page.wide, page.asserting) == (5, 3, 1, 33)


def test_word_assert_in_a_comment_is_no_assert():
    assert measure(code("x = 1  # to assert")).asserting == 0


def test_page_without_code_is_measured():
    assert measure(nbformat.v4.new_markdown_cell("Words.")).longest == 0


GOOD = page_report.Page("1-part/10-page", 4000, 33, 100, 12, 0, 15, 20_000, 20, 20, 700)


def test_page_at_its_limits_is_good():
    assert page_report.faults(GOOD) == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"words": 4001}, "has 4,001 words, at most 4,000 are allowed."),
        ({"longest": 13}, "has a visible cell of 13 lines, at most 12 are allowed."),
        ({"wide": 1}, "has 1 visible lines of code of more than 80 columns, allowed are 0."),
        ({"asserting": 16}, "asserts in 16 % of its visible cells, at most 15 % are allowed."),
        ({"height": 20_001}, "is 20,001 pixels high, at most 20,000 are allowed."),
        ({"picture": 701}, "has its first picture 701 pixels down, at most 700 are allowed."),
        ({"picture": None}, "has no picture."),
    ],
)
def test_each_broken_limit_is_one_sentence(change, sentence):
    assert page_report.faults(replace(GOOD, **change)) == [f"1-part/10-page {sentence}"]


def test_front_page_and_appendices_need_no_picture():
    assert page_report.faults(replace(GOOD, name="0-intro", picture=None)) == []
    assert page_report.faults(replace(GOOD, name="9-a/10-b", picture=None, height=90_000)) == []


def test_report_fails_when_a_page_does(capsys, monkeypatch):
    monkeypatch.setattr(page_report, "not_rewritten_yet", lambda: WAITING)
    assert not page_report.main(["0-intro"])
    capsys.readouterr()
    monkeypatch.setitem(page_report.LIMITS, "words", (1, "has {} words, at most {} are allowed"))
    assert page_report.main(["0-intro"])
    printed = capsys.readouterr()
    assert "0-intro" in printed.out
    assert "0-intro has " in printed.err
