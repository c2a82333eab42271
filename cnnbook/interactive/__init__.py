"""Figures to touch: tables of numbers that the pages of the book take over and bring to life.

A figure is the last expression of a cell. Wherever the notebook is read, it shows its numbers as
tables; in the rendered book a script lets readers point at any number and see what made it.
"""

from cnnbook.interactive.convolution import ConvolutionFigure
from cnnbook.interactive.descent import DescentFigure
from cnnbook.interactive.digit import DrawADigit
from cnnbook.interactive.filter import FilterFigure
from cnnbook.interactive.pooling import PoolingFigure

__all__ = ["ConvolutionFigure", "DescentFigure", "DrawADigit", "FilterFigure", "PoolingFigure"]
