"""What the benchmark measures, and the table of it that is stored; nothing is timed here."""

import importlib
import json
import sys
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import numpy as np
import pytest

from cnnbook.convolution import im2col

ROOT = Path(__file__).parents[2]
STAGES = ("loops", "one_line", "maps_first", "maps_last")
RNG = np.random.default_rng(0)


@pytest.fixture
def load(monkeypatch):
    """Imports a module of the benchmark's folder."""
    monkeypatch.syspath_prepend(ROOT / "tools" / "benchmark")
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if name in {path.stem for path in (ROOT / "tools" / "benchmark").glob("*.py")}:
            del sys.modules[name]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 7, 9, 3, 5), (1, 6, 5, 4, 2)])
def test_functions_of_the_chapter(load, shape, dtype):
    """Its cells, run alone, define the stages; all compute what the package computes."""
    samples, height, width, maps, filters = shape
    functions = load("stages").functions_of_chapter()
    x = RNG.normal(size=(samples, height, width, maps)).astype(dtype)
    kernels = RNG.normal(size=(filters, 3, 2, maps)).astype(dtype)
    expected, memory = im2col.forward(x, kernels)
    delta = RNG.normal(size=expected.shape).astype(dtype)
    expected = [expected, *im2col.backward(delta, memory)]
    for name in STAGES:
        z, memory = functions[f"forward_{name}"](x, kernels)
        found = [z, *functions[f"backward_{name}"](delta, memory)]
        for array, wanted in zip(found, expected, strict=True):
            assert array.dtype == dtype, name
            np.testing.assert_allclose(array, wanted, atol=1e-4, err_msg=name)


def test_every_case_runs(load):
    """Each comparison names functions that its modules have; ours run once, on a thread."""
    comparisons = load("comparisons")
    for case in comparisons.COMPARED:
        for library in case.others:
            module = ROOT / "tools" / "benchmark" / f"{comparisons.MODULES[library]}.py"
            assert f"def {case.function}(threads" in module.read_text(encoding="utf-8")
    ours = load("ours")
    for case in (*comparisons.COMPARED, *comparisons.GROWING):
        assert callable(getattr(ours, case.function))
    ours.dense_step(1)()
    ours.convolution(1, 2, 3, 3, {"stride": 2})()
    for case in comparisons.GROWING:
        if case.function == "images_there_and_back":
            ours.images_there_and_back(1, 8, case.small[1], samples=1)()


@pytest.mark.parametrize(
    ("shares", "status", "verdict"),
    [
        ([1.0, 0.95], 0, "measured on an idle machine"),
        ([0.5, 1.0], 1, "no conclusion: the machine was busy"),
        ([1.0, 0.5], 1, "no conclusion: the machine was busy"),
    ],
)
def test_no_conclusion_on_a_busy_machine(load, monkeypatch, tmp_path, shares, status, verdict):
    """The smaller share of the cores, before and after the work, decides and is stated."""
    comparisons = load("comparisons")
    spec = spec_from_file_location("benchmark", ROOT / "tools" / "benchmark" / "__main__.py")
    benchmark = module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    measured = iter(shares)
    monkeypatch.setattr(benchmark, "share_of_cores", lambda: next(measured))
    monkeypatch.setattr(benchmark, "peak_rate", lambda: 1e11)
    for name in ("stages", "bandwidths", "points", "memory"):
        monkeypatch.setattr(benchmark, name, lambda *_: [])
    for name in ("COMPARED", "GROWING"):
        monkeypatch.setattr(comparisons, name, [])
    monkeypatch.setattr(sys, "argv", ["benchmark", "--json", str(tmp_path / "table.json")])
    assert benchmark.main() == status
    table = json.loads((tmp_path / "table.json").read_text(encoding="utf-8"))
    assert table["verdict"] == verdict
    assert table["machine"]["share of the cores"] == f"{min(shares):.2f}"


def test_stored_table():
    """Complete, measured on an idle machine, and with its date."""
    table = json.loads((ROOT / "data" / "benchmark.json").read_text(encoding="utf-8"))
    assert date.fromisoformat(table["machine"]["date"]) <= date.today()
    assert table["verdict"] == "measured on an idle machine"
    assert [row["step"] for row in table["ladder"]] == [*STAGES, "blocks", "threads", "winograd"]
    for row in table["rows"]:
        assert row["ratio"] == sorted(row["ratio"]), row["case"]
        assert row["ratio"][1] <= (row.get("bar") or np.inf), row["case"]
    compared = {row.get("against") for row in table["rows"]}
    assert {"PyTorch", "TensorFlow", "scikit-learn"} <= compared
    for point in table["roofline"]["points"]:
        assert point["operations"] / point["seconds"] < 1.2 * table["roofline"]["peak"]
