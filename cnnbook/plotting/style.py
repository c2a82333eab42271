"""Colours with a meaning, the same in every figure, and the style sheet."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

# Okabe and Ito's palette: told apart with every common kind of colour vision.
INPUT = "#0072B2"  # what goes into a layer
KERNEL = "#CC79A7"  # weights
FORWARD = "#009E73"  # what the forward pass computes
GRADIENT = "#D55E00"  # what the backward pass computes

INK = "#222222"  # text
LINE = "#767676"  # frames and guides
FAINT = "#E4E4E4"  # grids, and cells that are only padding

# One colour and one marker for each of ten classes. The numerals need no legend, and the colours
# have a contrast of at least 3 to 1 against white.
CLASS_COLOURS = (
    "#4D33B3",
    "#CC8000",
    "#1A4D00",
    "#CC0033",
    "#99004D",
    "#6680FF",
    "#801A80",
    "#9980CC",
    "#669966",
    "#B38099",
)
CLASS_MARKERS = tuple(f"${digit}$" for digit in range(10))

SIGNED = "RdBu_r"  # diverging: white is zero
INTENSITY = "gray"

TIMES = "\N{MULTIPLICATION SIGN}"
MINUS = "\N{MINUS SIGN}"


def use_style():
    """Make the book's style the style of all figures from here on, whatever was set before."""
    plt.style.use(["default", "cnnbook.cnnbook"])


def limits(values, signed):
    """Smallest and largest value of a colour scale; for signed values with zero in the middle."""
    values = np.asarray(values, dtype=float)
    if signed:
        largest = np.abs(values).max() or 1.0
        return -largest, largest
    low, high = values.min(), values.max()
    return (low, high) if high > low else (low, low + 1)


def ink_on(colour):
    """Black or white, whichever is easier to read on the colour (contrast as WCAG defines it)."""
    luminance = luminance_of(colour)
    return "white" if 1.05 / (luminance + 0.05) > (luminance + 0.05) / 0.05 else "black"


def luminance_of(colour):
    """Relative luminance of a colour, 0 for black, 1 for white (WCAG 2)."""
    channels = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def tint(colour, strength=0.25):
    """The colour thinned with white: the ground of a cell, on which black text is readable."""
    channels = np.array(mpl.colors.to_rgb(colour))
    return mpl.colors.to_hex(1 - strength * (1 - channels))
