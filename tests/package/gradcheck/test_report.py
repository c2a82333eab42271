"""The table of a gradient check, in text and in HTML."""

import copy

import numpy as np
import pytest

from cnnbook.gradcheck import GradientReport, GradientRow, check_gradient


def row(tensor="W", error=0.0, verdict="right", kinks=0, shape=(2, 3)):
    return GradientRow(tensor, shape, shape, error, kinks, 6, verdict)


@pytest.mark.parametrize(
    ("error", "verdict", "text"),
    [
        (0.0, "right", "< 1e-07"),
        (9.9e-8, "right", "< 1e-07"),
        (1.234e-3, "wrong", "0.0012"),
        (2.0, "wrong", "2"),
        (0.125, "wrong", "0.12"),
        (0.375, "wrong", "0.38"),
        (np.nan, "wrong", "not finite"),
        (0.3, "unclear (rounding)", ">= 1e-07"),
        (0.333333, "unclear (kinks)", "0.33"),
    ],
)
def test_digits_are_the_same_on_every_machine(error, verdict, text):
    for noise in (-1e-10, 0, 1e-10):
        report = GradientReport((row(error=error + noise * error, verdict=verdict),), 1e-7)
        assert report.cells()[0][2] == text


def test_text_and_html():
    report = GradientReport((row(), row("<b>", 0.5, "wrong", 2)), 1e-7)
    assert str(report).splitlines() == [
        "tensor  shape  relative error  kinks  verdict",
        "W       2 x 3         < 1e-07      0    right",
        "<b>     2 x 3             0.5      2    wrong",
        "Warning: <b> has 2 of 6 entries at a kink or tie: "
        "left and right slope differ, so there is no derivative to compare with.",
    ]
    assert repr(report) == str(report)
    html = report._repr_html_()
    assert "<td>&lt;b&gt;</td><td>2 x 3</td><td>0.5</td><td>2</td><td>wrong</td>" in html
    assert "<p>Warning: &lt;b&gt; has 2 of 6" in html
    assert html.count("<tr>") == 3


def test_worst_prefers_what_is_not_a_number():
    rows = (row("a", 0.5, "wrong"), row("b", np.nan, "wrong"), row("c", 0.1, "wrong"))
    assert GradientReport(rows, 1e-7).worst.tensor == "b"
    assert GradientReport(rows[::2], 1e-7).worst.tensor == "a"


def test_reports_are_plain_values():
    a = np.ones(2)
    first, second = (check_gradient(lambda: a.sum(), a, a) for _ in range(2))
    assert first == second
    assert copy.deepcopy(first) == first
