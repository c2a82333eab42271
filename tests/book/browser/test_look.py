"""The look in a real browser: fonts, drawings by day and night and on a phone, and paper."""

import io
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from cnnbook import plotting
from cnnbook.convolution import conv2d

ROOT = Path(__file__).parents[3]
HTML = ROOT / "_build" / "html"
sys.path.append(str(ROOT / "tools"))
from pages.drawing import inline  # noqa: E402

mpl.use("Agg")
SHEETS = ("look", "type", "figures", "paper")
TOLERANCE, BLUR = 10, 4  # grey levels, pixels


def figures():
    """A figure of each kind, by name."""
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 10
    x, kernel = np.arange(16).reshape(4, 4), np.array([[1, 2], [3, 4]])
    yield "map", plotting.digit_map(rng.normal(size=(60, 2)), labels).figure
    yield "images", plotting.images(rng.normal(size=(10, 8, 8)), list("0123456789"))[0].figure
    diagram = plotting.convolution_diagram(x, kernel, conv2d(x, kernel), (1, 1))
    yield "diagram", diagram.figure
    figure, ax = plt.subplots()
    ax.plot([0, 1, 2], [1, 3, 2], label=r"$\partial E/\partial\theta_{00}$")
    ax.set(title="curve", xlabel="epoch", ylabel="loss")
    ax.legend()
    yield "curve", figure


def stored(figure, kind):
    file = io.BytesIO()
    figure.savefig(file, format=kind, bbox_inches="tight", pad_inches=0.03)
    return file.getvalue()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A page with a figure of each kind, and the pictures of the same figures."""
    with plt.rc_context():
        plotting.use_style()
        pairs = [(n, stored(f, "svg").decode(), stored(f, "png")) for n, f in figures()]
        plt.close("all")
    links = "".join(f'<link rel="stylesheet" href="{static(name)}">' for name in SHEETS)
    parts = "".join(f'<div id="{n}">{inline(svg, f"{n}-", n)}</div>' for n, svg, _ in pairs)
    page = tmp_path_factory.mktemp("look") / "page.html"
    page.write_text(
        '<!doctype html><html lang="en" data-theme="light"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>Look</title>{links}'
        '<body style="background: var(--ground); margin: 16px"><div class="bd-article">'
        f"{parts}</div>",
        encoding="utf-8",
    )
    return page.as_uri(), {name: png for name, _, png in pairs}


def static(name):
    return (ROOT / "_static" / f"{name}.css").as_uri()


@pytest.fixture
def visit(chromium, browser, drawn):
    def open_page(width=1280, theme="light"):
        context = chromium.shut_off(browser, theme, width)
        page = context.__enter__()
        opened.append(context)
        page.goto(drawn[0])
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        page.evaluate("() => document.fonts.ready")
        return page

    opened = []
    yield open_page
    for context in opened:
        context.__exit__(None, None, None)


def test_letters_are_the_books_own(visit):
    page = visit()
    page.wait_for_function("document.fonts.size > 0 && document.fonts.status === 'loaded'")
    loaded = page.evaluate(
        "[...document.fonts].filter(face => face.status === 'loaded').map(face => face.family)"
    )
    assert {"Inter", "KaTeX_Main", "KaTeX_Math"} <= {family.strip('"') for family in loaded}
    assert page.foreign == []
    assert page.errors == []


def colour_of_ink(page):
    return page.evaluate("getComputedStyle(document.querySelector('#curve svg text')).fill")


def test_drawings_follow_light_and_dark(visit):
    assert colour_of_ink(visit()) == "rgb(31, 30, 27)"
    assert colour_of_ink(visit(theme="dark")) == "rgb(232, 230, 225)"


@pytest.mark.parametrize("width", [390, 1280])
def test_labels_are_large_enough_and_the_page_does_not_scroll(visit, width):
    page = visit(width)
    sizes = page.evaluate(
        """() => [...document.querySelectorAll("svg.drawing text")].map(text => {
            const parts = [text, ...text.querySelectorAll("tspan")];
            const size = Math.max(...parts.map(p => parseFloat(getComputedStyle(p).fontSize)));
            const matrix = text.getScreenCTM();
            return [size * Math.hypot(matrix.a, matrix.b), text.textContent];
        })"""
    )
    assert sizes
    assert [(size, text) for size, text in sizes if size < 10.9] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_panels_wrap_on_a_phone_only(visit):
    tops = "[...document.querySelectorAll('#images svg')].map(s => s.getBoundingClientRect().top)"
    assert len(set(visit(1280).evaluate(tops))) == 1
    assert len(set(visit(390).evaluate(tops))) > 1


def difference(one, other):
    """Root mean square of two pictures in grey levels, blurred: edges are set by two programs."""
    size = (one.width // BLUR, one.height // BLUR)
    arrays = [np.asarray(image.resize(size, Image.Resampling.BOX), float) for image in (one, other)]
    return np.sqrt(((arrays[0] - arrays[1]) ** 2).mean())


@pytest.mark.parametrize("name", ["map", "curve", "diagram"])
def test_drawing_and_picture_show_the_same(visit, drawn, name):
    """The tests of notebooks compare pictures only; this is why that is enough."""
    picture = Image.open(io.BytesIO(drawn[1][name])).convert("RGB")
    page = visit()
    page.evaluate(
        """([name, width]) => {
            document.body.innerHTML = document.getElementById(name).innerHTML;
            const svg = document.querySelector("svg");
            document.documentElement.style.setProperty("--fig-ground", "#fff");
            document.body.style = "margin: 0; background: #fff";
            svg.style = `width: ${width}px; max-width: none; margin: 0`;
        }""",
        [name, picture.width],
    )
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    page.evaluate("() => document.fonts.ready")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    assert difference(shot, picture) < TOLERANCE
    assert difference(shot, picture.rotate(180)) > TOLERANCE


CHAPTER = "chapters/1-neurons/10-perceptron.html"


@pytest.fixture
def paper(chromium, browser):
    with chromium.shut_off(browser) as page:
        chromium.show(page, (HTML / CHAPTER).as_uri())
        page.emulate_media(media="print")
        yield page


def shown(page, selector):
    return page.evaluate(
        "s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility()).length", selector
    )


def test_paper_has_the_title_with_its_number_and_no_buttons(paper):
    assert shown(paper, ".bd-article h1") == 1
    assert paper.locator(".bd-article h1 .section-number").count() == 1
    for selector in ("#jb-print-docs-body", ".copybtn", ".headerlink", ".prev-next-area", "button"):
        assert shown(paper, selector) == 0, selector


def test_formulas_on_paper_have_no_outline(paper):
    strokes = paper.evaluate(
        "[...document.querySelectorAll('mjx-container path')].map(p => getComputedStyle(p).stroke)"
    )
    assert set(strokes) == {"none"}


def test_paper_has_running_heads(paper):
    rules = paper.evaluate(
        """() => [...document.styleSheets].filter(sheet => !sheet.href)
            .flatMap(sheet => [...sheet.cssRules])
            .flatMap(rule => rule.cssRules ? [rule, ...rule.cssRules] : [rule])
            .map(rule => rule.cssText).filter(text => text.includes("@page")).join(" ")"""
    )
    assert "A neuron draws a line; a mistake turns it" in rules
    assert "counter(page)" in rules


def test_pages_use_the_books_fonts(chromium, browser):
    with chromium.shut_off(browser) as page:
        chromium.show(page, (HTML / CHAPTER).as_uri())
        family = "e => getComputedStyle(e).fontFamily"
        assert (
            page.locator(".bd-article p:not(.place)")
            .first.evaluate(family)
            .startswith('"Source Serif 4"')
        )
        assert page.locator("nav a").first.evaluate(family).startswith("Inter")
        assert page.locator("pre").first.evaluate(family).startswith('"JetBrains Mono"')
        size = "e => parseFloat(getComputedStyle(e).fontSize)"
        kinds = ("h1", "h2", "section > p:not(.place)")
        sizes = [page.locator(f".bd-article {kind}").first.evaluate(size) for kind in kinds]
        assert sizes == sorted(sizes, reverse=True)
        assert sizes[-1] == 18
