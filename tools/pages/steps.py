"""A Sphinx extension: a cell that draws several figures is one figure to step through.

Such a cell has the tag `steps`, and one sentence for each figure that it shows:

    {"tags": ["hide-input", "steps"], "steps": ["At the start ...", "Then $x$ ..."],
     "mystnb": {"figure": {"caption": "...", "name": "fig-name"}, "image": {"alt": "..."}}}

Plain Jupyter shows the figures below each other. A page shows one at a time, with its sentence, if
scripts may run (tools/pages/touch/steps.js), and all of them otherwise and on paper.
"""

import json
import re
from html import escape

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from pages.plain_tex import plain

logger = logging.getLogger(__name__)
MARKS = re.compile(r"\$(?P<math>[^$]+)\$|`(?P<literal>[^`]+)`|\*(?P<emphasis>[^*]+)\*")


class Steps(nodes.container):
    """All frames of a figure to step through."""


class Step(nodes.container):
    """A frame with its sentence; `says` is the sentence for those who hear it."""


def set_caption_aside(app, name, source):
    """Take caption and label of a cell of steps from where MyST-NB gives them to every figure."""
    if not app.env.doc2path(name).endswith(".ipynb") or '"steps"' not in source[0]:
        return
    notebook = json.loads(source[0])
    for cell in notebook["cells"]:
        if "steps" in cell["metadata"].get("tags", ()):
            figure = cell["metadata"].get("mystnb", {}).pop("figure", {})
            cell["metadata"]["steps-figure"] = figure
    source[0] = json.dumps(notebook)


def sentence(text):
    """Return the nodes of a sentence, in which $x$, `code` and *words* are marked."""
    parts, end = [], 0
    for match in MARKS.finditer(text):
        kind = match.lastgroup
        marked = getattr(nodes, kind)(match[kind], "" if kind == "math" else match[kind])
        if kind == "math":
            marked += nodes.Text(match[kind])
        parts += [nodes.Text(text[end : match.start()]), marked]
        end = match.end()
    return [*parts, nodes.Text(text[end:])]


def spoken(text):
    """Return a sentence as plain text."""
    return MARKS.sub(lambda m: plain(m["math"]) if m["math"] else m[m.lastgroup], text)


class GatherSteps(SphinxTransform):
    """Put the figures of a cell of steps into one."""

    default_priority = 400

    def apply(self):
        for cell in list(self.document.findall(nodes.container)):
            if "tag_steps" in cell["classes"]:
                self.gather(cell, cell["cell_metadata"])

    def gather(self, cell, metadata):
        bundles = [
            node
            for node in cell.findall(nodes.container)
            if node.get("nb_element") == "mime_bundle" and any(node.findall(nodes.image))
        ]
        sentences = metadata.get("steps", [])
        if len(bundles) != len(sentences) or not bundles:
            counts = f"{len(bundles)} figures and {len(sentences)} sentences"
            logger.warning("a cell of steps has %s", counts, location=cell)
            return
        steps = Steps()
        bundles[0].replace_self(self.captioned(steps, metadata.get("steps-figure", {})))
        for bundle in bundles[1:]:
            bundle.parent.remove(bundle)
        for bundle, text in zip(bundles, sentences, strict=True):
            says = nodes.paragraph("", "", *sentence(text), classes=["steps-says"])
            steps += Step("", bundle, says, says=spoken(text))

    def captioned(self, steps, figure):
        """Return the steps in a figure with caption and label, if they have any."""
        if not figure:
            return steps
        node = nodes.figure("", steps, nodes.caption("", "", *sentence(figure.get("caption", ""))))
        if "name" in figure:
            node["names"].append(nodes.fully_normalize_name(figure["name"]))
            self.document.note_explicit_target(node, node)
        return node


def visit_steps(self, node):
    self.body.append(
        f'<div class="touch-figure steps" data-touch="steps" role="group" '
        f'aria-label="Figure in {len(node)} steps">\n<div class="steps-frames">\n'
    )


def visit_step(self, node):
    self.body.append(f'<div class="steps-frame" data-says="{escape(node["says"])}">\n')


def setup(app):
    app.add_node(Steps, html=(visit_steps, lambda self, _: self.body.append("</div>\n</div>\n")))
    app.add_node(Step, html=(visit_step, lambda self, _: self.body.append("</div>\n")))
    app.connect("source-read", set_caption_aside)
    app.add_transform(GatherSteps)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
