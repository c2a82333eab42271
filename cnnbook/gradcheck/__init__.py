"""Gradient checks: a gradient from formulas compared with one from differences.

A derivative is the limit of a difference quotient, so every gradient can be recomputed without
any formula, slowly. `check_gradient` does so for a formula of one's own, `check_layer` and
`check_network` for the classes of this package, and `check_directions` for arrays so large that
random directions must do; each returns a `GradientReport`.
"""

from cnnbook.gradcheck.checks import (
    check_gradient,
    check_gradients,
    check_layer,
    check_network,
)
from cnnbook.gradcheck.differences import numerical_gradient, relative_error, step_sweep
from cnnbook.gradcheck.directions import check_directions
from cnnbook.gradcheck.report import GradientReport, GradientRow

__all__ = [
    "GradientReport",
    "GradientRow",
    "check_directions",
    "check_gradient",
    "check_gradients",
    "check_layer",
    "check_network",
    "numerical_gradient",
    "relative_error",
    "step_sweep",
]
