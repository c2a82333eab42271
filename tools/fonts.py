"""Make the book's fonts from the packages that carry them.

    npm pack inter-ui@4.1.1 katex@0.19.1 @fontsource-variable/source-serif-4@5.3.1 \\
        @fontsource-variable/jetbrains-mono@5.3.0 @expo-google-fonts/noto-sans-sc@0.4.3
    python tools/fonts.py FOLDER          # where each archive is unpacked under its own name

Needs fontTools with Brotli (`pip install "fonttools[woff]"`). The results are committed. Inter is
cut down to the signs that the book uses, and written twice from one source, for the pages and for
Matplotlib, so that figures and text have the same letters. Noto Sans SC is cut down to the Chinese
words of the chapters, to be run again when the glossary has new ones; a test reads it, and so it is
woff, which needs no Brotli. The other fonts stay as their makers ship them, because their licences
reserve the names.
"""

import shutil
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

ROOT = Path(__file__).parents[1]
PAGES, FIGURES = ROOT / "_static" / "fonts", ROOT / "cnnbook" / "plotting" / "fonts"

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2040), 0x20AC, 0x2122]
SIGNS = [
    *range(0x370, 0x400),  # Greek
    *range(0x2070, 0x20A0),  # raised and lowered figures
    *range(0x2190, 0x2200),  # arrows
    *range(0x2200, 0x2300),  # mathematics
    *range(0x25A0, 0x2600),  # squares, circles, triangles
    *(0x2605, 0x2606, 0x2713, 0x2717),  # stars, tick, cross
]

CHINESE = range(0x4E00, 0xA000)

# Where it comes from -> where it goes, unchanged.
COPIED = {
    "fontsource-variable-source-serif-4-5.3.1/package": {
        "files/source-serif-4-latin-opsz-normal.woff2": PAGES,
        "files/source-serif-4-latin-wght-italic.woff2": PAGES,
        "files/source-serif-4-greek-wght-normal.woff2": PAGES,
        "LICENSE": PAGES / "source-serif-4-LICENSE.txt",
    },
    "fontsource-variable-jetbrains-mono-5.3.0/package": {
        "files/jetbrains-mono-latin-wght-normal.woff2": PAGES,
        "files/jetbrains-mono-greek-wght-normal.woff2": PAGES,
        "LICENSE": PAGES / "jetbrains-mono-LICENSE.txt",
    },
    "katex-0.19.1/package": {
        "dist/fonts/KaTeX_Main-Regular.woff2": PAGES,
        "dist/fonts/KaTeX_Main-Bold.woff2": PAGES,
        "dist/fonts/KaTeX_Math-Italic.woff2": PAGES,
        "dist/fonts/KaTeX_Main-Regular.ttf": FIGURES,
        "dist/fonts/KaTeX_Main-Bold.ttf": FIGURES,
        "dist/fonts/KaTeX_Math-Italic.ttf": FIGURES,
    },
}


def cut(font, signs):
    """Keep the given signs, and what sets them well."""
    options = Options(layout_features=["kern", "calt", "ccmp", "locl", "mark", "mkmk", "tnum"])
    options.name_IDs = ["*"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=signs)
    subsetter.subset(font)
    return font


def chinese_of_the_book():
    """Return the code points of all Chinese signs in the chapters."""
    chapters = ROOT / "chapters"
    paths = [*chapters.rglob("*.md"), *chapters.rglob("*.ipynb"), *chapters.rglob("*.bib")]
    text = "".join(path.read_text(encoding="utf-8") for path in paths)
    return sorted({ord(sign) for sign in text} & set(CHINESE))


def inter(source, signs, weights):
    """Return Inter for text sizes, with a range of weights or a single one."""
    return instantiateVariableFont(cut(TTFont(source), signs), {"opsz": 14, "wght": weights})


def name(font, family, style):
    """Name a static font, for Matplotlib finds a font by its name and weight."""
    for record in list(font["name"].names):
        if record.nameID in (16, 17, 21, 22, 25):
            font["name"].removeNames(nameID=record.nameID)
    full = f"{family} {style}"
    for number, text in {1: family, 2: style, 4: full, 6: full.replace(" ", "-")}.items():
        font["name"].setName(text, number, 3, 1, 0x409)


def write(font, path, flavor=None):
    font.flavor = flavor
    font["head"].modified, font.recalcTimestamp = font["head"].created, False  # no date in it
    font.save(path, reorderTables=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def main(packages):
    variable = packages / "inter-ui-4.1.1" / "package" / "variable"
    upright, italic = variable / "InterVariable.woff2", variable / "InterVariable-Italic.woff2"
    write(inter(upright, LATIN + SIGNS, (400, 700)), PAGES / "inter-variable.woff2", "woff2")
    write(inter(italic, LATIN, (400, 700)), PAGES / "inter-variable-italic.woff2", "woff2")
    for weight, style in ((400, "Regular"), (700, "Bold")):
        font = inter(upright, LATIN + SIGNS, weight)
        name(font, "Inter", style)
        font["OS/2"].usWeightClass = weight
        write(font, FIGURES / f"Inter-{style}.ttf")
    chinese = packages / "expo-google-fonts-noto-sans-sc-0.4.3" / "package"
    font = TTFont(chinese / "400Regular" / "NotoSansSC_400Regular.ttf")
    write(cut(font, chinese_of_the_book()), PAGES / "noto-sans-sc.woff", "woff")
    shutil.copy(chinese / "LICENSE_FONT", PAGES / "noto-LICENSE.txt")
    for folder in (PAGES, FIGURES):
        shutil.copy(variable.parent / "LICENSE.txt", folder / "Inter-LICENSE.txt")
    for package, files in COPIED.items():
        for file, goal in files.items():
            shutil.copy(packages / package / file, goal)
    for folder in (PAGES, FIGURES):
        license_of_katex(folder)


def license_of_katex(folder):
    """Write the licence that KaTeX's fonts name in themselves, beside them."""
    names = TTFont(FIGURES / "KaTeX_Main-Regular.ttf")["name"]
    _, text = (folder / "Inter-LICENSE.txt").read_text(encoding="utf-8").split("\n", 1)
    license = names.getDebugName(13).split("\n\n")[0]
    (folder / "KaTeX-LICENSE.txt").write_text(license + "\n" + text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
