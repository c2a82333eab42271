"""Checkpoints: a training as a file, from which it goes on as if it had never stopped.

The file holds the parameters and the state of the network, what the optimiser remembers, the state
of every random generator, the minibatches of the unfinished epoch, and the history: plain arrays,
and the rest as JSON.
"""

import json
from dataclasses import asdict

import numpy as np

from cnnbook.archives import read_archive, write_archive
from cnnbook.training.damage import (
    check_arrays,
    check_generators,
    check_same,
    read_history,
    read_memory,
    read_order,
)

FORMAT = 2


def save_checkpoint(path, training, options=None):
    """Write a training that has not begun, or has stopped between two minibatches.

    An older file of that name is replaced, whole or not at all.

    Parameters
    ----------
    path : str or Path
        Of a file named ``*.npz``.
    training : Training
    options : dict, optional
        What else must be the same when the training goes on, such as what its schedule was made
        from: names, with values that JSON knows.

    Raises
    ------
    ValueError
        If a number to be kept is not finite. An older file stays as it was.
    """
    arrays = _arrays(training)
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name} holds numbers that are not finite: {path} is not written")
    text = _text(_facts(training, options))
    order = np.concatenate(training.batches) if training.batches else np.empty(0, np.int64)
    # What changes with every step compresses little, and slowly.
    write_archive(path, {"facts": np.array(text), "order": order} | arrays, compressed=False)


def load_checkpoint(path, training, options=None):
    """Put a training, made as the saved one was, where that one stopped.

    The file is checked first: one that does not fit changes nothing. The number of epochs need
    not be the same; it must not be smaller than that of the finished ones.

    Parameters
    ----------
    path, training, options
        As for `save_checkpoint`.

    Raises
    ------
    ValueError
        If the file is no checkpoint, or one of another training.
    """
    arrays = read_archive(path, largest=_largest(training, options))
    facts = _read_facts(path, arrays)
    check_same(path, facts["options"], options or {})
    check_same(path, facts["made for"], _fixed(training))
    history, totals = read_history(path, facts, training)
    memory = read_memory(path, facts, history, training)
    kept = _kept(training)
    check_arrays(path, arrays, kept | memory)
    order = read_order(path, arrays["order"], totals, training)
    check_generators(path, facts["generators"], _generators(training))
    # From here on nothing can fail.
    for name, array in (kept | memory).items():
        array[...] = arrays[name]
    training.optimiser.rate, training.optimiser.steps = facts["rate"], facts["steps"]
    training.optimiser.memory = {
        name: [memory[f"optimiser/{name}/{n}"] for n in range(training.optimiser.memories)]
        for name in facts["steps"]
    }
    for name, rng in _generators(training).items():
        rng.bit_generator.state = facts["generators"][name]
    size = training.batch_size
    training.batches = [order[start : start + size] for start in range(0, len(order), size)]
    training.totals, training.history = totals, history


def _facts(training, options):
    """All that is no array."""
    return {
        "format": FORMAT,
        "made for": _fixed(training),
        "options": options or {},
        "rate": training.optimiser.rate,
        "steps": training.optimiser.steps,
        "generators": {
            name: rng.bit_generator.state for name, rng in _generators(training).items()
        },
        "totals": asdict(training.totals),
        "history": asdict(training.history),
    }


def _text(facts):
    return json.dumps(facts, default=np.ndarray.tolist)


def _fixed(training):
    """What must be the same in the training that a checkpoint is for, by its name in words."""
    kind, settings = _settings(training.optimiser)
    return {
        "layers": [repr(layer) for layer in training.network.layers],
        **{name: f"{array.dtype} {array.shape}" for name, array in _kept(training).items()},
        "optimiser": kind,
        **{f"{kind}'s {name}": value for name, value in settings.items()},
        "samples": training.samples,
        "validation samples": training.validation_samples,
        "batch_size": training.batch_size,
        "generators": {
            name: type(rng.bit_generator).__name__ for name, rng in _generators(training).items()
        },
    }


def _settings(optimiser):
    """The kind of an optimiser and its numbers, but for the rate, which may change underway."""
    numbers = {
        name: value
        for name, value in vars(optimiser).items()
        if name != "_rate" and not isinstance(value, dict)
    }
    return type(optimiser).__name__, numbers


def _arrays(training):
    """All arrays that a training goes on from, by their names in the file."""
    memory = {
        f"optimiser/{name}/{number}": array
        for name, arrays in training.optimiser.memory.items()
        for number, array in enumerate(arrays)
    }
    return _kept(training) | memory


def _kept(training):
    """Parameters and state of the network, by their names in the file."""
    network = training.network
    return {f"parameter/{name}": array for name, array in network.parameters().items()} | {
        f"state/{name}": array for name, array in network.state().items()
    }


def _generators(training):
    """All random generators that draw while training, by name; one may have several names."""
    return {"order": training.rng} | training.network.generators()


def _largest(training, options):
    """Bytes that the arrays of a checkpoint may take, of which its history is the longest text.

    There is room for those of a similar training, which then gets a message that says more.
    """
    network, optimiser = training.network, training.optimiser
    parameters = sum(array.nbytes for array in network.parameters().values())
    state = sum(array.nbytes for array in network.state().values())
    steps = training.epochs * -(-training.samples // training.batch_size)
    text = 100 * (steps + 5 * training.epochs)  # 25 characters of 4 bytes for a number
    text += 8 * len(_text(_facts(training, options))) + 2**20
    memories = max(optimiser.memories, 2)
    return 2 * (parameters * (1 + memories) + state + 8 * training.samples) + text


def _read_facts(path, arrays):
    try:
        facts = json.loads(str(arrays["facts"]))
        known = facts["format"] == FORMAT
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"{path} is no checkpoint of a training of this version") from error
    if not known:
        raise ValueError(
            f"{path} is a checkpoint of format {facts['format']!r:.80}, but this version of "
            f"cnnbook reads format {FORMAT}"
        )
    for name, kind in {
        "options": dict,
        "made for": dict,
        "rate": float,
        "steps": dict,
        "generators": dict,
        "totals": dict,
        "history": dict,
    }.items():
        if not isinstance(facts.get(name), kind):
            raise ValueError(f"{path} is damaged: its {name} is {facts.get(name)!r:.80}")
    if not (np.isfinite(facts["rate"]) and facts["rate"] > 0):
        raise ValueError(f"{path} is damaged: its rate is {facts['rate']}")
    return facts
