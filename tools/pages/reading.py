"""What a page asks of its reader: words, minutes, and the code that stands open.

Exercises and their solutions are no part of this, because nobody knows how long they take.
"""

import re
from pathlib import Path

import nbformat

WORDS_A_MINUTE = 120  # prose, formulas and code of this kind, read with understanding

WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,}|:{3,}) *(?:\{([\w:-]+)\})?(.*)")
# Directives that hold no prose. None is a fence without a name, a block of code.
SILENT = {None, "code", "code-block", "code-cell", "eval-rst", "image", "literalinclude"}
SILENT |= {"math", "raw", "tableofcontents", "toctree"}
EXERCISES = {"exercise", "solution"}
FOLDS = {"hide-input", "hide-cell", "remove-input", "remove-cell"}

FORMULA = re.compile(r"\$\$.*?\$\$(?: *\([\w-]+\))?|\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.S)
IN_TEXT = [
    (re.compile(r"<!--.*?-->|^%.*?$|^\([\w-]+\)=$", re.S | re.M), " "),  # comments and targets
    (re.compile(r"(?<![\\$])\$[^$\n]+(?:\n[^$\n]+)*\$"), " formula "),
    (re.compile(r"\{[\w:-]+\}`([^`<]+?) *(?:<[^`>]*>)?`"), r" \1 "),  # roles, with their text
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),  # links
    (re.compile(r"<[^>]*>|&\w+;"), " "),
]


def read_page(path):
    """Return a page as a notebook; a Markdown file is one with a single cell."""
    path = Path(path)
    if path.suffix == ".ipynb":
        return nbformat.read(path, as_version=4)
    cell = nbformat.v4.new_markdown_cell(path.read_text(encoding="utf-8"))
    return nbformat.v4.new_notebook(cells=[cell])


def outside_exercises(text):
    """Yield the lines of prose: no code, no options of directives, no exercises."""
    fences, between = [], False
    for line in text.splitlines():
        match = FENCE.fullmatch(line)
        marker, name, rest = match.groups() if match else ("", None, "")
        if match and fences and not name and not rest.strip() and marker.startswith(fences[-1][0]):
            fences.pop()
        elif match and not (fences and fences[-1][1] in SILENT):
            fences.append((marker, name))
            directive, _, end = (name or "").rpartition("-")
            if directive in EXERCISES and end in ("start", "end"):
                between = end == "start"
            line = "" if name in SILENT | {"figure"} else rest
        elif fences and re.match(r" *:[\w-]+:", line):
            line = ""
        names = {name for _, name in fences}
        if not between and not names & (SILENT | EXERCISES):
            yield line


def count_words(text):
    """Count the words of MyST Markdown; a formula in a sentence is one word."""
    prose = FORMULA.sub(" ", "\n".join(outside_exercises(text)))
    for pattern, replacement in IN_TEXT:
        prose = pattern.sub(replacement, prose)
    return len(WORD.findall(prose))


def words(notebook):
    """Count the words of a page, captions and steps included, exercises and solutions apart."""
    captions = [
        cell.metadata.get("mystnb", {}).get("figure", {}).get("caption", "")
        for cell in notebook.cells
    ]
    captions += [text for cell in notebook.cells for text in cell.metadata.get("steps", [])]
    # One text: exercises with cells in them begin in one cell and end in another.
    text = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return count_words("\n\n".join(text + captions))


def reading_minutes(notebook):
    """Return how many minutes a page takes, without its exercises; at least 1."""
    return max(1, round(words(notebook) / WORDS_A_MINUTE))


def kind(cell):
    """Return what a code cell is on the page: "visible", "fold" or "check"."""
    tags = set(cell.metadata.get("tags", []))
    if "check" in tags:
        return "check"
    return "fold" if tags & FOLDS else "visible"


def visible_cells(notebook):
    """Return the code cells whose source stands open on the page."""
    code = (cell for cell in notebook.cells if cell.cell_type == "code")
    return [cell for cell in code if kind(cell) == "visible"]
