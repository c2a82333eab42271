"""The figure of gradient descent in a browser: sliders, keys and clicks lead where Python goes."""

import numpy as np
import pytest
from touch_pages import needs_browser, opened

from cnnbook.interactive import DescentFigure

axe_python = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = needs_browser

rng = np.random.default_rng(0)
X = np.round(rng.normal(size=(20, 2)) * 16) / 16
T = (X @ [1, 2] + rng.normal(size=20) > 0).astype(int)


def figure(start=(-2, 3)):
    return DescentFigure(X, T, start, (0.5, 32), 8, title="Down")


def way(page):
    points = page.locator(".descent-way polyline").get_attribute("points").split()
    places = np.array([point.split(",") for point in points], dtype=float)
    return np.stack([places[:, 0] / 55 - 4, 4 - places[:, 1] / 55], axis=1)


def test_sliders_keys_and_clicks(chrome, tmp_path):
    with opened(chrome, [figure()], tmp_path) as page:
        np.testing.assert_allclose(way(page), figure().path(0.5), atol=1e-9)
        rate, steps = page.locator(".descent-controls input").all()
        rate.press("End")
        np.testing.assert_allclose(way(page), figure().path(32), atol=1e-9)
        assert page.locator("output").first.text_content() == "32"
        lead = page.locator(".touch-lead").text_content()
        losses = figure().loss(figure().path(32))
        assert f"E = {losses[-1]:.3f};" in lead
        assert f"rose at {np.sum(np.diff(losses) > 0)} of" in lead
        steps.press("ArrowLeft")
        np.testing.assert_allclose(way(page), figure().path(32)[:-1], atol=1e-9)
        page.locator("figure svg").press("ArrowRight")
        moved = figure((-1.75, 3)).path(32)[:-1]
        np.testing.assert_allclose(way(page), moved, atol=1e-9)
        page.locator("figure svg").click(position={"x": 221, "y": 111})
        np.testing.assert_allclose(way(page)[0], [0, 2], atol=0.05)
        page.get_by_role("button", name="reset").click()
        np.testing.assert_allclose(way(page), figure().path(0.5), atol=1e-9)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_narrow(chrome, tmp_path, scheme):
    with opened(chrome, [figure()], tmp_path, scheme, 390) as page:
        found = axe_python.Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
