"""Pictures of depth: chains, what arrives, factors of a layer, and how deep still learns."""

import numpy as np
import pytest
from figures import book_figures  # noqa: F401
from matplotlib.colors import to_hex

from cnnbook import plotting
from cnnbook.plotting import style

pytestmark = pytest.mark.usefixtures("book_figures")


def test_a_chain_has_its_values_above_and_its_gradients_below():
    ax = plotting.chain_diagram(["w0", "w1"], ["1", "2", "3"], ["6", "5", "4"], ["a", "b"])
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert min(heights[value] for value in "123") > 0 > max(heights[value] for value in "456")
    places = {text.get_text(): text.get_position()[0] for text in ax.texts}
    assert [places["1"], places["6"]] == pytest.approx([places["1"]] * 2)
    assert places["1"] < places["a"] < places["2"] < places["b"] < places["3"]
    with pytest.raises(ValueError, match="2 neurons have 3 wires"):
        plotting.chain_diagram(["w0", "w1"], ["1", "2"], ["6", "5", "4"], ["a", "b"])


def test_arrivals_in_the_colours_of_the_two_ways():
    up, down = np.array([[0.5, 0.25], [0.5, 1.0]]), np.array([[0.1, 1.0], [0.1, 1.0]])
    ax = plotting.arrivals(up, down, "a start", (1e-3, 1e3))
    thick = [line for line in ax.lines if line.get_linewidth() == 2.2]
    found = {to_hex(line.get_color()).upper(): line.get_ydata() for line in thick}
    np.testing.assert_allclose(found[style.FORWARD], [0.5, 0.5])  # the geometric mean
    np.testing.assert_allclose(found[style.GRADIENT], [0.1, 1])
    with pytest.raises(ValueError, match="as many layers up as down"):
        plotting.arrivals(up, down[:, :1], "a start", (1e-3, 1e3))


def test_what_leaves_the_frame_is_an_arrow_head_on_its_edge():
    ax = plotting.arrivals([[1e-9, 1]], [[1e9, 1]], "a start", (1e-3, 1e3))
    heads = {line.get_marker(): line.get_xydata().tolist() for line in ax.lines}
    assert heads["v"] == [[0, 1e-3]]
    assert heads["^"] == [[0, 1e3]]


def test_lines_through_the_medians_of_the_runs():
    runs = [[10, 20, 90], [30, 40, 50]]
    axes = plotting.depth_panels([1, 10], {"a": {"start": runs}, "b": {"start": runs}}, 355)
    assert len(axes) == 2
    line, dots = axes[0].lines
    np.testing.assert_array_equal(line.get_ydata(), [20, 40])
    np.testing.assert_array_equal(dots.get_xydata()[:3], [[1, 10], [1, 20], [1, 90]])
    with pytest.raises(ValueError, match="start: 3 depths expected, but got 2"):
        plotting.depth_panels([1, 2, 3], {"a": {"start": runs}}, 355)


def test_dots_on_the_line_of_a_theory():
    from matplotlib import pyplot as plt

    gains, measured = np.array([1.0, 2]), np.array([[1, 1.1], [2, 2.2]])
    ax = plotting.gain_curves(gains, {"tanh": ([1, 2], measured)}, plt.subplots()[1])
    assert ax.get_legend_handles_labels()[1] == ["tanh"]
    _, theory, *dots = ax.lines
    np.testing.assert_array_equal(theory.get_ydata(), [1, 2])
    assert sorted(y for line in dots for y in line.get_ydata()) == [1, 1.1, 2, 2.2]


def test_a_jump_of_a_derivative_is_a_gap():
    z = np.linspace(-1, 1, 5)
    axes = plotting.activation_panels(z, {"ReLU": (np.maximum(z, 0), z > 0), "id": (z, z**0)})
    relu, identity = (ax.lines[-1].get_ydata() for ax in axes)
    assert np.isnan(relu).sum() == 1
    assert not np.isnan(identity).any()
