"""The stored runs with wrong gradients, against a run of today, and the mistakes themselves."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnbook.gradcheck import check_layer, check_network
from cnnbook.losses import CrossEntropy
from cnnbook.models import wrong_gradients as zoo

ROOT = Path(__file__).parents[2]
STORED = json.loads((ROOT / "data" / "wrong_gradients.json").read_text(encoding="utf-8"))


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    monkeypatch.delitem(sys.modules, "wrong_gradients", raising=False)
    import wrong_gradients

    return wrong_gradients


def test_a_stored_run_is_found_again(program):
    found = program.run(zoo.MISTAKES["another order"], 0, right_length=True)
    stored = STORED["right length"]["another order"][0]
    assert found["loss"] == pytest.approx(stored["loss"], abs=1e-3)
    assert abs(found["misread"] - stored["misread"]) <= 1
    cosine = [run["comparison"][-1]["first"][0] for run in (found, stored)]
    assert cosine[0] == pytest.approx(cosine[1], abs=1e-2)


def test_everything_is_stored_from_all_starts(program):
    variants = {"right", *zoo.MISTAKES, *zoo.CONTROLS}
    assert set(STORED["one rate"]) == variants | set(program.SOFTMAX_FROZEN)
    assert set(STORED["right length"]) == set(program.OF_OTHER_LENGTH)
    assert set(STORED["tuned rate"]) == variants
    assert set(zoo.CONTROL_OF) == set(zoo.MISTAKES)
    assert STORED["options"] == program.OPTIONS | {"rates": list(program.RATES)}
    for way in ("one rate", "right length"):
        assert {len(runs) for runs in STORED[way].values()} == {program.OPTIONS["starts"]}


def wrong_arrays(network):
    rng = np.random.default_rng(0)
    x, t = rng.uniform(-1, 1, (3, 8, 8, 1)), np.eye(10)[:3]
    report = check_network(network, CrossEntropy(), x, t, entries=20, rng=rng)
    return {row.tensor for row in report.rows if row.verdict == "wrong"}


@pytest.mark.parametrize(
    ("name", "spoilt"),
    [
        ("to all four", {"0.W", "0.b", "x"}),
        ("times the output", {"0.W", "0.b", "x"}),
        ("another order", {"0.W", "0.b", "2.W", "2.b", "x"}),
        ("input not turned", {"0.W", "0.b", "x"}),
        ("first kernel not turned", {"0.W"}),
        ("second kernel not turned", {"2.W"}),
    ],
)
def test_a_control_freezes_exactly_what_its_mistake_spoils(name, spoilt):
    assert wrong_arrays(zoo.build(0, **zoo.MISTAKES[name])) == spoilt
    frozen = zoo.build(0, **zoo.CONTROLS[zoo.CONTROL_OF[name]])
    assert {key for key, array in gradients(frozen).items() if not array.any()} == spoilt - {"x"}
    assert not wrong_arrays(zoo.build(0))


def gradients(network):
    rng = np.random.default_rng(1)
    scores, memory = network.scores(rng.uniform(-1, 1, (3, 8, 8, 1)))
    return network.backward(rng.standard_normal(scores.shape), memory)[1]


def test_at_the_right_length_directions_stay_and_lengths_are_right():
    network = zoo.build(0, **zoo.MISTAKES["another order"])
    wrong, scaled = gradients(network), gradients(zoo.AtRightLength(network))
    right = gradients(zoo.with_right_gradients(network))
    for name, array in scaled.items():
        assert np.linalg.norm(array) == pytest.approx(np.linalg.norm(right[name]))
        ratio = np.linalg.norm(array) / np.linalg.norm(wrong[name])
        np.testing.assert_allclose(array, ratio * wrong[name])


def test_the_unturned_kernel_is_exposed_in_its_layer_alone():
    layer = zoo.KernelNotTurned(2, 3, 2, rng=np.random.default_rng(0))
    x = np.random.default_rng(1).standard_normal((2, 4, 5, 2))
    report = check_layer(layer, x, rng=np.random.default_rng(2))
    assert [row.tensor for row in report.rows if row.verdict == "wrong"] == ["W"]
