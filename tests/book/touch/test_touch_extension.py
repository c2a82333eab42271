"""Pages get the scripts of their figures, in order, and no others."""

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
sys.path.append(str(ROOT / "tools"))
from pages import touch  # noqa: E402

CONVOLUTION, POOLING, DIGIT, DESCENT, STEPS, FILTER = (
    f'<figure class="touch-figure" data-touch="{kind}" data-settings="">'
    for kind in ("convolution", "pooling", "digit", "descent", "steps", "filter")
)


def test_a_page_without_a_figure_gets_nothing():
    assert touch.files("<p>data-touch, convolution</p>") == []


def test_a_page_gets_what_its_figures_need():
    names = touch.files(POOLING)
    assert names[0] == "touch.css"
    assert names.index("meetings.js") < names.index("pools.js") < names.index("pooling.js")
    assert "convolution.js" not in names
    assert "network.js" not in names


def test_what_figures_share_comes_once():
    names = touch.files(DIGIT + CONVOLUTION + POOLING + POOLING + DESCENT + STEPS + FILTER)
    assert len(names) == len(set(names))
    assert sorted(names) == sorted(path.name for path in touch.FOLDER.iterdir())


class App:
    """What the extension sees of Sphinx."""

    def __init__(self):
        self.styles, self.scripts = [], []

    def add_css_file(self, name):
        self.styles.append(name)

    def add_js_file(self, name, **options):
        self.scripts.append((name, options))


@pytest.mark.parametrize("context", [{}, {"body": ""}, {"body": DIGIT}])
def test_scripts_wait_for_the_page(context):
    app = App()
    touch.bring_to_life(app, "page", "page.html", context, None)
    assert bool(app.scripts) == bool(context.get("body"))
    assert all(options == {"loading_method": "defer"} for _, options in app.scripts)
    assert app.styles == (["touch.css", "digit.css"] if app.scripts else [])


def test_scripts_work_from_files():
    """Browsers load no modules, and fetch nothing, for a page that is a file."""
    for path in touch.FOLDER.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("import ", "export ", "fetch(", "XMLHttpRequest", "http:", "https:"):
            assert word not in text, f"{path.name} has {word!r}"


def defined(path):
    """The names that a script adds to the common object."""
    text = path.read_text(encoding="utf-8")
    lists = re.findall(r"Object\.assign\(touch, \{([^}]*)\}\)", text)
    names = re.findall(r"\w+", " ".join(lists))
    return names + re.findall(r"^ *touch\.(\w+) = ", text, re.M)


def test_no_script_takes_the_name_of_another():
    names = [name for path in touch.FOLDER.glob("*.js") for name in defined(path)]
    assert {"pad", "drawingPad", "forward", "grid"} <= set(names)
    assert sorted(names) == sorted(set(names))
