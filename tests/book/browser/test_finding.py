"""Finding one's way: contents that follow, whole titles, a search that lands on hits."""

import json
import re
from pathlib import Path

import pytest

HTML = Path(__file__).parents[3] / "_build" / "html"
FILES = sorted((HTML / "chapters").glob("[1-5]-*/*.html"))
CHAPTERS = [path.relative_to(HTML).as_posix() for path in FILES]
NAMED = "document.querySelector('#pst-page-toc-nav a[aria-current]')?.hash"
# The section of an element that has an entry of its own in the contents.
SECTION = """(id) => {
    const entries = [...document.querySelectorAll("#pst-page-toc-nav a")].map((a) => a.hash);
    for (let box = document.getElementById(id); box; box = box.parentElement)
        if (box.id && entries.includes("#" + box.id)) return "#" + box.id;
    return null;
}"""

every_chapter = pytest.mark.parametrize("name", CHAPTERS)


def arrive(page, chromium, address):
    chromium.show(page, address)
    page.wait_for_timeout(300)


def wait_until_named(page, entry):
    """Fail if the contents do not mark this entry soon."""
    page.wait_for_function(f"(entry) => {NAMED} === entry", arg=entry, timeout=5_000)


@every_chapter
def test_contents_follow_a_jump_to_an_equation(chromium, browser, name):
    with chromium.shut_off(browser) as page:
        arrive(page, chromium, (HTML / name).as_uri())
        labels = page.eval_on_selector_all("div.math[id]", "all => all.map((box) => box.id)")
        for label in labels[:: max(1, len(labels) // 4)]:
            page.evaluate("(id) => { location.hash = id; }", label)
            wait_until_named(page, page.evaluate(SECTION, label))


def test_contents_follow_the_scrolling(chromium, browser):
    with chromium.shut_off(browser) as page:
        arrive(page, chromium, (HTML / CHAPTERS[-1]).as_uri())
        hashes = page.eval_on_selector_all("#pst-page-toc-nav a", "all => all.map((a) => a.hash)")
        for hash_ in (hashes[2], hashes[5], hashes[-1]):
            page.evaluate("(id) => document.querySelector(id).scrollIntoView()", hash_)
            wait_until_named(page, hash_)


@every_chapter
def test_previous_and_next_are_whole_on_a_phone(chromium, browser, name):
    with chromium.shut_off(browser, width=390) as page:
        arrive(page, chromium, (HTML / name).as_uri())
        for link in page.locator(".prev-next-area a").all():
            link.scroll_into_view_if_needed()
            fits = "a => a.scrollWidth <= a.clientWidth && a.scrollHeight <= a.clientHeight"
            assert link.evaluate(fits)
            box = link.locator(".prev-next-title").bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 390


def search(page, home, words):
    page.goto(f"{home}/search.html?q={words}")
    page.wait_for_function("document.getElementById('search-count').textContent")


def test_search_lists_sections_and_says_how_many(chromium, browser, home):
    with chromium.shut_off(browser) as page:
        search(page, home, "cross-correlation")
        links = [a.get_attribute("href") for a in page.locator("#search-results li > a").all()]
        assert len(links) > 3
        assert all("#" in link for link in links)
        count = page.locator("#search-count")
        assert count.inner_text() == f"{len(links)} sections found for “cross-correlation”."
        assert count.get_attribute("aria-live") == "polite"
        text = page.inner_text("#search-results")
        assert "\\" not in text
        assert "$" not in text
        assert page.foreign == []
        assert page.errors == []


def test_search_lands_on_the_hit(chromium, browser, home):
    with chromium.shut_off(browser) as page:
        search(page, home, "multiplication Winograd")
        page.keyboard.press("Enter")  # to the first result,
        page.keyboard.press("Enter")  # which opens
        page.wait_for_selector("mark.hit")
        page.wait_for_timeout(500)
        hit = page.locator("mark.hit")
        assert 0 < hit.bounding_box()["y"] < 900
        section = page.evaluate("decodeURIComponent(location.hash.slice(1))")
        inside = "(mark, id) => document.getElementById(id).contains(mark)"
        assert hit.evaluate(inside, section)
        wait_until_named(page, page.evaluate(SECTION, section))
        page.keyboard.press("Escape")
        assert page.locator("article mark").count() == 0
        assert "marked" not in page.url
        assert page.errors == []


def far_down():
    """Return a chapter, its longest section, and a word that first comes near the section's end."""
    script = (HTML / "_static" / "search_sections.js").read_text(encoding="utf-8")
    pages = json.loads(script.removeprefix("const SEARCH_PAGES = ").removesuffix(";\n"))
    sections = [(url, *row) for url, *_, rows in pages if url in CHAPTERS for row in rows]
    url, anchor, title, text, code = max(sections, key=lambda section: len(section[3]))
    words = re.findall(r"[a-z]+", f"{title} {text}".lower())
    late = [word for word in words[-60:-20] if len(word) > 4]
    used = f"{title} {code} {text[: len(text) // 2]}".lower()
    return url, anchor, next(word for word in late if word not in used)


def test_a_hit_far_down_a_section_is_in_sight(chromium, browser):
    url, anchor, word = far_down()
    with chromium.shut_off(browser) as page:
        chromium.show(page, f"{(HTML / url).as_uri()}?marked={word}#{anchor}")
        page.wait_for_selector("mark.hit")
        page.wait_for_function(
            """() => {
                const { top, bottom } = document.querySelector("mark.hit").getBoundingClientRect();
                return top > 0 && bottom < innerHeight;
            }""",
            timeout=5_000,
        )
        assert page.inner_text("mark.hit").lower() == word


def test_search_follows_what_is_typed(chromium, browser, home):
    with chromium.shut_off(browser) as page:
        search(page, home, "pooling")
        field = page.locator(".bd-search-container input")
        field.fill("zzzz")
        page.wait_for_function("document.getElementById('search-count').textContent[0] === '0'")
        field.fill("perceptrn")  # a slip of the hand
        page.wait_for_selector("#search-results li a")
        assert "erceptron" in page.inner_text("#search-results li:first-child")
        assert page.url.endswith("?q=perceptrn")
        field.fill("")
        page.wait_for_function("!document.getElementById('search-count').textContent")
        assert page.errors == []


def test_hits_in_folded_solutions_open(chromium, browser):
    name = next(n for n in CHAPTERS if "solution dropdown" in (HTML / n).read_text("utf-8"))
    with chromium.shut_off(browser) as page:
        arrive(page, chromium, (HTML / name).as_uri())
        text = page.evaluate(
            """[...document.querySelectorAll(".solution.dropdown p:not(.admonition-title)")]
               .map((p) => [...p.childNodes].find((n) => n.data?.trim().length > 20)?.data)
               .find(Boolean)"""
        )
        words = [word for word in text.split() if word.isalpha()]
        word = max(words, key=len)
        arrive(page, chromium, f"{(HTML / name).as_uri()}?marked={word}#exercises")
        assert page.locator("mark.hit").is_visible()


def test_the_first_tab_skips_to_the_text(chromium, browser):
    with chromium.shut_off(browser) as page:
        arrive(page, chromium, (HTML / CHAPTERS[0]).as_uri())
        page.keyboard.press("Tab")
        link = page.locator(":focus")
        assert link.inner_text() == "Skip to main content"
        box = link.bounding_box()
        assert box["y"] >= 0
        assert box["height"] > 10
        page.keyboard.press("Enter")
        assert page.url.endswith("#main-content")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_can_be_seen(chromium, browser, scheme):
    with chromium.shut_off(browser, scheme) as page:
        arrive(page, chromium, (HTML / "chapters" / "0-intro.html").as_uri())
        unseen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            style = page.evaluate(
                """() => {
                    const style = getComputedStyle(document.activeElement);
                    return [document.activeElement.outerHTML.slice(0, 80), style.outlineStyle,
                            parseFloat(style.outlineWidth), style.boxShadow];
                }"""
            )
            if (style[1] == "none" or style[2] < 2) and style[3] == "none":
                unseen.append(style[0])
        assert unseen == []
