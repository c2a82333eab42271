"""A Sphinx extension: the directive `claim-list`, a table of claims from a file beside the page.

Each row of the YAML file has item, statement, source (a key of the bibliography), verdict, page,
anchor (a label on that page) and evidence.
"""

from pathlib import Path

import yaml
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from pages.claims import STAMPS

KEYS = {"item", "statement", "source", "verdict", "page", "anchor", "evidence"}


def read_claims(path):
    """The rows of a file of claims; a row that is not whole is refused."""
    rows = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    for row in rows:
        if row.keys() != KEYS:
            raise ValueError(f"{path}: a claim has {sorted(KEYS)}, but got {sorted(row)}")
        if row["verdict"] not in STAMPS:
            raise ValueError(f"{path}: {row['item']} has the verdict {row['verdict']!r}")
    return rows


def where(anchor):
    """A reference to a label, by the name that its kind has on the pages."""
    if anchor.startswith("eq-"):
        return f"{{eq}}`{anchor}`"
    if anchor.startswith("fig-"):
        return f"{{numref}}`{anchor}`"
    return f"{{ref}}`there <{anchor}>`"


class ClaimList(SphinxDirective):
    required_arguments = 1

    def run(self):
        _, path = self.env.relfn2path(self.arguments[0])
        self.env.note_dependency(path)
        lines = ["| | claim | source | verdict | evidence |", "| --- | --- | --- | --- | --- |"]
        for row in read_claims(path):
            cells = (
                row["item"],
                row["statement"],
                f"{{cite:t}}`{row['source']}`",
                f"**{STAMPS[row['verdict']]}**",
                f"{row['evidence']} {where(row['anchor'])}",
            )
            lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
        table = nodes.container(classes=["claim-list"])
        self.content = self.content.__class__(lines, source=path)
        self.state.nested_parse(self.content, self.content_offset, table)
        return [table]


def setup(app):
    app.add_directive("claim-list", ClaimList)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
