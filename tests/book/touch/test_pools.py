"""The poolings of the page's script are those of cnnbook: ties, overlap, edges."""

from itertools import product

import numpy as np
import pytest
from touch_engine import run

from cnnbook import downsample, upsample
from cnnbook.pooling import pooled_size

SETTINGS = list(
    product((1, 2, 3), (1, 2, 3), ("ignore", "keep"), ((6, 7, 1), (4, 5, 2), (3, 3, 1)))
)
WINDOWS = "touch.windowsOf(x.shape, options)"


@pytest.mark.parametrize(("window", "stride", "edges", "shape"), SETTINGS)
def test_pooling_forward_and_back(window, stride, edges, shape):
    """Whole numbers from a small range, so that most windows have a tie."""
    x = np.random.default_rng(0).integers(-2, 3, shape).astype(float)
    given = {"x": x, "options": {"window": window, "stride": stride, "edges": edges}}
    for kind in ("max", "mean"):
        largest = kind == "max"
        found = downsample(x, window, stride, kind, edges, return_winners=largest)
        o, winners = found if largest else (found, None)
        delta = np.random.default_rng(1).normal(size=o.shape)
        dx = upsample(delta, x.shape, window, stride, edges, winners)
        ours = run(f"touch.pool(x, {WINDOWS}, kind)", kind=kind, **given)
        np.testing.assert_allclose(ours, o, rtol=1e-12, atol=1e-12)
        chosen = f"touch.winnersOf(x, {WINDOWS})" if largest else "null"
        back = run(f"touch.unpool(delta, {WINDOWS}, {chosen})", delta=delta, **given)
        np.testing.assert_allclose(back, dx, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("edges", ["ignore", "keep"])
def test_number_of_windows(edges):
    for size, window, stride in product(range(1, 9), (1, 2, 3, 4), (1, 2, 3, 5)):
        ours = run("touch.pooledSize(...sizes, edges)", sizes=[size, window, stride], edges=edges)
        if edges == "ignore" and window > size:
            assert ours == 0
        else:
            assert ours == pooled_size(size, window, stride, edges)
