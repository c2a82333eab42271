"""Checkpoints: a training as a file, from which it goes on as if it had never stopped.

The file holds the parameters and the state of the network, what the optimiser remembers, the state
of every random generator, the minibatches of the unfinished epoch, and the history: plain arrays,
and the rest as JSON.
"""

import json
from dataclasses import asdict, fields

import numpy as np

from cnnbook.archives import read_archive, write_archive
from cnnbook.network.files import check_fit
from cnnbook.training.history import EpochTotals, History

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
    """
    facts = {
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
    text = json.dumps(facts, default=np.ndarray.tolist)
    order = np.concatenate(training.batches) if training.batches else np.empty(0, np.int64)
    # What changes with every step compresses little, and slowly.
    write_archive(
        path, {"facts": np.array(text), "order": order} | _arrays(training), compressed=False
    )


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
    facts = _read_facts(path, arrays)
    _check_same(path, facts["options"], options or {})
    _check_same(path, facts["made for"], _fixed(training))
    history, totals = _read_history(path, facts, training)
    memory = _read_memory(path, facts, arrays, training)
    kept = _kept(training)
    _check_arrays(path, arrays, kept | memory)
    order = _read_order(path, arrays["order"], totals, training)
    _check_generators(path, facts["generators"], training)
    # From here on nothing can fail.
    for name, array in (kept | memory).items():
        array[...] = arrays[name]
    training.optimiser.rate, training.optimiser.steps = facts["rate"], facts["steps"]
    training.optimiser.memory = _by_parameter(memory)
    for name, rng in _generators(training).items():
        rng.bit_generator.state = facts["generators"][name]
    size = training.batch_size
    training.batches = [order[start : start + size] for start in range(0, len(order), size)]
    training.totals, training.history = totals, history


def _fixed(training):
    """What must be the same in the training that a checkpoint is for, by its name in words."""
    kind, settings = _settings(training.optimiser)
    return {
        "layers": [repr(layer) for layer in training.network.layers],
        **{name: f"{array.dtype} {array.shape}" for name, array in _kept(training).items()},
        "optimiser": kind,
        **{f"{kind}'s {name}": value for name, value in settings.items()},
        "samples": training.samples,
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


def _by_parameter(memory):
    """The optimiser's arrays by parameter, from their names in the file."""
    by_name = {}
    for path, array in memory.items():  # in the order of their numbers
        by_name.setdefault(path.split("/")[1], []).append(array)
    return by_name


def _read_facts(path, arrays):
    try:
        facts = json.loads(str(arrays["facts"]))
        known = facts["format"] == FORMAT
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is no checkpoint of a training of this version") from error
    if not known:
        raise ValueError(
            f"{path} is a checkpoint of format {facts['format']!r}, but this version of cnnbook "
            f"reads format {FORMAT}"
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


def _check_same(path, saved, own):
    own = json.loads(json.dumps(own))
    for name in [*own, *(name for name in saved if name not in own)]:
        if saved.get(name) != own.get(name):
            raise ValueError(
                f"{path} is of another training: {name} is {saved.get(name)!r:.200} there, "
                f"but {own.get(name)!r:.200} here"
            )


def _read_history(path, facts, training):
    """The finished epochs, and the totals of the unfinished one."""
    for kind, name in ((History, "history"), (EpochTotals, "totals")):
        if facts[name].keys() != {field.name for field in fields(kind)}:
            raise ValueError(f"{path} is damaged: its {name} holds {sorted(facts[name])!r:.200}")
    history, totals = History(**facts["history"]), EpochTotals(**facts["totals"])
    lists = [value for value in vars(history).values() if not isinstance(value, bool)]
    numbers = [number for values in lists if isinstance(values, list) for number in values]
    counts = (totals.batches, totals.samples)
    if (
        not all(isinstance(values, list) for values in lists)
        or not all(isinstance(number, float) for number in numbers)
        or len(history.loss) != len(history.accuracy)
        or not all(isinstance(count, int) and count >= 0 for count in counts)
        or not all(isinstance(number, int | float) for number in (totals.loss, totals.right))
    ):
        raise ValueError(f"{path} is damaged: its history holds what is no history")
    if history.epochs > training.epochs:
        raise ValueError(
            f"{path} has {history.epochs} finished epochs, which is more than the "
            f"{training.epochs} of this training"
        )
    return history, totals


def _read_memory(path, facts, arrays, training):
    """Arrays for what the optimiser remembers, by their names in the file; still empty."""
    parameters, count = training.network.parameters(), training.optimiser.memories
    for name, tau in facts["steps"].items():
        if name not in parameters or not isinstance(tau, int) or tau < 1:
            raise ValueError(f"{path} is damaged: {name!r:.80} has taken {tau!r:.80} steps")
    return {
        f"optimiser/{name}/{number}": np.empty_like(parameters[name])
        for name in facts["steps"]
        for number in range(count)
    }


def _check_arrays(path, arrays, own):
    missing = own.keys() - arrays.keys()
    unknown = arrays.keys() - own.keys() - {"facts", "order"}
    if missing or unknown or "order" not in arrays:
        raise ValueError(
            f"{path} is damaged: it lacks {sorted(missing)!r:.200} and holds "
            f"{sorted(unknown)!r:.200} besides what belongs to this training"
        )
    for name, array in own.items():
        check_fit(path, name, arrays[name], array)
        if arrays[name].dtype != array.dtype:
            raise ValueError(f"{path}: {name} is {arrays[name].dtype}, not {array.dtype}")


def _read_order(path, order, totals, training):
    """The order of the samples in the unfinished epoch; empty between two epochs."""
    n = training.samples
    whole = np.array_equal(np.sort(order, axis=None), np.arange(n)) and order.shape == (n,)
    if order.dtype != np.int64 or not (whole or order.shape == (0,)):
        raise ValueError(f"{path} is damaged: its order is none of {n} samples")
    if totals.batches > -(-len(order) // training.batch_size):
        raise ValueError(f"{path} is damaged: {totals.batches} minibatches are done of fewer")
    return order


def _check_generators(path, states, training):
    for name, rng in _generators(training).items():
        trial = type(rng.bit_generator)()
        try:
            trial.state = states[name]
        except Exception as error:  # a damaged state makes the setters raise anything
            raise ValueError(f"{path} is damaged: no state of the generator {name}") from error
