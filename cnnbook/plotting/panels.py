"""Figures in panels: side by side on a wide page, below each other on a phone."""

from matplotlib.lines import Line2D

EDGE = "panel-edge"  # tools/pages/figures.py cuts the drawing along the lines of this name


def wrap(axes):
    """Let the panels of a figure flow like words: as many in a row as there is room for.

    The figure itself is as before. Invisible lines between its axes say where the page may cut the
    drawing.

    Parameters
    ----------
    axes : sequence of matplotlib axes
        The panels of one figure, in a row or a grid. What stands between two of them, such as a
        scale of colours, goes with the one before it.
    """
    figure = axes[0].figure
    figure.draw_without_rendering()  # only now do the axes have their places
    boxes = [ax.get_tightbbox().transformed(figure.transFigure.inverted()) for ax in axes]
    for x in _gaps([(box.x0, box.x1) for box in boxes]):
        _mark(figure, [x, x], [0, 1])
    for y in _gaps([(box.y0, box.y1) for box in boxes]):
        _mark(figure, [0, 1], [y, y])


def _gaps(intervals):
    """The places just before each group of overlapping intervals, but the first."""
    intervals = sorted(intervals)
    end, places = intervals[0][1], []
    for low, high in intervals[1:]:
        if low >= end:
            places.append(low - min(0.01, (low - end) / 2))
        end = max(end, high)
    return places


def _mark(figure, x, y):
    line = Line2D(x, y, color="none", gid=EDGE, transform=figure.transFigure)
    line.set_in_layout(False)
    figure.add_artist(line)
