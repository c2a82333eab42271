"""Comparison of figures for nbval, which by itself compares text only.

A figure redrawn from the same arrays is the same to the pixel, or nearly so: it may differ from
the stored one by a root mean square of TOLERANCE grey levels (of 255) in each colour channel.
"""

import base64
import io
import os

import numpy as np
import pytest
from nbval.plugin import IPyNbCell
from PIL import Image

TOLERANCE = 3.0
NOT_COMPARED = "figure-not-compared"  # the tag of a cell that draws rounding errors

# As in tools/execute.py, for a plain `pytest --nbval`; what the caller has set stays.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "TQDM_DISABLE"):
    os.environ.setdefault(name, "1")


def images(outputs):
    """Return the PNG images among the outputs of a cell as arrays (height, width, 4)."""
    encoded = [output["data"].get("image/png") for output in outputs if "data" in output]
    files = [io.BytesIO(base64.b64decode(text)) for text in encoded if text]
    return [np.asarray(Image.open(file).convert("RGBA"), dtype=float) for file in files]


def difference(stored, new):
    """Return in words how two lists of images differ, or None."""
    if len(stored) != len(new):
        return f"{len(stored)} figures are stored, running the cell drew {len(new)}"
    for number, (old, drawn) in enumerate(zip(stored, new, strict=True), start=1):
        if old.shape != drawn.shape:
            return f"figure {number} has shape {drawn.shape}, the stored one {old.shape}"
        rms = np.sqrt(((old - drawn) ** 2).mean(axis=(0, 1)))
        if rms.max() > TOLERANCE:
            return (
                f"figure {number} differs from the stored one by {rms.max():.1f} grey levels "
                f"(root mean square in one channel), allowed are {TOLERANCE}"
            )
    return None


def pytest_collection_modifyitems(items):
    """Leave SVG out of nbval's own comparison: its last digits differ between processors.

    What it draws is compared all the same, for SVG and PNG come from one call.
    """
    for item in items:
        if isinstance(item, IPyNbCell) and "image/svg+xml" not in item.parent.skip_compare:
            item.parent.skip_compare += ("image/svg+xml",)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    result = yield
    if (
        isinstance(item, IPyNbCell)
        and item.options["check"]
        and NOT_COMPARED not in item.cell.metadata.get("tags", [])
    ):
        message = difference(images(item.cell.outputs), images(item.test_outputs))
        if message:
            item.raise_cell_error(message)
    return result
