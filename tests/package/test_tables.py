"""Tables for readers, in text and in HTML, and the summary of a network."""

import pytest

from cnnbook.tables import Summary, SummaryRow, html_table, text_table

HEADER = ("name", "n", "note")
ROWS = [("a", 1, "x"), ("longer", 1234, "<b> & 'c'")]


def test_text_is_aligned():
    assert text_table(HEADER, ROWS).splitlines() == [
        "name       n       note",
        "a          1          x",
        "longer  1234  <b> & 'c'",
    ]
    assert text_table(("only", "header"), []) == "only  header"


def test_text_has_no_trailing_blanks():
    assert text_table(("a", "b"), [("total", "")]) == "a      b\ntotal"


def test_rows_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="zip"):
        text_table(HEADER, [("a", 1)])


def test_html_is_escaped():
    assert html_table(("a<",), [("<b> & 'c'",), (2,)]) == (
        "<table><thead><tr><th>a&lt;</th></tr></thead><tbody>"
        "<tr><td>&lt;b&gt; &amp; &#x27;c&#x27;</td></tr><tr><td>2</td></tr></tbody></table>"
    )


SUMMARY = Summary(
    (28, 28, 1), (SummaryRow("first", (26, 26, 32), 320), SummaryRow("second", (10,), 1290))
)


def test_summary():
    assert SUMMARY.total == 1610
    assert str(SUMMARY).splitlines() == [
        "layer   output shape  parameters",
        "input    28 x 28 x 1           0",
        "first   26 x 26 x 32         320",
        "second            10       1,290",
        "total                      1,610",
    ]
    assert repr(SUMMARY) == str(SUMMARY)


def test_summary_in_html_says_the_same():
    html = SUMMARY._repr_html_()
    for cell in (cell for row in (SUMMARY.header, *SUMMARY.cells()) for cell in row):
        assert f">{cell}<" in html
    assert html.count("<tr>") == 5
