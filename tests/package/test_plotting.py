"""Pictures, matrices, maps of digits and networks: what is drawn is what was passed."""

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from figures import book_figures, contrast, frames_of, grounds_of, words_of  # noqa: F401
from matplotlib.patches import Rectangle

from cnnbook import plotting
from cnnbook.plotting import maps, style
from cnnbook.tables import Summary, SummaryRow

pytestmark = pytest.mark.usefixtures("book_figures")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize("shape", [(7, 4, 5), (7, 4, 5, 1)])
def test_images_draw_the_arrays_on_one_scale(rng, shape):
    array = rng.normal(size=shape)
    axes = plotting.images(array, columns=3)
    assert len(axes) == 7
    for ax, picture in zip(axes, array.reshape(7, 4, 5), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), picture)
        assert ax.images[0].get_clim() == (array.min(), array.max())
        assert ax.images[0].cmap.name == plotting.INTENSITY
    assert len(axes[0].figure.axes) == 9  # two places of the grid stay empty


def test_signed_images_have_no_colour_at_zero_and_a_bar(rng):
    array = rng.normal(size=(3, 4, 4)) + 1
    axes = plotting.images(array, signed=True)
    low, high = axes[2].images[0].get_clim()
    assert low == -high == -np.abs(array).max()
    assert axes[0].images[0].cmap.name == plotting.SIGNED
    assert len(axes[0].figure.axes) == 4
    assert mpl.colormaps[plotting.SIGNED](0.5)[3] < 0.01


def test_one_image_with_title():
    (ax,) = plotting.images(np.eye(3), titles=["unit"], width=2)
    assert ax.get_title() == "unit"
    assert ax.figure.get_figwidth() == 2


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4, 2), (0, 3, 3), (1, 2, 3, 4, 5)])
def test_images_refuse_shapes(shape):
    with pytest.raises(ValueError, match=re.escape(str(shape))):
        plotting.images(np.zeros(shape))


def test_images_refuse_missing_titles():
    with pytest.raises(ValueError, match="3 pictures need as many titles, but got 1"):
        plotting.images(np.zeros((3, 2, 2)), titles=["one"])


def test_matrix_shows_its_numbers():
    values = np.array([[1, -2.5], [0.25, 4]])
    ax = plotting.matrix(values, fmt=".2f", title="numbers")
    shown = [float(text.replace("\N{MINUS SIGN}", "-")) for text in words_of(ax)]
    assert shown == values.ravel().tolist()
    assert [text.get_position() for text in ax.texts][1] == (1.5, 0.5)
    assert {colour[3] for colour in grounds_of(ax).values()} == {0}
    assert ax.get_title(loc="center") == "numbers"


def test_signed_matrix_is_coloured_around_zero():
    ax = plotting.matrix([[0, -2], [2, 1]], signed=True)
    grounds = grounds_of(ax)
    ends = {-1: style.NEGATIVE, 1: style.POSITIVE}
    for corner, share in {(1, 0): -1.0, (0, 1): 1.0, (1, 1): 0.5}.items():
        assert grounds[corner][:3] == pytest.approx(mpl.colors.to_rgb(ends[np.sign(share)]))
        assert grounds[corner][3] == pytest.approx(abs(share) * grounds[0, 1][3], abs=0.01)
    assert grounds[0, 0][3] == 0
    for text in ax.texts:
        column, row = (int(place) for place in text.get_position())
        assert contrast(text.get_color(), grounds[column, row]) >= 4.5


def test_matrix_frames_cells_and_regions():
    frames = {(0, 1): plotting.GRADIENT, (1, 0, 2, 3): plotting.INPUT}
    ax = plotting.matrix(np.zeros((3, 3)), highlight=frames)
    assert frames_of(ax) == {(0, 1, 1, 1): plotting.GRADIENT, (1, 0, 2, 3): plotting.INPUT}


def test_matrix_refuses_shapes_and_frames():
    with pytest.raises(ValueError, match=r"\(3,\)"):
        plotting.matrix(np.zeros(3))
    with pytest.raises(ValueError, match=r"\(2, 1\) .*leaves the matrix of shape \(3, 3\)"):
        plotting.matrix(np.zeros((3, 3)), highlight={(2, 1, 2, 2): "red"})


def is_star(collection):
    """Whether a scatter draws stars: five points, ten corners, closed."""
    return len(collection.get_paths()[0]) == 11 and len(collection.get_offsets())


def a_map(rng, wrong=6):
    labels = np.arange(80) % 10
    predictions = labels.copy()
    predictions[:wrong] = (predictions[:wrong] + 1) % 10
    return rng.normal(size=(80, 2)), labels, predictions


def test_map_draws_every_digit_once_and_the_wrong_ones_as_stars(rng):
    coordinates, labels, predictions = a_map(rng)
    ax = plotting.digit_map(coordinates, labels, predictions, title="pixels")
    stars = [c for c in ax.collections if is_star(c)]
    assert len(stars) == 1
    np.testing.assert_array_equal(stars[0].get_offsets(), coordinates[:6])
    assert stars[0].get_facecolor().size == 0  # hollow: no digit lies under it
    assert contrast(stars[0].get_edgecolor()[0][:3], "white") > 7
    numerals = [c for c in ax.collections if c not in stars and len(c.get_offsets())]
    drawn = np.concatenate([numeral.get_offsets() for numeral in numerals])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, coordinates))  # in the stars, too
    assert min(s.get_sizes()[0] for s in stars) > 3 * max(n.get_sizes()[0] for n in numerals)
    assert ax.get_title(loc="left") == "pixels"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["misclassified: 6 of 80"]


def test_map_without_a_model_has_no_stars(rng):
    coordinates, labels, _ = a_map(rng)
    ax = plotting.digit_map(coordinates, labels)
    assert not any(is_star(c) for c in ax.collections)
    assert ax.get_legend() is None
    assert len(ax.collections) == 10
    for digit, numerals in enumerate(ax.collections):
        np.testing.assert_array_equal(numerals.get_offsets(), coordinates[labels == digit])
        colour = mpl.colors.to_hex(numerals.get_facecolor()[0]).upper()
        assert colour == plotting.CLASS_COLOURS[digit]
    shapes = {tuple(map(tuple, c.get_paths()[0].vertices)) for c in ax.collections}
    assert len(shapes) == 10


def test_map_keeps_proportions_and_has_no_scale(rng):
    ax = plotting.digit_map(*a_map(rng)[:2])
    assert ax.get_aspect() == 1
    assert len(ax.get_xticks()) == len(ax.get_yticks()) == 0


def test_maps_side_by_side(rng):
    coordinates, labels, predictions = a_map(rng)
    axes = plotting.digit_maps(
        [coordinates, 2 * coordinates, -coordinates], ["a", "b", "c"], labels, predictions
    )
    assert [ax.get_title(loc="left") for ax in axes] == ["a", "b", "c"]
    stars = [c for c in axes[1].collections if is_star(c)]
    drawn = np.concatenate([star.get_offsets() for star in stars])
    assert sorted(map(tuple, drawn)) == sorted(map(tuple, 2 * coordinates[:6]))
    (legend,) = axes[0].figure.legends
    assert legend.get_texts()[0].get_text() == "misclassified: 6 of 80"


@pytest.mark.parametrize(
    ("coordinates", "labels", "predictions", "message"),
    [
        ((5, 3), np.zeros(5, int), None, r"\(5, 3\)"),
        ((5, 2), np.zeros(4, int), None, r"5 coordinates .* \(4,\)"),
        ((5, 2), np.zeros(5, int), np.zeros(6, int), r"\(6,\)"),
        ((5, 2), np.full(5, 10), None, "labels must lie in 0 to 9"),
    ],
)
def test_map_refuses(coordinates, labels, predictions, message):
    with pytest.raises(ValueError, match=message):
        plotting.digit_map(np.zeros(coordinates), labels, predictions)


def test_maps_refuse_missing_titles():
    with pytest.raises(ValueError, match="as many titles as maps expected, but got 0 and 1"):
        plotting.digit_maps([np.zeros((2, 2))], [], np.zeros(2, int))


def test_map_is_a_small_file(rng, tmp_path):
    ax = plotting.digit_map(rng.normal(size=(360, 2)), np.arange(360) % 10)
    ax.figure.savefig(tmp_path / "map.png")
    assert (tmp_path / "map.png").stat().st_size < 150_000
    assert maps.STAR > maps.NUMERAL


def a_summary():
    rows = [
        ("Convolution(1 -> 8)", (6, 6, 8), 80),
        ("Pooling(max)", (3, 3, 8), 0),
        ("Rasterization(maps)", (72,), 0),
        ("Softmax(72 -> 10)", (10,), 730),
    ]
    return Summary((8, 8, 1), tuple(SummaryRow(*row) for row in rows))


def test_network_diagram_draws_the_shapes():
    ax = plotting.network_diagram(a_summary())
    times = style.TIMES
    assert words_of(ax)[:4] == ["input", f"8{times}8{times}1", "Convolution", f"6{times}6{times}8"]
    assert words_of(ax)[-3:-1] == ["Softmax", "10"]
    boxes = [p for p in ax.patches if isinstance(p, Rectangle) and p.get_edgecolor()[3]]
    assert len(boxes) == 1 + 6 + 6 + 1 + 1  # sheets of a stack end at six
    sizes = [box.get_width() for box in boxes]
    assert sizes[1] / sizes[0] == pytest.approx(6 / 8)
    assert sizes[7] / sizes[0] == pytest.approx(3 / 8)
    heights = [box.get_height() for box in boxes]
    assert heights[-1] / heights[-2] == pytest.approx((10 / 72) ** 0.5)
    assert sum(word == "" for word in words_of(ax)) == 4  # one arrow for each layer


def test_network_diagram_takes_names():
    ax = plotting.network_diagram(a_summary(), names=["C1", "S2", "R3", "O4"])
    assert [word for word in words_of(ax) if len(word) == 2 and word[0].isalpha()] == [
        "C1",
        "S2",
        "R3",
        "O4",
    ]


def test_network_diagram_refuses():
    with pytest.raises(ValueError, match="4 layers need as many names, but got 1"):
        plotting.network_diagram(a_summary(), names=["one"])
    with pytest.raises(ValueError, match=r"one is \(2, 3\)"):
        plotting.network_diagram(Summary((2, 3), ()))


def test_functions_draw_into_given_axes():
    figure, (one, two) = plt.subplots(1, 2)
    assert plotting.matrix(np.eye(2), ax=one) is one
    assert plotting.gradient_diagram("input", (0, 0), ax=two) is two
    assert plt.get_fignums() == [figure.number]
