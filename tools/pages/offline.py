"""A Sphinx extension: every page of the book reads without a network, and with a screen reader.

Sphinx takes MathJax from another host. This extension carries it in the book instead: one file,
which draws formulas as SVG and so needs no fonts.
"""

from importlib.util import find_spec
from pathlib import Path

SCRIPT = "tex-svg-full.js"


def mathjax_script():
    """Return the path of MathJax in the package sphinx-mathjax-offline."""
    package = Path(find_spec("sphinx-mathjax-offline").origin).parent
    return package / "static" / "mathjax" / SCRIPT


def configure(app, config):
    config.html_static_path.append(str(mathjax_script()))
    config.mathjax_path = SCRIPT
    # One search field is enough. (Jupyter Book's own file cannot set this without losing the rest.)
    config.html_theme_options["navbar_persistent"] = []


def name_roles(app, pagename, templatename, context, doctree):
    """Call the entries of the bibliography items of their list, as its role demands."""
    if "body" in context:
        context["body"] = context["body"].replace('role="doc-biblioentry"', 'role="listitem"')


def setup(app):
    app.connect("config-inited", configure)
    app.connect("html-page-context", name_roles)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
