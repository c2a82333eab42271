"""The map of the fixed test digits, by t-SNE, and the scoreboard of the representations.

Both read a representation on a grid of whole numbers (see `on_grid`): squared distances of whole
numbers are exact in every order of summation, and last digits that differ between processors are
rounded away. Without this, t-SNE would amplify such digits into another picture.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.manifold import TSNE, trustworthiness
from threadpoolctl import threadpool_limits

from cnnbook.tables import Table

LEVELS = 1024
SEED = 0  # of the principal components of many features, which are found by random projection
NEIGHBOURS = 5  # of each digit on the map, whose trustworthiness is measured


def tsne_map(features, perplexity=30.0):
    """Place every sample on a plane so that neighbours in the representation stay neighbours (K16).

    t-SNE, started from the first two principal components, on one thread: the gradient is a sum
    over threads, and another number of threads gives another picture.

    Parameters
    ----------
    features : array (n, ...)
        One representation for each sample; maps are flattened.
    perplexity : float
        About how many neighbours each sample tries to keep close; less than n.

    Returns
    -------
    array (n, 2) of float64
        Coordinates without a unit, turned so that the map is wide rather than high. Distances
        between clusters and sizes of clusters mean little.

    Raises
    ------
    ValueError
        If a feature is not finite, all samples are equal, or there are too few of them.
    """
    samples = on_grid(features)
    if not 0 < perplexity < len(samples):
        raise ValueError(
            f"perplexity must lie between 0 and the number of samples, {len(samples)}, "
            f"but is {perplexity}"
        )
    if (samples == samples[0]).all():
        raise ValueError(f"all {len(samples)} samples are equal, so there is nothing to map")
    tsne = TSNE(perplexity=perplexity, init="pca", random_state=SEED, n_jobs=1)
    with threadpool_limits(limits=1):
        return _lie_down(tsne.fit_transform(samples))


@dataclass(frozen=True)
class ScoreboardRow:
    """What can be counted about one representation of the fixed test digits.

    Attributes
    ----------
    representation : str
        What the digits are seen as.
    dimensions : int
        Numbers for each digit.
    digits : int
        How many digits there are.
    wrong : int or None
        Digits that the chapter's model misclassifies; None without a model.
    neighbours : int
        Digits whose nearest other digit in the representation has the same class.
    trustworthiness : float
        Of the map, to two decimals: 1 if the neighbours on the map are neighbours in the
        representation too.
    """

    representation: str
    dimensions: int
    digits: int
    wrong: int | None
    neighbours: int
    trustworthiness: float


@dataclass(frozen=True, repr=False)
class Scoreboard(Table):
    """Rows for several representations, which print as one table of text or HTML.

    Parameters
    ----------
    rows : sequence of ScoreboardRow
    """

    rows: tuple

    header = ("representation", "dimensions", "digits", "wrong", "neighbours", "trust")

    def __post_init__(self):
        object.__setattr__(self, "rows", tuple(self.rows))

    def cells(self):
        return [
            (
                row.representation,
                str(row.dimensions),
                str(row.digits),
                "-" if row.wrong is None else str(row.wrong),
                str(row.neighbours),
                f"{row.trustworthiness:.2f}",
            )
            for row in self.rows
        ]


def scoreboard(features, coordinates, labels, predictions=None, *, representation):
    """Count what a representation and its map keep of the classes.

    Parameters
    ----------
    features : array (n, ...)
        The representation of each digit.
    coordinates : array (n, 2)
        Its map, from `tsne_map`.
    labels, predictions : array (n,) of int
        True classes, and those that the chapter's model predicts, if it has one.
    representation : str
        Its name in the table.

    Returns
    -------
    ScoreboardRow
        Its figures are the same on another machine.

    Raises
    ------
    ValueError
        If the numbers of samples differ, or a feature or coordinate is not finite.
    """
    samples, labels = on_grid(features), np.asarray(labels)
    coordinates = np.asarray(coordinates)
    _check_samples("labels", labels, (len(samples),))
    _check_samples("coordinates", coordinates, (len(samples), 2))
    if not np.isfinite(coordinates).all():
        raise ValueError("the coordinates hold numbers that are not finite")
    if len(samples) <= 2 * NEIGHBOURS:
        raise ValueError(
            f"the scoreboard needs more than {2 * NEIGHBOURS} samples, but got {len(samples)}"
        )
    if predictions is not None:
        _check_samples("predictions", np.asarray(predictions), labels.shape)
    with threadpool_limits(limits=1):
        trust = trustworthiness(samples, coordinates, n_neighbors=NEIGHBOURS)
    return ScoreboardRow(
        representation=representation,
        dimensions=samples.shape[1],
        digits=len(samples),
        wrong=None if predictions is None else int(np.sum(labels != np.asarray(predictions))),
        neighbours=int(np.sum(labels == labels[nearest(samples)])),
        trustworthiness=round(float(trust), 2),
    )


def on_grid(features):
    """Samples as rows of whole numbers, at most LEVELS in size, in proportion to the features.

    The step of the grid is a power of two, so that scaling adds no rounding of its own.

    Parameters
    ----------
    features : array (n, ...)

    Returns
    -------
    array (n, D) of float64

    Raises
    ------
    ValueError
        If there are fewer than two samples, no features, or a feature is not finite.
    """
    features = np.asarray(features, dtype=np.float64)
    if features.ndim < 2 or len(features) < 2 or features.size == 0:
        raise ValueError(
            f"at least two samples with features (n, ...) expected, but the shape is "
            f"{features.shape}"
        )
    if not np.isfinite(features).all():
        bad = int(np.sum(~np.isfinite(features)))
        raise ValueError(f"{bad} of {features.size} features are not finite")
    samples = features.reshape(len(features), -1)
    # 1.25: the step must not hang on last digits where activations saturate at exactly 1
    _, exponent = np.frexp(1.25 * np.abs(samples).max())
    return np.round(samples * (LEVELS / 2.0**exponent)) + 0.0  # no negative zeros


def nearest(samples):
    """Index of each sample's nearest other sample; the first of them if several are as near.

    The squared distance is <a, a> - 2 <a, b> + <b, b>, exact for the whole numbers of `on_grid`.
    """
    products = samples @ samples.T  # (n, n)
    squares = products.diagonal()
    distances = squares[:, None] - 2 * products + squares[None]
    np.fill_diagonal(distances, np.inf)
    return distances.argmin(axis=1)


def _lie_down(coordinates):
    """The map moved to the origin and turned until its longest direction is horizontal.

    By a whole number of degrees: last digits of the angle would otherwise show in the result.
    """
    x, y = (coordinates - coordinates.mean(axis=0)).astype(np.float64).T
    longest = np.arctan2(2 * (x @ y), x @ x - y @ y) / 2
    angle = np.deg2rad(np.round(np.rad2deg(longest)))
    turned = [np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x]
    return np.stack(turned, axis=1)


def _check_samples(name, array, shape):
    if array.shape != shape:
        raise ValueError(
            f"{name} must have shape {shape}, one for each sample, but have {array.shape}"
        )
