"""What is stored in the notebooks: complete, in order, and the same on every machine."""

import re
from pathlib import Path

import nbformat
import pytest

CHAPTERS = Path(__file__).parents[2] / "chapters"
NOTEBOOKS = sorted(CHAPTERS.rglob("*.ipynb"))
LONGEST_CELL = 30
LARGEST_FILE = 3_000_000

MACHINE = re.compile(r"(?<![\w.])/(home|root|tmp|usr|opt|Users|work)/|[A-Z]:\\|site-packages")
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def outputs(notebook):
    return [(cell, output) for cell in code_cells(notebook) for output in cell.outputs]


def text(output):
    """Return all text of an output, without its images."""
    data = output.get("data", {})
    parts = [value for kind, value in data.items() if kind.startswith("text/")]
    return "\n".join([output.get("text", ""), *parts])


def draws(output):
    return any(kind.startswith("image/") for kind in output.get("data", {}))


def not_run_in_order(notebook):
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return counts != list(range(1, len(counts) + 1)) and f"execution counts {counts}"


def writes_to_stderr(notebook):
    return [text(output) for _, output in outputs(notebook) if output.get("name") == "stderr"]


def raises(notebook):
    return [output.ename for _, output in outputs(notebook) if output.output_type == "error"]


def names_a_machine(notebook):
    found = (MACHINE.search(text(output)) for _, output in outputs(notebook))
    return [match.group() for match in found if match]


def prints_an_address(notebook):
    found = (ADDRESS.search(text(output)) for _, output in outputs(notebook))
    return [match.group() for match in found if match]


def has_a_long_cell(notebook):
    lengths = [sum(map(bool, map(str.strip, c.source.split("\n")))) for c in code_cells(notebook)]
    return [length for length in lengths if length > LONGEST_CELL]


def has_an_empty_cell(notebook):
    return [cell.id for cell in notebook.cells if not cell.source.strip()]


def escapes_the_comparison(notebook):
    tags = [tag for cell in notebook.cells for tag in cell.metadata.get("tags", [])]
    markers = [
        line for c in code_cells(notebook) for line in c.source.split("\n") if "NBVAL" in line
    ]
    return [tag for tag in tags if tag.startswith("nbval") or tag == "raises-exception"] + markers


def draws_without_alt_text(notebook):
    drawn = [cell for cell, output in outputs(notebook) if draws(output)]
    html = [text(output) for _, output in outputs(notebook)]
    alts = [cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "") for cell in drawn]
    silent = [
        tag for page in html for tag in re.findall(r"<img\b[^>]*>", page) if "alt=" not in tag
    ]
    return [cell.source for cell, alt in zip(drawn, alts, strict=True) if not alt.strip()] + silent


def ends_with_a_semicolon(notebook):
    """The kernel of nbval does not see that ";" hides a result: `plt.show()` serves instead."""
    return [c.source for c in code_cells(notebook) if c.source.rstrip().endswith(";")]


def has_no_map(notebook):
    """The section "The map" draws at least one figure."""
    section, drawn = "", False
    for cell in notebook.cells:
        headings = (
            re.findall(r"^## +(.*)$", cell.source, re.M) if cell.cell_type == "markdown" else []
        )
        section = headings[-1] if headings else section
        is_map = re.search(r"\bmaps?\b", section, re.I)
        drawn |= bool(is_map) and any(draws(output) for output in cell.get("outputs", []))
    return not drawn and "no section on the map with a figure"


def does_without_cnnbook(notebook):
    lines = [line for cell in code_cells(notebook) for line in cell.source.split("\n")]
    return not any(re.match(r"(from|import) cnnbook\b", line) for line in lines) and "no import"


def has_other_metadata(notebook):
    kept = {"kernelspec", "language_info"}
    more = set(notebook.metadata) - kept | set(notebook.metadata.get("language_info", {})) & {
        "version"
    }
    in_cells = {key for cell in notebook.cells for key in cell.metadata}
    return sorted(more | in_cells - {"mystnb", "steps", "tags"})


CHECKS = [
    not_run_in_order,
    writes_to_stderr,
    raises,
    names_a_machine,
    prints_an_address,
    has_a_long_cell,
    has_an_empty_cell,
    escapes_the_comparison,
    draws_without_alt_text,
    ends_with_a_semicolon,
    has_no_map,
    does_without_cnnbook,
    has_other_metadata,
]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("fault", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_has_no_fault(path, fault):
    if fault is has_no_map and path.parent == CHAPTERS:
        pytest.skip("the introduction is no chapter, and has no map")
    assert not fault(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_not_too_large(path):
    assert path.stat().st_size <= LARGEST_FILE


# Each check finds the fault that it is there for.


@pytest.fixture
def notebook():
    new = nbformat.v4
    drawing = new.new_output("display_data", {"image/png": "", "text/plain": "<Figure>"})
    cells = [
        new.new_markdown_cell("# Title"),
        new.new_code_cell("from cnnbook import layers", execution_count=1),
        new.new_markdown_cell("## The map"),
        new.new_code_cell("plt.show()", execution_count=2, outputs=[drawing]),
    ]
    cells[-1].metadata = {"mystnb": {"image": {"alt": "Ten clusters"}}}
    return new.new_notebook(cells=cells)


def stream(words, name="stdout"):
    return nbformat.v4.new_output("stream", text=words, name=name)


def spoil(notebook, fault):
    first, last = notebook.cells[1], notebook.cells[-1]
    if fault is not_run_in_order:
        last.execution_count = 7
    elif fault is writes_to_stderr:
        first.outputs = [stream("a warning", "stderr")]
    elif fault is raises:
        first.outputs = [nbformat.v4.new_output("error", ename="ValueError")]
    elif fault is names_a_machine:
        first.outputs = [stream("read /tmp/digits.npz")]
    elif fault is prints_an_address:
        first.outputs = [stream("<object at 0x7f3a2b1c4d50>")]
    elif fault is has_a_long_cell:
        first.source += "\nx = 1" * LONGEST_CELL
    elif fault is has_an_empty_cell:
        notebook.cells[0].source = " \n"
    elif fault is escapes_the_comparison:
        first.metadata["tags"] = ["nbval-ignore-output"]
    elif fault is draws_without_alt_text:
        last.metadata = {}
    elif fault is ends_with_a_semicolon:
        last.source = "ax.plot(x);"
    elif fault is has_no_map:
        notebook.cells[2].source = "## Summary"
    elif fault is does_without_cnnbook:
        first.source = "import numpy"
    elif fault is has_other_metadata:
        first.metadata["collapsed"] = True


@pytest.mark.parametrize("fault", CHECKS, ids=lambda check: check.__name__)
def test_check_finds_its_fault(notebook, fault):
    assert not fault(notebook)
    spoil(notebook, fault)
    assert fault(notebook)
