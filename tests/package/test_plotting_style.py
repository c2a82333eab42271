"""Style: readable type, colours that everyone can tell apart."""

import io
import itertools
import re
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures, contrast  # noqa: F401

from cnnbook import plotting
from cnnbook.plotting import curves, style

pytestmark = pytest.mark.usefixtures("book_figures")


def test_style_replaces_whatever_was_set_before():
    mpl.rcParams["font.size"] = 3
    mpl.rcParams["lines.linestyle"] = ":"
    plotting.use_style()
    assert mpl.rcParams["font.size"] >= 10
    assert mpl.rcParams["lines.linestyle"] == "-"
    assert mpl.rcParams["figure.constrained_layout.use"]


def test_stored_pictures_are_opaque_and_axes_are_not():
    assert mpl.colors.to_rgba(mpl.rcParams["figure.facecolor"]) == (1, 1, 1, 1)
    assert mpl.rcParams["axes.facecolor"] == "none"
    assert 110 <= mpl.rcParams["figure.dpi"] <= 150


@pytest.mark.parametrize(
    "size", ["font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"]
)
def test_type_is_readable_at_phone_width(size):
    width = mpl.rcParams["figure.figsize"][0] * 72 + 4  # and the edge around it
    assert mpl.rcParams[size] * 356 / width >= 11


def test_every_letter_comes_from_the_books_own_fonts():
    figure, ax = plt.subplots()
    ax.set(title="bold", xlabel=r"$\partial E/\partial\Theta = \mathbf{x}\,\delta_{00}\varepsilon$")
    ax.text(0, 0, f"{style.TIMES} {style.MINUS} → ≈ · Σ δ", fontweight="bold")
    ax.text(0, 1, style.CLASS_MARKERS[3] + r"$\Sigma \circ \propto \cdot 10^{-3}$")
    file = io.StringIO()
    figure.savefig(file, format="svg")
    families = set(re.findall(r"font-family: '([^']+)'", file.getvalue()))
    assert families == {"Inter", "KaTeX_Main", "KaTeX_Math"}
    for weight in ("normal", "bold"):
        path = Path(mpl.font_manager.findfont(mpl.font_manager.FontProperties(weight=weight)))
        assert path.parent == style.FONTS


def test_the_same_figure_is_the_same_file():
    files = []
    for _ in range(2):
        figure, ax = plt.subplots()
        ax.scatter([0, 1], [1, 0], marker=style.CLASS_MARKERS[1])
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        files.append(file.getvalue())
    assert files[0] == files[1]
    assert mpl.__version__ not in files[0]


def test_marks_and_text_have_contrast_on_the_ground():
    for name in ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"):
        assert contrast(mpl.colors.to_rgb(mpl.rcParams[name]), "white") >= 7
    meanings = (plotting.INPUT, plotting.KERNEL, plotting.FORWARD, plotting.GRADIENT, style.LINE)
    for colour in (*meanings, *plotting.CLASS_COLOURS):
        assert contrast(colour, "white") >= 4.5
        assert contrast(style.tint(colour, style.READABLE), style.INK) >= 4.5


def test_a_signed_scale_has_no_colour_at_zero():
    scale = mpl.colormaps[plotting.SIGNED]
    assert scale(0.5)[3] == pytest.approx(0, abs=0.01)
    assert mpl.colors.to_hex(scale(0.0)) == style.NEGATIVE.lower()
    assert mpl.colors.to_hex(scale(1.0)) == style.POSITIVE.lower()
    assert scale(0.25)[3] == pytest.approx(0.5, abs=0.01)


# Machado, Oliveira and Fernandes (2009): what the three kinds of dichromats see, in linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]


def lab(colour, vision):
    """CIELAB coordinates of a colour as seen with a kind of vision."""
    channels = np.array(mpl.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(VISION[vision]) @ linear, 0, 1)
    xyz = np.array(TO_XYZ) @ seen / [0.95047, 1, 1.08883]
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize(
    "palette",
    [
        plotting.CLASS_COLOURS,
        (plotting.INPUT, plotting.KERNEL, plotting.FORWARD, plotting.GRADIENT),
        curves.GROUNDS,
        (curves.TRAINING, curves.VALIDATION),
    ],
)
def test_colours_are_told_apart(palette, vision):
    for one, other in itertools.combinations(palette, 2):
        assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 12, (one, other)


def test_ten_classes_have_ten_colours_and_ten_markers():
    assert len(set(plotting.CLASS_COLOURS)) == len(set(plotting.CLASS_MARKERS)) == 10
    assert plotting.CLASS_MARKERS[7] == r"$\mathsf{7}$"
    assert len(set(curves.POINTS)) == len(curves.GROUNDS)


def test_limits_are_symmetric_for_signed_values_only():
    assert style.limits([-1, 3], signed=True) == (-3, 3)
    assert style.limits([0, 0], signed=True) == (-1, 1)
    assert style.limits([-1, 3], signed=False) == (-1, 3)
    assert style.limits([2, 2], signed=False) == (2, 3)
