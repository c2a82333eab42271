"""The stored runs of deep networks, against a run of today."""

import json
import sys
from pathlib import Path

import pytest

from cnnbook.models.deep_mlp import STARTS

ROOT = Path(__file__).parents[2]
STORED = json.loads((ROOT / "data" / "deep_networks.json").read_text(encoding="utf-8"))


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.delitem(sys.modules, "deep_networks", raising=False)
    import deep_networks

    return deep_networks


@pytest.mark.parametrize(
    ("start", "depth"),
    [("sigmoid, Glorot", 10), ("tanh, Glorot", 4), ("sigmoid, enlarged", 10)],
)
def test_a_stored_run_is_found_again(program, start, depth):
    stored = STORED["runs"][start][str(depth)]
    found = program.run(start, depth, stored["rate"], 1)
    assert found["loss"] == pytest.approx(stored["loss"][1], abs=2e-3)
    for part in ("train", "test"):
        assert abs(found[part] - stored[part][1]) <= 1


def test_everything_is_stored(program):
    assert STORED["options"] == program.OPTIONS
    assert list(STORED["runs"]) == list(STARTS)
    for start, by_depth in STORED["runs"].items():
        assert list(by_depth) == [str(depth) for depth in program.depths_of(start)]
        for found in by_depth.values():
            missed = dict(zip(program.OPTIONS["rates"], found["validation"], strict=True))
            assert found["rate"] == min(missed, key=missed.get)
            assert len(found["test"]) == len(found["train"]) == program.OPTIONS["seeds"]


def test_a_run_that_diverges_still_counts(program):
    found = program.run("ReLU, He", 10, 1e9, 0)
    assert len(found["loss"]) < program.OPTIONS["epochs"]
    assert 0 < found["test"] <= len(program.DIGITS.test.labels)
