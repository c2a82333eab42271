"""A book of four pages, built with this book's own extensions, for the tests of what they do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]

TOC = """format: jb-book
root: chapters/0-intro
parts:
  - caption: Part
    numbered: true
    chapters:
      - file: chapters/1-part/10-page
  - caption: Appendices
    chapters:
      - file: chapters/9-appendices/10-notation
      - file: chapters/9-appendices/50-api
      - file: chapters/9-appendices/60-bibliography
"""

INTRO = """# Introduction

It begins with {eq}`eq-twice`, which {numref}`fig-line` draws.
"""

PAGE = r"""# A page

$$y = 2 x$$ (eq-twice)

$$y = x^2$$ (eq-square)

A {term}`loss` is due to {cite:t}`gauss1809`. See {eq}`eq-square`.

```{claim} The factor is *three*, $y = 3x$.
:source: {cite:t}`gauss1809`
:verdict: wrong
It is two {eq}`eq-twice`.

- And stays two.
```

```{claim} Everything is linear.
:source: Somebody
:verdict: too-strong
Here it is.
```
"""

NOTATION = r"""# Notation

```{glossary}
loss
  A number $E$ that training makes *small*.
```
"""

API = """# The package

```{eval-rst}
.. automodule:: samplecode
   :members:
```
"""

MODULE = '''"""A module."""


def twice(x):
    """Two times x (:eq:`eq-twice`; not :eq:`eq-square`)."""
    return 2 * x
'''

REFERENCES = """@book{gauss1809, author = {Carl Gauss}, title = {Theoria Motus},
publisher = {Perthes}, address = {Hamburg}, year = {1809}}
"""

LONG_LINE = "x = 1  # " + "0123456789" * 12


def code(source, tags=(), prompt=None, outputs=(), **mystnb):
    """Return a code cell; `prompt` is the name of its fold."""
    if prompt is not None:
        mystnb |= {"code_prompt_show": prompt, "code_prompt_hide": prompt}
    metadata = {"tags": list(tags)} if tags else {}
    if mystnb:
        metadata["mystnb"] = mystnb
    cell = nbformat.v4.new_code_cell(source, metadata=metadata, outputs=list(outputs))
    cell.execution_count = 1
    return cell


def result(data):
    return nbformat.v4.new_output("execute_result", data, execution_count=1)


def printed(text):
    return nbformat.v4.new_output("stream", text=text, name="stdout")


def cells():
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 30" width="60pt" height="30pt">'
        '<path d="M0 0H60"/></svg>'
    )
    markdown = "````python\ndef twice(x):\n    # (eq-twice)\n````"
    figure = {"figure": {"caption": "A line.", "name": "fig-line"}, "image": {"alt": "a line"}}
    table = (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tr><td>1</td><td>2</td></tr></table>"
    )
    return [
        nbformat.v4.new_markdown_cell(PAGE),
        code("import numpy", ["hide-input"], "Set-up"),
        code("plain()", ["hide-input"]),
        code('def f(x):\n    """(eq-twice)."""\n    return 2 * x  # by (eq-twice, eq-square)'),
        code(
            "draw()",
            ["hide-input"],
            "Code for fig-line",
            [result({"image/svg+xml": picture, "text/plain": "<Figure>"})],
            **figure,
        ),
        code(
            "assert f(1) == 2",
            ["check", "hide-cell"],
            "`f` does what eq-twice says, as in fig-line, and 1 < 2",
            [printed("hidden words")],
        ),
        code("show()", outputs=[result({"text/plain": "def", "text/markdown": markdown})]),
        code("print(source)", outputs=[printed("see (eq-square)")]),
        code("table", outputs=[result({"text/plain": "a b", "text/html": table})]),
        code(LONG_LINE),
    ]


def steps(sentences, drawings=3, **figure):
    """Return a cell that draws some figures, with sentences to step through them."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 324 150" width="324pt" '
        'height="150pt"><path d="M0 0H324"/><text x="9" y="{0}0" style="font-size: 10px">'
        "frame {0}</text></svg>"
    )
    outputs = [
        nbformat.v4.new_output("display_data", {"image/svg+xml": svg.format(n), "text/plain": ""})
        for n in range(1, drawings + 1)
    ]
    options = {"image": {"alt": "a line"}} | ({"figure": figure} if figure else {})
    cell = code("step()", ["hide-input", "steps"], "Steps", outputs, **options)
    cell.metadata["steps"] = list(sentences)
    return cell


def write(folder, extra=()):
    """Write the sources of the book; `extra` cells come last on its page."""
    for name in ("tools", "_static"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "_config.yml", folder)
    part, appendices = folder / "chapters" / "1-part", folder / "chapters" / "9-appendices"
    part.mkdir(parents=True)
    appendices.mkdir()
    texts = {
        folder / "_toc.yml": TOC,
        folder / "samplecode.py": MODULE,
        folder / "chapters" / "0-intro.md": INTRO,
        folder / "chapters" / "references.bib": REFERENCES,
        appendices / "10-notation.md": NOTATION,
        appendices / "50-api.md": API,
        appendices / "60-bibliography.md": "# Bibliography\n\n```{bibliography}\n```\n",
    }
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    notebook = nbformat.v4.new_notebook(cells=[*cells(), *extra])
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    nbformat.write(notebook, part / "10-page.ipynb")


def build(folder):
    """Render the book; return the folder of its pages and what the build said."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "-n", "-q"]
    command += ["--keep-going"]
    environment = os.environ | {"PYTHONPATH": str(folder), "CNNBOOK_REPOSITORY": ""}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return folder / "_build" / "html", result.stdout + result.stderr
