"""Draw a digit: a small network reads it, and sends back where ink would help."""

from base64 import b64encode
from dataclasses import KW_ONLY, dataclass

import numpy as np

from cnnbook.activations import identity, relu
from cnnbook.interactive.markup import html_figure, png
from cnnbook.interactive.pen import DIGITS, SIZE, image_of
from cnnbook.layers import Convolution, Hidden, Pooling, Rasterization, Softmax

ACTIVATIONS = {identity: "identity", relu: "relu"}
SHADES = " .:-=+*#%@"


@dataclass(frozen=True, eq=False, repr=False)
class DrawADigit:
    """A trained network that reads what is drawn.

    In the page, its maps and its ten probabilities follow the pen, and for a digit of the reader's
    choice the gradient of the loss goes back through every layer to the pixels. Elsewhere it
    shows one digit, drawn for this figure, with its probabilities.

    Parameters
    ----------
    network : Network
        Of the layers `Convolution`, `Pooling`, `Rasterization`, `Hidden` and `Softmax`, with the
        identity or ReLU, from images (28, 28, 1) of ink 0 to 1 to ten probabilities. Its weights
        travel with the figure: ten thousand of them take 30 KB.
    digit : int
        The drawing that is shown at first.
    title : str
        Stands above the figure.
    """

    network: object
    digit: int = 3
    _: KW_ONLY
    title: str = ""

    def __post_init__(self):
        if self.digit not in range(len(DIGITS)):
            raise ValueError(f"digit must be 0 to 9, but is {self.digit!r}")
        shape = self.network.output_shape((SIZE, SIZE, 1))
        if shape != (10,):
            raise ValueError(f"the network must give ten probabilities, but gives {shape}")

    @property
    def image(self):
        """The digit as the network sees it, an array (28, 28)."""
        return image_of(DIGITS[self.digit])

    @property
    def probabilities(self):
        """What the network makes of it, an array (10,)."""
        dtype = self.network.layers[0].W.dtype
        return self.network.predict(self.image[None, ..., None].astype(dtype))[0]

    def _settings(self):
        return {
            "digit": self.digit,
            "samples": DIGITS,
            "layers": [_written(layer) for layer in self.network.layers],
        }

    def _rows(self):
        return [(str(digit), f"{p:.3f}") for digit, p in enumerate(self.probabilities)]

    def __repr__(self):
        title = [self.title] if self.title else []
        lines = ["".join(SHADES[round(v * 9)] * 2 for v in row).rstrip() for row in self.image]
        first = next(i for i, line in enumerate(lines) if line)
        drawn = "\n".join(lines[first:]).rstrip()
        rows = "\n".join("  ".join(row) for row in self._rows())
        return "\n\n".join([*title, drawn, f"digit, probability\n{rows}"])

    def _repr_html_(self):
        rows = "".join(
            f'<tr><th scope="row">{digit}</th><td>{p}</td></tr>' for digit, p in self._rows()
        )
        table = (
            "<table><caption>what the network makes of it</caption><thead><tr><th>digit</th>"
            f"<th>probability</th></tr></thead><tbody>{rows}</tbody></table>"
        )
        drawing = (
            f'<p><img width="168" height="168" alt="The digit {self.digit}, drawn with a pen" '
            f'src="data:image/png;base64,{b64encode(png(self.image)).decode()}"></p>'
        )
        return html_figure("digit", self._settings(), self.title, [drawing, table])


def _written(layer):
    """A layer as the page's script reads it."""
    if isinstance(layer, Pooling):
        options = {"window": layer.window, "stride": layer.stride, "edges": layer.edges}
        return {"layer": "pooling", "kind": layer.kind, **options}
    if isinstance(layer, Rasterization):
        return {"layer": "rasterization", "order": layer.order}
    if isinstance(layer, Softmax):
        return {"layer": "softmax", **_parameters(layer)}
    if not isinstance(layer, Convolution | Hidden) or layer.activation not in ACTIVATIONS:
        raise ValueError(f"the page's script has no layer for {layer!r}")
    written = {"activation": ACTIVATIONS[layer.activation], **_parameters(layer)}
    if isinstance(layer, Hidden):
        return {"layer": "hidden", **written}
    if any(before != after for before, after in layer.borders) or len(set(layer.borders)) > 1:
        raise ValueError(f"the page's script pads all sides alike, unlike {layer!r}")
    options = {"stride": layer.stride, "dilation": layer.dilation, "padding": layer.borders[0][0]}
    return {"layer": "convolution", **options, **written}


def _parameters(layer):
    return {"W": _packed(layer.W), "b": _packed(layer.b)}


def _packed(array):
    """Shape and bytes of an array: halves of two bytes if these are exact, else singles."""
    half = array.astype(np.float16)
    exact = np.array_equal(half.astype(array.dtype), array)
    stored = half.astype("<f2") if exact else array.astype("<f4")
    content = b64encode(stored.tobytes()).decode()
    return {"shape": array.shape, "bytes": 2 if exact else 4, "data": content}
