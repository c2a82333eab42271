"""Checkpoints: a training as a file, from which it goes on as if it had never stopped.

The file holds the parameters, what the optimiser remembers, the state of every random generator,
the minibatches of the unfinished epoch, and the history: plain arrays, and the rest as JSON.
"""

import json
from dataclasses import asdict

import numpy as np

from cnnbook.archives import read_archive, write_archive
from cnnbook.history import History, Seen
from cnnbook.interrupts import held

FORMAT = 1


def save_checkpoint(path, training, options=None):
    """Write a training that has not begun, or has stopped between two minibatches.

    An older file of that name is replaced, whole or not at all; Ctrl-C waits.

    Parameters
    ----------
    path : str or Path
        Of a file named ``*.npz``.
    training : Training
    options : dict, optional
        What else must be the same when the training goes on, such as what its schedule was made
        from: names, with values that JSON knows.
    """
    with held():
        memory, numbers = _memory(training.optimiser)
        state = {
            "format": FORMAT,
            "made for": _fixed(training),
            "options": options or {},
            "rate": training.optimiser.rate,
            "optimiser's numbers": numbers,
            "generators": {
                name: rng.bit_generator.state for name, rng in _generators(training).items()
            },
            "seen": asdict(training.seen),
            "history": asdict(training.history),
        }
        text = json.dumps(state, default=np.ndarray.tolist)
        order = np.concatenate(training.batches) if training.batches else np.empty(0, np.int64)
        parameters = _named("parameter", training.network.parameters())
        arrays = {"state": np.array(text), "order": order} | parameters | memory
        # What changes with every step compresses little, and slowly.
        write_archive(path, arrays, compressed=False)


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
    arrays = read_archive(path)
    state = _read_state(path, arrays)
    _check_same(path, state["options"], options or {})
    _check_same(path, state["made for"], _fixed(training))
    history = History(**state["history"])
    if history.epochs > training.epochs:
        raise ValueError(
            f"{path} has {history.epochs} finished epochs, which is more than the "
            f"{training.epochs} of this training"
        )
    memory = _rebuilt_memory(arrays, state["optimiser's numbers"])
    parameters = training.network.parameters()
    saved = {name: arrays[f"parameter/{name}"] for name in parameters}
    # From here on nothing can fail.
    with held():
        for name, array in parameters.items():
            array[...] = saved[name]
        for attribute, remembered in memory.items():
            setattr(training.optimiser, attribute, remembered)
        training.optimiser.rate = state["rate"]
        for name, rng in _generators(training).items():
            rng.bit_generator.state = state["generators"][name]
        order, size = arrays["order"], training.batch_size
        training.batches = [order[start : start + size] for start in range(0, len(order), size)]
        training.seen, training.history = Seen(**state["seen"]), history


def _fixed(training):
    """What must be the same in the training that a checkpoint is for, by its name in words."""
    kind, settings = _settings(training.optimiser)
    return {
        "layers": [repr(layer) for layer in training.network.layers],
        **{
            f"parameter {name}": f"{array.dtype} {array.shape}"
            for name, array in training.network.parameters().items()
        },
        "optimiser": kind,
        **{f"{kind}'s {name}": value for name, value in settings.items()},
        "samples": len(training.x),
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


def _memory(optimiser):
    """What an optimiser remembers, in dicts by parameter name: arrays, and plain numbers."""
    arrays, numbers = {}, {}
    for attribute, remembered in vars(optimiser).items():
        if isinstance(remembered, dict):
            of_arrays = {n: v for n, v in remembered.items() if isinstance(v, np.ndarray)}
            arrays |= _named(f"optimiser/{attribute}", of_arrays)
            numbers[attribute] = {n: v for n, v in remembered.items() if n not in of_arrays}
    return arrays, numbers


def _rebuilt_memory(arrays, numbers):
    """The dicts that `_memory` took apart."""
    return {
        attribute: remembered | _unnamed(f"optimiser/{attribute}", arrays)
        for attribute, remembered in numbers.items()
    }


def _generators(training):
    """All random generators that draw while training, by name; one may have several names."""
    of_layers = {
        f"{number}.{name}": value
        for number, layer in enumerate(training.network.layers)
        for name, value in vars(layer).items()
        if isinstance(value, np.random.Generator)
    }
    return {"order": training.rng} | of_layers


def _named(prefix, arrays):
    return {f"{prefix}/{name}": array for name, array in arrays.items()}


def _unnamed(prefix, arrays):
    start = f"{prefix}/"
    return {name[len(start) :]: a for name, a in arrays.items() if name.startswith(start)}


def _read_state(path, arrays):
    try:
        state = json.loads(str(arrays["state"]))
        known = state["format"] == FORMAT
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no checkpoint of a training") from error
    if not known:
        raise ValueError(
            f"{path} is a checkpoint of format {state['format']}, but this version of cnnbook "
            f"reads format {FORMAT}"
        )
    return state


def _check_same(path, saved, own):
    own = json.loads(json.dumps(own))
    for name in [*own, *(name for name in saved if name not in own)]:
        if saved.get(name) != own.get(name):
            raise ValueError(
                f"{path} is of another training: {name} is {saved.get(name)} there, "
                f"but {own.get(name)} here"
            )
