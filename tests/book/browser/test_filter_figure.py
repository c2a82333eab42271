"""The figure of a filter in a browser: kernels to choose and to write, and a place to point at."""

import numpy as np
import pytest
from touch_pages import needs_browser, opened

from cnnbook.interactive import FilterFigure

axe_python = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = needs_browser

PHOTO = np.random.default_rng(0).integers(0, 256, (20, 30))
EDGE, BLUR = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), np.ones((3, 3))
FIGURE = FilterFigure(PHOTO, {"edge": EDGE, "blur": BLUR}, title="Nine numbers")
MINUS = "\N{MINUS SIGN}"


def answer(page):
    text = page.locator(".touch-sum").text_content().split("=")[-1]
    return float(text.replace(MINUS, "-"))


def colours(page):
    """Red, green, blue and strength of every answer, an array (H - 2, W - 2, 4)."""
    data = page.locator(".filter-panel canvas").last.evaluate(
        "c => Array.from(c.getContext('2d').getImageData(0, 0, c.width, c.height).data)"
    )
    return np.array(data).reshape(18, 28, 4)


def test_kernels_places_and_taps(chrome, tmp_path):
    with opened(chrome, [FIGURE], tmp_path) as page:
        edges, means = FIGURE.answers("edge"), FIGURE.answers("blur")
        assert answer(page) == edges[9, 14]
        photograph = page.locator(".filter-panel canvas").first
        photograph.press("ArrowUp")
        photograph.press("ArrowRight")
        assert answer(page) == edges[8, 15]
        shown = colours(page)
        np.testing.assert_allclose(
            shown[..., 3] / 255, np.abs(edges) / np.abs(edges).max(), atol=0.003
        )
        plus, minus = (shown[c & (np.abs(edges) > 50)][:, :3] for c in (edges > 0, edges < 0))
        assert plus[:, 0].min() > plus[:, 2].max()  # reddish
        assert minus[:, 0].max() < minus[:, 2].min()  # bluish
        page.get_by_label("blur").check()
        assert answer(page) == means[8, 15]
        np.testing.assert_allclose(1 - colours(page)[..., 3] / 255, means / 9 / 255, atol=0.003)
        first = page.get_by_label("tap in row 0, column 0")
        first.fill("-3.5")
        first.press("Enter")
        assert answer(page) == pytest.approx(means[8, 15] - 4.5 * PHOTO[8, 15])
        assert page.locator("input[type=radio]:checked").count() == 0
        page.get_by_role("button", name="reset").click()
        assert answer(page) == edges[9, 14]
        box = photograph.bounding_box()
        page.mouse.move(box["x"] + box["width"] * 3.5 / 30, box["y"] + box["height"] * 2.5 / 20)
        assert answer(page) == edges[1, 2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_narrow(chrome, tmp_path, scheme):
    with opened(chrome, [FIGURE], tmp_path, scheme, 390) as page:
        found = axe_python.Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
