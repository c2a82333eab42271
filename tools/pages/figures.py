"""A Sphinx extension: the drawings of the notebooks stand in the pages as SVG, not as pictures.

A notebook stores each figure twice, as SVG and as PNG. This puts the SVG into the page itself,
where the page's fonts and colours reach it: its ground is the page's, its ink and its colours with
a meaning are the variables of _static/look.css, and so it follows light and dark. Its description,
the `alt` of the cell's metadata, is what a screen reader reads.
"""

from pathlib import Path

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from pages.drawing import inline


class PutDrawingsInline(SphinxPostTransform):
    """Replace images of notebooks that are SVG by the SVG itself."""

    default_priority = 50  # after MyST-NB has chosen SVG among what a cell shows
    formats = ("html",)

    def run(self):
        folder = Path(self.app.srcdir)
        drawings = [node for node in self.document.findall(nodes.image) if is_drawing(node)]
        for number, node in enumerate(drawings):
            svg = (folder / node["uri"]).read_text(encoding="utf-8")
            html = inline(svg, f"d{number}-", node.get("alt", ""))
            node.replace_self(nodes.raw("", html, format="html", classes=node["classes"]))


def is_drawing(node):
    return node.get("uri", "").endswith(".svg") and "jupyter_execute" in node["uri"]


def setup(app):
    app.add_post_transform(PutDrawingsInline)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
