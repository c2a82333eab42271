"""Words, minutes and kinds of cells are counted as a reader would count them."""

import sys
from pathlib import Path

import nbformat
import pytest

sys.path.append(str(Path(__file__).parents[2] / "tools"))
from pages import reading


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("One two three.", 3),
        ("Back-propagation isn't *hard*.", 3),
        ("The sum $a + b$ is small.", 5),
        ("A formula:\n\n$$\na + b = c\n$$ (eq-sum)\n\nstands apart.", 4),
        (r"A \$5 note and a \$6 note.", 7),
        ("See {eq}`eq-sum` and {term}`the loss <loss>`.", 5),
        ("A [link to it](https://example.org/a-b-c) here.", 5),
        ("Some `code` here.", 3),
        ("Before\n\n```python\nx = 1\n```\n\nafter.", 2),
        ("```{note} A title\n:class: tip\nThree more words.\n```", 5),
        (
            "```{claim} A statement.\n:source: {cite:t}`a1`\n:verdict: wrong\nIt fails.\n```",
            4,
        ),
        ("```{math}\n:label: eq-a\na b c d\n```\nend", 1),
        ("<!-- not seen --> seen", 1),
        ("(a-target)=\n# Title", 1),
        ("| a | b |\n|---|---|\n| 1 | 2 |", 4),
    ],
)
def test_words_are_counted(text, count):
    assert reading.count_words(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "One.\n\n```{exercise} Hard (easy)\n:label: ex-a\nMany words here.\n```",
        "One.\n\n````{solution} ex-a\nWords.\n\n```python\ncode\n```\n\nMore.\n````",
        "One.\n\n```{exercise-start} T\n:label: a\n```\n\nMany words.\n\n```{exercise-end}\n```",
        "One.\n\n:::{exercise} T\nwords\n:::",
    ],
)
def test_exercises_are_not_counted(text):
    assert reading.count_words(text) == 1
    assert reading.count_words(f"{text}\n\nTwo three.") == 3


def notebook(*cells):
    return nbformat.v4.new_notebook(cells=list(cells))


def test_exercise_with_cells_in_it_is_not_counted():
    markdown = nbformat.v4.new_markdown_cell
    cells = [
        markdown("Two words.\n\n```{solution-start} ex-a\n```"),
        nbformat.v4.new_code_cell("x = 1"),
        markdown("Not counted."),
        markdown("```{solution-end}\n```\n\nFive."),
    ]
    assert reading.words(notebook(*cells)) == 3


def test_captions_and_steps_are_counted():
    metadata = {"mystnb": {"figure": {"caption": "Three small words.", "name": "fig-a"}}}
    metadata["steps"] = ["One.", "Then $x$."]
    assert reading.words(notebook(nbformat.v4.new_code_cell("draw()", metadata=metadata))) == 6


@pytest.mark.parametrize(("count", "minutes"), [(0, 1), (120, 1), (170, 1), (190, 2), (2400, 20)])
def test_minutes(count, minutes):
    page = notebook(nbformat.v4.new_markdown_cell("word " * count))
    assert reading.reading_minutes(page) == minutes


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ([], "visible"),
        (["figure-not-compared"], "visible"),
        (["hide-input"], "fold"),
        (["remove-input"], "fold"),
        (["check", "hide-cell"], "check"),
    ],
)
def test_kinds_of_cells(tags, kind):
    cell = nbformat.v4.new_code_cell("x", metadata={"tags": tags})
    assert reading.kind(cell) == kind
    assert reading.visible_cells(notebook(cell)) == [cell] * (kind == "visible")


def test_markdown_page_is_read_like_a_notebook(tmp_path):
    path = tmp_path / "page.md"
    path.write_text("# Title\n\nThree more words.", encoding="utf-8")
    assert reading.words(reading.read_page(path)) == 4
