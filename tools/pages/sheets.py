"""A Sphinx extension: the book's style sheets in one order, whatever the file system's is.

Names for colours first, then the faces, then each matter, and last what holds on paper.
"""

from pathlib import Path

FIRST, LAST = ("look.css", "type.css"), ("paper.css",)


def place(name):
    """Where a style sheet stands among the book's own."""
    if name in FIRST:
        return (0, FIRST.index(name), name)
    return (2, 0, name) if name in LAST else (1, 0, name)


def arrange(app, pagename, templatename, context, doctree):
    own = {path.name for path in Path(app.srcdir, "_static").glob("*.css")}
    sheets = context.get("css_files", [])
    names = [Path(str(getattr(sheet, "filename", sheet))).name for sheet in sheets]
    named = list(zip(names, sheets, strict=True))
    others = [sheet for name, sheet in named if name not in own]
    ours = sorted((pair for pair in named if pair[0] in own), key=lambda pair: place(pair[0]))
    context["css_files"] = others + [sheet for _, sheet in ours]


def setup(app):
    app.connect("html-page-context", arrange)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
