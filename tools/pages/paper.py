"""A Sphinx extension: running heads and page numbers for those who print a page.

They stand in the margin boxes of the paper; browsers that know none print without them.
"""

from html import escape

HEADS = """<style>
@media print {{
  @page {{
    @top-left {{ content: "{book}"; font: 8.5pt Inter, sans-serif; color: #5f5c55; }}
    @top-right {{ content: "{page}"; font: 8.5pt Inter, sans-serif; color: #5f5c55; }}
    @bottom-center {{ content: counter(page); font: 8.5pt Inter, sans-serif; color: #5f5c55; }}
  }}
  @page :first {{ @top-left {{ content: none; }} @top-right {{ content: none; }} }}
}}
</style>"""


def heads(book, page):
    """Return a style sheet with a book's and a page's title."""
    book, page = (escape(css_string(text), quote=False) for text in (book, page))
    return HEADS.format(book=book, page=page)


def css_string(text):
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def numbered(env, name):
    """The title of a page with the number of its chapter."""
    number = env.toc_secnumbers.get(name, {}).get("", ())
    title = env.titles[name].astext() if name in env.titles else ""
    return " \N{MIDDLE DOT} ".join(filter(None, [".".join(map(str, number)), title]))


def add_heads(app, pagename, templatename, context, doctree):
    if doctree is not None:
        title = numbered(app.env, pagename)
        context["metatags"] = context.get("metatags", "") + heads(app.config.html_title, title)


def setup(app):
    app.connect("html-page-context", add_heads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
