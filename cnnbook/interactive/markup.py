"""Numbers and tables of a figure, as text and as HTML that needs no script."""

import json
import struct
import zlib
from html import escape

import numpy as np

MINUS = "\N{MINUS SIGN}"
LARGEST = 99
# Gradients where none are given, by (3 u + 2 v + 5 f) modulo 7: small, of both signs, and a zero.
DELTAS = (1, -1, 2, 0, 1, -2, 1)


def checked_numbers(name, values, ndim):
    """The values as an array of floats, refused if a table of them would not show them exactly.

    Parameters
    ----------
    name : str
        What they are, for the message.
    values : array
        Numbers between -99 and 99 with at most one decimal: then two decimals show every product
        of two of them in full.
    ndim : tuple of int
        The numbers of axes that are allowed.
    """
    array = np.asarray(values, dtype=float)
    if array.ndim not in ndim or not array.size:
        allowed = " or ".join(map(str, ndim))
        raise ValueError(f"{name} must have {allowed} axes and some numbers, not {array.shape}")
    if not np.all(np.abs(array) <= LARGEST) or np.any(np.abs(array * 10 % 1 - 0.5) < 0.5 - 1e-9):
        raise ValueError(
            f"{name} must hold numbers from -{LARGEST} to {LARGEST} with at most one decimal, "
            "so that a figure can show their products in full"
        )
    return array


def default_deltas(shape):
    """Gradients (H', W', F) to go back with where none are given."""
    u, v, f = np.indices(shape)
    return np.choose((3 * u + 2 * v + 5 * f) % len(DELTAS), DELTAS).astype(float)


def listed(array):
    """The array as shape and numbers, whole ones without a point."""
    values = [int(v) if v == int(v) else float(v) for v in array.ravel()]
    return {"shape": array.shape, "data": values}


def number(value):
    """A number with up to two decimals, and a minus sign as in a formula."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", MINUS)


def rounded(value):
    """A number after its equals sign, which says if two decimals are not the whole of it."""
    sign = "=" if abs(value * 100 - round(value * 100)) < 1e-9 else "≈"
    return f"{sign} {number(value)}"


def factor(value):
    """A number as a factor: negative ones in brackets."""
    return f"({number(value)})" if value < 0 else number(value)


def sum_of_products(pairs, total):
    """Write out the sum: "2·1 + 0·3 = 2"."""
    terms = " + ".join(f"{factor(a)}·{factor(b)}" for a, b in pairs)
    return f"{terms or '0'} = {number(total)}"


def text_grid(title, rows):
    """A title and rows of numbers as aligned lines."""
    cells = [[number(value) for value in row] for row in rows]
    width = max(len(cell) for row in cells for cell in row)
    return "\n".join([title, *("  ".join(cell.rjust(width) for cell in row) for row in cells)])


def html_grid(title, rows):
    """The same as an HTML table."""
    body = "".join(
        "<tr>" + "".join(f"<td>{number(value)}</td>" for value in row) + "</tr>" for row in rows
    )
    return f"<table><caption>{escape(title)}</caption><tbody>{body}</tbody></table>"


def html_figure(kind, settings, title, parts, *, beside=True):
    """A figure of HTML parts, with the settings from which a page's script builds its own."""
    data = escape(json.dumps(settings, separators=(",", ":"), ensure_ascii=False))
    caption = f"<figcaption>{escape(title)}</figcaption>" if title else ""
    tables = [part for part in parts if part.startswith("<table")]
    rest = [part for part in parts if not part.startswith("<table")]
    style = ' style="display:flex;flex-wrap:wrap;gap:1em 2em;align-items:flex-start"'
    return (
        f'<figure class="touch-figure" data-touch="{kind}" data-settings="{data}">{caption}'
        f"<div{style if beside else ''}>{''.join(tables)}</div>{''.join(rest)}</figure>"
    )


def png(image):
    """A gray picture of ink on white, as a file that is the same on every machine.

    Its pixels are stored, not compressed, because compressors differ.
    """
    height, width = image.shape
    gray = np.round(255 * (1 - image)).astype(np.uint8)
    rows = b"".join(b"\0" + row.tobytes() for row in gray)
    stored = b"\x78\x01\x01" + struct.pack("<HH", len(rows), len(rows) ^ 0xFFFF) + rows
    stored += struct.pack(">I", zlib.adler32(rows))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", stored), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
