"""Style: readable type, colours that everyone can tell apart."""

import itertools

import matplotlib as mpl
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


def test_figures_are_opaque_light_cards():
    assert mpl.colors.to_rgba(mpl.rcParams["figure.facecolor"]) == (1, 1, 1, 1)
    assert mpl.colors.to_rgba(mpl.rcParams["savefig.facecolor"]) == (1, 1, 1, 1)
    assert 110 <= mpl.rcParams["figure.dpi"] <= 150


@pytest.mark.parametrize(
    "size", ["font.size", "axes.labelsize", "xtick.labelsize", "ytick.labelsize", "legend.fontsize"]
)
def test_type_is_readable_at_phone_width(size):
    assert mpl.rcParams[size] >= 9


def test_text_has_contrast_on_the_ground():
    for name in ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"):
        assert contrast(mpl.colors.to_rgb(mpl.rcParams[name]), "white") >= 7
    for colour in (plotting.INPUT, plotting.KERNEL, plotting.FORWARD, plotting.GRADIENT):
        assert contrast(colour, "white") >= 3  # as a frame
        assert contrast(style.tint(colour, 0.6), "black") >= 7  # as the ground of a cell
    for colour in plotting.CLASS_COLOURS:
        assert contrast(colour, "white") >= 3


@pytest.mark.parametrize("name", [plotting.SIGNED, plotting.INTENSITY])
def test_ink_has_contrast_on_every_colour_of_a_scale(name):
    for colour in mpl.colormaps[name](np.linspace(0, 1, 101)):
        assert contrast(colour[:3], style.ink_on(colour[:3])) >= 4.5


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
    assert plotting.CLASS_MARKERS[7] == "$7$"
    assert len(set(curves.POINTS)) == len(curves.GROUNDS)


def test_limits_are_symmetric_for_signed_values_only():
    assert style.limits([-1, 3], signed=True) == (-3, 3)
    assert style.limits([0, 0], signed=True) == (-1, 1)
    assert style.limits([-1, 3], signed=False) == (-1, 3)
    assert style.limits([2, 2], signed=False) == (2, 3)
