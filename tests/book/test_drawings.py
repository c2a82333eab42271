"""Drawings in the pages: ids of their own, the page's colours, labels that a phone can show."""

import base64
import io
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from PIL import Image

from cnnbook import plotting

mpl.use("Agg")
ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
from pages import drawing, palette  # noqa: E402


@pytest.fixture(autouse=True)
def book_figures():
    with plt.rc_context():
        plotting.use_style()
        yield
        plt.close("all")


def svg(figure):
    file = io.StringIO()
    figure.savefig(file, format="svg", bbox_inches="tight", pad_inches=0.03)
    return file.getvalue()


def digits_in_a_plane():
    labels = np.arange(40) % 10
    return plotting.digit_map(np.random.default_rng(0).normal(size=(40, 2)), labels).figure


def parse(html):
    return ElementTree.fromstring(f"<p>{html}</p>")


def test_ids_of_two_drawings_differ_and_are_found():
    figure = svg(digits_in_a_plane())
    root = parse(drawing.inline(figure, "a-", "one") + drawing.inline(figure, "b-", "two"))
    ids = [element.get("id") for element in root.iter() if "id" in element.attrib]
    assert ids
    assert len(ids) == len(set(ids))
    values = " ".join(value for element in root.iter() for value in element.attrib.values())
    hrefs = {e.get("href")[1:] for e in root.iter() if e.get("href", "").startswith("#")}
    referred = set(re.findall(r"url\(#([^)]+)\)", values)) | hrefs
    assert referred == set(ids)


def test_colours_are_the_pages():
    figure = digits_in_a_plane()
    figure.axes[0].set(title="digits")
    html = drawing.inline(svg(figure), "a-", "digits")
    for digit in range(10):
        assert f"var(--fig-class-{digit})" in html
    assert palette.COLOUR.findall(html) == []
    assert "var(--fig-ink)" in html


def test_greys_are_mixtures_and_other_colours_stay():
    assert palette.variable("#FFFFFF") == "var(--fig-ground)"
    assert palette.variable("#000000") == "var(--fig-ink)"
    assert palette.variable("#808080").startswith("color-mix(in srgb, var(--fig-ground) 50%")
    assert palette.variable("#0f6cc4") == "var(--fig-input)"
    assert palette.variable("#123456") == "#123456"


def test_ground_metadata_and_rules_for_the_page_are_gone():
    figure, ax = plt.subplots()
    ax.plot([0, 1])
    html = drawing.inline(svg(figure), "a-", 'a "line" & more')
    for word in ("metadata", "<style", "patch_1", "fig-ground", "rdf:"):
        assert word not in html
    (root,) = parse(html)
    assert (root.get("role"), root.get("aria-label")) == ("img", 'a "line" & more')


def test_default_size_fits_a_phone_and_a_larger_one_scrolls():
    for width, scrolls in ((mpl.rcParams["figure.figsize"][0], False), (7.5, True)):
        figure, ax = plt.subplots(figsize=(width, 3))
        ax.set(xlabel="epoch", ylabel="loss", title="loss")
        html = drawing.inline(svg(figure), "a-", "loss")
        assert ('class="scrolls"' in html) == scrolls
        least = int(re.search(r"--least: (\d+)px", html)[1])
        assert least >= drawing.SMALLEST * width * 72 / 11 * 0.95


def test_indices_of_a_formula_do_not_count_as_labels():
    figure, ax = plt.subplots()
    ax.set_axis_off()
    ax.text(0, 0, r"$\delta_{00}$", fontsize=10.5)
    assert drawing.smallest_type(ElementTree.fromstring(svg(figure))) == 10.5
    ax.text(0, 1, "small", fontsize=8)
    assert drawing.smallest_type(ElementTree.fromstring(svg(figure))) == 8


def test_panels_are_windows_on_one_drawing():
    axes = plotting.images(np.zeros((6, 8, 8)), titles=list("abcdef"), columns=3)
    html = drawing.inline(svg(axes[0].figure), "a-", "six pictures")
    (box,) = parse(html)
    assert (box.get("class"), box.get("role")) == ("panels", "img")
    assert box.get("aria-label") == "six pictures"
    windows = [list(map(float, panel.get("viewBox").split())) for panel in box]
    assert len(windows) == 6
    assert sum(width * height for _, _, width, height in windows) == pytest.approx(
        (windows[5][0] + windows[5][2]) * (windows[5][1] + windows[5][3]), rel=1e-3
    )
    assert [len(panel) for panel in box] == [1] * 6
    assert html.count("<image") == 6
    for index, name in enumerate("abcdef"):  # each title lies in its own window
        label = next(e for e in box.iter(drawing.SVG + "text") if e.text.strip() == name)
        left, top, width, height = windows[index]
        assert left < float(label.get("x")) < left + width
        assert top < float(label.get("y")) < top + height


def test_a_figure_without_panels_is_one_window():
    figure, axes = plt.subplots(1, 2)
    assert 'class="panels"' not in drawing.inline(svg(figure), "a-", "two axes")
    plotting.wrap(list(axes))
    assert drawing.inline(svg(figure), "a-", "two axes").count("viewBox") == 2


# What the notebooks store.

NOTEBOOKS = sorted((ROOT / "chapters").rglob("*.ipynb"))
FAMILIES = {"Inter", "KaTeX_Main", "KaTeX_Math"}
PIXELS = 120 / 72  # of the stored PNG for one point of the SVG


def stored_drawings(path):
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"] for output in outputs if "image/svg+xml" in output.get("data", {})]


def faults(data):
    """What is wrong with a stored figure, in words."""
    svg, found = data["image/svg+xml"], []
    if "image/png" not in data:
        return ["no PNG beside the SVG"]
    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    sizes = ElementTree.fromstring(svg).get("viewBox").split()[2:]
    ratios = [float(s) * PIXELS / p for s, p in zip(sizes, picture.size, strict=True)]
    if max(abs(ratio - 1) for ratio in ratios) > 0.02:  # letters differ by a pixel or two
        found.append(f"SVG of {sizes} points, PNG of {picture.size} pixels: not one figure")
    found += [f"letters of {f}" for f in set(re.findall(r"font-family: '([^']+)'", svg)) - FAMILIES]
    colours = {colour.lower() for colour in palette.COLOUR.findall(svg)}
    found += [f"{c} does not follow the dark" for c in colours if palette.variable(c) == c]
    found += [f"{word} is stored" for word in ("dc:date", "matplotlib.org") if word in svg]
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_stored_drawings_are_the_stored_pictures(path):
    assert [found for data in stored_drawings(path) for found in faults(data)] == []


def test_faults_of_stored_drawings_are_found():
    figure, ax = plt.subplots()
    ax.plot([0, 1], color="#123456")
    ax.set_title(r"$\sum$")
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=60)
    found = faults(
        {"image/svg+xml": svg(figure), "image/png": base64.b64encode(png.getvalue()).decode()}
    )
    for word in ("not one figure", "letters of cmex10", "#123456 does not", "dc:date is stored"):
        assert any(word in fault for fault in found), found
    assert faults({"image/svg+xml": svg(figure)}) == ["no PNG beside the SVG"]
