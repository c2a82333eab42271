"""The figure of a filter: a photograph, nine numbers, and their answer at every place."""

from base64 import b64encode
from dataclasses import KW_ONLY, dataclass

import numpy as np

from cnnbook.convolution import correlate2d
from cnnbook.interactive.markup import checked_numbers, html_figure, number, png

WHITE = 255
MOST_PIXELS = 60_000  # a picture of more would not fit into one stored block of a PNG file


@dataclass(frozen=True, eq=False, repr=False)
class FilterFigure:
    """What kernels of 3 x 3 taps, laid on a photograph as they are, answer (:eq:`eq-answer`).

    In the page, readers choose a kernel or write its nine numbers, and point at a place to see the
    sum that is its answer. Elsewhere the photograph, the first kernel's answer and a table stand.

    Answers are shown in one of two ways. If the taps have a positive sum, an answer divided by it
    is a shade of gray again. Else its sign counts, and its size beside the largest one.

    Parameters
    ----------
    photograph : array (H, W) of int
        Shades of gray, 0 (black) to 255 (white).
    kernels : dict of str to array (3, 3)
        By name, the kernels to choose from; the first is shown at the start.
    title : str
        Stands above the figure.
    """

    photograph: np.ndarray
    kernels: dict
    _: KW_ONLY
    title: str = ""

    def __post_init__(self):
        photograph = np.asarray(self.photograph)
        if photograph.ndim != 2 or not 9 <= photograph.size <= MOST_PIXELS:
            raise ValueError(
                f"the photograph must have shape (H, W) with at most {MOST_PIXELS} pixels, "
                f"but has shape {photograph.shape}"
            )
        if not np.isin(photograph, np.arange(WHITE + 1)).all():
            raise ValueError("the photograph must hold whole numbers from 0 to 255")
        object.__setattr__(self, "photograph", photograph.astype(np.uint8))
        if not self.kernels:
            raise ValueError("the figure needs one kernel or more, but got none")
        kernels = {name: checked_numbers(name, k, (2,)) for name, k in self.kernels.items()}
        for name, kernel in kernels.items():
            if kernel.shape != (3, 3):
                raise ValueError(f"{name} must be a kernel of shape (3, 3), not {kernel.shape}")
        object.__setattr__(self, "kernels", kernels)

    def answers(self, name):
        """The answers of a kernel: an array (H - 2, W - 2)."""
        return correlate2d(self.photograph.astype(float), self.kernels[name])

    def shown(self, name):
        """The answers as the static picture shows them: 0 (black) to 1 (white), zero at 1/2."""
        answers, total = self.answers(name), self.kernels[name].sum()
        if total > 0:
            return np.clip(answers / total / WHITE, 0, 1)
        return (1 + answers / max(1, np.abs(answers).max())) / 2

    def _rows(self):
        for name, kernel in self.kernels.items():
            answers = self.answers(name)
            taps = " / ".join(" ".join(number(tap) for tap in row) for row in kernel)
            yield name, taps, number(answers.min()), number(answers.max())

    def _settings(self):
        return {
            "shape": self.photograph.shape,
            "pixels": b64encode(self.photograph.tobytes()).decode(),
            "kernels": [[name, kernel.ravel().tolist()] for name, kernel in self.kernels.items()],
        }

    def __repr__(self):
        head = [self.title] if self.title else []
        return "\n".join([*head, *(f"{name}: {taps}" for name, taps, *_ in self._rows())])

    def _repr_html_(self):
        first = next(iter(self.kernels))
        pictures = [
            (self.photograph / WHITE, "A photograph"),
            (self.shown(first), f"The answers of the kernel {first}"),
        ]
        shown = "".join(
            f'<img alt="{words}" style="max-width:100%;width:320px" '
            f'src="data:image/png;base64,{b64encode(png(1 - picture)).decode()}"> '
            for picture, words in pictures
        )
        head = "".join(f"<th>{c}</th>" for c in ("kernel", "rows of taps", "lowest", "highest"))
        body = "".join(
            f'<tr><th scope="row">{name}</th>' + "".join(f"<td>{c}</td>" for c in rest) + "</tr>"
            for name, *rest in self._rows()
        )
        table = (
            "<table><caption>Kernels and their answers</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
        return html_figure("filter", self._settings(), self.title, [f"<p>{shown}</p>", table])
