"""Figures of the book: functions that take arrays, draw them, and return axes.

They compute nothing about networks; the two that draw a convolution refuse arrays that are none.
Nothing is shown or saved here: a notebook ends a cell that draws with ``plt.show()``.
"""

from cnnbook.plotting.convolving import photographs, stamps_diagram
from cnnbook.plotting.curves import confusion, decision_line, decision_regions, history, step_sweep
from cnnbook.plotting.depth import (
    activation_panels,
    arrivals,
    chain_diagram,
    depth_panels,
    gain_curves,
)
from cnnbook.plotting.descent import bowl_paths, probability_map, surface_paths
from cnnbook.plotting.diagrams import convolution_diagram, gradient_diagram
from cnnbook.plotting.folding import crease_map, fold_frame, unfolded_cuts
from cnnbook.plotting.forms import toeplitz_diagram, walks_diagram
from cnnbook.plotting.graphs import computation_graph
from cnnbook.plotting.images import images, matrix
from cnnbook.plotting.lines import correction, distances, sides, signed_sum, targets
from cnnbook.plotting.losses import counted_rivals, margin_curves
from cnnbook.plotting.maps import digit_map, digit_maps
from cnnbook.plotting.meetings import delta_stamps_diagram, meeting_diagram, stripes_diagram
from cnnbook.plotting.network import network_diagram
from cnnbook.plotting.nodes import node_diagrams
from cnnbook.plotting.panels import wrap
from cnnbook.plotting.passes import answered_digit, asked_digit, pixels, round_trip
from cnnbook.plotting.rivals import rival_curves
from cnnbook.plotting.secants import secants
from cnnbook.plotting.softmax import (
    bar_columns,
    bar_shares,
    image_pairs,
    probability_regions,
)
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
    "activation_panels",
    "answered_digit",
    "arrivals",
    "asked_digit",
    "bar_columns",
    "bar_shares",
    "bowl_paths",
    "chain_diagram",
    "computation_graph",
    "confusion",
    "convolution_diagram",
    "correction",
    "counted_rivals",
    "crease_map",
    "decision_line",
    "decision_regions",
    "delta_stamps_diagram",
    "depth_panels",
    "digit_map",
    "digit_maps",
    "distances",
    "field_trees",
    "fold_frame",
    "gain_curves",
    "gradient_diagram",
    "history",
    "image_pairs",
    "images",
    "margin_curves",
    "matrix",
    "meeting_diagram",
    "network_diagram",
    "node_diagrams",
    "photographs",
    "pixels",
    "probability_map",
    "probability_regions",
    "rival_curves",
    "round_trip",
    "secants",
    "sides",
    "signed_sum",
    "stamps_diagram",
    "step_sweep",
    "stripes_diagram",
    "struck_stripes",
    "surface_paths",
    "targets",
    "toeplitz_diagram",
    "uneven_gradients",
    "unfolded_cuts",
    "use_style",
    "walks_diagram",
    "wrap",
]
