"""Figures of the book: functions that take arrays, draw them, and return axes.

They compute nothing about networks; the two that draw a convolution refuse arrays that are none.
Nothing is shown or saved here: a notebook ends a cell that draws with ``plt.show()``.
"""

from cnnbook.plotting.convolving import photographs, stamps_diagram
from cnnbook.plotting.curves import confusion, decision_line, decision_regions, history, step_sweep
from cnnbook.plotting.descent import bowl_paths, probability_map, surface_paths
from cnnbook.plotting.diagrams import convolution_diagram, gradient_diagram
from cnnbook.plotting.forms import toeplitz_diagram, walks_diagram
from cnnbook.plotting.images import images, matrix
from cnnbook.plotting.losses import counted_rivals, margin_curves
from cnnbook.plotting.maps import digit_map, digit_maps
from cnnbook.plotting.meetings import meeting_diagram, stripes_diagram
from cnnbook.plotting.network import network_diagram
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.passes import answered_digit, asked_digit, pixels, round_trip
from cnnbook.plotting.rivals import rival_curves
from cnnbook.plotting.spread import field_trees, struck_stripes, uneven_gradients
from cnnbook.plotting.style import (
    CLASS_COLOURS,
    CLASS_MARKERS,
    FORWARD,
    GRADIENT,
    INPUT,
    INTENSITY,
    KERNEL,
    SIGNED,
    use_style,
)

__all__ = [
    "CLASS_COLOURS",
    "CLASS_MARKERS",
    "FORWARD",
    "GRADIENT",
    "INPUT",
    "INTENSITY",
    "KERNEL",
    "SIGNED",
    "answered_digit",
    "asked_digit",
    "bowl_paths",
    "confusion",
    "convolution_diagram",
    "counted_rivals",
    "decision_line",
    "decision_regions",
    "digit_map",
    "digit_maps",
    "field_trees",
    "gradient_diagram",
    "history",
    "images",
    "margin_curves",
    "matrix",
    "meeting_diagram",
    "network_diagram",
    "photographs",
    "pixels",
    "probability_map",
    "rival_curves",
    "round_trip",
    "stamps_diagram",
    "step_sweep",
    "stripes_diagram",
    "struck_stripes",
    "surface_paths",
    "toeplitz_diagram",
    "uneven_gradients",
    "use_style",
    "walks_diagram",
    "wrap",
]
