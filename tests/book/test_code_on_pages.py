"""What the book's extensions make of cells, labels, claims and links, on a book of a few pages."""

import json
import re

import nbformat
import pytest
import sample
from bs4 import BeautifulSoup


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    sample.write(folder)
    html, output = sample.build(folder)
    assert (html / "chapters").is_dir(), output
    return html


def read(html, name):
    return BeautifulSoup((html / name).read_text(encoding="utf-8"), "html.parser")


@pytest.fixture(scope="module")
def page(html):
    return read(html, "chapters/1-part/10-page.html")


FAULTY = [":source: S\n:verdict: maybe", ":source: S", ":verdict: true"]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """The page with what the extensions refuse, and what the build said about it."""
    folder = tmp_path_factory.mktemp("faulty")
    claims = [f"```{{claim}} Words.\n{options}\n\nEvidence.\n```" for options in FAULTY]
    markdown = nbformat.v4.new_markdown_cell("\n\n".join(["$$z = 0$$ (eq-bare)", *claims]))
    cells = [
        sample.code("1  # (eq-bare), (eq-nowhere)"),
        sample.code("2", ["hide-input"], "Code for fig-nowhere"),
    ]
    sample.write(folder, extra=[markdown, *cells])
    html, output = sample.build(folder)
    return read(html, "chapters/1-part/10-page.html"), output


def cell(page, source):
    """Return the cell whose source holds some words."""
    return next(c for c in page.select("div.cell") if source in c.select_one("pre").text)


def summary(cell):
    return " ".join(cell.select_one("summary").text.split())


# Cells


def test_visible_cell_has_no_fold(page):
    assert not cell(page, "def f").select("details")


def test_fold_has_its_name(page):
    assert summary(cell(page, "import numpy")) == "Set-up"


def test_fold_without_a_name_is_called_code(page):
    assert summary(cell(page, "plain()")) == "Code"


def test_fold_names_its_figure_by_number(page):
    fold = cell(page, "draw()")
    assert summary(fold) == "Code for Fig. 1.1"
    assert "Fig. 1.1" in page.select_one("#fig-line").text


def test_output_of_a_fold_is_outside(page):
    fold = cell(page, "draw()")
    assert fold.select("img, svg")
    assert not fold.select("details :is(img, svg)")


def test_check_is_a_line_that_holds_code_and_output(page):
    check = cell(page, "assert")
    assert summary(check) == "checked: f does what (1.1) says, as in Fig. 1.1, and 1 < 2"
    assert check.select_one("summary svg")["aria-hidden"] == "true"
    assert check.select_one("summary code").text == "f"
    assert "hidden words" in check.select_one("details").text
    assert [child.name for child in check.find_all(recursive=False)] == ["details"]
    assert not check.select_one("details").has_attr("open")


def test_summary_is_one_switch(page):
    assert not page.select("summary a, summary button")


def test_summary_is_named_by_its_own_words(page):
    """A label for screen readers in its place would be the same on every cell."""
    assert not page.select("summary[aria-label]")


# Labels in code


@pytest.mark.parametrize(
    ("source", "words"),
    [("def f", '"""(1.1)."""'), ("def f", "by (1.1, 1.2)"), ("print", "see (1.2)")],
)
def test_label_in_a_cell_is_the_number(page, source, words):
    assert words in cell(page, source).text


def test_printed_source_is_code_with_numbers(page):
    shown = cell(page, "show()").select_one(".cell_output .highlight-python")
    assert "# (1.1)" in shown.text
    assert shown.select(".k")


def test_no_label_is_left_in_code(page):
    assert [pre.text for pre in page.select("pre") if "eq-" in pre.text] == []


def test_numbers_in_code_lead_to_their_equations(page):
    links = page.select("pre a.numbered")
    assert {link["href"] for link in links} == {"#equation-eq-twice", "#equation-eq-square"}
    assert all(page.select_one(link["href"]) for link in links)


def test_source_page_shows_numbers_without_double_brackets(html):
    source = read(html, "_modules/samplecode.html")
    assert "Two times x (1.1; not 1.2)" in source.text
    href = "../chapters/1-part/10-page.html#equation-eq-twice"
    assert source.select_one("pre a.numbered")["href"] == href


def test_source_page_follows_an_equation_that_got_another_number(tmp_path):
    sample.write(tmp_path)
    sample.build(tmp_path)
    page = tmp_path / "chapters" / "1-part" / "10-page.ipynb"
    notebook = nbformat.read(page, as_version=4)
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell("# First\n\n$$a = b$$ (eq-first)"))
    nbformat.write(notebook, page)
    html, _ = sample.build(tmp_path)
    assert "Two times x (1.2; not 1.3)" in read(html, "_modules/samplecode.html").text


def test_equation_leads_to_the_source_that_cites_it(page, html):
    link = page.select_one("#equation-eq-twice .eq-code")
    assert link["href"] == "../../_modules/samplecode.html#twice"
    assert link["aria-label"] == "code: samplecode.twice"
    assert read(html, "_modules/samplecode.html").select_one("#twice")


def test_equation_without_code_has_no_mark(faulty):
    page, _ = faulty
    assert page.select_one("#equation-eq-bare")
    assert not page.select("#equation-eq-bare .eq-code")


def test_unknown_label_fails_the_build(faulty):
    _, output = faulty
    assert "WARNING: code names 'eq-nowhere', but nothing in the book has this label" in output
    assert "WARNING: code names 'fig-nowhere'" in output


# Claims


def test_claim_is_heard_in_order(page):
    words = " ".join(page.select_one(".claim-wrong").text.split())
    assert words == (
        r"Claim: The factor is three, \(y = 3x\). Gauss [1809] Verdict: Wrong It is two (1.1). "
        "And stays two."
    )


def test_claim_is_a_group_named_by_its_statement(page):
    for claim in page.select(".claim"):
        assert claim["role"] == "group"
        named_by = page.select(f"[id='{claim['aria-labelledby']}']")
        assert [tag["class"] for tag in named_by] == [["claim-says"]]


def test_claims_have_their_verdicts(page):
    stamps = [tag.text for tag in page.select(".claim-stamp")]
    assert stamps == ["Wrong", "Too strong"]
    assert page.select_one(".claim-too-strong .claim-stamp").text == "Too strong"


@pytest.mark.parametrize(
    "message",
    ['"maybe" unknown', "a claim needs the option 'verdict'", "a claim needs the option 'source'"],
)
def test_wrong_claim_is_refused(faulty, message):
    _, output = faulty
    assert message in output


# Previews


def previews(page):
    return json.loads(page.select_one("script#previews").string)


def test_page_has_the_previews_of_its_links(page):
    found = previews(page)
    assert found["#equation-eq-twice"] == r'<div class="math">\[y = 2 x\]</div>'
    term = found["../9-appendices/10-notation.html#term-loss"]
    assert re.sub("<[^>]*>", "", term) == r"lossA number \(E\) that training makes small."
    work = next(html for href, html in found.items() if "60-bibliography" in href)
    assert re.sub(r"<[^>]*>|\s+", " ", work).split() == (
        ["Carl", "Gauss.", "Theoria", "Motus", ".", "Perthes,", "Hamburg,", "1809."]
    )


def test_page_has_no_other_previews(html):
    assert set(previews(read(html, "chapters/0-intro.html"))) == {
        "1-part/10-page.html#equation-eq-twice"
    }
    assert not read(html, "chapters/9-appendices/60-bibliography.html").select("#previews")


def test_what_has_a_preview_has_no_title_beside_it(page):
    found = previews(page)
    links = [link for link in page.select("a.internal[href]") if link["href"] in found]
    assert links
    assert [link for link in links if link.has_attr("title")] == []


def test_page_without_formulas_can_set_those_of_its_previews(html):
    intro = read(html, "chapters/0-intro.html")
    assert not intro.select("article .math")
    assert intro.select('script[src*="tex-svg-full.js"]')
