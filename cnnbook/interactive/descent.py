"""The figure of gradient descent: the loss of one neuron with two weights, and the way down."""

from dataclasses import KW_ONLY, dataclass

import numpy as np

from cnnbook.interactive.markup import html_figure, listed, number

WIDTH = 440  # of the drawing, in its own units
DIRECTIONS = 72  # in which a line of equal loss is looked for
FAR = 1024.0  # how far away from the lowest place


@dataclass(frozen=True, eq=False, repr=False)
class DescentFigure:
    """Gradient descent (:eq:`eq-sgd`) on the logistic loss (:eq:`eq-logistic-loss`) of two weights.

    In the page, a slider sets the learning rate and another one the number of steps; the arrow
    keys or a click move the start. Elsewhere a table shows where some rates lead, and the drawing
    the way of the first.

    Parameters
    ----------
    x : array (N, 2)
        Inputs. There is no bias: they are measured from their mean, or nearly.
    t : array (N,)
        Targets 0 and 1, such that no weights tell all of them apart: else the loss has no lowest
        place.
    start : pair of float
        The weights at the start.
    rates : sequence of float
        Learning rates of the table, rising; the slider goes from the first to the last.
    steps : int
        Length of the way.
    view : pair of pairs of float
        Lowest and highest weight that the drawing shows, for both weights.
    title : str
        Stands above the figure.
    """

    x: np.ndarray
    t: np.ndarray
    start: tuple
    rates: tuple
    steps: int = 40
    _: KW_ONLY
    view: tuple = ((-4.0, 4.0), (-4.0, 4.0))
    title: str = ""

    def __post_init__(self):
        x, t = np.asarray(self.x, dtype=float), np.asarray(self.t, dtype=float)
        if x.shape != (len(t), 2) or set(t.tolist()) != {0, 1}:
            raise ValueError(
                f"x must have shape (N, 2) and t be N times 0 or 1, both of them there, "
                f"but the shapes are {x.shape} and {t.shape}"
            )
        if len(self.rates) < 2 or not np.all(np.diff([0, *self.rates]) > 0):
            raise ValueError(f"rates must be two or more, positive and rising, not {self.rates}")
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "t", t)
        if self.loss(FAR * _compass()).min() < np.log(2):
            raise ValueError("some line tells all samples apart: the loss has no lowest place")

    def loss(self, theta):
        """E of weights (..., 2), computed from z so that no logarithm overflows."""
        z = np.asarray(theta, dtype=float) @ self.x.T
        return np.mean(np.logaddexp(0, z) - self.t * z, axis=-1)

    def gradient(self, theta):
        """dE/dtheta, an array (2,): the mean of (y - t) x."""
        return (_sigmoid(self.x @ theta) - self.t) @ self.x / len(self.x)

    def path(self, rate):
        """The weights before the first step and after each, an array (steps + 1, 2)."""
        places = [np.asarray(self.start, dtype=float)]
        for _ in range(self.steps):
            places.append(places[-1] - rate * self.gradient(places[-1]))
        return np.array(places)

    @property
    def lowest(self):
        """The weights of the smallest loss, by Newton's method from zero."""
        theta = np.zeros(2)
        for _ in range(20):
            y = _sigmoid(self.x @ theta)
            curvature = (self.x.T * (y * (1 - y))) @ self.x / len(self.x)
            theta -= np.linalg.solve(curvature, self.gradient(theta))
        return theta

    def contour(self, level):
        """Where the loss has this value: points (DIRECTIONS, 2) on a curve round the lowest place.

        Away from there a convex loss rises in every direction, so that halving finds the distance.
        """
        near, far = np.zeros(DIRECTIONS), np.full(DIRECTIONS, FAR)
        for _ in range(50):
            middle = (near + far) / 2
            below = self.loss(self.lowest + middle[:, None] * _compass()) < level
            near, far = np.where(below, middle, near), np.where(below, far, middle)
        return self.lowest + near[:, None] * _compass()

    @property
    def levels(self):
        """Losses whose lines are drawn: nearer to each other towards the lowest place."""
        corners = [(a, b) for a in self.view[0] for b in self.view[1]]
        lowest, highest = self.loss(self.lowest), self.loss(corners).max()
        return lowest + (highest - lowest) * np.linspace(0.08, 1, 12) ** 2

    def _on_drawing(self, places):
        """Both weights on one scale, so that a right angle is one."""
        (left, right), (_, top) = self.view
        across, down = (places - [left, top]).T * WIDTH / (right - left) * [[1], [-1]]
        return " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(across, down, strict=True))

    def _drawing(self):
        lines = "".join(
            f'<polygon points="{self._on_drawing(self.contour(level))}"/>'
            for level in self.levels[::-1]
        )
        cross = self._on_drawing(self.lowest[None]).replace(",", " ")
        (left, right), (bottom, top) = self.view
        height = round(WIDTH * (top - bottom) / (right - left))
        return (
            f'<svg viewBox="0 0 {WIDTH} {height}" style="max-width:{WIDTH}px;width:100%" role="img"'
            ' aria-label="Lines of equal loss over the plane of two weights, and a way down">'
            '<g fill="var(--input, #0F6CC4)" fill-opacity="0.07" stroke="var(--quiet, #6B6862)" '
            f'stroke-opacity="0.6" stroke-width="0.8">{lines}</g>'
            f'<g fill="var(--ink, #1F1E1B)" font-size="15">{self._ticks(height)}</g>'
            f'<path d="M{cross}m-6 0h12m-6 -6v12" stroke="var(--ink, #1F1E1B)" stroke-width="2"/>'
            '<g class="descent-way" fill="none" stroke="var(--gradient, #BF4208)" '
            'stroke-width="1.8" stroke-linejoin="round">'
            f'<polyline points="{self._on_drawing(self.path(self.rates[0]))}"/></g></svg>'
        )

    def _ticks(self, height):
        """Every other whole number inside the frame, and what the axes are."""
        names = f'<text x="{WIDTH - 8}" y="{height - 24}" text-anchor="end">θ₀</text>'
        names += '<text x="24" y="20">θ₁</text>'
        (left, right), (bottom, top) = self.view
        scale = WIDTH / (right - left)
        across = range(2 * int(left // 2) + 2, int(np.ceil(right)), 2)
        up = range(2 * int(bottom // 2) + 2, int(np.ceil(top)), 2)
        return (
            names
            + "".join(
                f'<text x="{(a - left) * scale:.0f}" y="{height - 6}" text-anchor="middle">'
                f"{number(a)}</text>"
                for a in across
            )
            + "".join(f'<text x="5" y="{(top - b) * scale + 5:.0f}">{number(b)}</text>' for b in up)
        )

    def _rows(self):
        rows = []
        for rate in self.rates:
            losses = self.loss(self.path(rate))
            rises = int(np.sum(np.diff(losses) > 0))
            rows.append((number(rate), *(f"{losses[n]:.3f}" for n in self._shown), str(rises)))
        return rows

    @property
    def _shown(self):
        return (self.steps // 8, self.steps)

    @property
    def _head(self):
        return ("η", *(f"E after {n} steps" for n in self._shown), "steps at which E rose")

    def _settings(self):
        return {
            "x": listed(self.x)["data"],
            "t": listed(self.t)["data"],
            "start": self.start,
            "rates": (self.rates[0], self.rates[-1]),
            "steps": self.steps,
            "view": self.view,
            "lowest": round(float(self.loss(self.lowest)), 6),
        }

    def __repr__(self):
        title = [self.title] if self.title else []
        return "\n".join([*title, *(", ".join(row) for row in (self._head, *self._rows()))])

    def _repr_html_(self):
        head = "".join(f"<th>{cell}</th>" for cell in self._head)
        body = "".join(
            f'<tr><th scope="row">{rate}</th>' + "".join(f"<td>{cell}</td>" for cell in rest)
            for rate, *rest in self._rows()
        )
        table = (
            f"<table><caption>Learning rates, from the start {self.start}; the lowest loss is "
            f"{self.loss(self.lowest):.3f}</caption><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )
        return html_figure("descent", self._settings(), self.title, [table, self._drawing()])


def _sigmoid(z):
    """eq-sigmoid, from the side where the exponential does not overflow."""
    return np.exp(-np.logaddexp(0, -z))


def _compass():
    """Directions of length one, all round: an array (DIRECTIONS, 2)."""
    angle = 2 * np.pi * np.arange(DIRECTIONS) / DIRECTIONS
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)
