"""Draw a digit in a browser: drawing, reading, and sending back, as cnnbook computes it."""

from pathlib import Path

import numpy as np
import pytest
from touch_pages import needs_browser, opened

from cnnbook import Network
from cnnbook.interactive import DrawADigit
from cnnbook.interactive.pen import image_of
from cnnbook.models.small_cnn import small_cnn

axe_python = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = needs_browser


@pytest.fixture(scope="module")
def network():
    trained = Network(small_cnn(rng=np.random.default_rng(0), dtype=np.float64))
    trained.load(Path(__file__).parents[3] / "data" / "small_cnn.npz")
    return trained


def column(page, number):
    """The numbers of a column of the table of probabilities."""
    cells = page.locator(f".touch-bars tbody tr > :nth-child({number})").all_text_contents()
    return [float(cell.replace("\N{MINUS SIGN}", "-")) for cell in cells]


def alphas(page, picture, nth=0):
    """How strong each pixel of a canvas is, from 0 to 255."""
    return page.evaluate(
        """([picture, nth]) => {
            const canvas = document.querySelectorAll(picture)[nth];
            const all = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return [...all.data].filter((_, place) => place % 4 === 3);
        }""",
        [picture, nth],
    )


def test_samples_are_read_as_cnnbook_reads_them(chrome, tmp_path, network):
    with opened(chrome, [DrawADigit(network)], tmp_path) as page:
        for digit in (0, 8, 3):
            page.locator(f"[name='digit-0-sample'][value='{digit}']").check()
            figure = DrawADigit(network, digit)
            np.testing.assert_allclose(column(page, 3), figure.probabilities, atol=0.0051)
            assert page.locator(".touch-bars .best th").text_content() == str(digit)
            ink = np.round(255 * figure.image.ravel())
            np.testing.assert_allclose(alphas(page, ".touch-seen"), ink, atol=1)
            assert f"Read as {digit}" in page.locator(".touch-live").text_content()


def test_maps_are_those_of_the_network(chrome, tmp_path, network):
    figure = DrawADigit(network, 5)
    with opened(chrome, [figure], tmp_path) as page:
        maps = network.layers[0].output(figure.image[None, ..., None])[0]
        for m in (0, 7):
            expected = 255 * maps[..., m] / maps.max()
            found = alphas(page, ".touch-maps.touch-output, .touch-maps .touch-output", m)
            np.testing.assert_allclose(found, expected.ravel(), atol=1)
        assert page.locator(".touch-strip").count() == 4


def test_what_is_sent_back_is_the_gradient(chrome, tmp_path, network):
    figure = DrawADigit(network, 5)
    with opened(chrome, [figure], tmp_path) as page:
        assert not page.locator(".touch-strip .touch-back").first.is_visible()
        page.locator("[name='digit-0-target'][value='9']").check()
        assert page.locator(".touch-strip .touch-back").first.is_visible()
        x = figure.image[None, ..., None]
        outputs = [x]
        for layer in network.layers:
            outputs.append(layer.output(outputs[-1]))
        delta = outputs[-1] - np.eye(10)[[9]]
        np.testing.assert_allclose(column(page, 4), delta[0], atol=0.0051)
        gradient = delta
        for layer in reversed(network.layers[1:]):
            gradient = layer.backpropagate(gradient)
        expected = np.abs(255 * gradient[0] / np.abs(gradient).max())
        for m in (0, 5):
            found = alphas(page, ".touch-maps.touch-back canvas", m)
            np.testing.assert_allclose(found, expected[..., m].ravel(), atol=1)
        loss = -np.log(outputs[-1][0, 9])
        assert f"the loss is {loss:.2f}"[:-1] in page.locator(".touch-read").text_content()


def test_a_drawing_with_the_mouse(chrome, tmp_path, network):
    with opened(chrome, [DrawADigit(network)], tmp_path) as page:
        pad = page.locator(".touch-pad").bounding_box()
        points = [(0.4, 0.26), (0.52, 0.14), (0.52, 0.5), (0.52, 0.86)]
        places = [(pad["x"] + pad["width"] * x, pad["y"] + pad["height"] * y) for x, y in points]
        page.mouse.move(*places[0])
        page.mouse.down()
        for place in places[1:]:
            page.mouse.move(*place)
        page.mouse.up()
        assert "Read as 1" in page.locator(".touch-live").text_content()
        strokes = [[(100 * x, 100 * y) for x, y in points]]
        expected = network.predict(image_of(strokes)[None, ..., None])[0]
        np.testing.assert_allclose(column(page, 3), expected, atol=0.02)
        page.get_by_role("button", name="undo").click()
        assert "Nothing is drawn" in page.locator(".touch-live").text_content()


def test_a_drawing_by_keyboard(chrome, tmp_path, network):
    with opened(chrome, [DrawADigit(network)], tmp_path) as page:
        page.get_by_role("button", name="clear").click()
        page.locator(".touch-pad").focus()
        page.keyboard.press("Space")
        for _ in range(16):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Space")
        assert "pen up at 50 across, 89 down" in page.locator(".touch-live").text_content()
        assert "Read as 1" in page.locator(".touch-read").text_content()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_is_accessible(chrome, tmp_path, network, scheme, width):
    with opened(chrome, [DrawADigit(network, title="Draw")], tmp_path, scheme, width) as page:
        page.locator("[name='digit-0-target'][value='8']").check()
        found = axe_python.Axe().run(page).response["violations"]
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
