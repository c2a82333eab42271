"""The reference network, as its source describes it."""

import numpy as np
import pytest
from checks import assert_same

from cnnbook.models.mnist_cnn import INPUT_SHAPE, PARAMETERS, mnist_cnn
from cnnbook.network import Network


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_reference_network(dtype):
    """The shapes of K4 and the numbers of K5."""
    network = Network(mnist_cnn(rng=np.random.default_rng(0), dtype=dtype))
    summary = network.summary(INPUT_SHAPE)
    shapes, counts = zip(*[(row.shape, row.parameters) for row in summary.rows], strict=True)
    assert shapes == (
        (26, 26, 32),
        (24, 24, 64),
        (12, 12, 64),
        (12, 12, 64),
        (9216,),
        (128,),
        (128,),
        (10,),
    )
    assert counts == (320, 18_496, 0, 0, 0, 1_179_776, 0, 1_290)
    assert sum(counts) == PARAMETERS == 1_199_882
    rates = [layer.rate for layer in network.layers if hasattr(layer, "rate")]
    assert rates == [0.25, 0.5]
    assert {array.dtype for array in network.parameters().values()} == {np.dtype(dtype)}


def test_reference_network_follows_its_generator():
    first, again, other = (
        Network(mnist_cnn(rng=np.random.default_rng(seed))) for seed in (1, 1, 2)
    )
    assert_same(first.parameters(), again.parameters())
    for name, array in first.parameters().items():
        assert name.endswith("b") or not np.array_equal(array, other.parameters()[name])
    draws = [n.layers[i].rng.random() for n in (first, again, other) for i in (3, 6)]
    assert draws[:2] == draws[2:4]
    assert len(set(draws)) == 4
    assert first.layers[3].rng is not first.layers[6].rng
