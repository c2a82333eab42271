"""Printed source is the source, with or without its docstring."""

import inspect

import numpy as np
import pytest

from cnnbook.convolution import conv2d
from cnnbook.layers import Convolution
from cnnbook.source import show_source


def documented(x):
    """Words.

    More words (eq-name).
    """
    # a comment
    return x


def bare(x):
    return "text", x


class OnlyWords:
    """Words."""


def test_function_is_shown_as_written():
    assert str(show_source(documented)) == inspect.getsource(documented).rstrip()


def test_method_loses_the_indent_of_its_class():
    shown = str(show_source(Convolution.forward))
    assert shown.startswith("def forward(self")


def test_docstring_can_be_left_out():
    shown = str(show_source(documented, docstring=False))
    assert shown == "def documented(x):\n    # a comment\n    return x"
    assert str(show_source(bare, docstring=False)) == inspect.getsource(bare).rstrip()


def test_class_that_is_only_words_keeps_them():
    assert str(show_source(OnlyWords, docstring=False)) == inspect.getsource(OnlyWords).rstrip()


def test_what_is_shown_is_the_code_that_runs():
    namespace = dict(inspect.getmodule(conv2d).__dict__)
    exec(str(show_source(conv2d, docstring=False)), namespace)
    x, kernel = np.arange(9.0).reshape(3, 3), np.array([[1.0, 2], [3, 4]])
    np.testing.assert_array_equal(namespace["conv2d"](x, kernel), conv2d(x, kernel))


def test_notebook_gets_a_block_of_python():
    shown = show_source(bare)
    assert shown._repr_markdown_() == f"````python\n{shown}\n````"
    assert repr(shown) == str(shown)


@pytest.mark.parametrize("thing", [np.dot, 3, len])
def test_what_has_no_source_is_refused(thing):
    with pytest.raises(TypeError, match=r"^got .*, expected a function, a method or a class"):
        show_source(thing)
