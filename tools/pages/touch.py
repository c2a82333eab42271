"""A Sphinx extension: the scripts of the figures to touch, on the pages that have such a figure."""

from pathlib import Path

FOLDER = Path(__file__).with_name("touch")
MARK = 'data-touch="'
# In the order in which they build on each other; each figure's own script comes last.
SHARED = ["touch.css", "meetings.js", "numbers.js", "parts.js"]
FIGURES = {
    "convolution": ["six-tables.js", "convolution.js"],
    "pooling": ["pools.js", "pooling.js"],
    "steps": ["steps.css", "steps.js"],
    "descent": ["descent.css", "downhill.js", "descent.js"],
    "filter": ["filter.css", "pictures.js", "filter.js"],
    "digit": ["digit.css", "pools.js", "pen.js", "network.js", "pictures.js", "pad.js", "digit.js"],
}


def files(body):
    """Return the scripts and styles that a page needs, in order; none without a figure."""
    kinds = [kind for kind in FIGURES if f'{MARK}{kind}"' in body]
    names = [*SHARED, *(name for kind in kinds for name in FIGURES[kind])] if kinds else []
    return list(dict.fromkeys(names))


def bring_to_life(app, pagename, templatename, context, doctree):
    for name in files(context.get("body", "")):
        if name.endswith(".css"):
            app.add_css_file(name)
        else:
            app.add_js_file(name, loading_method="defer")


def configure(app, config):
    config.html_static_path.append(str(FOLDER))


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", bring_to_life)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
