"""Gradient descent in the page's script, in the figure, and by cnnbook's loss and optimiser."""

import json
import re
from html import unescape

import numpy as np
import pytest
from touch_engine import run

from cnnbook.gradcheck import numerical_gradient
from cnnbook.interactive import DescentFigure
from cnnbook.losses import CrossEntropy
from cnnbook.optimisers import SGD

rng = np.random.default_rng(0)
X = np.round(rng.normal(size=(20, 2)) * 16) / 16
T = (X @ [1, 2] + rng.normal(size=20) > 0).astype(int)
RATES = (0.5, 4.0, 40.0)


def figure(**changed):
    return DescentFigure(**{"x": X, "t": T, "start": (-2, 3), "rates": RATES, "steps": 8} | changed)


def in_script(expression, **given):
    return run(expression, samples={"x": X.ravel().tolist(), "t": T.tolist()}, **given)


def test_loss_and_gradient():
    for theta in ([0.0, 0.0], [1.5, -2.0], [-300.0, 400.0]):
        theta = np.array(theta)
        scores = np.stack([np.zeros(20), X @ theta], axis=1)
        found = in_script("touch.logistic(samples, theta)", theta=theta.tolist())
        for loss in (found["loss"], figure().loss(theta)):
            assert loss == pytest.approx(CrossEntropy().value(scores, T), rel=1e-12)
        expected = CrossEntropy().gradient(scores, T)[:, 1] @ X
        np.testing.assert_allclose(found["gradient"], expected, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(figure().gradient(theta), expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("rate", RATES)
def test_the_way_is_that_of_the_optimiser(rate):
    theta, optimiser, way = np.array([-2.0, 3.0]), SGD(rate), [[-2.0, 3.0]]
    for _ in range(8):
        gradient = numerical_gradient(lambda: float(figure().loss(theta)), theta)
        optimiser.step({"theta": theta}, {"theta": gradient})
        way.append(theta.tolist())
    np.testing.assert_allclose(figure().path(rate), way, atol=1e-6)
    found = in_script("touch.descend(samples, start, rate, 8)", start=[-2, 3], rate=rate)
    np.testing.assert_allclose([p["theta"] for p in found], figure().path(rate), atol=1e-11)
    losses = [place["loss"] for place in found]
    np.testing.assert_allclose(losses, figure().loss(figure().path(rate)), atol=1e-11)


def test_a_rise_is_counted():
    losses = [[{"loss": loss} for loss in case] for case in ([3, 2, 1], [1, 1, 1], [1, 2, 1, 3])]
    assert [run("touch.rises(way)", way=way) for way in losses] == [0, 0, 2]


def test_lowest_place_and_lines_of_equal_loss():
    np.testing.assert_allclose(figure().gradient(figure().lowest), 0, atol=1e-12)
    assert figure().levels[0] > figure().loss(figure().lowest)
    for level in figure().levels:
        np.testing.assert_allclose(figure().loss(figure().contour(level)), level, rtol=1e-9)


def test_the_table_says_where_the_rates_lead():
    html = figure(title="Down")._repr_html_()
    assert html == figure(title="Down")._repr_html_()
    assert "<script" not in html
    for rate in RATES:
        losses = figure().loss(figure().path(rate))
        row = re.search(rf'<tr><th scope="row">{rate:g}</th>(.*?)</td>(?:<tr>|</tbody>)', html)[1]
        shown = [float(cell) for cell in re.findall(r"<td>([\d.]+)", row + "</td>")]
        rises = np.sum(np.diff(losses) > 0)
        assert shown == [round(losses[1], 3), round(losses[8], 3), rises]
    settings = json.loads(unescape(re.search(r'data-settings="([^"]*)"', html)[1]))
    np.testing.assert_array_equal(settings["x"], X.ravel())
    points = re.search(r'<polyline points="([^"]*)"', html)[1].split()
    shown = np.array([point.split(",") for point in points], dtype=float)
    a, b = figure().path(0.5).T
    np.testing.assert_allclose(shown, np.stack([(a + 4) * 55, (4 - b) * 55], 1), atol=0.051)
    ticks = re.findall(r'x="(\d+)" y="434" text-anchor="middle">([^<]+)<', html)
    assert ticks == [("110", "\N{MINUS SIGN}2"), ("220", "0"), ("330", "2")]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"x": X[:, :1]}, r"x must have shape \(N, 2\)"),
        ({"t": np.zeros(20)}, "both of them there"),
        ({"rates": (2, 1)}, "rising"),
        ({"t": (X[:, 0] > 0).astype(int)}, "no lowest place"),
    ],
)
def test_figure_refuses(changed, message):
    with pytest.raises(ValueError, match=message):
        figure(**changed)
