"""Curves of rivals: what is drawn is what was given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from cnnbook import plotting

LENGTHS = np.array([0.1, 1, 10])
RUNS = np.arange(12.0).reshape(2, 2, 3)  # two rivals, two runs each


@pytest.fixture
def ax():
    figure, ax = plt.subplots()
    yield ax
    plt.close(figure)


def test_every_run_and_the_mean_of_each_rival(ax):
    plotting.rival_curves(LENGTHS, RUNS, ["a", "b"], None, ax)
    drawn = [line.get_ydata().tolist() for line in ax.lines]
    assert drawn == [
        [0, 1, 2], [3, 4, 5], [1.5, 2.5, 3.5], [6, 7, 8], [9, 10, 11], [7.5, 8.5, 9.5],
    ]  # fmt: skip
    assert all((line.get_xdata() == LENGTHS).all() for line in ax.lines)
    assert ax.get_xscale() == "log"
    assert not ax.texts


def test_names_stand_at_the_mean(ax):
    plotting.rival_curves(LENGTHS, RUNS, ["a", "b"], [(0, (5, 5)), (2, (0, 9))], ax)
    assert [(text.get_text(), *text.xy) for text in ax.texts] == [("a", 0.1, 1.5), ("b", 10, 9.5)]
    assert ax.texts[0].get_color() == ax.lines[2].get_color() != ax.texts[1].get_color()


def test_four_rivals_are_told_apart(ax):
    runs = np.arange(12.0).reshape(4, 1, 3)
    plotting.rival_curves(LENGTHS, runs, list("abcd"), None, ax)
    means = ax.lines[1::2]  # after its single run
    assert len({(line.get_color(), line.get_linestyle()) for line in means}) == 4


@pytest.mark.parametrize(("names", "lengths"), [(["a"], LENGTHS), (["a", "b"], LENGTHS[:2])])
def test_shapes_that_do_not_fit_are_refused(ax, names, lengths):
    with pytest.raises(ValueError, match=r"\(2, 2, 3\)"):
        plotting.rival_curves(lengths, RUNS, names, None, ax)
