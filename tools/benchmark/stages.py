"""A training step of the reference network after each stage of the chapter on speed.

The chapter's own functions are measured: the cells with the tag `ladder` define pairs of functions
forward_NAME(x, filters) and backward_NAME(delta, memory), which stand in for those of
`cnnbook.convolution.im2col` here. The stages are gone through in turn, several times, so that they
meet the same moods of the machine.
"""

from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import ours
from worker import seconds

from cnnbook.convolution import im2col
from cnnbook.network import Network, ThreadedNetwork

CHAPTER = Path(__file__).parents[2] / "chapters/4-full-size/10-speed.ipynb"
BY_CHAPTER = ("loops", "one_line", "maps_first", "maps_last")
SAMPLES = 128
ROUNDS = 5


def ladder(threads):
    """For every stage its name, and quartiles of the milliseconds that a training step takes."""
    steps = dict(stages(threads))
    for name, step in steps.items():
        if name != "loops":
            step()  # the first one meets cold caches
    times = [
        {name: milliseconds(name, step) for name, step in steps.items()} for _ in range(ROUNDS)
    ]
    for name in steps:
        low, middle, high = np.quantile([each[name] for each in times], [0.25, 0.5, 0.75])
        yield {"step": name, "ms": float(middle), "quartiles": [float(low), float(high)]}


def milliseconds(name, step):
    return 1000 * seconds(step) * (SAMPLES if name == "loops" else 1)


def stages(threads):
    """Name and training step of every stage; the loops take one image."""
    functions = functions_of_chapter()
    for name in BY_CHAPTER:
        step = training_step(Network(ours.reference()), 1 if name == "loops" else SAMPLES)
        yield name, ours.convolving_by(functions_as_method(functions, name), step)
    yield "blocks", ours.convolving_by(im2col, training_step(threaded(1)))
    yield "threads", ours.convolving_by(im2col, training_step(threaded(threads)))
    yield "winograd", training_step(threaded(threads))


def training_step(network, samples=SAMPLES):
    return ours.training_step(network, (28, 28, 1), samples)


def threaded(threads):
    return ThreadedNetwork(ours.reference(), threads)


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
