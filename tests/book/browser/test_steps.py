"""A figure to step through in a real browser: keys, buttons, a slider; paper, and no script."""

from contextlib import contextmanager

import pytest
import sample

SENTENCES = ["First a short one.", "Then one that is longer, " * 6 + "and ends.", "Last $x_0$."]


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("steps")
    sample.write(folder, extra=[sample.steps(SENTENCES, name="fig-steps", caption="Steps.")])
    html, output = sample.build(folder)
    assert (html / "chapters").is_dir(), output
    return html


@pytest.fixture
def show(chromium, chrome, html):
    @contextmanager
    def show(scheme="light", width=1280):
        with chromium.shut_off(chrome, scheme, width) as page:
            chromium.show(page, address(html))
            page.wait_for_selector(".steps.touch-alive")
            yield page
            assert page.foreign == []
            assert page.errors == []

    return show


def address(html):
    return (html / "chapters" / "1-part" / "10-page.html").as_uri()


def visible(page):
    """The numbers of the frames that are seen, from 1."""
    frames = page.locator(".steps-frame").all()
    return [n for n, frame in enumerate(frames, 1) if frame.locator("svg").first.is_visible()]


def state(page):
    """The frame that is seen, and where slider and buttons say that it is."""
    slider = page.locator(".steps input")
    at = int(slider.input_value())
    assert visible(page) == [at]
    assert slider.get_attribute("aria-valuetext") == f"{at} of 3"
    assert page.locator(".steps output").text_content() == f"{at} of 3"
    ends = [b.get_attribute("aria-disabled") for b in page.locator(".steps button").all()]
    assert ends == [str(at == 1).lower(), str(at == 3).lower()]
    return at


def test_buttons(show):
    with show() as page:
        back, forth = page.locator(".steps button").all()
        seen = [state(page)]
        for button in (forth, forth, forth, back, back, back):
            button.click(force=True)  # at the end, too
            seen.append(state(page))
        assert seen == [1, 2, 3, 3, 2, 1, 1]


@pytest.mark.parametrize("on", ["button", "input"])
def test_keys(show, on):
    with show() as page:
        seen = []
        for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft", "End", "Home"):
            page.locator(f".steps {on}").first.press(key)
            seen.append(state(page))
        assert seen == [2, 3, 3, 2, 3, 1]


def test_sentence_is_announced(show):
    with show() as page:
        live = page.locator(".steps [aria-live=polite]")
        assert live.text_content() == ""
        page.locator(".steps button").last.click(force=True)
        assert live.text_content() == SENTENCES[1]
        page.locator(".steps input").press("End")
        assert live.text_content() == "Last x0."


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_from_step_to_step(show, width):
    with show(width=width) as page:
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        places = set()
        for _ in range(3):
            box = page.locator(".steps-frame.shown svg").first.bounding_box()
            assert 0 <= box["x"] <= box["x"] + box["width"] <= width
            top = page.locator("#fig-steps").bounding_box()["y"]
            caption = page.locator("#fig-steps figcaption").bounding_box()["y"]
            places.add((box["x"], box["y"] - top, box["width"], caption - top))
            page.locator(".steps button").last.click(force=True)
        assert len(places) == 1


def test_nothing_moves_by_itself(chromium, chrome, html):
    """Not even for those who have not asked for reduced motion."""
    context = chrome.new_context(reduced_motion="no-preference")
    page = context.new_page()
    page.clock.install()
    chromium.show(page, address(html))
    page.wait_for_selector(".steps.touch-alive")
    page.clock.run_for(60_000)
    assert state(page) == 1
    assert page.locator(".steps-frame").first.evaluate("node => node.getAnimations().length") == 0
    context.close()


def test_without_a_script_all_frames_are_seen(chrome, html):
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address(html))
    assert visible(page) == [1, 2, 3]
    assert page.locator(".steps button").count() == 0
    context.close()


def test_on_paper_all_frames_are_seen(show):
    with show() as page:
        page.locator(".steps button").last.click(force=True)
        page.emulate_media(media="print")
        assert visible(page) == [1, 2, 3]
        assert not page.locator(".steps-controls").is_visible()
        tops = [frame.bounding_box()["y"] for frame in page.locator(".steps-frame").all()]
        assert tops[0] == tops[1] < tops[2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_accessible(chromium, chrome, html, scheme, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    # Not by `show`, because axe asks for style sheets, which files do not answer.
    with chromium.shut_off(chrome, scheme, width) as page:
        chromium.show(page, address(html))
        page.wait_for_selector(".steps.touch-alive")
        found = axe.run(page, context="#fig-steps").response["violations"]
        assert [(v["id"], n["html"], n["failureSummary"]) for v in found for n in v["nodes"]] == []
