"""The style sheets: readable colours, one set of names for pages and figures, the book's fonts."""

import re
import sys
from itertools import product
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from cnnbook.plotting import style

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tools"))
import fonts  # noqa: E402

STATIC = ROOT / "_static"
LIGHT, DARK = (STATIC / "look.css").read_text(encoding="utf-8").split('html[data-theme="dark"]')

MARKS = ["line", "input", "kernel", "forward", "gradient", *(f"class-{n}" for n in range(10))]
INKS = ["ink", "muted", "accent", "good", "bad", "warn", "fig-ink", *(f"fig-{m}" for m in MARKS)]


def colours(sheet):
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet))


SCHEMES = {"light": colours(LIGHT), "dark": colours(DARK)}


def contrast(one, other):
    darker, lighter = sorted(style.luminance_of(colour) for colour in (one, other))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ground", ["ground", "surface"])
def test_ink_and_marks_are_readable(scheme, ground):
    names = SCHEMES[scheme]
    faint = {ink: contrast(names[ink], names[ground]) for ink in INKS}
    assert {ink: found for ink, found in faint.items() if found < 4.5} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_are_readable_on_soft_grounds(scheme):
    names = SCHEMES[scheme]
    for name, ink in product(("accent", "good", "bad", "warn"), (None, "ink")):
        assert contrast(names[ink or name], names[f"{name}-soft"]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_numbers_are_readable_in_cells(scheme):
    names, strengths = SCHEMES[scheme], {"negative": 1.6, "positive": 1.6}
    for mark in (*MARKS, "negative", "positive", "ink"):
        cell = mixed(names[f"fig-{mark}"], names["ground"], strengths.get(mark, 1) * style.READABLE)
        assert contrast(cell, names["fig-ink"]) >= 4.5, mark
    assert contrast(names["fig-faint"], names["fig-ink"]) >= 4.5


def mixed(colour, ground, strength):
    pairs = zip(parts(colour), parts(ground), strict=True)
    return tuple((strength * one + (1 - strength) * other) / 255 for one, other in pairs)


def parts(colour):
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def test_both_schemes_name_the_same_colours():
    assert set(SCHEMES["light"]) == set(SCHEMES["dark"])


def test_figures_are_drawn_in_the_light_colours():
    drawn = {"ink": style.INK, "line": style.LINE, "faint": style.FAINT}
    drawn |= {"input": style.INPUT, "kernel": style.KERNEL, "forward": style.FORWARD}
    drawn |= {"gradient": style.GRADIENT, "negative": style.NEGATIVE, "positive": style.POSITIVE}
    drawn |= {f"class-{digit}": colour for digit, colour in enumerate(style.CLASS_COLOURS)}
    assert {name: SCHEMES["light"][f"fig-{name}"] for name in drawn} == {
        name: colour.lower() for name, colour in drawn.items()
    }


def test_every_name_that_is_used_is_defined():
    sheets = {path.name: path.read_text(encoding="utf-8") for path in STATIC.glob("*.css")}
    defined = set(re.findall(r"(--[\w-]+):", "".join(sheets.values())))
    inline = {"--least", "--most", "--share", "--share-narrow"}  # tools/pages/drawing.py
    used = {
        (name, variable)
        for name, sheet in sheets.items()
        for variable in re.findall(r"var\((--(?!pst|sbt|sd|bs)[\w-]+)\)", sheet)
    }
    assert {use for use in used if use[1] not in defined | inline} == set()


def test_fonts_are_here_with_their_licences():
    sheet = (STATIC / "type.css").read_text(encoding="utf-8")
    files = re.findall(r'url\("([^"]+)"\)', sheet)
    assert files
    assert [file for file in files if not (STATIC / file).is_file()] == []
    assert sheet.count("@font-face") == sheet.count("font-display: swap") == len(files)
    unused = {path.name for path in (STATIC / "fonts").glob("*.woff*")}
    assert unused == {Path(file).name for file in files}
    for folder in (STATIC / "fonts", style.FONTS):
        families = {
            path.name.split("-")[0].split("_")[0].lower() for path in folder.glob("*.[wt]*f*")
        }
        licences = {path.name.split("-")[0].lower() for path in folder.glob("*-LICENSE.txt")}
        assert families == licences
        for path in folder.glob("*-LICENSE.txt"):
            assert "SIL OPEN FONT LICENSE" in path.read_text(encoding="utf-8").upper()


def test_chinese_words_have_their_signs():
    signs = fonts.chinese_of_the_book()
    known = TTFont(STATIC / "fonts" / "noto-sans-sc.woff").getBestCmap()
    assert signs
    assert [chr(sign) for sign in signs if sign not in known] == [], "run tools/fonts.py"
