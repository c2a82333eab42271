"""Numbers and places of equations and figures, as Sphinx gives them, for what Sphinx cannot see.

Sphinx numbers a cross-reference in prose. Comments in code and the names of folded cells hold
labels as plain text; these functions find what the label stands for.
"""

from docutils.nodes import make_id
from sphinx.util import logging

logger = logging.getLogger(__name__)


class UnknownLabelError(LookupError):
    """A label that no equation and no figure of the book has."""


def place(env, label):
    """Return the document, the anchor and the number of an equation or a figure."""
    if label.startswith("eq-"):
        docname, _ = env.get_domain("math").equations.get(label, (None, None))
        anchor, kind = make_id(f"equation-{label}"), "displaymath"
    else:
        docname, anchor = env.get_domain("std").anonlabels.get(label, (None, ""))
        kind = "figure"
    if docname is None:
        raise UnknownLabelError(f"code names {label!r}, but nothing in the book has this label")
    number = env.toc_fignumbers.get(docname, {}).get(kind, {}).get(anchor, ())
    return docname, anchor, ".".join(map(str, number))


def address(builder, here, docname, anchor):
    """Return the address of an anchor, as seen from the page `here`."""
    return (
        f"#{anchor}" if docname == here else f"{builder.get_relative_uri(here, docname)}#{anchor}"
    )


def link(builder, here, label, form):
    """Return a link to what a label stands for, with its number in the form "(%s)" or the like.

    A label that nobody has stays as it is, under a warning, which the book's build does not pass.
    """
    try:
        docname, anchor, number = place(builder.env, label)
    except UnknownLabelError as error:
        logger.warning("%s", error, location=here)
        return label
    href = address(builder, here, docname, anchor)
    return f'<a class="numbered" href="{href}">{form % number}</a>'
