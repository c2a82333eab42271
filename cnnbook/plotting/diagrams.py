"""Diagrams of a convolution and of its two gradients, drawn from the arrays themselves.

All are the same picture: a window of one matrix, each pixel of it with its factor in the corner,
the matrix that the factors come from, and the cell of the result where the products' sum goes.
"""

from dataclasses import replace

import numpy as np

from cnnbook.plotting.style import FORWARD, GRADIENT, INPUT, KERNEL, MINUS, TIMES
from cnnbook.plotting.windows import Matrix, draw_window, sum_lines


def convolution_diagram(x, kernel, z, position, bias=0, stride=1, padding=0, dilation=1, ax=None):
    """Draw how one output pixel of a true convolution comes about (:eq:`eq-conv2d`; M12, M23).

    Left the input with the pixels under the output position, each with its weight in the corner;
    then the turned kernel, and the output with the pixel framed. Below, the sum. Numbers are shown
    to two decimals.

    Parameters
    ----------
    x : array (H, W)
        Input, without the padding.
    kernel : array (K, L)
        As it stands in the equation, not turned.
    z : array (H', W')
        The output that the caller computed.
    position : (int, int)
        Output position (u, v).
    bias : float
    stride, padding, dilation : int
        As in `cnnbook.convolution.conv2d`.
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes

    Raises
    ------
    ValueError
        If the shapes do not fit, the position lies outside, or z is not the true convolution of
        x and kernel at some position.
    """
    x, kernel, z = np.asarray(x), np.asarray(kernel), np.asarray(z)
    _check_convolution(x, kernel, z, stride, padding, dilation)
    u, v = _check_position(position, z.shape)
    padded, turned = np.pad(x, padding), kernel[::-1, ::-1]
    for corner in np.ndindex(z.shape):
        _check_sum(padded, _window(corner, turned, stride, dilation), bias, corner, z[corner])
    factors = _window((u, v), turned, stride, dilation)
    terms = [f"{_bracket(padded[place])}·{_bracket(weight)}" for place, weight in factors.items()]
    terms += [_bracket(bias)] if bias else []
    shown = (bias, *factors.values(), *(padded[place] for place in factors), z[u, v])
    equal = "=" if np.allclose(shown, np.round(shown, 2), rtol=0, atol=1e-9) else "≈"
    outside = np.pad(np.zeros(x.shape, dtype=bool), padding, constant_values=True)
    return draw_window(
        ax,
        (
            Matrix("input $x$", _numbers(padded), INPUT, outside),
            Matrix(r"rot180 $\Theta$", _numbers(turned), KERNEL),
            Matrix("output $z$", _numbers(z), FORWARD),
        ),
        {place: f"{TIMES}{_number(weight)}" for place, weight in factors.items()},
        (u, v),
        sum_lines(f"$z_{{{u}{v}}}$", terms, f"{equal} {_number(z[u, v])}"),
    )


def gradient_diagram(wrt, position, input_shape=(3, 3), kernel_shape=(2, 2), ax=None):
    """Draw in symbols how one entry of a gradient of a convolution comes about (M19, M20).

    For stride 1 without padding (:eq:`eq-conv-weight-gradient`, :eq:`eq-conv-input-gradient`).

    Parameters
    ----------
    wrt : {"kernel", "input"}
        Gradient with respect to what: which inputs meet a kernel entry, each with its delta in the
        corner; or which deltas an input pixel reaches, each with its weight in the corner.
    position : (int, int)
        Kernel entry (r, c), or input pixel (h, w).
    input_shape, kernel_shape : (int, int)
    ax : matplotlib axes, optional
        Where to draw; a new figure if not given.

    Returns
    -------
    matplotlib axes
    """
    output_shape = tuple(i - k + 1 for i, k in zip(input_shape, kernel_shape, strict=True))
    if min(output_shape) < 1:
        raise ValueError(f"a kernel {kernel_shape} does not fit into an input {input_shape}")
    x, theta = _symbols("x", input_shape), _symbols(r"\theta", kernel_shape)
    delta = _symbols(r"\delta", output_shape)
    if wrt == "kernel":
        r, c = _check_position(position, kernel_shape)
        # z_uv meets theta_rc at the input pixel (u + K - 1 - r, v + L - 1 - c)
        top, left = kernel_shape[0] - 1 - r, kernel_shape[1] - 1 - c
        source = Matrix("input $x$", x, INPUT, np.zeros(x.shape, dtype=bool))
        weights = Matrix(r"$\Delta$", delta, GRADIENT)
        entries = theta
        name = r"$\partial E/\partial\Theta$"
    elif wrt == "input":
        top, left = _check_position(position, input_shape)
        # in Delta with K - 1 rows of zeros around, x_hw meets theta_rc at (h + r, w + c)
        padded = np.pad(delta, [(k - 1, k - 1) for k in kernel_shape], constant_values="0")
        source = Matrix(r"$\Delta$ in zeros", padded, GRADIENT, padded == "0")
        weights = Matrix(r"$\Theta$", theta, KERNEL)
        entries = x
        name = r"$\partial E/\partial x$"
    else:
        raise ValueError(f"wrt must be 'kernel' or 'input', but is {wrt!r}")
    factors = {(top + i, left + j): weight for (i, j), weight in np.ndenumerate(weights.texts)}
    terms = [
        f"${weight}\\,{source.texts[place]}$"
        for place, weight in factors.items()
        if not source.zeros[place]
    ]
    fractions = np.char.mod(r"\frac{\partial E}{\partial %s}", entries)
    result = Matrix(name, fractions, GRADIENT, fontsize=13)
    matrices = (source, weights, result)
    return draw_window(
        ax,
        tuple(replace(matrix, texts=np.char.mod("$%s$", matrix.texts)) for matrix in matrices),
        {place: f"${weight}$" for place, weight in factors.items()},
        tuple(position),
        sum_lines(rf"$\partial E/\partial {entries[tuple(position)]}$", terms, ""),
    )


def _window(position, turned, stride, dilation):
    """The pixels (row, column) under an output position, each with its entry of rot180 Theta."""
    u, v = position
    return {
        (stride * u + dilation * i, stride * v + dilation * j): weight
        for (i, j), weight in np.ndenumerate(turned)
    }


def _check_sum(padded, factors, bias, position, z):
    products = [padded[place] * weight for place, weight in factors.items()] + [bias]
    total = np.sum(products, dtype=float)
    if not abs(total - z) <= 1e-5 * np.abs(products).sum():  # z may be of type float32
        raise ValueError(
            f"at output position {position} the sum over the window is {total:g}, but z is {z:g}: "
            "z is not the true convolution of x and kernel"
        )


def _symbols(letter, shape):
    return np.array(
        [[rf"{letter}_{{{row}{column}}}" for column in range(shape[1])] for row in range(shape[0])]
    )


def _numbers(values):
    return np.array([[_number(value) for value in row] for row in values])


def _number(value):
    return f"{round(float(value), 2) + 0.0:g}".replace("-", MINUS)


def _bracket(value):
    return f"({_number(value)})" if value < 0 else _number(value)


def _check_convolution(x, kernel, z, stride, padding, dilation):
    if x.ndim != 2 or kernel.ndim != 2 or z.ndim != 2:
        raise ValueError(
            "x, kernel and z must be matrices, but their shapes are "
            f"{x.shape}, {kernel.shape} and {z.shape}"
        )
    shape = tuple(
        (size + 2 * padding - dilation * (taps - 1) - 1) // stride + 1
        for size, taps in zip(x.shape, kernel.shape, strict=True)
    )
    if z.shape != shape:
        raise ValueError(
            f"an input {x.shape} and a kernel {kernel.shape} with stride {stride}, padding "
            f"{padding} and dilation {dilation} give an output {shape}, but z is {z.shape}"
        )


def _check_position(position, shape):
    row, column = position
    if not (0 <= row < shape[0] and 0 <= column < shape[1]):
        raise ValueError(f"the position {tuple(position)} lies outside the shape {shape}")
    return row, column
