"""Figures to step through: what the extension makes of a cell with the tag `steps`."""

import json
import sys
from pathlib import Path

import pytest
import sample
from bs4 import BeautifulSoup

sys.path.append(str(Path(__file__).parents[2] / "tools"))
from pages import steps

SENTENCES = ["First $x_0$, with `code`.", "Then *more* & <more>.", "At the end $\\theta$."]
CAPTION = "Three steps of $x$."


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The page, and what the build said."""
    folder = tmp_path_factory.mktemp("steps")
    good = sample.steps(SENTENCES, name="fig-steps", caption=CAPTION)
    extra = [good, sample.steps(["Alone."], 1), sample.steps(["Too few."], 2)]
    sample.write(folder, extra=extra)
    html, output = sample.build(folder)
    text = (html / "chapters/1-part/10-page.html").read_text(encoding="utf-8")
    return BeautifulSoup(text, "html.parser"), output


@pytest.fixture(scope="module")
def figure(built):
    return built[0].select_one("#fig-steps")


def words(tag):
    return " ".join(tag.text.split())


def test_one_figure_has_all_frames_in_order(figure):
    frames = figure.select(".steps > .steps-frames > .steps-frame")
    assert [words(frame.select_one("svg.drawing text")) for frame in frames] == [
        "frame 1",
        "frame 2",
        "frame 3",
    ]
    assert words(figure.figcaption).startswith(r"Fig. 1.2 Three steps of \(x\).")


def test_each_frame_has_its_sentence(figure):
    says = figure.select(".steps-says")
    assert [words(sentence) for sentence in says] == [
        r"First \(x_0\), with code.",
        "Then more & <more>.",
        r"At the end \(\theta\).",
    ]
    assert says[1].em.text == "more"
    assert says[0].select_one("code").text == "code"


def test_sentences_are_heard_without_marks(figure):
    heard = [frame["data-says"] for frame in figure.select(".steps-frame")]
    theta = "\N{GREEK SMALL LETTER THETA}"
    assert heard == ["First x0, with code.", "Then more & <more>.", f"At the end {theta}."]


def test_steps_without_a_caption_are_no_figure_of_their_own(built):
    alone = next(p for p in built[0].select(".steps-says") if words(p) == "Alone.")
    assert alone.find_parent("figure") is None


def test_frames_and_sentences_must_be_as_many(built):
    page, output = built
    assert "WARNING: a cell of steps has 2 figures and 1 sentences" in output
    assert output.count("WARNING") == 1
    assert len(page.select(".steps")) == 2


def test_page_has_the_script(built):
    assert built[0].select('script[src*="steps.js"]')
    assert built[0].select('link[href*="steps.css"]')


class App:
    """What the extension sees of Sphinx."""

    def __init__(self, path):
        self.env = self
        self.path = path

    def doc2path(self, name):
        return self.path


@pytest.mark.parametrize(("path", "aside"), [("a.ipynb", True), ("a.md", False)])
def test_only_the_captions_of_steps_are_set_aside(path, aside):
    plain = {"metadata": {"mystnb": {"figure": {"name": "fig-a"}}}}
    stepped = {"metadata": {"tags": ["steps"], "mystnb": {"figure": {"name": "fig-b"}}}}
    text = json.dumps({"cells": [plain, stepped]})
    source = [text]
    steps.set_caption_aside(App(path), "a", source)
    cells = json.loads(source[0])["cells"]
    assert cells[0] == plain
    assert (cells[1]["metadata"].get("steps-figure") == {"name": "fig-b"}) is aside
    assert ("figure" in cells[1]["metadata"]["mystnb"]) is not aside
