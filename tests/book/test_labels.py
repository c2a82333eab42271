"""Equations and code name each other: labels are unique, and every citation has its label."""

import ast
import re
from collections import Counter
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]
DEFINED = re.compile(r"\$\$\s*\((eq-[\w-]+)\)|^:label: *(eq-[\w-]+)", re.M)
CITED_IN_CODE = re.compile(r":eq:`([^`]+)`")
CITED_IN_TEXT = re.compile(r"\{eq\}`(?:[^`<]*<)?([^`>]+)>?`")
MENTIONED = re.compile(r"\beq-[a-z0-9-]+\b")


def pages():
    """Yield the prose and the code of every page of the book."""
    for path in sorted((ROOT / "chapters").rglob("*.md")):
        yield path.read_text(encoding="utf-8"), ""
    for path in sorted((ROOT / "chapters").rglob("*.ipynb")):
        cells = nbformat.read(path, as_version=4).cells
        kinds = ("markdown", "code")
        yield tuple("\n\n".join(c.source for c in cells if c.cell_type == kind) for kind in kinds)


def docstrings():
    """Yield the name and the docstring of everything in the package."""
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    for path in sorted((ROOT / "cnnbook").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, kinds):
                name = f"{path.stem}.{getattr(node, 'name', '')}"
                yield name, ast.get_docstring(node) or ""


def defined():
    found = [match for prose, _ in pages() for match in DEFINED.findall(prose)]
    return Counter("".join(match) for match in found)


def test_every_label_is_defined_once():
    assert [label for label, count in defined().items() if count > 1] == []


def test_every_equation_that_the_package_cites_is_defined():
    labels = defined()
    missing = [
        (name, label)
        for name, words in docstrings()
        for label in CITED_IN_CODE.findall(words)
        if label not in labels
    ]
    assert missing == []


def test_every_labelled_equation_is_cited():
    cited = {label for _, words in docstrings() for label in CITED_IN_CODE.findall(words)}
    for prose, code in pages():
        cited |= set(CITED_IN_TEXT.findall(prose)) | set(MENTIONED.findall(code))
    assert sorted(set(defined()) - cited) == []


def test_the_package_cites_equations():
    assert any(CITED_IN_CODE.findall(words) for _, words in docstrings())


def test_labels_are_recognised():
    prose = "$$\nz = x\n$$ (eq-layer)\n\n```{math}\n:label: eq-sgd\nz\n```\nsee {eq}`eq-layer`"
    assert ["".join(match) for match in DEFINED.findall(prose)] == ["eq-layer", "eq-sgd"]
    assert CITED_IN_TEXT.findall(prose) == ["eq-layer"]
