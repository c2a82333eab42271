"""Tables for readers: aligned text for terminals, HTML for notebooks, with the same content."""

from dataclasses import dataclass
from html import escape


def text_table(header, rows):
    """Rows of cells as aligned lines of text: the first column to the left, the others right."""
    lines = [[str(cell) for cell in row] for row in (header, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for number, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def html_table(header, rows):
    """The same rows as an HTML table."""
    head = "".join(f"<th>{escape(str(cell))}</th>" for cell in header)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Table:
    """Something with a `header` and `cells` (rows of strings) that prints as a table."""

    def __str__(self):
        return text_table(self.header, self.cells())

    __repr__ = __str__

    def _repr_html_(self):
        return html_table(self.header, self.cells())


@dataclass(frozen=True)
class SummaryRow:
    """One layer: its name, the shape of its output for one sample, its number of parameters."""

    layer: str
    shape: tuple
    parameters: int


@dataclass(frozen=True, repr=False)
class Summary(Table):
    """The layers of a network with shapes and parameter counts, and the total."""

    input_shape: tuple
    rows: tuple

    header = ("layer", "output shape", "parameters")

    @property
    def total(self):
        """Number of parameters of all layers."""
        return sum(row.parameters for row in self.rows)

    def cells(self):
        layers = [(row.layer, _shape(row.shape), f"{row.parameters:,}") for row in self.rows]
        return [("input", _shape(self.input_shape), "0"), *layers, ("total", "", f"{self.total:,}")]


def _shape(shape):
    return " x ".join(map(str, shape))
