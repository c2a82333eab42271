"""The table that a gradient check prints."""

from dataclasses import dataclass
from html import escape

import numpy as np

from cnnbook.tables import Table, html_table, text_table

_ADVICE = {
    "unclear (step)": "the difference quotient changes with the step, a smaller step is needed",
    "unclear (rounding)": "differences are lost in rounding, a larger step or other data is needed",
}


@dataclass(frozen=True)
class GradientRow:
    """What the check found for one tensor.

    Attributes
    ----------
    tensor : str
    shape, gradient_shape : tuple
        Of the tensor, and of the gradient that was handed in.
    error : float
        Relative error over all compared entries; infinite if the shapes differ.
    kinks, compared : int
        Compared entries at which left and right slope disagree, and all compared entries.
    verdict : {"right", "wrong", "unclear (kinks)", "unclear (step)", "unclear (rounding)"}
        Unclear: the error is not below the tolerance, but that of the difference quotient itself
        may be as large, because slopes jump, the step is too large, or digits are lost.
    unit : {"entries", "directions"}
        What was compared.
    """

    tensor: str
    shape: tuple
    gradient_shape: tuple
    error: float
    kinks: int
    compared: int
    verdict: str
    unit: str = "entries"

    @property
    def size(self):
        """Number of entries of the tensor."""
        return int(np.prod(self.shape))


@dataclass(frozen=True, repr=False)
class GradientReport(Table):
    """The rows of a gradient check, as a table with a line for whatever needs a warning.

    Errors below the tolerance are rounding, different on every machine, and are not shown.
    """

    rows: tuple
    tolerance: float

    header = ("tensor", "shape", "relative error", "kinks", "verdict")

    @property
    def passed(self):
        """Whether every gradient is right."""
        return all(row.verdict == "right" for row in self.rows)

    @property
    def worst(self):
        """The row with the largest error."""
        return max(self.rows, key=lambda row: np.inf if np.isnan(row.error) else row.error)

    def cells(self):
        return [
            (row.tensor, _shape_text(row.shape), self._error_text(row), row.kinks, row.verdict)
            for row in self.rows
        ]

    def notes(self):
        """The warning lines, one sentence each."""
        kinks = [
            f"Warning: {row.tensor} has {row.kinks} of {row.compared} {row.unit} at a kink or tie: "
            "left and right slope differ, so there is no derivative to compare with."
            for row in self.rows
            if row.kinks
        ]
        unclear = [
            f"Warning: {row.tensor}: {_ADVICE[row.verdict]}."
            for row in self.rows
            if row.verdict in _ADVICE
        ]
        sampled = [
            f"{row.tensor}: {row.compared} of {row.size} entries compared."
            for row in self.rows
            if row.unit == "entries" and 0 < row.compared < row.size
        ]
        return kinks + unclear + sampled + self._directions()

    def _directions(self):
        """One line for all rows, which have the same number of directions."""
        counts = {row.compared for row in self.rows if row.unit == "directions"}
        return [f"Compared along {count} random directions for each tensor." for count in counts]

    def __str__(self):
        return "\n".join([text_table(self.header, self.cells()), *self.notes()])

    __repr__ = __str__

    def _repr_html_(self):
        notes = "".join(f"<p>{escape(note)}</p>" for note in self.notes())
        return html_table(self.header, self.cells()) + notes

    def _error_text(self, row):
        if row.gradient_shape != row.shape:
            return f"shape {_shape_text(row.gradient_shape)}"
        if not np.isfinite(row.error):
            return "not finite"
        if row.error < self.tolerance:
            return f"< {self.tolerance:g}"
        if row.verdict == "unclear (rounding)":
            return f">= {self.tolerance:g}"
        return f"{float(f'{row.error:.5g}'):.2g}"  # twice: 0.125 + 1e-12 must not become 0.13


def _shape_text(shape):
    return " x ".join(map(str, shape)) or "number"
