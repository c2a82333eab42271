"""Pictures of the way back: the computation graph, and a node among three layers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures, words_of  # noqa: F401
from matplotlib.colors import to_hex

from cnnbook import plotting
from cnnbook.plotting import graphs, style

pytestmark = pytest.mark.usefixtures("book_figures")

GRAPH = [
    ("times", ("theta00", "x0"), "p00"),
    ("times", ("theta10", "x0"), "p10"),
    ("plus", ("p00", "b0"), "z0"),
    ("plus", ("p10", "b1"), "z1"),
]
LOG3 = np.log(3)


def coloured(ax, colour):
    """The numbers of one colour, sorted."""
    return sorted(text.get_text() for text in ax.texts if text.get_color() == colour)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-3 / 2, f"{style.MINUS}3/2"),
        (3 / 4, "3/4"),
        (LOG3, "log 3"),
        (-2 * LOG3, f"{style.MINUS}2 log 3"),
        (-1.5 * LOG3, f"{style.MINUS}1.65"),
        (0.2, "0.20"),
    ],
)
def test_numbers_are_exact_where_letters_can_say_them(number, text):
    assert graphs.exact(number) == text


def test_numbers_run_forward_in_one_colour_and_back_in_another():
    values = {"theta00": -LOG3, "x0": 1, "p00": -LOG3, "b0": 0, "z0": 3 / 4}
    flows = {("p00", "z0"): 3 / 2, ("theta00", "p00"): 2, ("x0", "p00"): -LOG3}
    ax = plotting.computation_graph(GRAPH, values, flows, {"x0": 8}, at_work=["p00"])
    assert coloured(ax, style.FORWARD) == [f"{style.MINUS}log 3"]  # z0 leaves by no wire here
    assert coloured(ax, style.GRADIENT) == sorted(["3/2", "2", f"{style.MINUS}log 3", "8"])
    assert r"$\theta_{00}=-\log 3$" in coloured(ax, style.KERNEL)
    assert r"$\theta_{10}$" in coloured(ax, style.KERNEL)  # no value yet
    assert "$x_0=1$" in coloured(ax, style.INPUT)


def test_a_value_stands_above_its_wire_and_its_gradient_below():
    values, flows = {"p00": 5, "p10": 6}, {("p00", "z0"): 7, ("p10", "z1"): 8}
    ax = plotting.computation_graph(GRAPH, values, flows)
    heights = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert heights["5"] > heights["7"]
    assert heights["6"] > heights["8"]


def test_only_nodes_at_work_are_shaded():
    ax = plotting.computation_graph(GRAPH, at_work=["z1"])
    shaded = [
        patch.center
        for patch in ax.patches
        if hasattr(patch, "radius")
        and to_hex(patch.get_facecolor()) == style.tint(style.FORWARD, 0.35)[:7]
    ]
    assert shaded == [graphs.PLACES["z1"]]


def test_all_frames_have_the_size_of_the_axes():
    ax = plotting.computation_graph(GRAPH, {"x0": 1, "theta00": -LOG3})
    ax.figure.draw_without_rendering()
    np.testing.assert_allclose(ax.get_tightbbox().size, ax.get_window_extent().size)


def test_a_graph_without_a_place_is_refused():
    with pytest.raises(ValueError, match="the graph has no place for q7"):
        plotting.computation_graph([("plus", ("z0", "z1"), "q7")])


def test_a_node_gets_its_row_and_sends_through_a_column():
    forward, back = plotting.node_diagrams((3, 4, 2), node=2)
    assert [ax.get_title(loc="left") for ax in (forward, back)] == ["forward", "back"]
    into = {rf"$\theta_{{2{i}}}$" for i in range(3)}
    out = {r"$\theta^+_{02}$", r"$\theta^+_{12}$"}
    assert {word for word in words_of(forward) if "theta" in word} == into | out
    assert {word for word in words_of(back) if "theta" in word} == into | out
    framed = {text.get_text() for text in back.texts if text.get_color() == style.GRADIENT}
    assert framed == {rf"$\delta_2x_{i}$" for i in range(3)}
    arrows = [(a.xyann[0] < a.xy[0]) for a in forward.texts if a.get_text() == "" and a.arrow_patch]
    assert arrows == [True] * 5
    arrows = [(a.xyann[0] > a.xy[0]) for a in back.texts if a.get_text() == "" and a.arrow_patch]
    assert arrows == [True] * 5
    plt.close("all")


def test_a_node_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="the middle layer has 3 nodes, but node is 3"):
        plotting.node_diagrams(node=3)
