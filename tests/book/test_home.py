"""One setting, CNNBOOK_REPOSITORY, turns on everything that needs the book's public home."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

ROOT = Path(__file__).parents[2]
TOC = "format: jb-book\nroot: chapters/intro\nchapters:\n  - file: chapters/chapter\n"


def links_and_files(folder, repository):
    """Build a book of two pages; return the links of its notebook's page and its files."""
    shutil.copy(ROOT / "_config.yml", folder)
    shutil.copytree(ROOT / "tools", folder / "tools")
    shutil.copytree(ROOT / "_static", folder / "_static")
    (folder / "_toc.yml").write_text(TOC, encoding="utf-8")
    chapters = folder / "chapters"
    chapters.mkdir()
    (chapters / "references.bib").touch()
    (chapters / "intro.md").write_text("# Introduction\n\nWords.\n", encoding="utf-8")
    cell = nbformat.v4.new_markdown_cell("# Chapter\n\nWords.")
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), chapters / "chapter.ipynb")
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ".", "-W", "-n", "-q"]
    environment = os.environ | {"CNNBOOK_REPOSITORY": repository}
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if result.returncode:
        return result.stdout + result.stderr, set()
    html = folder / "_build" / "html"
    page = html / "chapters" / "chapter.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    links = [tag.get("href") or tag.get("content") for tag in soup.select("[href], meta[content]")]
    return " ".join(filter(None, links)), {path.name for path in html.iterdir()}


@pytest.mark.parametrize("repository", ["", "somebody/somebook"])
def test_links_follow_the_setting(tmp_path, repository):
    links, files = links_and_files(tmp_path, repository)
    assert "chapters" in files, links
    for address in [
        "https://github.com/somebody/somebook",
        "https://mybinder.org/v2/gh/somebody/somebook/main?urlpath=lab/tree/chapters/chapter.ipynb",
        "https://colab.research.google.com/github/somebody/somebook/blob/main/chapters/chapter.ipynb",
        "https://somebody.github.io/somebook/chapters/chapter.html",
    ]:
        assert (address in links) == bool(repository), links
    assert ("sitemap.xml" in files) == bool(repository)
    assert ("http" in links) == bool(repository)


def test_wrong_setting_is_refused(tmp_path):
    output, files = links_and_files(tmp_path, "https://github.com/somebody/somebook")
    assert not files
    assert "expected owner/name" in output
