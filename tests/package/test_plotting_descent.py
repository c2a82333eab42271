"""Pictures of ways down: they show the paths, the lines of equal loss, and what is sure."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures  # noqa: F401
from matplotlib.colors import to_hex

from cnnbook import plotting
from cnnbook.plotting import style

pytestmark = pytest.mark.usefixtures("book_figures")


def test_bowls_have_lines_of_equal_loss_and_their_paths():
    paths = [np.array([[4.0, 1], [2, 0]]), np.array([[4.0, 1], [1, -1], [0, 1]])]
    axes = plotting.bowl_paths(paths, (1, 4), ["a", "b"])
    assert [ax.get_title(loc="left") for ax in axes] == ["a", "b"]
    for ax, path in zip(axes, paths, strict=True):
        *rings, way = (line.get_xydata() for line in ax.lines)
        np.testing.assert_array_equal(way, path)
        for ring in rings:
            losses = ring**2 @ [1, 4] / 2
            np.testing.assert_allclose(losses, losses[0])


def test_a_surface_closes_its_lines():
    _, ax = plt.subplots()
    ring, way = np.array([[0.0, 1], [1, 0], [0, -1]]), np.array([[2.0, 2], [1, 1]])
    plotting.surface_paths(ax, [ring], np.zeros(2), [way], ["all"])
    closed, drawn, lowest = (line.get_xydata() for line in ax.lines)
    np.testing.assert_array_equal(closed[0], closed[-1])
    np.testing.assert_array_equal(drawn, way)
    np.testing.assert_array_equal(lowest, [[0, 0]])


def test_colours_of_a_map_are_what_the_neuron_thinks():
    places, labels = np.arange(8.0).reshape(4, 2), np.array([3, 8, 8, 1])
    ax = plotting.probability_map(places, labels, [0.05, 0.95, 0.5, 0.9], ("3", "8"))
    shown = {
        tuple(place): to_hex(marks.get_facecolor()[0])
        for marks in ax.collections
        for place in marks.get_offsets()
    }
    colours = [style.INPUT, style.GRADIENT, style.INK, style.GRADIENT]
    assert shown == {tuple(place): to_hex(c) for place, c in zip(places, colours, strict=True)}
    with pytest.raises(ValueError, match="n labels and n probabilities"):
        plotting.probability_map(places, labels[:3], np.zeros(3), ("3", "8"))
