"""The convolutions of the page's script are those of cnnbook, in every setting."""

from itertools import product

import numpy as np
import pytest
from touch_engine import run

from cnnbook import Convolution, conv2d, correlate2d, rot180
from cnnbook.convolution import border

TOLERANCE = {"rtol": 1e-12, "atol": 1e-12}
BORDERS = [("valid", 0), ("valid", 1), ("valid", 2), ("full", 0), ("same", 0)]
# Height, width and maps of the image; filters, height and width of the kernels.
SHAPES = [((5, 6, 1), (1, 3, 3)), ((6, 5, 2), (2, 2, 3)), ((7, 7, 3), (2, 4, 1))]
SETTINGS = list(product(SHAPES, (True, False), BORDERS, (1, 2, 3), (1, 2)))

every_setting = pytest.mark.parametrize(
    ("shapes", "turned", "borders", "stride", "dilation"), SETTINGS
)


def arrays(shapes):
    (height, width, maps), filters = shapes
    rng = np.random.default_rng(height * width + maps)
    return rng.normal(size=(height, width, maps)), rng.normal(size=(*filters, maps))


def options(turned, borders, stride, dilation):
    mode, padding = borders
    return {
        "turned": turned,
        "mode": mode,
        "padding": padding,
        "stride": stride,
        "dilation": dilation,
        "line": False,
    }


def fits(x, kernel, borders, dilation):
    mode, padding = borders
    added = border(kernel.shape[1:3], mode, padding, dilation)
    return all(
        dilation * (taps - 1) + 1 <= size + sum(zeros)
        for size, taps, zeros in zip(x.shape, kernel.shape[1:3], added, strict=False)
    )


def ours(x, kernel, delta, turned, borders, stride, dilation):
    """The two gradients by the layer of cnnbook, that of the kernel first."""
    mode, padding = borders
    filters, height, width, maps = kernel.shape
    layer = Convolution(
        maps,
        filters,
        (height, width),
        mode=mode,
        padding=padding,
        stride=stride,
        dilation=dilation,
        rng=np.random.default_rng(0),
    )
    turn = rot180 if not turned else np.asarray  # the layer convolves
    layer.W[...] = turn(kernel)
    layer.output(x[None])
    dx = layer.backpropagate(delta[None])[0]
    return turn(layer.gradients()["W"]), dx


@every_setting
def test_convolution_and_its_gradients(shapes, turned, borders, stride, dilation):
    x, kernel = arrays(shapes)
    sizes = "touch.geometry(x.shape, kernel.shape, options)"
    given = {"x": x, "kernel": kernel, "options": options(turned, borders, stride, dilation)}
    if not fits(x, kernel, borders, dilation):
        assert run(f"{sizes}.fits", **given) is False
        return
    mode, padding = borders
    operation = conv2d if turned else correlate2d
    z = operation(x, kernel, mode, stride, padding, dilation)
    np.testing.assert_allclose(run(f"touch.convolve(x, kernel, {sizes})", **given), z, **TOLERANCE)
    delta = np.random.default_rng(1).normal(size=z.shape)
    dkernel, dx = ours(x, kernel, delta, turned, borders, stride, dilation)
    np.testing.assert_allclose(
        run(f"touch.inputGradient(delta, kernel, {sizes})", delta=delta, **given), dx, **TOLERANCE
    )
    np.testing.assert_allclose(
        run(f"touch.kernelGradient(x, delta, {sizes})", delta=delta, **given), dkernel, **TOLERANCE
    )


@pytest.mark.parametrize("borders", BORDERS)
@pytest.mark.parametrize("turned", [True, False])
def test_a_row_of_pixels_is_padded_at_its_ends_alone(turned, borders):
    x, kernel = np.arange(5.0).reshape(1, 5, 1), np.array([1.0, 2, -1]).reshape(1, 1, 3, 1)
    found = run(
        "touch.convolve(x, kernel, touch.geometry(x.shape, kernel.shape, options))",
        x=x,
        kernel=kernel,
        options=options(turned, borders, 1, 1) | {"line": True},
    )
    mode, padding = borders
    padded = np.pad(x[0, :, 0], padding)
    turn = kernel[0, 0, ::-1, 0] if not turned else kernel[0, 0, :, 0]
    np.testing.assert_allclose(found.ravel(), np.convolve(padded, turn, mode), **TOLERANCE)


def test_meetings_are_the_sum_that_they_stand_for():
    """Each output of two maps meets every tap of its filter once."""
    x, kernel = arrays(SHAPES[1])
    sizes = "touch.geometry(x.shape, kernel.shape, options)"
    found = run(
        f"touch.meetings({sizes})",
        x=x,
        kernel=kernel,
        options=options(True, ("valid", 0), 1, 1),
    )
    z = conv2d(x, kernel)
    assert len(found) == z.size * kernel[0].size
    for place in (0, z.size - 1):
        met = [meeting for meeting in found if meeting["output"] == place]
        total = sum(x.ravel()[m["pixel"]] * kernel.ravel()[m["tap"]] for m in met)
        assert total == pytest.approx(z.ravel()[place], abs=1e-12)


SUMS = """(() => {
    const tables = touch.sixTables(settings);
    const found = {};
    for (const [pass, { result }] of Object.entries(touch.PASSES))
        found[pass] = tables.parts(result).flatMap(({ rows, columns, index }) =>
            Array.from({ length: rows * columns }, (_, at) => {
                const place = index(Math.floor(at / columns), at % columns);
                const cell = { group: result, index: place };
                const pairs = tables.pairs(pass, cell);
                return [
                    tables.value(cell),
                    pairs.reduce((sum, [a, b]) => sum + tables.value(a) * tables.value(b), 0),
                ];
            }));
    return found;
})()"""


@every_setting
def test_pairs_of_every_cell_add_up_to_it(shapes, turned, borders, stride, dilation):
    x, kernel = arrays(shapes)
    if not fits(x, kernel, borders, dilation):
        return
    mode, padding = borders
    operation = conv2d if turned else correlate2d
    z = operation(x, kernel, mode, stride, padding, dilation)
    settings = options(turned, borders, stride, dilation)
    delta = np.random.default_rng(2).normal(size=z.shape)
    found = run(SUMS, settings={"input": x, "kernel": kernel, "delta": delta, **settings})
    expected = {
        "forward": z.transpose(2, 0, 1),
        "input": ours(x, kernel, delta, turned, borders, stride, dilation)[1].transpose(2, 0, 1),
        "kernel": ours(x, kernel, delta, turned, borders, stride, dilation)[0].transpose(
            0, 3, 1, 2
        ),
    }
    for name, array in expected.items():
        shown, added = np.array(found[name]).T
        np.testing.assert_allclose(shown, array.ravel(), **TOLERANCE)
        np.testing.assert_allclose(added, array.ravel(), **TOLERANCE)
