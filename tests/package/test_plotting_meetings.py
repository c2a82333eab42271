"""Pictures of meetings and of whole passes: they show what the arrays say."""

import numpy as np
import pytest
from figures import book_figures, frames_of, words_of  # noqa: F401

from cnnbook import plotting
from cnnbook.convolution import conv2d, rot180
from cnnbook.plotting import meetings, passes, style

pytestmark = pytest.mark.usefixtures("book_figures")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def taps_of(outputs, taps):
    """Which tap joins output u with pixel w, in one dimension."""
    matrix = np.full((outputs, outputs + taps - 1), -1)
    for u, r in np.ndindex(outputs, taps):
        matrix[u, u + taps - 1 - r] = r
    return matrix


def test_stripes_are_the_matrix_and_its_transpose():
    taps = taps_of(4, 2)
    ax = plotting.stripes_diagram(taps)
    shown = {
        text.get_position(): text.get_text() for text in ax.texts if "theta" in text.get_text()
    }
    columns = sorted({across for across, _ in shown})
    rows = sorted({down for _, down in shown})
    assert len(columns) == 5 + 4
    for (across, down), text in shown.items():
        row, column = rows.index(down), columns.index(across)
        tap = taps[row, column] if column < 5 else taps.T[row, column - 5]
        assert text == rf"$\theta_{{{tap}}}$"
    assert len(shown) == 2 * (taps >= 0).sum()
    for name in ("$x_0$", "$x_4$", "$z_3$", r"$\delta_3$"):
        assert name in words_of(ax)


@pytest.mark.parametrize("taps", [np.arange(3), np.full((2, 3), -2)])
def test_stripes_refuse_what_is_no_matrix_of_taps(taps):
    with pytest.raises(ValueError, match="a matrix of taps, -1 for none, expected"):
        plotting.stripes_diagram(taps)


def test_each_corner_of_a_meeting_gets_the_product_of_the_other_two():
    words = words_of(plotting.meeting_diagram(pixel=5, tap=-1.5, delta=2))
    assert {"$x=5$", rf"$\theta={style.MINUS}1.5$", r"$\delta=2$"} <= set(words)
    dues = [word.split(" gets ") for word in words if " gets " in word]
    assert dict(dues) == {
        r"$\partial E/\partial x$": rf"$\delta\,\theta={style.MINUS}3$",
        r"$\partial E/\partial \theta$": r"$\delta\,x=10$",
        "$z$": rf"$\theta\,x={style.MINUS}7.5$",
    }


def test_every_delta_stamps_the_turned_kernel_and_the_sum_is_the_gradient():
    delta, theta = np.array([[0, 2, 0], [-1, 0, 3]]), np.array([[1, -2], [4, 5], [7, 6]])
    axes = plotting.delta_stamps_diagram(delta, theta, (1, 2))
    stamps = [np.where(np.arange(6).reshape(2, 3) == place, delta, 0) for place in (1, 3, 5)]
    for ax, stamp in zip(axes, [*stamps, delta], strict=True):
        found = np.zeros((4, 4))
        for text in ax.texts:
            across, down = np.subtract(text.get_position(), (0, meetings.TITLE))
            if text.get_text() and "$" not in text.get_text():
                found[int(down), int(across)] = float(text.get_text().replace(style.MINUS, "-"))
        assert np.array_equal(found, conv2d(stamp, rot180(theta), "full"))
        assert (meetings.TITLE + 1, 2, 1, 1) in frames_of(ax)
        taps = [word for word in words_of(ax) if word.startswith(r"$\theta")]
        names = [rf"$\theta_{{{r}{c}}}$" for r, c in np.ndindex(3, 2)]
        assert taps == ([] if ax is axes[-1] else names)


def test_stamps_refuse_deltas_that_are_all_zero():
    with pytest.raises(ValueError, match="not all deltas 0, expected"):
        plotting.delta_stamps_diagram(np.zeros((2, 2)), np.ones((2, 2)), (0, 0))


def test_question_and_answer_show_image_and_probabilities(rng):
    image, probabilities = rng.random((4, 5)), np.array([0.001, 0.9, 0.099])
    sheet, bars = plotting.asked_digit(image, probabilities, 1)
    assert np.array_equal(sheet.images[0].get_array(), image)
    assert [bar.get_width() for bar in bars.patches] == probabilities.tolist()
    assert words_of(bars) == ["", "90%", "10%"]
    panels = plotting.answered_digit(
        image - 0.5, -image, "other", image, probabilities, 1, [(3, 2)]
    )
    for ax in panels[:3]:
        assert (2.5, 1.5, 1, 1) in frames_of(ax)
    assert [ax.get_title() for ax in panels][1] == "other"
    low, high = panels[0].images[0].get_clim()
    assert low == -high


@pytest.mark.parametrize("most", [None, 2])
def test_round_trip_frames_its_maps_and_names_the_largest_gradient(rng, most):
    forward = [rng.normal(size=shape) for shape in [(6, 6, 1), (4, 4, 3), (2, 2, 10), (5,)]]
    backward = [rng.normal(size=values.shape) for values in forward]
    axes = plotting.round_trip("abcd", forward, backward, most)
    for values, gradient, (left, right) in zip(forward, backward, axes, strict=True):
        roots = np.sign(gradient) * np.sqrt(np.abs(gradient))
        for array, ax in [(values, left), (roots, right)]:
            picture = ax.images[0].get_array()
            maps = [array[..., m] for m in range(array.shape[-1])]
            maps = maps if array.ndim == 1 else maps[:most]
            frames = list(frames_of(ax))
            assert len(frames) == len(maps)
            for (top, left, high, wide), one in zip(frames, maps, strict=True):
                inside = picture[int(top + 0.5) :, int(left + 0.5) :][:high, :wide]
                assert np.allclose(inside[::2, ::2], one)
        largest = np.abs(gradient).max()
        assert right.get_title(loc="left") == f"its gradient, up to {largest:.2g}"
    assert [row[0].get_title(loc="left") for row in axes] == list("abcd")


def test_round_trip_refuses_what_does_not_fit():
    one = np.zeros((2, 2, 1))
    with pytest.raises(ValueError, match="got 1, 2 and 1"):
        plotting.round_trip("a", [one, one], [one])
    with pytest.raises(ValueError, match=r"a: values \(2, 2, 1\), but gradient \(2, 2\)"):
        plotting.round_trip("a", [one], [one[..., 0]])


def test_maps_of_a_mosaic_keep_their_place():
    maps = np.arange(9.0) * np.ones((3, 3, 1))
    picture = passes._mosaic(maps)
    assert picture[0, 0] == 0
    assert picture[0, -1] == passes.ACROSS - 1
    assert picture[-1, 0] == passes.ACROSS
    assert np.isnan(picture[-1, -1])
