"""The recipe for PyTorch modules on the page on gradient checks, run as it stands there."""

import re
from pathlib import Path

import nbformat
import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

PAGE = Path(__file__).parents[3] / "chapters" / "1-neurons" / "60-gradient-check.ipynb"


@pytest.fixture(scope="module")
def recipe():
    """The names that the page's block defines, once it has run."""
    cells = nbformat.read(PAGE, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    (block,) = re.findall(r"```python\n(import torch\n.*?)```", text, re.S)
    names = {}
    with torch.random.fork_rng():
        torch.manual_seed(0)
        exec(block, names)
    return names


class HalfTooSmall(torch.autograd.Function):
    """The square, with a backward pass that forgets its factor."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**2

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * x


class Squares(torch.nn.Module):
    """A linear layer and its squares."""

    def __init__(self, square):
        super().__init__()
        self.linear, self.square = torch.nn.Linear(4, 3), square

    def forward(self, x):
        return self.square(self.linear(x))


def check(recipe, square):
    with torch.random.fork_rng():
        torch.manual_seed(1)
        module = Squares(square)
    loss = torch.nn.functional.cross_entropy
    return recipe["check_module"](module, loss, recipe["x"], recipe["t"])


def test_the_block_of_the_page_passes(recipe):
    arguments = recipe["net"], torch.nn.functional.cross_entropy, recipe["x"], recipe["t"]
    report = recipe["check_module"](*arguments)
    assert [row.tensor for row in report.rows] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert report.passed


def test_a_wrong_backward_is_noticed(recipe):
    assert check(recipe, torch.square).passed
    verdicts = {row.tensor: row.verdict for row in check(recipe, HalfTooSmall.apply).rows}
    assert verdicts == {"linear.weight": "wrong", "linear.bias": "wrong"}
