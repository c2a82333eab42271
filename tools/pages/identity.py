"""A Sphinx extension: how the book names itself to browsers, search engines and those who share it.

Logo and icons (tools/draw_identity.py draws them), a description of each page, and a page for
addresses that do not exist.
"""

from html import escape
from pathlib import Path

from docutils import nodes

LONGEST = 200  # characters of a description
ICONS = """<link rel="icon" href="{static}icon.svg" type="image/svg+xml">
<link rel="icon" href="{static}icon-32.png" sizes="32x32" type="image/png">
<link rel="apple-touch-icon" href="{static}icon-180.png">
"""
TEMPLATES = Path(__file__).parent / "templates"


def configure(app, config):
    config.templates_path.append(str(TEMPLATES))
    config.html_theme_options["logo"] = {
        "image_light": "_static/logo.svg",
        "image_dark": "_static/logo-dark.svg",
        "alt_text": "",  # the title stands beside it
        "text": config.html_title,
    }
    config.ogp_image = "_static/social.png"
    config.ogp_image_alt = "A digit goes forward through a kernel, and a gradient comes back to it."
    config.ogp_enable_meta_description = False  # pages have one, at home or not


def description(doctree):
    """Return the first words of a page, in whole sentences where they fit."""
    first = next(doctree.findall(nodes.paragraph), None)
    words = " ".join(first.astext().split()) if first is not None else ""
    if len(words) <= LONGEST:
        return words
    cut = words[:LONGEST]
    sentence = cut.rfind(". ")
    return (
        cut[: sentence + 1]
        if sentence > LONGEST / 2
        else cut[: cut.rfind(" ")] + " \N{HORIZONTAL ELLIPSIS}"
    )


def introduce(app, pagename, templatename, context, doctree):
    static = context["pathto"]("_static/", 1)
    tags = ICONS.format(static=static)
    if doctree is not None:
        words = escape(description(doctree))
        tags += f'<meta name="description" content="{words}">\n'
    if pagename == "404" and app.config.html_baseurl:
        # Shown at any address, so its links start from the book's home.
        tags = f'<base href="{app.config.html_baseurl}">\n{tags}'
    if pagename == app.config.root_doc:
        context["docstitle"] = ""  # the page's own title is the book's
    context["metatags"] = context.get("metatags", "") + tags


def page_for_nothing(app):
    yield "404", {"title": "Page not found"}, "404.html"


def setup(app):
    app.connect("config-inited", configure, priority=90)
    app.connect("html-page-context", introduce)
    app.connect("html-collect-pages", page_for_nothing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
