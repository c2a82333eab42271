"""Take a picture of every rendered page: desktop and phone, light and dark.

    python tools/screenshots.py FOLDER [PART OF A PAGE'S NAME ...]

Needs the extra 'browser' and a Chromium.
"""

import sys
from pathlib import Path

import chromium

HTML = Path(__file__).parents[1] / "_build" / "html"
WIDTHS = {"desktop": 1280, "phone": 390}


def main(folder, parts):
    pages = [*sorted((HTML / "chapters").rglob("*.html")), HTML / "search.html"]
    chosen = [path for path in pages if not parts or any(part in path.stem for part in parts)]
    folder.mkdir(parents=True, exist_ok=True)
    with chromium.browser() as browser:
        for device, width in WIDTHS.items():
            for scheme in ("light", "dark"):
                with chromium.shut_off(browser, scheme, width) as page:
                    for path in chosen:
                        chromium.show(page, path.as_uri())
                        name = f"{path.stem}-{device}-{scheme}.png"
                        page.screenshot(path=folder / name, full_page=True)
                        print(folder / name)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2:])
