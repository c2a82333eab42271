"""Where a drawing may be cut: along the lines that cnnbook.plotting.wrap has left in it."""

import re
from dataclasses import dataclass
from itertools import pairwise

SVG = "{http://www.w3.org/2000/svg}"
EDGE = "panel-edge"


@dataclass(frozen=True)
class Panel:
    """A window of a drawing, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self):
        return self.left + self.width

    def __str__(self):
        return f"{self.left:.2f} {self.top:.2f} {self.width:.2f} {self.height:.2f}"


def cut(root):
    """Take the lines out of a drawing, and return the panels between them in reading order."""
    left, top, width, height = map(float, root.get("viewBox").split())
    upright, level = set(), set()
    for parent in list(root.iter()):
        for line in [child for child in parent if child.get("id") == EDGE]:
            (x, y), (other_x, _) = _ends(line)
            (upright if abs(x - other_x) < 0.01 else level).add(x if x == other_x else y)
            parent.remove(line)
    columns = pairwise([left, *sorted(upright), left + width])
    rows = list(pairwise([top, *sorted(level), top + height]))
    columns = list(columns)
    return [Panel(x, y, right - x, low - y) for y, low in rows for x, right in columns]


def _ends(line):
    path = next(line.iter(SVG + "path")).get("d")
    numbers = [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", path)]
    return numbers[:2], numbers[-2:]
