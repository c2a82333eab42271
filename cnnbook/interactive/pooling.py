"""The pooling figure: windows, their winners or means, and the way back."""

from dataclasses import KW_ONLY, dataclass

import numpy as np

from cnnbook.interactive.markup import (
    checked_numbers,
    default_deltas,
    factor,
    html_figure,
    html_grid,
    listed,
    number,
    rounded,
    text_grid,
)
from cnnbook.pooling import downsample, upsample

DIRECTIONS = ("forward", "back")


@dataclass(frozen=True, eq=False, repr=False)
class PoolingFigure:
    """A pooling by numbers, forward and back.

    Forward, a window becomes its largest pixel (:eq:`eq-pool-max`) or its mean
    (:eq:`eq-pool-mean`). On the way back the gradient of a window goes to its winner
    (:eq:`eq-unpool-max`), or in equal parts to its pixels (:eq:`eq-unpool-mean`), and a pixel of
    several windows gets the sum.

    Parameters
    ----------
    x : array (H, W)
        One map.
    window, stride, kind, edges
        As in `cnnbook.downsample`.
    delta : array, optional
        dE/do, in the shape of the output. Without it, small numbers of both signs.
    show : sequence of {"forward", "back"}
        With or without the way back.
    title : str
        Stands above the tables.
    """

    x: np.ndarray
    window: int = 2
    stride: int | None = None
    kind: str = "max"
    edges: str = "ignore"
    delta: np.ndarray | None = None
    _: KW_ONLY
    show: tuple = DIRECTIONS
    title: str = ""

    def __post_init__(self):
        object.__setattr__(self, "x", checked_numbers("x", self.x, (2,)))
        object.__setattr__(self, "stride", self.stride or self.window)
        if not self.show or set(self.show) - set(DIRECTIONS):
            raise ValueError(f"show must name some of {DIRECTIONS}, not {tuple(self.show)}")
        shape = self.output.shape
        if self.delta is None:
            delta = default_deltas((*shape, 1))[..., 0]
        else:
            delta = checked_numbers("delta", self.delta, (2,))
            if delta.shape != shape:
                raise ValueError(f"the output has shape {shape}, but delta has {delta.shape}")
        object.__setattr__(self, "delta", delta)

    @property
    def _windows(self):
        return self.window, self.stride, self.kind, self.edges

    @property
    def output(self):
        """o, an array (H', W')."""
        return downsample(self.x, *self._windows)

    @property
    def winners(self):
        """The place of each window's largest pixel, as `downsample` counts it; None for means."""
        if self.kind == "mean":
            return None
        return downsample(self.x, *self._windows, return_winners=True)[1]

    @property
    def input_gradient(self):
        """dE/dx, an array (H, W)."""
        return upsample(
            self.delta, self.x.shape, self.window, self.stride, self.edges, self.winners
        )

    def _tables(self):
        tables = [("input x", self.x), ("output o", self.output)]
        if "back" in self.show:
            tables += [
                ("gradient at the output ∂E/∂o", self.delta),
                ("gradient at the input ∂E/∂x", self.input_gradient),
            ]
        return tables

    def _explained(self):
        """The first window in words."""
        pixels = self.x[: self.window, : self.window].ravel()
        o, delta = self.output[0, 0], self.delta[0, 0]
        if self.kind == "mean":
            terms = " + ".join(map(factor, pixels))
            forward = f"first o: ({terms}) / {len(pixels)} {rounded(o)}"
            back = f"its gradient: {factor(delta)} / {len(pixels)} for each of its pixels"
        else:
            r, c = divmod(int(self.winners[0, 0]), self.window)
            equal = int((pixels == o).sum())
            tie = f", the first of {equal} that are equal" if equal > 1 else ""
            forward = f"first o: max({', '.join(map(number, pixels))}) = {number(o)}"
            back = f"its gradient: {number(delta)} for the winner, row {r}, column {c}{tie}"
        return [forward, back] if "back" in self.show else [forward]

    def _settings(self):
        return {
            "input": listed(self.x[..., None]),
            "delta": listed(self.delta[..., None]),
            "window": self.window,
            "stride": self.stride,
            "kind": self.kind,
            "edges": self.edges,
            "show": self.show,
        }

    def _options(self):
        return f"{self.kind} of {self.window} x {self.window}, stride {self.stride}, " + (
            "edges kept" if self.edges == "keep" else "edges ignored"
        )

    def __repr__(self):
        title = f"{self.title}\n" if self.title else ""
        tables = [text_grid(*table) for table in self._tables()]
        return "\n\n".join([title + self._options(), *tables, "\n".join(self._explained())])

    def _repr_html_(self):
        parts = [html_grid(*table) for table in self._tables()]
        parts += [f"<p>{sentence}</p>" for sentence in [self._options(), *self._explained()]]
        return html_figure("pooling", self._settings(), self.title, parts)
