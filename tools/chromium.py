"""Open Chromium on the rendered pages, with every other host shut off."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable():
    """Return the path of a Chromium on this machine, None if there is none."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser():
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=executable(), args=QUIET)


@contextmanager
def shut_off(browser, scheme="light", width=1280):
    """Open a page whose requests to other hosts fail and are listed in `page.foreign`.

    What the browser's console reports as an error is listed in `page.errors`.
    """
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 900}, reduced_motion="reduce"
    )
    page = context.new_page()
    page.foreign, page.errors = [], []

    def answer(route):
        if route.request.url.startswith(("file:", "data:", "blob:", "http://127.0.0.1")):
            route.continue_()
        else:
            page.foreign.append(route.request.url)
            route.abort()

    context.route("**/*", answer)
    page.on("console", lambda m: page.errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    yield page
    context.close()


def show(page, address):
    """Load a page and wait until its formulas are drawn."""
    page.goto(address)
    page.wait_for_load_state("load")
    page.evaluate("window.MathJax && MathJax.startup && MathJax.startup.promise")
