"""A Sphinx extension: a folded cell has a name, and a check is one line with a tick.

What a cell is stands in its metadata, which plain Jupyter leaves alone. The tags `hide-input` and
`hide-cell` fold it, the prompts of MyST-NB name it, and the tag `check` says that it only checks:

    {"tags": ["hide-input"], "mystnb": {"code_prompt_show": "Set-up", ...}}
    {"tags": ["check", "hide-cell"], "mystnb": {"code_prompt_show": "both agree", ...}}

In a name, `fig-...` becomes the number of that figure, `eq-...` the number of that equation, and
text between backticks is code.
"""

import re
from html import escape

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, HideInputCells
from sphinx.transforms.post_transforms import SphinxPostTransform

from . import numbers

TICK = (
    '<svg class="tick" viewBox="0 0 16 16" aria-hidden="true">'
    '<path d="M3 8.5 6.5 12 13 4.5"/></svg>'
)
LABEL = re.compile(r"\(?\b((?:fig|eq)-[a-z0-9-]*[a-z0-9])\b\)?")


class NameChecks(SphinxPostTransform):
    """Mark the folds that MyST-NB has made of cells that only check."""

    default_priority = HideInputCells.default_priority + 1
    formats = ("html",)

    def run(self):
        for cell in self.document.findall(nodes.container):
            if "tag_check" in cell["classes"]:
                for fold in cell.findall(HideCodeCellNode):
                    fold["classes"].append("check")


def name(text, builder, here):
    """Return the name of a fold as HTML."""
    html = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))

    def number(match):
        form = "(%s)" if match[1].startswith("eq-") else "Fig.&nbsp;%s"
        return numbers.link(builder, here, match[1], form)

    return LABEL.sub(number, html)


def visit_fold(self, node):
    title = name(node["prompt_show"], self.builder, self.builder.current_docname)
    kind = "fold"
    if "check" in node["classes"]:
        kind = "fold check"
        title = f'{TICK}<span><span class="checked">checked:</span> {title}</span>'
    self.body.append(f'<details class="{kind}">\n<summary>{title}</summary>\n')


def depart_fold(self, node):
    self.body.append("</details>\n")


def setup(app):
    app.add_node(HideCodeCellNode, override=True, html=(visit_fold, depart_fold))
    app.add_post_transform(NameChecks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
