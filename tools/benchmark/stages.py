"""A training step of the reference network after each stage of the chapter on speed.

The chapter's own functions are measured: the cells with the tag `ladder` define pairs of functions
forward_NAME(x, filters) and backward_NAME(delta, memory), which stand in for those of
`cnnbook.convolution.im2col` here.
"""

import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import ours

from cnnbook.convolution import im2col
from cnnbook.network import ThreadedNetwork
from cnnbook.layers import Convolution
from cnnbook.network import Network

CHAPTER = Path(__file__).parents[2] / "chapters/4-full-size/10-speed.ipynb"
SAMPLES = 128


def stages(threads):
    """Name, and seconds of a training step, of every stage; loops take one image."""
    functions = functions_of_chapter()
    for name in ("loops", "one_line", "maps_first", "maps_last"):
        network = Network(with_method(functions_as_method(functions, name)))
        samples = 1 if name == "loops" else SAMPLES
        yield name, seconds(network, samples) * SAMPLES / samples
    yield "blocks", seconds(ThreadedNetwork(with_method(im2col), threads=1))
    yield "threads", seconds(ThreadedNetwork(with_method(im2col), threads))
    yield "winograd", seconds(ThreadedNetwork(ours.reference(), threads))


def functions_of_chapter():
    """What the cells with the tag define, run in their order."""
    namespace = {}
    for cell in nbformat.read(CHAPTER, as_version=4).cells:
        if "ladder" in cell.metadata.get("tags", []):
            exec(compile(cell.source, CHAPTER.name, "exec"), namespace)
    return namespace


def functions_as_method(functions, name):
    """A pair of the chapter's functions, with the arguments of `cnnbook.convolution.im2col`."""
    forward, backward = functions[f"forward_{name}"], functions[f"backward_{name}"]
    return SimpleNamespace(
        forward=lambda x, filters, stride, dilation: forward(x, filters),
        backward=lambda delta, memory, to_input: backward(delta, memory),
    )


def with_method(method):
    """The layers of the reference network, convolving by one method whatever the shape."""
    layers = ours.reference()
    for layer in layers:
        if isinstance(layer, Convolution):
            layer._choose_method = lambda padded_shape: method
    return layers


def seconds(network, samples=SAMPLES, runs=5):
    """The fastest of a few training steps."""
    step = ours.training_step(network, (28, 28, 1), samples)
    step()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return min(times)
