"""Cells, checks, tables, claims and previews in a real browser, on a book of a few pages."""

from contextlib import contextmanager

import pytest
import sample

WIDE_TABLE = (
    f"<table><thead><tr><th>what it is</th>{'<th>a wide column</th>' * 12}</tr></thead>"
    f"<tbody><tr><td>first</td>{'<td>1,000,000</td>' * 12}</tr></tbody></table>"
)
FITS = "y" * 78 + "=1"
COLOURS = ["light", "dark"]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    table = sample.result({"text/plain": "wide", "text/html": WIDE_TABLE})
    sample.write(folder, extra=[sample.code(FITS), sample.code("wide", outputs=[table])])
    html, output = sample.build(folder)
    assert (html / "chapters").is_dir(), output
    return html


@pytest.fixture
def show(chromium, browser, html):
    @contextmanager
    def show(name="1-part/10-page", scheme="light", width=1280):
        with chromium.shut_off(browser, scheme, width) as page:
            chromium.show(page, (html / "chapters" / f"{name}.html").as_uri())
            yield page
            assert page.foreign == []
            assert page.errors == []

    return show


def pre(page, words):
    return page.locator("pre", has_text=words).first


# Checks


@pytest.mark.parametrize("how", ["mouse", "Enter", "Space"])
def test_check_opens_and_closes(show, how):
    with show() as page:
        line = page.locator("details.check summary")
        inside = [pre(page, "assert f"), pre(page, "hidden words")]
        for is_open in (False, True, False):
            assert [block.is_visible() for block in inside] == [is_open, is_open]
            if how == "mouse":
                line.click(position={"x": 40, "y": 10})
            else:
                line.focus()
                page.keyboard.press(how)


def test_check_is_one_line_on_a_desktop(show):
    with show() as page:
        assert page.locator("details.check").bounding_box()["height"] < 40


@pytest.mark.parametrize("scheme", COLOURS)
@pytest.mark.parametrize("width", [390, 1280])
def test_open_page_is_accessible(chromium, browser, html, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # Not by `show`, because axe asks for style sheets, which files do not answer.
    with chromium.shut_off(browser, scheme, width) as page:
        chromium.show(page, (html / "chapters" / "1-part" / "10-page.html").as_uri())
        page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
        page.wait_for_timeout(100)
        found = axe.run(page).response["violations"]
        grave = [v for v in found if v["impact"] in ("serious", "critical")]
        assert [(v["id"], n["html"], n["failureSummary"]) for v in grave for n in v["nodes"]] == []


@pytest.mark.parametrize("scheme", COLOURS)
def test_contrast_of_a_check(show, scheme):
    with show(scheme=scheme) as page:
        ratio = page.evaluate(
            """() => {
                const light = (colour) => {
                    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map((c) => {
                        const s = c / 255;
                        return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
                    });
                    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
                };
                const of = (selector, what) =>
                    light(getComputedStyle(document.querySelector(selector))[what]);
                const pair = [of("details.check summary", "color"), of("body", "backgroundColor")];
                return Math.max(...pair) / Math.min(...pair);
            }"""
        )
        assert ratio >= 4.5


# Lines of code and tables


def test_eighty_columns_fit_a_desktop(show):
    with show() as page:
        block = pre(page, "yyyy")
        assert block.evaluate("node => getComputedStyle(node).fontSize") == "14px"
        assert block.evaluate("node => node.scrollWidth - node.clientWidth") == 0
        assert pre(page, "0123").evaluate("node => node.scrollWidth - node.clientWidth") > 0


def faded(block):
    """Return whether the left and the right edge of a block fade."""
    style = "getComputedStyle(node).getPropertyValue"
    edges = block.evaluate(f"n => ['left', 'right'].map(e => (node => {style}('--fade-' + e))(n))")
    mask = block.evaluate("node => getComputedStyle(node).maskImage")
    return [edge not in ("", "0px") and "gradient" in mask for edge in edges]


def test_long_line_scrolls_under_a_fading_edge(show):
    with show(width=390) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        block = pre(page, "0123")
        block.scroll_into_view_if_needed()
        assert faded(block) == [False, True]
        block.evaluate("node => (node.scrollLeft = node.scrollWidth)")
        page.wait_for_timeout(100)
        assert faded(block) == [True, False]
        assert faded(pre(page, "plain")) == [False, False]


def test_outputs_have_another_ground_than_inputs(show):
    with show() as page:
        ground = "node => getComputedStyle(node).backgroundColor"
        assert pre(page, "see (1.2)").evaluate(ground) != pre(page, "print").evaluate(ground)


def test_outputs_in_html_have_no_card_in_the_dark(show):
    with show(scheme="dark") as page:
        ground = "node => getComputedStyle(node).backgroundColor"
        for output in page.locator(".cell_output .text_html").all():
            assert output.evaluate(ground) == "rgba(0, 0, 0, 0)"


def test_first_column_of_a_wide_table_stays_in_sight(show):
    with show(width=390) as page:
        first = page.locator(".cell_output td", has_text="first")
        box = page.locator(".cell_output .text_html").last
        assert faded(box) == [False, True]
        before = first.bounding_box()["x"]
        box.evaluate("node => (node.scrollLeft = 300)")
        assert box.evaluate("node => node.scrollLeft") == 300
        assert first.bounding_box()["x"] == before >= 0


# Previews


EQUATION = 'article p a[href="#equation-eq-square"]'
TERM = 'a[href$="#term-loss"]'
WORK = 'p > .bibtex-citation a[href*="60-bibliography"]'


@pytest.mark.parametrize("link", [EQUATION, TERM, WORK, "pre a.numbered"])
@pytest.mark.parametrize("how", ["mouse", "keyboard"])
def test_preview_comes_and_goes(show, link, how):
    with show() as page:
        link, preview = page.locator(link).first, page.locator("#preview")
        assert not preview.is_visible()
        if how == "mouse":
            link.hover()
        else:
            page.keyboard.press("Tab")  # from now on the keyboard is in use
            link.focus()
        preview.wait_for(state="visible")
        page.wait_for_function("document.querySelector('[aria-describedby=preview]')")
        assert link.get_attribute("aria-describedby") == "preview"
        assert preview.locator("mjx-container").count() == preview.locator(".math").count()
        page.keyboard.press("Escape")
        assert not preview.is_visible()
        assert link.get_attribute("aria-describedby") is None


def test_preview_lies_beside_its_link_and_inside_the_window(show):
    with show(width=390) as page:
        for link in (page.locator(WORK).first, page.locator(TERM)):
            link.hover()
            page.wait_for_function("document.querySelector('[aria-describedby=preview]')")
            at, box = link.bounding_box(), page.locator("#preview").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390
            gap = max(box["y"] - at["y"] - at["height"], at["y"] - box["y"] - box["height"])
            assert 0 <= gap <= 12
            page.keyboard.press("Escape")


def test_preview_can_be_pointed_at_and_goes_with_the_pointer(show):
    with show() as page:
        preview = page.locator("#preview")
        page.locator(TERM).hover()
        preview.wait_for(state="visible")
        preview.hover()
        page.wait_for_timeout(500)
        assert preview.is_visible()
        assert "training makes small" in preview.inner_text()
        page.mouse.move(1200, 800)
        preview.wait_for(state="hidden")


def test_formula_is_drawn_where_only_the_preview_has_one(show):
    with show("0-intro") as page:
        page.locator("article p a").first.hover()
        page.locator("#preview mjx-container svg").wait_for(state="visible")


def test_touch_follows_the_link(chromium, browser, html):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    chromium.show(page, (html / "chapters" / "1-part" / "10-page.html").as_uri())
    page.evaluate(
        """() => {
            const link = document.querySelector('pre a.numbered');
            const touch = { bubbles: true, pointerType: "touch" };
            link.dispatchEvent(new PointerEvent("pointerover", touch));
        }"""
    )
    page.wait_for_timeout(500)
    assert not page.locator("#preview").is_visible()
    page.locator(TERM).tap()
    page.wait_for_url("**/10-notation.html#term-loss")
    context.close()


# The page report


def test_report_sees_heights_and_the_first_picture(show, browser, html):
    import page_report

    page = page_report.Page("1-part/10-page", 0, 1, 0, 0, 0, 0)
    page_report.look_at([page], browser, html)
    with show() as seen:
        picture = seen.locator("figure :is(img, svg)").first.evaluate(
            "n => n.getBoundingClientRect().top"
        )
        assert page.height == seen.evaluate("document.documentElement.scrollHeight")
        open_cells = seen.locator("section > .cell > .cell_input").all()
        high = sum(cell.bounding_box()["height"] for cell in open_cells)
        share = high / seen.locator("article").bounding_box()["height"]
    assert page.picture == round(picture)
    assert page.code == round(100 * share)
    assert 0 < page.pictures < 100
