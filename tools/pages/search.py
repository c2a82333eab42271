"""A Sphinx extension: the search finds sections, and works from files.

A page opened from a file may not fetch anything, so the texts of all sections are written into a
script, which the search page loads beside the library MiniSearch and `search_page.js`.
"""

import json
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

from pages.place import place
from pages.plain_tex import plain

HERE = Path(__file__).parent
TEXTS = "search_sections.js"
SCRIPTS = ["minisearch.js", "search_page.js"]

HEADINGS = {
    nodes.section: nodes.title,
    nodes.definition_list_item: nodes.term,
    addnodes.desc: addnodes.desc_signature,
}
SILENT = (nodes.comment, nodes.raw, nodes.image, nodes.system_message, nodes.math_block)


def is_place(node):
    """Whether a node is found by itself: a section, a term of the glossary, an entry of the API."""
    if isinstance(node, nodes.definition_list_item):
        return isinstance(node.parent.parent, addnodes.glossary)
    # The content of an exercise is a section, too, but one without a title; some entries of the
    # API have no anchor.
    heading = HEADINGS.get(type(node))
    return heading is not None and isinstance(node[0], heading) and bool(anchor(node))


def anchor(found):
    """Return the name by which an address leads to a place."""
    return next(iter([*found["ids"], *found[0]["ids"]]), "")


def is_read(node):
    """Whether a node belongs to the text of the place that it stands in."""
    heading = type(node) in HEADINGS.values() and is_place(node.parent)
    output = isinstance(node, nodes.Element) and node.get("nb_element") == "cell_code_output"
    line = isinstance(node, nodes.Element) and "place" in node.get("classes", [])
    return not (is_place(node) or heading or output or line or isinstance(node, SILENT))


def text_of(node):
    """Return the words of a node, its formulas as plain text, without places within it and code."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.math):
        return plain(node.astext())
    if isinstance(node, nodes.literal_block):
        return ""
    words = "".join(text_of(child) for child in node.children if is_read(child))
    return words if isinstance(node, nodes.Inline) else f"{words}\n"


def code_of(node):
    """Yield the code that stands in a place."""
    for child in filter(is_read, node.children):
        if isinstance(child, nodes.literal_block):
            yield child.astext()
        else:
            yield from code_of(child)


def row(found, numbers):
    """Return a place as a row of the index: anchor, title, text, code."""
    number = ".".join(map(str, numbers.get(f"#{anchor(found)}", [])))
    name = found[0].get("fullname") or text_of(found[0])
    title, text = one_line(f"{number} {name}"), one_line(text_of(found))
    return [anchor(found), title, text, "\n".join(code_of(found))]


def one_line(text):
    return " ".join(text.split())


def collect(app, page, template, context, doctree):
    """Keep what a page says. (The book is always rendered whole, so no page is missing.)"""
    if page == "search":
        return "search_sections.html"
    if doctree is not None:
        env = app.env
        numbers = env.toc_secnumbers.get(page, {})
        title = env.titles[page].astext()
        part = (place(env.external_site_map, page) or [""])[0]
        rows = [row(found, numbers) for found in doctree.findall(is_place)]
        app.search_pages.append([f"{page}.html", title, part, rows])
    return None


def write(app, error):
    """Write the texts as a script, and what reads it."""
    if error is None and app.builder.format == "html":
        texts = json.dumps(app.search_pages, ensure_ascii=False, separators=(",", ":"))
        static = Path(app.outdir, "_static")
        (static / TEXTS).write_text(f"const SEARCH_PAGES = {texts};\n", encoding="utf-8")


def configure(app, config):
    app.search_pages = []
    config.templates_path.append(str(HERE / "templates"))
    config.html_static_path.extend(str(HERE / "static" / name) for name in SCRIPTS)


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", collect)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
