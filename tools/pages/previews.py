"""A Sphinx extension: pointing at a link to an equation, a work or a term shows it at the link.

What a page shows is in the page itself, so that it needs no request, and works from files. The
script is previews.js.
"""

import json
import posixpath
import re
from html import escape
from pathlib import Path
from urllib.parse import unquote

from docutils import nodes
from pybtex.plugin import find_plugin

LINK = re.compile(r'<a class="(?:reference internal|numbered)" href="([^"#]*)#([^"]+)"[^>]*>')
MARKUP = {nodes.emphasis: "em", nodes.strong: "strong", nodes.literal: "code"}
SCRIPT = "previews.js"


def html(node):
    """Return a node of the text as HTML without links: a preview leads nowhere else."""
    if isinstance(node, nodes.Text):
        return escape(node.astext())
    if isinstance(node, nodes.math):
        return rf'<span class="math">\({escape(node.astext())}\)</span>'
    if isinstance(node, nodes.math_block):
        return display(node)
    inner = "".join(map(html, node.children))
    tag = MARKUP.get(type(node))
    if isinstance(node, nodes.paragraph):
        return f"<p>{inner}</p>"
    return f"<{tag}>{inner}</{tag}>" if tag else inner


def display(node):
    """Return a displayed formula as Sphinx gives it to MathJax."""
    formula = escape(node.astext())
    if r"\\" in formula and r"\begin" not in formula:
        formula = rf"\begin{{split}}{formula}\end{{split}}"
    return rf'<div class="math">\[{formula}\]</div>'


def collect(app, doctree):
    """Keep the equations and the terms of a page that has been read."""
    found = {}
    for equation in doctree.findall(nodes.math_block):
        if equation.get("label"):
            found[nodes.make_id(f"equation-{equation['label']}")] = display(equation)
    for item in doctree.findall(nodes.definition_list_item):
        terms = [child for child in item.children if isinstance(child, nodes.term)]
        for identity in [identity for term in terms for identity in term["ids"]]:
            name = "".join(map(html, terms[0].children))
            found[identity] = f"<p><strong>{name}</strong></p>{html(item.children[-1])}"
    app.env.metadata[app.env.docname]["previews"] = found


def works(env):
    """Return the works of the bibliography: document and anchor, then author, year and title."""
    html_backend = find_plugin("pybtex.backends", "html")()
    return {
        (work.bibliography_key.docname, work.citation_id): (
            f"<p>{work.tooltip_entry.text.render(html_backend)}</p>"
        )
        for work in env.get_domain("cite").citations
    }


def everything(env):
    """Return all previews of the book, by document and anchor."""
    kept = {
        (docname, anchor): words
        for docname, metadata in env.metadata.items()
        for anchor, words in metadata.get("previews", {}).items()
    }
    return kept | works(env)


def chosen(body, here, previews):
    """Return the body and the previews of its links, by their addresses as the page has them.

    A browser would show the title of a link beside its preview, so such titles go.
    """
    found = {}

    def look_up(match):
        page, anchor = unquote(match[1]).removesuffix(".html"), match[2]
        docname = posixpath.join(posixpath.dirname(here), page) if page else here
        words = previews.get((posixpath.normpath(docname), anchor))
        if words is None:
            return match[0]
        found[f"{match[1]}#{anchor}"] = words
        return re.sub(r' title="[^"]*"', "", match[0])

    return LINK.sub(look_up, body), found


def embed(app, pagename, templatename, context, doctree):
    """Put the previews that a page needs at its end, and MathJax if only they have formulas."""
    if "body" not in context or app.builder.format != "html":
        return
    if not hasattr(app.builder, "previews"):
        app.builder.previews = everything(app.env)
    body, found = chosen(context["body"], pagename, app.builder.previews)
    if not found:
        return
    data = json.dumps(found, ensure_ascii=False, sort_keys=True).replace("</", "<\\/")
    context["body"] = f'{body}<script type="application/json" id="previews">{data}</script>\n'
    app.add_js_file(SCRIPT, loading_method="defer")
    if 'class=\\"math' in data and not app.env.get_domain("math").has_equations(pagename):
        app.add_js_file(app.config.mathjax_path, loading_method="defer")


def add_script(app, config):
    config.html_static_path.append(str(Path(__file__).with_name("static") / SCRIPT))


def setup(app):
    app.connect("config-inited", add_script)
    app.connect("doctree-read", collect)
    app.connect("html-page-context", embed, priority=600)  # after the numbers in code
    return {"parallel_read_safe": True, "parallel_write_safe": True}
