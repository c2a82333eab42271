"""Colours with a meaning, the same in every figure, and the style sheet."""

import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.font_manager import fontManager

# Told apart with every common kind of colour vision, and each as dark as text has to be. In the
# pages, _static/look.css has them under the same names, with a second set for the dark.
INPUT = "#0F6CC4"  # what goes into a layer
KERNEL = "#8A2A6C"  # weights
FORWARD = "#005F38"  # what the forward pass computes
GRADIENT = "#BF4208"  # what the backward pass computes

INK = "#1F1E1B"  # text
LINE = "#6B6862"  # frames and guides
FAINT = "#DEDBD4"  # grids, and cells that are only padding
GROUND = "white"  # where something has to cover what lies behind it

# The two ends of a diverging map. Pictures are stored as pixels, so these serve on both grounds.
NEGATIVE, POSITIVE = "#2A78CF", "#D5433B"

# One colour and one marker for each of ten classes: the numerals need no legend.
CLASS_COLOURS = (
    "#024477",
    "#965C1B",
    "#0C614F",
    "#8C1D05",
    "#623359",
    "#4C794F",
    "#5D32A1",
    "#782633",
    "#1B7598",
    "#5E5B29",
)
CLASS_MARKERS = tuple(rf"$\mathsf{{{digit}}}$" for digit in range(10))

SIGNED = "cnnbook_signed"  # diverging: zero is the ground of the page
INTENSITY = "gray"
READABLE = 0.37  # how strong a tint may be under ink, on a light ground and on a dark one

TIMES = "\N{MULTIPLICATION SIGN}"
MINUS = "\N{MINUS SIGN}"

FONTS = Path(__file__).parent / "fonts"


def _signed_scale():
    """From NEGATIVE over nothing at all to POSITIVE."""
    stops = [(0.0, NEGATIVE, 1), (0.5, NEGATIVE, 0), (0.5, POSITIVE, 0), (1.0, POSITIVE, 1)]
    stops = [(place, (*mpl.colors.to_rgb(colour), alpha)) for place, colour, alpha in stops]
    return LinearSegmentedColormap.from_list(SIGNED, stops, N=513)


mpl.colormaps.register(_signed_scale(), force=True)


def use_style():
    """Make the book's style the style of all figures from here on, whatever was set before.

    In a notebook, figures are also stored as drawings (SVG) beside the pictures (PNG): the pages
    show the drawing, and the tests compare the picture.
    """
    _register_fonts()
    plt.style.use(["default", "cnnbook.plotting.book"])
    _store_drawings()


def _register_fonts():
    """Let Matplotlib find the book's own fonts, before any of the same name on this machine."""
    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(FONTS.glob("*.ttf")):
        if str(path) not in known:
            fontManager.addfont(path)
            fontManager.ttflist.insert(0, fontManager.ttflist.pop())


def _store_drawings():
    """In a notebook, store SVG beside PNG, without the date and the version."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None or not hasattr(shell, "kernel"):
        return
    from matplotlib_inline.config import InlineBackend

    settings = InlineBackend.instance(parent=shell)
    settings.print_figure_kwargs = {
        "bbox_inches": "tight",
        "pad_inches": 0.03,
        "metadata": {"Date": None, "Creator": None},
    }
    settings.figure_formats = {"svg", "png"}


def limits(values, signed):
    """Smallest and largest value of a colour scale; for signed values with zero in the middle."""
    values = np.asarray(values, dtype=float)
    if signed:
        largest = np.abs(values).max() or 1.0
        return -largest, largest
    low, high = values.min(), values.max()
    return (low, high) if high > low else (low, low + 1)


def luminance_of(colour):
    """Relative luminance of a colour on white, 0 for black, 1 for white (WCAG 2)."""
    *channels, alpha = mpl.colors.to_rgba(colour)
    channels = 1 - alpha * (1 - np.array(channels))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def tint(colour, strength=0.25):
    """The colour thinned with the ground of the page; ink is readable on it up to READABLE."""
    return mpl.colors.to_hex((*mpl.colors.to_rgb(colour), strength), keep_alpha=True)
