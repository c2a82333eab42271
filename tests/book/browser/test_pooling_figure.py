"""The pooling figure in a browser: what it shows is what cnnbook computes."""

from itertools import product

import numpy as np
import pytest
from touch_pages import needs_browser, numbers, opened

from cnnbook.interactive import PoolingFigure

axe_python = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = needs_browser

X = np.array(
    [[1, 3, 2, 0, 1], [3, 2, 1, 1, 0], [0, 1, 4, 2, 2], [2, 0, 1, 4, 1], [1, 1, 0, 2, 3]], float
)
SETTINGS = [
    dict(zip(("kind", "window", "stride", "edges"), setting, strict=True))
    for setting in product(("max", "mean"), (2, 3), (1, 2, 3), ("ignore", "keep"))
]


def choose(page, settings):
    page.evaluate(
        """choices => {
            for (const [name, value] of choices)
                document.querySelector(`[name="pooling-0-${name}"][value="${value}"]`).click();
        }""",
        list(settings.items()),
    )


def tables_agree(page, figure):
    for table, array in [
        ("input", figure.x),
        ("output", figure.output),
        ("delta", figure.delta),
        ("dinput", figure.input_gradient),
    ]:
        shown = numbers(page, f".touch-{table}")
        np.testing.assert_allclose(shown, array.ravel(), atol=0.005 + 1e-9, err_msg=table)


def sums(page, table):
    return page.evaluate(
        """table => [...document.querySelectorAll(`.touch-${table} td`)].map(td => {
            td.focus();
            return document.querySelector(".touch-sum").textContent;
        })""",
        table,
    )


def test_every_setting_shows_the_numbers_of_cnnbook(chrome, tmp_path):
    with opened(chrome, [PoolingFigure(X)], tmp_path) as page:
        for settings in SETTINGS:
            choose(page, settings)
            tables_agree(page, PoolingFigure(X, **settings))
            for table in ("output", "dinput"):
                shown = numbers(page, f".touch-{table}")
                for number, text in zip(shown, sums(page, table), strict=True):
                    parts = text.replace("\N{MINUS SIGN}", "-").replace("≈", "=").split(" = ")
                    value = eval(parts[1].replace("·", "*"), {"max": lambda *numbers: max(numbers)})
                    assert float(parts[2]) == number
                    assert value == pytest.approx(number, abs=0.005 + 1e-9)


def test_the_winner_of_a_tie_is_the_first(chrome, tmp_path):
    with opened(chrome, [PoolingFigure(X)], tmp_path) as page:
        page.locator(".touch-output td").first.hover()
        partners = page.locator(".touch-input td.lit > i").all_text_contents()
        assert [partner[1:] for partner in partners] == ["0", "1", "0", "0"]
        lead = page.locator(".touch-lead").text_content()
        assert lead.endswith("the winner is x01, the first of 2 that are equal")
        page.locator(".touch-delta td").first.hover()
        assert page.locator(".touch-sum").text_content().endswith("the winner of its window, x01")


def test_pixels_that_no_window_holds_are_told_apart(chrome, tmp_path):
    with opened(chrome, [PoolingFigure(X)], tmp_path) as page:
        assert page.locator(".touch-input td.edge").count() == 9
        page.locator(".touch-input td").last.hover()
        assert "lies in 0 windows" in page.locator(".touch-lead").text_content()
        page.get_by_role("radio", name="keep").check()
        assert page.locator(".touch-input td.edge").count() == 0


def test_by_keyboard(chrome, tmp_path):
    with opened(chrome, [PoolingFigure(X)], tmp_path) as page:
        page.locator("button").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowRight")
        page.keyboard.type("9")
        page.keyboard.press("Enter")
        changed = X.copy()
        changed[0, 1] = 9
        tables_agree(page, PoolingFigure(changed))
        page.keyboard.press("Tab")
        said = page.locator(".touch-live").text_content()
        assert said.startswith("output, row 0, column 0, 9: ")
        page.get_by_role("button", name="reset").click()
        tables_agree(page, PoolingFigure(X))


def test_without_the_way_back(chrome, tmp_path):
    with opened(chrome, [PoolingFigure(X, show=["forward"])], tmp_path) as page:
        assert page.locator("table").count() == 2
        page.locator(".touch-input td").nth(1).hover()
        assert page.locator(".touch-output td.lit").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_is_accessible(chrome, tmp_path, scheme, width):
    figures = [PoolingFigure(X, title="A pooling"), PoolingFigure(X, 3, 2, "mean")]
    with opened(chrome, figures, tmp_path, scheme, width) as page:
        found = axe_python.Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
