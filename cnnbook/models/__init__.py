"""Whole networks that the book trains, as lists of layers."""

from cnnbook.models.mnist_cnn import mnist_cnn

__all__ = ["mnist_cnn"]
