"""A damaged or crafted checkpoint is refused in one sentence, and changes nothing."""

import json

import numpy as np
import pytest
from trainings import Pressed, everything, rows, training

from cnnbook.optimisers import SGD, Adam
from cnnbook.training import load_checkpoint, save_checkpoint

STOP = 6  # in the second of three epochs, after its first minibatch


def stopped(optimiser):
    one = training(rows(1, optimiser), Pressed(STOP - 1))
    one.run(progress=False)
    return one


def contents(path):
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads(str(arrays["facts"]))


def assert_refused(path, message, other=None):
    """Refused by a training that has gone a way of its own, and stays as it was."""
    one = other or training(rows(9, Adam(0.01)), Pressed(2), seed=4)
    one.run(progress=False)
    before = everything(one)
    with pytest.raises(ValueError, match=message) as refusal:
        load_checkpoint(path, one)
    assert everything(one) == before
    assert str(path) in str(refusal.value)
    assert len(str(refusal.value)) < 1000


@pytest.fixture
def path(tmp_path):
    save_checkpoint(tmp_path / "c.npz", stopped(Adam(0.01)))
    return tmp_path / "c.npz"


def test_the_file_itself_is_accepted(path):
    """So that every refusal below is due to what it changes."""
    arrays, facts = contents(path)
    np.savez(path, **arrays | {"facts": np.array(json.dumps(facts))})
    one = training(rows(9, Adam(0.01)))
    load_checkpoint(path, one)
    assert everything(one) == everything(stopped(Adam(0.01)))


NOT_FINITE = np.full(3, np.nan, np.float32)
ARRAYS = {
    "one number for all weights": ({"parameter/0.W": np.float32([[7]])}, "shape \\(1, 1\\)"),
    "a number": ({"parameter/0.W": np.float32(7)}, "0.W has shape \\(\\)"),
    "a bias too long": ({"parameter/2.b": np.zeros(4, np.float32)}, "2.b has shape \\(4,\\)"),
    "a weight that is no number": ({"parameter/2.b": NOT_FINITE}, "2.b holds numbers that are not"),
    "another precision": ({"parameter/2.b": np.zeros(3)}, "float64"),
    "half precision": ({"parameter/2.b": np.zeros(3, np.float16)}, "2.b is float16, not float32"),
    "whole numbers": ({"parameter/2.b": np.zeros(3, int)}, "2.b is int64"),
    "text": ({"parameter/2.b": np.array(["a", "b", "c"])}, "2.b is <U1"),
    "a missing weight": ({"parameter/0.b": None}, "lacks .*parameter/0.b"),
    "a weight too many": ({"parameter/3.W": np.zeros(1)}, "holds .*parameter/3.W"),
    "a missing memory": ({"optimiser/0.W/1": None}, "lacks .*optimiser/0.W/1"),
    "a memory too many": ({"optimiser/0.W/2": np.zeros(1)}, "holds .*optimiser/0.W/2"),
    "a memory that broadcasts": ({"optimiser/0.W/1": np.float32([[1]])}, "0.W/1 has shape"),
    "a memory that is no number": ({"optimiser/2.b/0": NOT_FINITE}, "2.b/0 holds numbers"),
    "no order": ({"order": None}, "is damaged: it lacks"),
    "an order out of range": ({"order": np.arange(1, 31)}, "its order is none of 30"),
    "an order with one sample twice": ({"order": np.r_[0, np.arange(29)]}, "its order is none"),
    "a shorter order": ({"order": np.arange(29)}, "its order is none"),
    "an order as a table": ({"order": np.arange(30).reshape(5, 6)}, "its order is none"),
    "an order of fractions": ({"order": np.arange(30.0)}, "its order is none"),
    "an order of texts": ({"order": np.array(["a"] * 30)}, "its order is none"),
    "an order as one number": ({"order": np.array(3)}, "its order is none"),
    "no order for the epoch that has begun": ({"order": np.arange(0)}, "1 minibatches are done"),
    "no facts": ({"facts": None}, "is no checkpoint"),
    "facts of another kind": ({"facts": np.array(3.5)}, "is no checkpoint"),
    "facts that are no JSON": ({"facts": np.array("{")}, "is no checkpoint"),
    "facts that are a list": ({"facts": np.array("[]")}, "is no checkpoint"),
    "facts without end": ({"facts": np.array("[" * 99_999)}, "is no checkpoint"),
}


@pytest.mark.parametrize("name", ARRAYS)
def test_crafted_arrays(path, name):
    changes, message = ARRAYS[name]
    arrays = contents(path)[0] | changes
    np.savez(path, **{name: array for name, array in arrays.items() if array is not None})
    assert_refused(path, message)


def moved(change):
    """Facts, changed in place."""

    def write(facts):
        change(facts)
        return facts

    return write


FACTS = {
    "a newer format": (lambda f: f | {"format": 3}, "of format 3, but"),
    "a hostile format": (lambda f: f | {"format": "x" * 9999}, "of format 'xxx"),
    "no rate": (lambda f: {n: v for n, v in f.items() if n != "rate"}, "its rate is None"),
    "a rate of zero": (lambda f: f | {"rate": 0.0}, "its rate is 0"),
    "a rate below zero": (lambda f: f | {"rate": -0.1}, "its rate is -0.1"),
    "a rate that is no number": (lambda f: f | {"rate": float("nan")}, "its rate is nan"),
    "a rate as text": (lambda f: f | {"rate": "0.1"}, "its rate is '0.1'"),
    "steps of a stranger": (moved(lambda f: f["steps"].update({"9.W": 5})), "'9.W' has taken 5"),
    "half a step": (moved(lambda f: f["steps"].update({"0.W": 1.5})), "'0.W' has taken 1.5"),
    "true steps": (moved(lambda f: f["steps"].update({"0.W": True})), "'0.W' has taken True"),
    "no step": (moved(lambda f: f["steps"].update({"0.W": 0})), "'0.W' has taken 0"),
    "too many steps": (moved(lambda f: f["steps"].update({"0.W": 10**400})), "has taken 10"),
    "steps of some": (moved(lambda f: f["steps"].pop("0.W")), "only .* have taken steps"),
    "no steps": (lambda f: f | {"steps": {}}, "only \\[\\] have taken steps"),
    "steps as a list": (lambda f: f | {"steps": []}, "its steps is \\[\\]"),
    "no generator": (moved(lambda f: f["generators"].pop("order")), "no state of the generator"),
    "a generator of nothing": (
        moved(lambda f: f["generators"].update({"1.rng": {}})),
        "no state of the generator 1.rng",
    ),
    "another generator": (
        moved(lambda f: f["generators"]["order"].update({"bit_generator": "SFC64"})),
        "no state of the generator order",
    ),
    "a generator too large": (
        moved(lambda f: f["generators"]["order"]["state"].update({"state": 2**200})),
        "no state of the generator order",
    ),
    "no history": (lambda f: f | {"history": {}}, "its history holds"),
    "more history": (moved(lambda f: f["history"].update({"x": 1})), "its history holds"),
    "a loss as text": (moved(lambda f: f["history"].update({"loss": ["1"]})), "is no history"),
    "a loss that is no number": (
        moved(lambda f: f["history"].update({"loss": [float("nan")]})),
        "is no history",
    ),
    "losses as a number": (moved(lambda f: f["history"].update({"loss": 1.0})), "is no history"),
    "an accuracy too many": (
        moved(lambda f: f["history"]["accuracy"].append(0.5)),
        "is no history",
    ),
    "an interruption that is none": (
        moved(lambda f: f["history"].update({"interrupted": 7})),
        "is no history",
    ),
    "an epoch too many": (
        moved(lambda f: [f["history"][n].append(0.5) for n in ("loss", "accuracy")]),
        "does not fit together",
    ),
    "a step too few": (moved(lambda f: f["history"]["batch_loss"].pop()), "not fit together"),
    "validation of nothing": (
        moved(
            lambda f: [f["history"][f"validation_{n}"].append(1.0) for n in ("loss", "accuracy")]
        ),
        "does not fit together",
    ),
    "no totals": (lambda f: f | {"totals": {}}, "its totals holds"),
    "minibatches below zero": (moved(lambda f: f["totals"].update({"batches": -1})), "no history"),
    "half a minibatch": (moved(lambda f: f["totals"].update({"batches": 0.5})), "is no history"),
    "more minibatches": (moved(lambda f: f["totals"].update({"batches": 2})), "not fit together"),
    "other samples": (moved(lambda f: f["totals"].update({"samples": 7})), "not fit together"),
    "a total that is no number": (
        moved(lambda f: f["totals"].update({"loss": float("inf")})),
        "is no history",
    ),
}


@pytest.mark.parametrize("name", FACTS)
def test_crafted_facts(path, name):
    change, message = FACTS[name]
    arrays, facts = contents(path)
    np.savez(path, **arrays | {"facts": np.array(json.dumps(change(facts)))})
    assert_refused(path, message)


@pytest.mark.parametrize(("kind", "place"), [("MT19937", "pos"), ("Philox", "buffer_pos")])
@pytest.mark.parametrize("value", [-1, 10**6])
def test_a_generator_that_would_read_beyond_its_buffer(tmp_path, kind, place, value):
    path = tmp_path / "c.npz"

    def one():
        rng = np.random.Generator(getattr(np.random, kind)(1))
        return training(rows(1, SGD(0.1)), Pressed(3), rng=rng)

    save_checkpoint(path, one())
    load_checkpoint(path, one())
    arrays, facts = contents(path)
    state = facts["generators"]["order"]
    (state["state"] if kind == "MT19937" else state)[place] = value
    np.savez(path, **arrays | {"facts": np.array(json.dumps(facts))})
    assert_refused(path, "no state of the generator order", one())


def test_damage_anywhere_is_refused_or_harmless(path):
    """Whichever byte is damaged: nothing is changed, or all is as it was saved."""
    content, right = path.read_bytes(), everything(stopped(Adam(0.01)))
    one, refused = training(rows(9, Adam(0.01))), 0
    before = everything(one)
    for place in range(0, len(content), 37):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            load_checkpoint(path, one)
        except ValueError:
            refused += 1
            assert everything(one) == before
        else:
            assert everything(one) == right
            one = training(rows(9, Adam(0.01)))
    assert refused > len(content) / 37 / 2


def test_an_archive_that_unpacks_to_more_than_belongs_there(path):
    """A few compressed bytes that promise a gigabyte are refused before they take it."""
    arrays, _ = contents(path)
    np.savez_compressed(path, **arrays | {"order": np.zeros(2**24)})
    assert path.stat().st_size < 2**20
    assert_refused(path, "it is larger than what belongs here")
