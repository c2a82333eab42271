"""Curves, regions and counts: what is drawn is what was passed."""

from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures, grounds_of, words_of  # noqa: F401

from cnnbook import plotting
from cnnbook.plotting import curves, style

pytestmark = pytest.mark.usefixtures("book_figures")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def a_history(epochs=5, validation=True):
    up, down = np.linspace(0.2, 0.9, epochs), np.linspace(2, 0.1, epochs)
    return SimpleNamespace(
        loss=down,
        accuracy=up,
        validation_loss=down + 0.1 if validation else [],
        validation_accuracy=up - 0.1 if validation else [],
    )


def test_history_draws_the_four_curves():
    history = a_history()
    loss, accuracy = plotting.history(history)
    drawn = [line.get_ydata() for ax in (loss, accuracy) for line in ax.lines]
    names = ("loss", "validation_loss", "accuracy", "validation_accuracy")
    for values, name in zip(drawn, names, strict=True):
        np.testing.assert_array_equal(values, getattr(history, name))
    np.testing.assert_array_equal(loss.lines[0].get_xdata(), [1, 2, 3, 4, 5])
    assert [line.get_linestyle() for line in loss.lines] == ["-", "--"]
    assert loss.get_ylim()[0] == 0


@pytest.mark.parametrize("absent", [[], None])
def test_history_without_validation(absent):
    history = a_history(validation=False)
    history.validation_loss = history.validation_accuracy = absent
    assert [len(ax.lines) for ax in plotting.history(history)] == [1, 1]


def test_history_refuses_lengths_that_differ():
    history = a_history()
    history.validation_loss = history.validation_loss[:3]
    with pytest.raises(ValueError, match="loss: 5 epochs of training, but 3 of validation"):
        plotting.history(history)


def test_step_sweep_draws_points_and_the_two_slopes():
    steps = np.logspace(-12, 0, 13)
    errors = steps**2 + 1e-16 / steps
    ax = plotting.step_sweep(steps, errors)
    points, *guides = ax.lines
    np.testing.assert_array_equal(points.get_xydata().T, [steps, errors])
    slopes = [np.diff(np.log(g.get_ydata())) / np.diff(np.log(g.get_xdata())) for g in guides]
    np.testing.assert_allclose(slopes[0], 2)
    np.testing.assert_allclose(slopes[1], -1)
    np.testing.assert_allclose(guides[0].get_ydata()[-1], 1, rtol=1e-6)
    np.testing.assert_allclose(guides[1].get_ydata()[0], 1e-4, rtol=1e-6)
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "log")


@pytest.mark.parametrize(
    ("steps", "errors", "message"),
    [
        (np.ones(4), np.ones(3), r"\(4,\) and \(3,\)"),
        (np.ones(2), np.ones(2), "three or more"),
        (np.ones(3), np.array([1, 0, 1]), "above zero"),
    ],
)
def test_step_sweep_refuses(steps, errors, message):
    with pytest.raises(ValueError, match=message):
        plotting.step_sweep(steps, errors)


def test_decision_regions_draw_values_and_points(rng):
    grid_x, grid_y = np.linspace(-1, 1, 5), np.linspace(0, 1, 4)
    values = rng.random((4, 5))
    points, labels = rng.normal(size=(7, 2)), np.array([0, 1, 0, 1, 1, 1, 0])
    _, ax = plt.subplots()
    assert plotting.decision_regions(ax, grid_x, grid_y, values, points, labels) is ax
    border, mesh, *scatters = ax.collections
    np.testing.assert_array_equal(mesh.get_array(), values)
    np.testing.assert_allclose(np.sum(mesh.get_clim()), 2 * 0.5)  # the threshold is white
    np.testing.assert_array_equal(border.levels, [0.5])
    for label, scatter in enumerate(scatters):
        np.testing.assert_array_equal(scatter.get_offsets(), points[labels == label])
        assert mpl.colors.to_hex(scatter.get_facecolor()[0]).upper() == curves.GROUNDS[label]


def test_decision_regions_of_whole_numbers_are_classes():
    _, ax = plt.subplots()
    values = np.array([[0, 1], [2, 2]])
    plotting.decision_regions(ax, [0, 1], [0, 1], values, np.zeros((1, 2)), np.array([2]))
    mesh, _ = ax.collections
    mesh.update_scalarmappable()
    drawn = [
        mpl.colors.to_hex(colour, keep_alpha=True) for colour in mesh.get_facecolor().reshape(-1, 4)
    ]
    assert drawn == [style.tint(curves.GROUNDS[label], 0.35) for label in (0, 1, 2, 2)]


def test_decision_regions_without_a_border():
    _, ax = plt.subplots()
    plotting.decision_regions(
        ax, [0, 1], [0, 1], np.full((2, 2), 0.9), np.zeros((1, 2)), np.array([1])
    )
    assert len(ax.collections) == 2


def test_decision_regions_refuse():
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"\(2, 3\) of the grid, but have \(3, 2\)"):
        plotting.decision_regions(ax, [0, 1, 2], [0, 1], np.zeros((3, 2)), np.zeros((1, 2)), [0])
    with pytest.raises(ValueError, match=r"shapes are \(1, 3\) and \(1,\)"):
        plotting.decision_regions(ax, [0, 1], [0, 1], np.zeros((2, 2)), np.zeros((1, 3)), [0])
    with pytest.raises(ValueError, match="labels must lie in 0 to 4"):
        plotting.decision_regions(ax, [0, 1], [0, 1], np.zeros((2, 2)), np.zeros((1, 2)), [5])


@pytest.mark.parametrize("weights", [(1.0, 2.0), (3.0, 0.0), (0.0, -2.0)])
def test_decision_line_lies_where_the_perceptron_is_undecided(weights):
    _, ax = plt.subplots()
    line = plotting.decision_line(ax, weights, -0.5, label="border")
    for point in (line.get_xy1(), line.get_xy2()):
        assert np.dot(weights, point) - 0.5 == pytest.approx(0)
    assert tuple(line.get_xy1()) != tuple(line.get_xy2())


def test_decision_line_leaves_the_samples_in_the_middle():
    _, (before, after) = plt.subplots(1, 2)
    for ax in (before, after):
        if ax is after:
            ax.plot([0, 1], [0, 1])
        limits = ax.axis()
        plotting.decision_line(ax, (1, 1), -100)
        assert (ax.axis() == limits) == (ax is after)


@pytest.mark.parametrize("weights", [(0, 0), (1, 2, 3)])
def test_decision_line_refuses(weights):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match="two weights, not both zero"):
        plotting.decision_line(ax, weights, 1)


def test_confusion_shows_counts_and_marks_mistakes():
    ax = plotting.confusion(np.array([[5, 0, 1], [0, 7, 0], [2, 0, 9]]))
    assert words_of(ax) == ["5", "", "1", "", "7", "", "2", "", "9"]
    grounds = {
        c: mpl.colors.to_hex(colour, keep_alpha=True) for c, colour in grounds_of(ax).items()
    }
    mistake = style.tint(plotting.GRADIENT, style.READABLE)
    assert {corner for corner, colour in grounds.items() if colour == mistake} == {(2, 0), (0, 2)}
    assert ax.get_ylabel() == "true class"


def test_confusion_refuses():
    with pytest.raises(ValueError, match=r"square matrix .* \(2, 3\)"):
        plotting.confusion(np.zeros((2, 3)))
