import os
import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnbook.embedding import Scoreboard, nearest, on_grid, scoreboard, tsne_map


def clusters(rng, n=20, dimensions=6, classes=3):
    labels = np.arange(n * classes) % classes
    return rng.normal(size=(n * classes, dimensions)) + 8 * labels[:, None], labels


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_map_has_two_finite_coordinates_for_every_sample(rng):
    features, _ = clusters(rng)
    coordinates = tsne_map(features.reshape(60, 3, 2, 1), perplexity=10)
    assert coordinates.shape == (60, 2)
    assert coordinates.dtype == np.float64
    assert np.isfinite(coordinates).all()


def test_map_keeps_clusters_together(rng):
    features, labels = clusters(rng)
    coordinates = tsne_map(features, perplexity=10)
    assert (labels[nearest(on_grid(coordinates))] == labels).all()


def test_map_lies_wide_and_centred(rng):
    features, _ = clusters(rng)
    coordinates = tsne_map(features, perplexity=10)
    width, height = coordinates.std(axis=0)
    assert width > height
    assert np.abs(coordinates.mean(axis=0)).max() < 1e-3
    assert abs(np.corrcoef(coordinates.T)[0, 1]) < 0.1


def test_map_does_not_see_last_digits_or_the_scale(rng):
    features, _ = clusters(rng)
    coordinates = tsne_map(features, perplexity=10)
    disturbed = features * (1 + 1e-12 * rng.normal(size=features.shape))
    np.testing.assert_array_equal(tsne_map(disturbed, perplexity=10), coordinates)
    np.testing.assert_array_equal(tsne_map(features / 64, perplexity=10), coordinates)


def test_map_of_many_features_is_the_same_again(rng):
    features, _ = clusters(rng, dimensions=600)  # so many that their components are drawn by chance
    np.testing.assert_array_equal(tsne_map(features, 10), tsne_map(features, 10))


SCRIPT = """
import hashlib, numpy as np
from sklearn.datasets import load_digits
from cnnbook.embedding import Scoreboard, scoreboard, tsne_map
x, labels = load_digits(return_X_y=True)
x, labels = x[-360:] / 16, labels[-360:]
features = np.tanh(x @ np.random.default_rng(0).normal(size=(64, 20)))
for name, array in [("pixels", x), ("features", features)]:
    coordinates = tsne_map(array)
    print(hashlib.sha256(coordinates.tobytes()).hexdigest())
    print(Scoreboard([scoreboard(array, coordinates, labels, representation=name)]))
"""


def test_map_and_scoreboard_are_the_same_on_other_machines():
    machines = [("1", "Prescott"), ("2", "SkylakeX")]
    results = []
    for threads, core in machines:
        imitation = {
            "OMP_NUM_THREADS": threads,
            "OPENBLAS_NUM_THREADS": threads,
            "OPENBLAS_CORETYPE": core,
        }
        run = subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env=os.environ | imitation,
            capture_output=True,
            text=True,
            check=True,
        )
        results.append(run.stdout)
    assert results[0].count("\n") == 6
    assert results == results[:1] * len(machines)


@pytest.mark.parametrize(
    ("features", "perplexity", "message"),
    [
        (np.full((40, 3), np.nan), 5, "120 of 120 features are not finite"),
        (np.full((40, 3), np.inf), 5, "not finite"),
        (np.ones((1, 3)), 5, r"at least two samples .* \(1, 3\)"),
        (np.ones(8), 5, r"shape is \(8,\)"),
        (np.ones((8, 0)), 5, r"shape is \(8, 0\)"),
        (np.ones((8, 3)), 5, "all 8 samples are equal"),
        (np.eye(8), 8, "perplexity must lie between 0 and the number of samples, 8"),
        (np.eye(8), 0, "perplexity"),
    ],
)
def test_map_refuses(features, perplexity, message):
    with pytest.raises(ValueError, match=message):
        tsne_map(features, perplexity=perplexity)


def test_grid_holds_whole_numbers_in_proportion(rng):
    features = rng.normal(size=(30, 4, 2))
    samples = on_grid(features)
    assert samples.shape == (30, 8)
    np.testing.assert_array_equal(samples, np.round(samples))
    assert 400 <= np.abs(samples).max() <= 1024
    scale = 2 ** round(np.log2(np.abs(samples).max() / np.abs(features).max()))
    assert np.abs(samples - scale * features.reshape(30, 8)).max() <= 0.5


@pytest.mark.parametrize("sign", [1, -1])
def test_grid_is_measured_by_the_largest_size(sign):
    """Of whatever sign it is: the numbers stay within the levels."""
    features = sign * np.array([[0.1, 5.0], [-0.2, 0.3]])
    assert 400 <= np.abs(on_grid(features)).max() <= 1024
    np.testing.assert_array_equal(on_grid(features), -on_grid(-features))


def test_scoreboard_of_lists(rng):
    features, labels = clusters(rng)
    rows = [
        scoreboard(*map(kind, (features, features[:, :2], labels, labels)), representation="r")
        for kind in (np.asarray, np.ndarray.tolist)
    ]
    assert rows[0] == rows[1]


def test_grid_of_saturated_activations_does_not_hang_on_a_last_digit():
    saturated = np.array([[1.0, 0.3], [0.2, 0.7]])
    np.testing.assert_array_equal(on_grid(saturated), on_grid(np.minimum(saturated, 1 - 1e-15)))


def test_grid_keeps_pixels_exactly():
    pixels = load_digits().images / 16
    np.testing.assert_array_equal(on_grid(pixels) / 512, pixels.reshape(-1, 64))


def test_nearest_is_another_sample_and_the_first_of_equals():
    samples = np.array([[0.0, 0], [0, 2], [0, 0], [0, 4], [0, 5]])
    np.testing.assert_array_equal(nearest(samples), [2, 0, 0, 4, 3])


def test_scoreboard_counts(rng):
    features, labels = clusters(rng)
    coordinates = features[:, :2]
    predictions = labels.copy()
    predictions[:4] = (predictions[:4] + 1) % 3
    row = scoreboard(features, coordinates, labels, predictions, representation="clusters")
    assert (row.representation, row.dimensions, row.digits) == ("clusters", 6, 60)
    assert (row.wrong, row.neighbours) == (4, 60)
    assert row.trustworthiness == round(row.trustworthiness, 2) > 0.8
    shuffled = scoreboard(features, coordinates, rng.permutation(labels), representation="noise")
    assert shuffled.wrong is None
    assert shuffled.neighbours < 40


def test_a_scrambled_map_is_less_trustworthy(rng):
    features, labels = clusters(rng)
    scrambled = rng.permutation(features[:, :2])
    row = scoreboard(features, scrambled, labels, representation="scrambled")
    assert row.trustworthiness < 0.7


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"labels": np.zeros(59)}, r"labels must have shape \(60,\)"),
        ({"coordinates": np.zeros((60, 3))}, r"coordinates must have shape \(60, 2\)"),
        ({"coordinates": np.full((60, 2), np.nan)}, "coordinates hold numbers"),
        ({"predictions": np.zeros(3)}, r"predictions must have shape \(60,\).* \(3,\)"),
        ({"features": np.full((60, 2), np.nan)}, "not finite"),
    ],
)
def test_scoreboard_refuses(rng, changed, message):
    features, labels = clusters(rng)
    arguments = {"features": features, "coordinates": features[:, :2], "labels": labels} | changed
    with pytest.raises(ValueError, match=message):
        scoreboard(**arguments, representation="none")


def test_scoreboard_refuses_few_samples(rng):
    with pytest.raises(ValueError, match="more than 10 samples, but got 10"):
        scoreboard(np.eye(10), np.zeros((10, 2)), np.arange(10), representation="few")


def test_table_has_the_same_content_as_text_and_as_html(rng):
    features, labels = clusters(rng)
    rows = [
        scoreboard(features, features[:, :2], labels, representation="without a model"),
        scoreboard(features, features[:, :2], labels, labels, representation="with <one>"),
    ]
    table = Scoreboard(rows)
    header, first, second = str(table).splitlines()
    assert header.split()[0] == "representation"
    assert first.split()[3:6] == ["6", "60", "-"]
    assert second.split()[2:5] == ["6", "60", "0"]
    assert second.endswith(f"{rows[1].trustworthiness:.2f}")
    assert {len(header), len(first), len(second)} == {len(header)}
    html = table._repr_html_()
    for cell in [cell for row in table.cells() for cell in row[1:]]:
        assert f"<td>{cell}</td>" in html
    assert "with &lt;one&gt;" in html
    assert repr(table) == str(table)
