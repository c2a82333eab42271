"""A Sphinx extension: a line under each title says where in the book one is, and how long it takes.

The parts, their names and the order of their pages are those of `_toc.yml`.
"""

from docutils import nodes

from pages.reading import read_page, reading_minutes


def parts(site_map):
    """Return the captions of the parts, each with the list of its pages."""
    return {part.caption: list(part.items) for part in site_map.root.subtrees}


def place(site_map, page):
    """Return the part of a page, its number in there, and the number of pages; None for others."""
    for caption, pages in parts(site_map).items():
        if caption and page in pages:
            return caption, pages.index(page) + 1, len(pages)
    return None


def describe(caption, number, count, minutes):
    """Say in one line where a page is: 'Part II, Layers · page 2 of 6 · about 18 minutes'."""
    words = [caption, f"page {number} of {count}"]
    if caption.startswith("Part "):  # an appendix is looked up, not read through
        words.append("about 1 minute" if minutes == 1 else f"about {minutes} minutes")
    return " · ".join(words)


def insert_place(app, doctree, page):
    """Put the line under the title."""
    found = place(app.env.external_site_map, page)
    title = next(doctree.findall(nodes.title), None)
    if found and title is not None:
        minutes = reading_minutes(read_page(app.env.doc2path(page)))
        line = nodes.paragraph("", describe(*found, minutes), classes=["place"])
        title.parent.insert(title.parent.index(title) + 1, line)


def setup(app):
    app.connect("doctree-resolved", insert_place)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
