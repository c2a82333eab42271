"""Every layer with every option: the contract, and gradients against central differences."""

import checks
import contract
import numpy as np
import pytest
from cases import LAYERS, SOME, inputs
from doubles import NESTED

from cnnbook import layers
from cnnbook.layers import Convolution, Dropout, Hidden, Layer, Softmax
from cnnbook.network import Network


def nested(name):
    """A network of one of the doubles, as a layer: a function from a dtype, and a shape."""
    return pytest.param(lambda dtype=np.float64: Network(NESTED[name](dtype)), (5, 4), id=name)


OF_ONE_LAYER = SOME + [nested(name) for name in NESTED]
DIVISIBLE = [
    case for case in OF_ONE_LAYER if case.values[1][0] > 1 and "normalisation" not in case.id
]


@pytest.mark.parametrize(("make", "shape"), LAYERS + [nested(name) for name in NESTED])
def test_gradients(make, shape):
    checks.check_layer_gradients(make(), inputs(shape))


@pytest.mark.parametrize("check", contract.EVERY)
@pytest.mark.parametrize(("make", "shape"), OF_ONE_LAYER)
def test_contract(make, shape, check):
    check(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), OF_ONE_LAYER)
def test_threads(make, shape):
    contract.check_threads(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), DIVISIBLE)
def test_samples_alone(make, shape):
    contract.check_samples_alone(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), OF_ONE_LAYER)
def test_single_precision(make, shape):
    contract.check_single_precision(make(np.float32), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), SOME)
def test_refused_input(make, shape):
    contract.check_refused_input(make(), inputs(shape))


@pytest.mark.parametrize(("make", "shape"), SOME)
def test_refused_gradient(make, shape):
    layer = make()
    contract.check_wrong_gradient(layer, inputs(shape))
    o = layer.output(inputs(shape))
    for wrong in (o.astype(np.float32), o.tolist()):
        found = getattr(wrong, "dtype", "list")
        with pytest.raises(TypeError, match=f"output of type float64, but the gradient is {found}"):
            layer.backpropagate(wrong)


@pytest.mark.parametrize(("make", "shape"), SOME)
def test_no_samples(make, shape):
    """A minibatch of no samples goes through every layer, and back."""
    layer = make()
    o, memory = layer.forward(np.ones((0, *shape[1:])))
    assert o.shape == (0, *layer.output_shape(shape[1:]))
    dx, gradients = layer.backward(o, memory)
    assert dx.shape == (0, *shape[1:])
    assert all(not array.any() for array in gradients.values())


@pytest.mark.parametrize(("make", "shape"), SOME)
def test_nan_propagates(make, shape):
    layer, x = make(), inputs(shape)
    x[...] = np.nan
    o, memory = layer.forward(x)
    kept = memory != 0 if isinstance(layer, Dropout) else np.ones(o.shape, bool)
    assert np.isnan(o[kept]).all()


@pytest.mark.parametrize("kind", [Convolution, Hidden, Softmax])
def test_random_numbers_are_handed_in(kind):
    with pytest.raises(TypeError, match="rng"):
        kind(2, 3)
    layer, again = (kind(2, 3, rng=np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(layer.W, again.W)
    assert not layer.b.any()
    for rng in (0, None, np.random.RandomState(0)):
        with pytest.raises(TypeError, match=r"rng must be a numpy\.random\.Generator"):
            kind(2, 2, rng=rng)


PRECISIONS = [(np.float32, np.float64), (np.float64, np.float32), (np.float64, np.float16)]


@pytest.mark.parametrize(("own", "other"), PRECISIONS)
@pytest.mark.parametrize("kind", [Convolution, Hidden, Softmax])
def test_other_precision(kind, own, other):
    layer = kind(3, 1, rng=np.random.default_rng(0), dtype=own)
    x = np.ones((2, 5, 5, 3) if kind is Convolution else (2, 3), other)
    with pytest.raises(TypeError, match=f"{np.dtype(own)}, but got {np.dtype(other)}"):
        layer.output(x)


@pytest.mark.parametrize("dtype", [np.float16, np.int64, np.complex128, ">f8"])
@pytest.mark.parametrize("kind", [Convolution, Hidden, Softmax])
def test_weights_are_of_single_or_double_precision(kind, dtype):
    with pytest.raises(TypeError, match="weights are float32 or float64, but dtype is"):
        kind(3, 1, rng=np.random.default_rng(0), dtype=dtype)


@pytest.mark.parametrize("kind", [Convolution, Hidden, Softmax])
@pytest.mark.parametrize("sizes", [(2.5, 3), ("a", 3), (3, 0), (3, True), (3, None), ([3], 3)])
def test_refused_sizes(kind, sizes):
    with pytest.raises(ValueError, match="must be a whole number, 1 or more, but is"):
        kind(*sizes, rng=np.random.default_rng(0))


def test_names():
    """The five classes of the source (M22), all of them layers."""
    for name in ("Convolution", "Pooling", "Rasterization", "Hidden", "Softmax"):
        assert issubclass(getattr(layers, name), Layer)
