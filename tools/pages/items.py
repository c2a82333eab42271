"""A Sphinx extension: readers of the reference meet authors and years, not the makers' item codes.

Docstrings name the item of the sources that a function treats, such as M15, for those who work on
the book. On the pages these codes are left out.
"""

import re

CODES = r"[MWGKO]\d{1,2}(?:(?:, | and )[MWGKO]\d{1,2})*"
PATTERNS = (
    (re.compile(rf"\s*\({CODES}\)"), ""),
    (re.compile(rf"[;,] {CODES}(?= put right\))"), ";"),
    (re.compile(rf"[;,]\s+{CODES}(?=\))"), ""),
    (re.compile(rf"\({CODES}[;:,]\s+(?=[a-z])"), "("),
)


def without_items(text):
    """The text without item codes and the brackets that held nothing else."""
    for pattern, instead in PATTERNS:
        text = pattern.sub(instead, text)
    return text


def leave_out_items(app, what, name, thing, options, lines):
    lines[:] = without_items("\n".join(lines)).split("\n")


def setup(app):
    app.connect("autodoc-process-docstring", leave_out_items)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
