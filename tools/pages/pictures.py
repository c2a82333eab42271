"""A Sphinx extension: the small pictures of `chapters/pictures` stand in the pages themselves.

As files they would not follow the page between light and dark. `tools/draw_cards.py` draws them.
"""

import re
from pathlib import Path

IMAGE = re.compile(r"<img\b[^>]*>")
ATTRIBUTE = re.compile(r'(\w+)="([^"]*)"')


def inline(tag, folder):
    """Return the drawing that an image shows, with its description; other images as they are."""
    attributes = dict(ATTRIBUTE.findall(tag))
    file = folder / Path(attributes.get("src", "")).name
    if file.suffix != ".svg" or not file.is_file():
        return tag
    described = f'<svg class="picture" role="img" aria-label="{attributes["alt"]}"'
    return file.read_text(encoding="utf-8").strip().replace("<svg", described, 1)


def draw(app, page, template, context, doctree):
    if "body" in context:
        folder = Path(app.srcdir, "chapters", "pictures")
        context["body"] = IMAGE.sub(lambda match: inline(match[0], folder), context["body"])


def setup(app):
    app.connect("html-page-context", draw)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
