"""The comparison of figures in conftest.py tells an equal figure from another one."""

import numpy as np
import pytest

from conftest import TOLERANCE, difference


@pytest.fixture
def figure():
    drawn = np.full((40, 60, 4), 255.0)
    drawn[20, 10:50, :3] = 0  # a black line on white
    return drawn


def test_equal_figures_pass(figure):
    assert difference([figure], [figure.copy()]) is None


def test_small_noise_passes(figure):
    assert difference([figure], [figure - 0.9 * TOLERANCE]) is None


def test_moved_line_is_found(figure):
    message = difference([figure], [np.roll(figure, 3, axis=0)])
    assert "figure 1 differs from the stored one by" in message


def test_other_colour_is_found(figure):
    other = figure.copy()
    other[..., 2] -= 2 * TOLERANCE
    assert difference([figure], [other])


def test_missing_figure_and_other_size_are_found(figure):
    assert difference([figure], []) == "1 figures are stored, running the cell drew 0"
    assert "has shape (40, 30, 4)" in difference([figure], [figure[:, :30]])
