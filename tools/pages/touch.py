"""A Sphinx extension: the scripts of the figures to touch, on the pages that have such a figure."""

from pathlib import Path

FOLDER = Path(__file__).with_name("touch")
MARK = 'data-touch="'
STYLE = "touch.css"
# In the order in which they build on each other; each figure's own script comes last.
SHARED = ["meetings.js", "parts.js"]
FIGURES = {"convolution": ["convolution.js"], "pooling": ["pools.js", "pooling.js"]}


def scripts(body):
    """Return the scripts that a page needs, in order; none without a figure."""
    kinds = [kind for kind in FIGURES if f'{MARK}{kind}"' in body]
    return [*SHARED, *(name for kind in kinds for name in FIGURES[kind])] if kinds else []


def bring_to_life(app, pagename, templatename, context, doctree):
    for name in scripts(context.get("body", "")):
        app.add_css_file(STYLE)
        app.add_js_file(name, loading_method="defer")


def configure(app, config):
    config.html_static_path.append(str(FOLDER))


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", bring_to_life)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
