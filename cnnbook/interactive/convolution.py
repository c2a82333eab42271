"""The convolution figure: six tables, forward and back, and the meetings that join them."""

from dataclasses import KW_ONLY, dataclass

import numpy as np

from cnnbook.convolution import add_columns, border, columns, crop, output_shape, pad, rot180
from cnnbook.interactive.markup import (
    checked_numbers,
    default_deltas,
    html_figure,
    html_grid,
    listed,
    sum_of_products,
    text_grid,
)

PASSES = ("forward", "input", "kernel")
OPTIONS = ("turned", "mode", "padding", "stride", "dilation")


@dataclass(frozen=True, eq=False, repr=False)
class ConvolutionFigure:
    """A convolution by numbers, forward and back.

    A meeting joins one pixel, one tap and one output. Summed by output, the products of pixel and
    tap give z (:eq:`eq-conv2d`); summed by pixel, those of tap and delta give the gradient at the
    input (:eq:`eq-conv-input-gradient`); summed by tap, those of pixel and delta give the gradient
    at the kernel (:eq:`eq-conv-weight-gradient`).

    Parameters
    ----------
    x : array (W,), (H, W) or (H, W, M)
        A row of pixels, an image, or one of M maps.
    kernel : array (L,), (K, L) or (F, K, L, M)
        As many axes as x has, or one more with maps.
    delta : array, optional
        dE/dz, in the shape of the output. Without it, small numbers of both signs.
    turned : bool
        True convolution, as `cnnbook.conv2d`; else correlation.
    mode, stride, padding, dilation
        As in `cnnbook.conv2d`. A row of pixels is padded on its two ends alone.
    show : sequence of {"forward", "input", "kernel"}
        The passes that are shown: z; the gradient at the input; that at the kernel.
    opens : str, optional
        The pass with which the figure opens; without it, the first one shown.
    controls : sequence of {"turned", "mode", "padding", "stride", "dilation"}
        The options that the reader may change.
    title : str
        Stands above the tables.
    """

    x: np.ndarray
    kernel: np.ndarray
    delta: np.ndarray | None = None
    _: KW_ONLY
    turned: bool = True
    mode: str = "valid"
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    show: tuple = PASSES
    opens: str | None = None
    controls: tuple = OPTIONS
    title: str = ""

    def __post_init__(self):
        x = checked_numbers("x", self.x, (1, 2, 3))
        kernel = checked_numbers("kernel", self.kernel, (4,) if x.ndim == 3 else (x.ndim,))
        images = x.reshape(1, -1, 1) if x.ndim == 1 else x[..., None] if x.ndim == 2 else x
        filters = kernel if kernel.ndim == 4 else kernel.reshape(1, *np.atleast_2d(kernel).shape, 1)
        if filters.shape[3] != images.shape[2]:
            raise ValueError(
                f"x has {images.shape[2]} maps, but the filters have kernels for {filters.shape[3]}"
            )
        unknown = set(self.show) - set(PASSES)
        if unknown or not self.show:
            raise ValueError(f"show must name some of {PASSES}, not {tuple(self.show)}")
        object.__setattr__(self, "show", tuple(name for name in PASSES if name in self.show))
        if self.opens not in (None, *self.show):
            raise ValueError(f"opens must be one of {self.show}, not {self.opens!r}")
        if set(self.controls) - set(OPTIONS):
            raise ValueError(f"controls must be among {OPTIONS}, not {tuple(self.controls)}")
        object.__setattr__(self, "x", images)
        object.__setattr__(self, "kernel", filters)
        object.__setattr__(self, "_line", x.ndim == 1)
        object.__setattr__(self, "delta", self._checked_delta())

    def _checked_delta(self):
        """The deltas (H', W', F)."""
        shape = (*output_shape(self._padded.shape[1:3], *self._sizes), len(self.kernel))
        if self.delta is None:
            return default_deltas(shape)
        delta = checked_numbers("delta", self.delta, (1, 2, 3))
        if delta.size != np.prod(shape) or delta.shape not in (shape, shape[:2], shape[1:2]):
            raise ValueError(f"the output has shape {shape}, but delta has {delta.shape}")
        return delta.reshape(shape)

    @property
    def _sizes(self):
        return self.kernel.shape[1:3], self.stride, self.dilation

    @property
    def _borders(self):
        borders = border(self.kernel.shape[1:3], self.mode, self.padding, self.dilation)
        return [(0, 0), borders[1]] if self._line else borders

    @property
    def _padded(self):
        return pad(self.x[None], self._borders)

    def _unturned(self, kernel):
        """Between the kernel and the one that correlation would need; its own inverse."""
        return rot180(kernel) if self.turned else kernel

    @property
    def output(self):
        """z, an array (H', W', F)."""
        rows = self._unturned(self.kernel).reshape(len(self.kernel), -1)
        return (columns(self._padded, *self._sizes) @ rows.T).reshape(self.delta.shape)

    @property
    def input_gradient(self):
        """dE/dx, an array (H, W, M)."""
        rows = self._unturned(self.kernel).reshape(len(self.kernel), -1)
        patches = self.delta.reshape(-1, len(rows)) @ rows
        return crop(add_columns(patches, self._padded.shape, *self._sizes), self._borders)[0]

    @property
    def kernel_gradient(self):
        """dE/dTheta, an array (F, K, L, M)."""
        deltas = self.delta.reshape(-1, len(self.kernel))
        gradient = deltas.T @ columns(self._padded, *self._sizes)
        return self._unturned(gradient.reshape(self.kernel.shape))

    def _tables(self):
        """Titles and numbers of the tables, map by map."""
        back = set(self.show) - {"forward"}
        tables = _of_maps("input x", self.x)
        tables += _of_filters("kernel θ", self.kernel)
        tables += _of_maps("output z", self.output) if "forward" in self.show else []
        tables += _of_maps("delta δ = ∂E/∂z", self.delta) if back else []
        if "input" in self.show:
            tables += _of_maps("gradient at the input ∂E/∂x", self.input_gradient)
        if "kernel" in self.show:
            tables += _of_filters("gradient at the kernel ∂E/∂θ", self.kernel_gradient)
        return tables

    def _explained(self):
        """The first number of each pass as the sum that made it."""
        pixels, deltas = self._padded[0], self.delta
        (above, _), (left, _) = self._borders
        sums = {name: [] for name in PASSES}
        for pixel, tap, place in self._meetings():
            if not any(place):
                sums["forward"].append((pixels[pixel], self.kernel[tap]))
            if pixel == (above, left, 0):
                sums["input"].append((self.kernel[tap], deltas[place]))
            if not any(tap):
                sums["kernel"].append((pixels[pixel], deltas[place]))
        totals = {
            "forward": ("z", self.output[0, 0, 0]),
            "input": ("∂E/∂x", self.input_gradient[0, 0, 0]),
            "kernel": ("∂E/∂θ", self.kernel_gradient[0, 0, 0, 0]),
        }
        return [
            f"first {totals[name][0]}: {sum_of_products(sums[name], totals[name][1])}"
            for name in self.show
        ]

    def _meetings(self):
        """Pixel (h, w, m) of the padded image, tap (f, r, c, m) and output (u, v, f)."""
        rows, cols, _ = self.delta.shape
        for f, r, c, m in np.ndindex(self.kernel.shape):
            _, height, width, _ = self.kernel.shape
            r_met, c_met = (height - 1 - r, width - 1 - c) if self.turned else (r, c)
            for u, v in np.ndindex(rows, cols):
                h = self.stride * u + self.dilation * r_met
                w = self.stride * v + self.dilation * c_met
                yield (h, w, m), (f, r, c, m), (u, v, f)

    def _settings(self):
        return {
            "input": listed(self.x),
            "kernel": listed(self.kernel),
            "delta": listed(self.delta),
            "turned": self.turned,
            "mode": self.mode,
            "stride": self.stride,
            "padding": self.padding,
            "dilation": self.dilation,
            "line": self._line,
            "show": self.show,
            "opens": self.opens or self.show[0],
            "controls": self.controls,
        }

    def _options(self):
        kind = "convolution" if self.turned else "correlation"
        return (
            f"{kind}, {self.mode}, stride {self.stride}, padding {self.padding}, "
            f"dilation {self.dilation}"
        )

    def __repr__(self):
        title = f"{self.title}\n" if self.title else ""
        tables = [text_grid(*table) for table in self._tables()]
        return "\n\n".join([title + self._options(), *tables, "\n".join(self._explained())])

    def _repr_html_(self):
        parts = [html_grid(*table) for table in self._tables()]
        parts += [f"<p>{sentence}</p>" for sentence in [self._options(), *self._explained()]]
        return html_figure("convolution", self._settings(), self.title, parts)


def _of_maps(title, array):
    maps = array.shape[2]
    return [(title + (f", map {m}" if maps > 1 else ""), array[..., m]) for m in range(maps)]


def _of_filters(title, array):
    filters, _, _, maps = array.shape
    several = filters * maps > 1
    return [
        (title + (f", filter {f}, map {m}" if several else ""), array[f, :, :, m])
        for f in range(filters)
        for m in range(maps)
    ]
