"""The figure of a filter: answers in Python, in the page's script, in tables and pictures."""

import json
import re
from base64 import b64decode
from html import unescape
from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread
from touch_engine import run

from cnnbook import correlate2d
from cnnbook.datasets import photograph
from cnnbook.interactive import FilterFigure

rng = np.random.default_rng(0)
PHOTO = rng.integers(0, 256, (7, 9))
EDGE, BLUR = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]), np.ones((3, 3))
OPTIONS = {"stride": 1, "dilation": 1, "mode": "valid", "padding": 0, "turned": False}


def figure(**changed):
    return FilterFigure(**{"photograph": PHOTO, "kernels": {"edge": EDGE, "blur": BLUR}} | changed)


def test_answers_are_those_of_the_package_and_of_the_script():
    for name, kernel in {"edge": EDGE, "blur": BLUR}.items():
        expected = correlate2d(PHOTO.astype(float), kernel)
        np.testing.assert_array_equal(figure().answers(name), expected)
        found = run(
            "(() => { const sizes = touch.geometry([7, 9, 1], [1, 3, 3, 1], options);"
            " return Array.from(touch.convolve({shape: [7, 9, 1], data: photo},"
            " {shape: [1, 3, 3, 1], data: taps}, sizes).data); })()",
            photo=PHOTO.ravel().tolist(),
            taps=kernel.ravel().tolist(),
            options=OPTIONS,
        )
        np.testing.assert_allclose(found, expected.ravel())


def test_shades_and_signs():
    """A mean keeps shades of gray; where taps cancel, zero lies in the middle of the shades."""
    flat = figure(photograph=np.full((4, 4), 51))
    np.testing.assert_allclose(flat.shown("blur"), 51 / 255)
    np.testing.assert_allclose(flat.shown("edge"), 1 / 2)
    assert figure().shown("edge").min() >= 0
    assert figure().shown("edge").max() <= 1


def test_what_is_there_without_a_script():
    html = figure(title="Nine numbers")._repr_html_()
    assert html == figure(title="Nine numbers")._repr_html_()
    assert "<script" not in html
    settings = json.loads(unescape(re.search(r'data-settings="([^"]*)"', html)[1]))
    pixels = np.frombuffer(b64decode(settings["pixels"]), np.uint8).reshape(settings["shape"])
    np.testing.assert_array_equal(pixels, PHOTO)
    files = [b64decode(found) for found in re.findall(r"base64,([^\"]+)\"", html)]
    shown = [imread(BytesIO(file), format="png") for file in files]
    np.testing.assert_allclose(shown[0], PHOTO / 255, atol=1e-6)
    np.testing.assert_allclose(shown[1], figure().shown("edge"), atol=0.0021)
    row = re.search(r'<th scope="row">edge</th>(.*?)</tr>', html)[1].replace("\N{MINUS SIGN}", "-")
    answers = figure().answers("edge")
    assert row.startswith("<td>-1 0 1 / -2 0 2 / -1 0 1</td>")
    assert re.findall(r"<td>(-?\d+)</td>", row) == [f"{answers.min():g}", f"{answers.max():g}"]


def test_photographs():
    """A square of pixels becomes the mean of its shades."""
    small, large = photograph("china", 4), photograph("china", 1)
    assert small.shape == (106, 160)
    assert large.shape == (427, 640)
    means = large[:424].reshape(106, 4, 160, 4).mean(axis=(1, 3))
    assert np.abs(means - small).max() <= 1
    assert photograph("flower").dtype == np.uint8


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"photograph": np.zeros((4, 4, 3))}, r"shape \(H, W\)"),
        ({"photograph": np.full((4, 4), 0.5)}, "whole numbers from 0 to 255"),
        ({"photograph": np.zeros((300, 300))}, "at most 60000 pixels"),
        ({"kernels": {}}, "one kernel or more"),
        ({"kernels": {"wide": np.ones((3, 5))}}, r"wide must be a kernel of shape \(3, 3\)"),
        ({"kernels": {"fine": np.full((3, 3), 0.01)}}, "at most one decimal"),
    ],
)
def test_figure_refuses(changed, message):
    with pytest.raises(ValueError, match=message):
        figure(**changed)


def test_photograph_refuses():
    with pytest.raises(ValueError, match="'china' and 'flower'"):
        photograph("moon")
    with pytest.raises(ValueError, match="shrink must be a whole number"):
        photograph("china", 0)
