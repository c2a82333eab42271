"""What is read from a checkpoint, refused where it is damaged or of another training.

Every function takes the path for its message, raises a ValueError, and changes nothing.
"""

import json
from dataclasses import fields

import numpy as np

from cnnbook.network.files import check_fit
from cnnbook.training.history import EpochTotals, History


def check_same(path, saved, own):
    """What was so in the saved training must be so in this one."""
    own = json.loads(json.dumps(own))
    for name in [*own, *(name for name in saved if name not in own)]:
        if saved.get(name) != own.get(name):
            raise ValueError(
                f"{path} is of another training: {name} is {saved.get(name)!s:.200} there, "
                f"but {own.get(name)!s:.200} here"
            )


def read_history(path, facts, training):
    """The finished epochs, and the totals of the unfinished one."""
    for kind, name in ((History, "history"), (EpochTotals, "totals")):
        if facts[name].keys() != {field.name for field in fields(kind)}:
            raise ValueError(f"{path} is damaged: its {name} holds {sorted(facts[name])!r:.200}")
    history, totals = History(**facts["history"]), EpochTotals(**facts["totals"])
    if not (_is_history(history) and _is_total(totals)):
        raise ValueError(f"{path} is damaged: its history holds what is no history")
    if history.epochs > training.epochs:
        raise ValueError(
            f"{path} has {history.epochs} finished epochs, which is more than the "
            f"{training.epochs} of this training"
        )
    size, epochs = training.batch_size, history.epochs
    steps = epochs * -(-training.samples // size) + totals.batches
    looks = epochs if training.validation_samples else 0
    if (
        len(history.batch_loss) != steps
        or {len(history.validation_loss), len(history.validation_accuracy)} != {looks}
        or totals.samples != min(totals.batches * size, training.samples)
    ):
        raise ValueError(f"{path} is damaged: its history does not fit together")
    return history, totals


def _is_history(history):
    lists = [value for name, value in vars(history).items() if name != "interrupted"]
    return (
        all(isinstance(values, list) for values in lists)
        and all(isinstance(number, float) for values in lists for number in values)
        and len(history.loss) == len(history.accuracy)
        and np.isfinite(history.loss + history.batch_loss).all()
        and isinstance(history.interrupted, bool)
    )


def _is_total(totals):
    return (
        all(type(count) is int and count >= 0 for count in (totals.batches, totals.samples))
        and all(isinstance(number, float) for number in (totals.loss, totals.right))
        and np.isfinite(totals.loss)
    )


def read_memory(path, facts, history, training):
    """Arrays for what the optimiser remembers, by their names in the file; still empty."""
    parameters, steps = training.network.parameters(), facts["steps"]
    for name, tau in steps.items():
        if name not in parameters or type(tau) is not int or not 1 <= tau < 2**63:
            raise ValueError(f"{path} is damaged: {name!r:.80} has taken {tau!r:.80} steps")
    if history.batch_loss and steps.keys() != parameters.keys():
        raise ValueError(f"{path} is damaged: only {sorted(steps)!r:.200} have taken steps")
    return {
        f"optimiser/{name}/{number}": np.empty_like(parameters[name])
        for name in steps
        for number in range(training.optimiser.memories)
    }


def check_arrays(path, arrays, own):
    """There must be an array that fits for each of our own, by its name, and no other."""
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


def read_order(path, order, totals, training):
    """The order of the samples in the unfinished epoch; empty between two epochs."""
    n = training.samples
    if (
        order.dtype != np.int64
        or order.shape not in ((n,), (0,))
        or (len(order) and not np.array_equal(np.sort(order), np.arange(n)))
    ):
        raise ValueError(f"{path} is damaged: its order is none of {n} samples")
    if totals.batches > -(-len(order) // training.batch_size):
        raise ValueError(f"{path} is damaged: {totals.batches} minibatches are done of fewer")
    return order


def check_generators(path, states, own):
    """There must be a state that fits for each of our own generators, by its name."""
    for name, rng in own.items():
        trial = type(rng.bit_generator)()
        try:
            trial.state = states[name]
            fits = _is_within_buffer(states[name])
        except Exception:  # a damaged state makes the setters raise anything
            fits = False
        if not fits:
            raise ValueError(f"{path} is damaged: no state of the generator {name}")


def _is_within_buffer(state):
    """Whether a generator's place in its buffer is one: NumPy reads there without a look."""
    if state["bit_generator"] == "MT19937":
        return 0 <= state["state"]["pos"] <= 624
    return 0 <= state.get("buffer_pos", 0) <= 4
