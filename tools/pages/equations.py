"""A Sphinx extension: equations and code lead to each other.

In code - cells, printed source, the source pages of the package - the label of an equation stands
in a comment or a docstring, `(eq-conv2d)` or :eq:`eq-conv2d`. The page shows its number instead,
and leads to it. An equation whose label the package cites leads to the source that cites it.
"""

import re
import shutil
from pathlib import Path

from . import numbers

CODE = re.compile(r"<pre\b.*?</pre>", re.S)
LABEL = re.compile(r":eq:`(?P<role>eq-[a-z0-9-]+)`|\b(?P<bare>eq-[a-z0-9-]*[a-z0-9])\b")
LABELS = re.compile(rf"(?P<bracket>\((?=:eq:|eq-)[^()]*\))|{LABEL.pattern}")
EQUATION_NUMBER = re.compile(
    r'(<span class="eqno">.*?<a class="headerlink" href="#equation-(eq-[\w-]+)".*?)</span>', re.S
)
# Draws what an equation says, and does not compute it.
NOT_THE_CODE = "cnnbook.plotting"


def number_labels(code, builder, here):
    """Put the numbers of equations in place of their labels in a block of highlighted code."""

    def number(match, form="(%s)"):
        return numbers.link(builder, here, match["role"] or match["bare"], form)

    def number_all(match):
        if match["bracket"]:  # "(eq-a, eq-b)" becomes "(3.1, 3.2)": no brackets in brackets
            return LABEL.sub(lambda label: number(label, "%s"), match["bracket"])
        return number(match)

    return LABELS.sub(number_all, code)


def implementations(modules):
    """Return, for each label that the package cites, the module and the name that cites it.

    `modules` is what sphinx.ext.viewcode has collected. Of several objects the one is taken that
    cites the label first of all labels, and of these the shortest; the name is None where only the
    head of a module cites it.
    """
    found = {}
    for module, entry in modules.items():
        if not entry or module.startswith(NOT_THE_CODE):
            continue
        code, tags, documented, _ = entry
        lines = code.splitlines()
        for name in documented:
            _, start, end = tags[name]
            for rank, label in enumerate(cited(lines[start - 1 : end])):
                found.setdefault(label, []).append((rank, end - start, module, name))
        for label in cited(lines):
            found.setdefault(label, []).append((len(lines), len(lines), module, ""))
    return {label: min(objects)[2:] for label, objects in found.items()}


def cited(lines):
    """Return the labels in some lines of source, in order, each once."""
    return dict.fromkeys(
        match["role"] or match["bare"] for match in LABEL.finditer("\n".join(lines))
    )


def mark_code(body, builder, here, found):
    """Give each numbered equation that the package implements a link to its source."""

    def mark(match):
        if match[2] not in found:
            return match[0]
        module, name = found[match[2]]
        href = builder.get_relative_uri(here, f"_modules/{module.replace('.', '/')}")
        words = f"code: {module}{'.' * bool(name)}{name}"
        href += "#" * bool(name) + name
        link = f'<a class="eq-code" href="{href}" title="{words}" aria-label="{words}">code</a>'
        return f"{match[1]}{link}</span>"

    return EQUATION_NUMBER.sub(mark, body)


def connect(app, pagename, templatename, context, doctree):
    if "body" not in context:
        return
    builder = app.builder
    if not hasattr(builder, "implementations"):
        builder.implementations = implementations(getattr(app.env, "_viewcode_modules", {}))
    body = mark_code(context["body"], builder, pagename, builder.implementations)
    context["body"] = CODE.sub(lambda code: number_labels(code[0], builder, pagename), body)


def drop_old_sources(app):
    """Have all source pages written again.

    viewcode keeps the page of a module that has not changed, but equations may have other numbers
    now, or stand on other pages.
    """
    shutil.rmtree(Path(app.outdir, "_modules"), ignore_errors=True)


def setup(app):
    app.connect("builder-inited", drop_old_sources)
    app.connect("html-page-context", connect)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
