"""The package's own source, for a notebook to print: the page shows it as code.

What a page prints of the package is stored with the notebook, and compared when it is run again,
so that it cannot differ from the code that runs.
"""

import ast
import inspect
from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class Source:
    """Python source that a notebook and a page show highlighted."""

    text: str

    def __str__(self):
        return self.text

    __repr__ = __str__

    def _repr_markdown_(self):
        return f"````python\n{self.text}\n````"


def show_source(thing, docstring=True):
    """The source of a function, a method or a class.

    Parameters
    ----------
    thing : function, method or class
        What is to be shown.
    docstring : bool
        Whether its docstring is shown too. Where a page has just derived what the code does, the
        docstring would say it again.

    Returns
    -------
    Source
        It prints as plain text, and shows as highlighted code in a notebook and on a page.

    Raises
    ------
    TypeError
        If `thing` is not written in Python, as NumPy's own functions are.
    """
    try:
        text = dedent(inspect.getsource(thing)).rstrip()
    except (TypeError, OSError) as error:
        raise TypeError(
            f"got {thing!r}, expected a function, a method or a class with a source file"
        ) from error
    return Source(text if docstring else _without_docstring(text))


def _without_docstring(text):
    body = ast.parse(text).body[0].body
    first = body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if not is_docstring or len(body) == 1:
        return text
    lines = text.splitlines()
    rest = lines[first.end_lineno :]
    while rest and not rest[0].strip():
        rest = rest[1:]
    return "\n".join(lines[: first.lineno - 1] + rest)
