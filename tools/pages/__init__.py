"""Sphinx extensions of this book: how its pages look and behave, one matter in each module."""
