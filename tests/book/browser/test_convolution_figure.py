"""The convolution figure in a browser: what it shows is what cnnbook computes."""

from itertools import product

import numpy as np
import pytest
from touch_pages import needs_browser, numbers, opened, written_sum

from cnnbook import Network
from cnnbook.interactive import ConvolutionFigure, DrawADigit, PoolingFigure
from cnnbook.models.small_cnn import small_cnn

axe_python = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = needs_browser

X = np.array([[1, 0, 2, 1], [2, 1, 0, 3], [0, 3, 1, 1], [1, 2, 2, 0]])
KERNEL = np.array([[1, 2, 0], [0, -1, 1], [2, 0, 1]])
MAPS = np.random.default_rng(0).integers(-2, 4, (4, 4, 2))
FILTERS = np.random.default_rng(1).integers(-2, 3, (2, 2, 2, 2))
RESULTS = ["output", "dinput", "dkernel"]
SETTINGS = [
    {"turned": turned, "mode": mode, "padding": padding, "stride": stride, "dilation": dilation}
    for turned, (mode, padding), stride, dilation in product(
        (True, False), (("valid", 0), ("valid", 1), ("full", 0), ("same", 0)), (1, 3), (1, 2)
    )
    if mode != "valid" or padding or dilation == 1  # or the kernel does not fit
]


def choose(page, settings):
    """First what always fits, then the rest."""
    first = [("dilation", 1), ("mode", settings["mode"])]
    rest = [(name, settings[name]) for name in ("padding", "dilation", "stride", "turned")]
    page.evaluate(
        """choices => {
            for (const [name, value] of choices)
                document.querySelector(`[name="convolution-0-${name}"][value="${value}"]`).click();
        }""",
        [(name, str(value).lower()) for name, value in first + rest],
    )


def tables_agree(page, figure):
    for table, array in [
        ("output", figure.output.transpose(2, 0, 1)),
        ("delta", figure.delta.transpose(2, 0, 1)),
        ("dinput", figure.input_gradient.transpose(2, 0, 1)),
        ("dkernel", figure.kernel_gradient.transpose(0, 3, 1, 2)),
    ]:
        assert numbers(page, f".touch-{table}") == array.ravel().tolist(), table


def sums_agree(page):
    """Point at every cell of the three results: the factors shown multiply to the sum shown."""
    for table in RESULTS:
        shown = numbers(page, f".touch-{table}")
        sums = page.evaluate(
            """table => [...document.querySelectorAll(`.touch-${table} td`)].map(td => {
                td.focus();
                return document.querySelector(".touch-sum").textContent;
            })""",
            table,
        )
        assert len(sums) == len(shown)
        for number, text in zip(shown, sums, strict=True):
            value, total = written_sum(text)
            assert value == pytest.approx(total, abs=1e-9)
            assert total == number


def test_every_setting_shows_the_numbers_of_cnnbook(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path) as page:
        for settings in SETTINGS:
            choose(page, settings)
            tables_agree(page, ConvolutionFigure(X, KERNEL, **settings))
            sums_agree(page)


def test_maps_and_filters(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(MAPS, FILTERS)], tmp_path) as page:
        tables_agree(page, ConvolutionFigure(MAPS, FILTERS))
        sums_agree(page)


def test_one_dimension(chrome, tmp_path):
    row, taps = [2, 1, 0, 3, 1, 2], [1, 2, -1]
    with opened(chrome, [ConvolutionFigure(row, taps)], tmp_path) as page:
        for mode, padding in (("full", 0), ("same", 0), ("valid", 2)):
            settings = {"mode": mode, "padding": padding, "stride": 2}
            choose(page, {"turned": True, "dilation": 1, **settings})
            tables_agree(page, ConvolutionFigure(row, taps, **settings))
            sums_agree(page)


def lit(page, table):
    """Value and partner of the cells of a table that are lit."""
    cells = page.locator(f".touch-{table} td.lit")
    texts = zip(
        cells.locator("b").all_text_contents(),
        cells.locator("> i").all_text_contents(),
        strict=True,
    )
    return [
        tuple(t.replace("\N{MINUS SIGN}", "-").lstrip("+\N{MULTIPLICATION SIGN}") for t in pair)
        for pair in texts
    ]


def test_partners_of_an_output(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path) as page:
        page.locator(".touch-output td").nth(3).hover()
        window, turned = X[1:, 1:].ravel(), KERNEL[::-1, ::-1].ravel()
        expected = [(str(x), str(tap)) for x, tap in zip(window, turned, strict=True)]
        assert lit(page, "input") == expected
        assert lit(page, "kernel") == [(tap, x) for x, tap in reversed(expected)]
        assert lit(page, "delta") == []


def test_a_pixel_tells_where_it_goes(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path) as page:
        page.locator(".touch-input td").nth(5).hover()
        assert len(lit(page, "output")) == len(lit(page, "kernel")) == 4
        assert "takes part in 4 meetings" in page.locator(".touch-lead").text_content()


def test_a_click_holds_a_cell(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path) as page:
        page.locator(".touch-dkernel td").nth(4).click()
        held = page.locator(".touch-sum").text_content()
        page.locator(".touch-output td").first.hover()
        assert page.locator(".touch-sum").text_content() != held
        page.locator(".touch-term").first.hover()
        assert page.locator(".touch-sum").text_content() == held
        assert page.locator("td.chosen").count() == 2
        assert page.get_by_role("radio", name="back to kernel").is_checked()


def test_all_figures_on_one_page(chrome, tmp_path):
    network = Network(small_cnn(rng=np.random.default_rng(0)))
    figures = [DrawADigit(network), PoolingFigure(X), ConvolutionFigure(X, KERNEL)]
    with opened(chrome, figures, tmp_path) as page:
        assert page.locator("figure.touch-alive").count() == 3
        page.locator("[name='convolution-0-mode'][value='full']").check()
        shown = page.locator("[data-touch='convolution'] .touch-output td").count()
        assert shown == ConvolutionFigure(X, KERNEL, mode="full").output.size
        page.locator("[data-touch='pooling'] .touch-output td").last.hover()


def test_a_second_tap_changes_a_number(chrome, tmp_path):
    tap = """td => {
        for (const name of ["pointerdown", "pointerup"])
            td.dispatchEvent(new PointerEvent(name, { pointerType: "touch", bubbles: true }));
        td.focus();
        td.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    }"""
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path) as page:
        cell = page.locator(".touch-input td").nth(5)
        cell.evaluate(tap)
        assert page.locator("td input").count() == 0
        assert "takes part in 4" in page.locator(".touch-lead").text_content()
        cell.evaluate(tap)
        assert page.locator("td input").count() == 1
        page.keyboard.type("7")
        page.keyboard.press("Enter")
        changed = X.copy()
        changed[1, 1] = 7
        tables_agree(page, ConvolutionFigure(changed, KERNEL))


def test_by_keyboard(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path) as page:
        page.locator("button").focus()
        stops = []
        for _ in range(6):
            page.keyboard.press("Tab")
            stops.append(page.evaluate("document.activeElement.closest('table').className"))
        assert len(set(stops)) == 6
        page.locator(".touch-dinput td").first.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        said = page.locator(".touch-live").text_content()
        assert said.startswith("gradient at the input, row 1, column 1: ")
        figure = ConvolutionFigure(X, KERNEL)
        total = f"{figure.input_gradient[1, 1, 0]:g}".replace("-", "minus ")
        assert said.endswith(f"equals {total}")
        page.keyboard.press("End")
        page.keyboard.press("ArrowRight")
        assert "row 1, column 3" in page.locator(".touch-live").text_content()


def test_numbers_change_and_come_back(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path) as page:
        page.locator(".touch-input td").first.focus()
        page.keyboard.type("-7.25")
        page.keyboard.press("Enter")
        changed = X.astype(float)
        changed[0, 0] = -7.2  # one decimal is kept
        assert page.evaluate("document.activeElement.tagName") == "TD"
        tables_agree(page, ConvolutionFigure(changed, KERNEL))
        page.locator(".touch-delta td").nth(1).click()
        page.keyboard.type("5")
        page.keyboard.press("Enter")
        delta = ConvolutionFigure(X, KERNEL).delta
        delta[0, 1] = 5
        tables_agree(page, ConvolutionFigure(changed, KERNEL, delta))
        sums_agree(page)
        page.locator(".touch-input td").nth(1).focus()
        page.keyboard.type("9")
        page.keyboard.press("Escape")
        tables_agree(page, ConvolutionFigure(changed, KERNEL, delta))
        page.get_by_role("button", name="reset").click()
        tables_agree(page, ConvolutionFigure(X, KERNEL))


def test_phone_shows_one_pass_at_a_time(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path, width=390) as page:
        shown = lambda: [  # noqa: E731
            name
            for name in ("input", "kernel", "output", "delta", "dinput", "dkernel")
            if page.locator(f"table.touch-{name}").is_visible()
        ]
        assert shown() == ["input", "kernel", "output"]
        page.get_by_role("radio", name="back to input").check()
        assert shown() == ["kernel", "delta", "dinput"]
        page.get_by_role("radio", name="back to kernel").check()
        assert shown() == ["input", "delta", "dkernel"]
        for mode in ("full", "valid"):
            page.get_by_role("radio", name=mode).check()
            assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_opens_in_the_pass_and_with_the_controls_that_are_asked_for(chrome, tmp_path):
    figure = ConvolutionFigure(X, KERNEL, opens="input", controls=("turned",))
    with opened(chrome, [figure], tmp_path, width=390) as page:
        assert page.locator("table.touch-dinput").is_visible()
        assert not page.locator("table.touch-output").is_visible()
        choices = {"convolution-0-pass", "convolution-0-turned"}
        names = page.locator("input[type=radio]").evaluate_all("all => all.map(one => one.name)")
        assert set(names) == choices
        page.get_by_role("radio", name="correlation").check()
        tables_agree(page, ConvolutionFigure(X, KERNEL, turned=False))
        page.get_by_role("radio", name="forward").check()
        page.get_by_role("button", name="reset").click()
        assert page.get_by_role("radio", name="back to input").is_checked()
        tables_agree(page, figure)


def test_paper_shows_all_tables(chrome, tmp_path):
    with opened(chrome, [ConvolutionFigure(X, KERNEL)], tmp_path, width=390) as page:
        page.emulate_media(media="print")
        assert page.locator("table.touch-dkernel").is_visible()
        assert not page.locator(".touch-controls").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_is_accessible(chrome, tmp_path, scheme, width):
    figures = [
        ConvolutionFigure(X, KERNEL, title="A convolution"),
        ConvolutionFigure(MAPS, FILTERS),
    ]
    with opened(chrome, figures, tmp_path, scheme, width) as page:
        found = axe_python.Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
