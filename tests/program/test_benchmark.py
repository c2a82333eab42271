"""What the benchmark compares, concludes and stores; nothing is timed here."""

import importlib
import json
import sys
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from cnnbook.convolution import im2col

ROOT = Path(__file__).parents[2]
STAGES = ("loops", "one_line", "maps_first", "maps_last", "blocks", "threads", "winograd")
RNG = np.random.default_rng(0)

INTEL = """processor\t: 0
cpu family\t: 6
model\t\t: 167
model name\t: Intel(R) Xeon(R) Processor
cpu MHz\t\t: 2599.998
flags\t\t: fpu sse2 avx2 avx512f
"""


@pytest.fixture
def load(monkeypatch):
    """Imports a module of the benchmark's folder."""
    monkeypatch.syspath_prepend(ROOT / "tools" / "benchmark")
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if name in {path.stem for path in (ROOT / "tools" / "benchmark").glob("*.py")}:
            del sys.modules[name]


@pytest.fixture
def benchmark(load):
    """The program itself."""
    spec = spec_from_file_location("benchmark", ROOT / "tools" / "benchmark" / "__main__.py")
    program = module_from_spec(spec)
    spec.loader.exec_module(program)
    return program


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(2, 7, 9, 3, 5), (1, 6, 5, 4, 2)])
def test_functions_of_the_chapter(load, shape, dtype):
    """Its cells, run alone, define the stages; all compute what the package computes."""
    samples, height, width, maps, filters = shape
    stages = load("stages")
    functions = stages.functions_of_chapter()
    x = RNG.normal(size=(samples, height, width, maps)).astype(dtype)
    kernels = RNG.normal(size=(filters, 3, 2, maps)).astype(dtype)
    expected, memory = im2col.forward(x, kernels)
    delta = RNG.normal(size=expected.shape).astype(dtype)
    expected = [expected, *im2col.backward(delta, memory)]
    for name in stages.BY_CHAPTER:
        method = stages.functions_as_method(functions, name)
        z, memory = method.forward(x, kernels, 1, 1)
        for array, wanted in zip([z, *method.backward(delta, memory, True)], expected, strict=True):
            assert array.dtype == dtype, name
            np.testing.assert_allclose(array, wanted, atol=1e-4, err_msg=name)


def test_a_run_by_one_method(load, monkeypatch):
    """Both convolutions of the reference network go by it, there and back."""
    ours, calls = load("ours"), []

    def counted(name):
        function = getattr(im2col, name)
        return lambda *arguments: calls.append(name) or function(*arguments)

    method = SimpleNamespace(forward=counted("forward"), backward=counted("backward"))
    ours.convolving_by(method, ours.reference_step(1, samples=1))()
    assert calls == ["forward", "forward", "backward", "backward"]
    ours.reference_step(1, samples=1)()
    assert len(calls) == 4, "afterwards the package chooses again"


def test_every_case_runs(load):
    """Each comparison names functions that its modules have; ours run once, on a thread."""
    comparisons = load("comparisons")
    for case in comparisons.COMPARED:
        for library in set(case.others) & set(comparisons.PACKAGES):
            module = ROOT / "tools" / "benchmark" / f"{comparisons.MODULES[library]}.py"
            name = case.theirs or case.function
            assert f"def {name}(threads" in module.read_text(encoding="utf-8")
    ours = load("ours")
    for case in (*comparisons.COMPARED, *comparisons.GROWING):
        module = load(getattr(case, "module", "ours"))
        assert callable(getattr(module, case.function))
    ours.dense_step(1)()
    ours.convolution(1, 2, 3, 3, {"stride": 2})()
    load("digits").epoch(1)()
    for case in comparisons.GROWING:
        if case.function == "images_there_and_back":
            ours.images_there_and_back(1, 8, case.small[1], samples=1)()


def test_sides_of_a_comparison(load, tmp_path):
    """Ours first; PyTorch with either order of axes; an older version if there is a checkout."""
    comparisons, measuring = load("comparisons"), load("measuring")
    step = comparisons.COMPARED[0]
    assert [side.library for side in measuring.sides_of(step, [])] == ["cnnbook"]
    sides = measuring.sides_of(step, ["PyTorch"], tmp_path)
    assert [(side.library, side.setting, side.checkout) for side in sides] == [
        ("cnnbook", "", None),
        ("an older version", "", tmp_path),
        ("PyTorch", "maps first", None),
        ("PyTorch", "channels_last", None),
    ]


def test_the_fastest_setting_is_compared(load):
    comparisons, measuring = load("comparisons"), load("measuring")
    case = comparisons.Case("a case", "run", ("PyTorch",), {"PyTorch": 0.6})
    sides = measuring.sides_of(case, ["PyTorch"])
    times = np.array([[1, 4, 2], [1, 4, 2], [3, 4, 2]])  # ours, maps first, channels_last
    (row,) = measuring.rows_of(case, sides, times)
    assert row == {
        "case": "a case",
        "ms": 1000,
        "against": "PyTorch",
        "setting": "channels_last",
        "ratio": [0.5, 0.5, 1.0],
        "bar": 0.6,
    }


def test_an_older_version_in_its_own_process(load, tmp_path):
    """It brings its package and its side of the comparison; what it lacks is taken from here."""
    folder = tmp_path / "tools" / "benchmark"
    folder.mkdir(parents=True)
    (tmp_path / "cnnbook").mkdir()
    (tmp_path / "cnnbook" / "__init__.py").write_text("NAME = 'older'\n")
    told = "from pathlib import Path\nimport cnnbook\n\ndef tell(threads, path):\n"
    told += "    return lambda: Path(path).write_text(cnnbook.NAME)\n"
    (folder / "ours.py").write_text(told)
    worker = load("worker").Worker("ours", 1, tmp_path)
    worker.make("tell", (tmp_path / "told",), warm_up=0)
    worker.close()
    assert (tmp_path / "told").read_text() == "older"
    assert "NAME" not in vars(sys.modules["cnnbook"])


def run_with(ratio, verdict="measured on an idle machine", **machine):
    """The table of a run with this ratio to PyTorch."""
    case = {"case": "training step, reference network", "ms": 2.0, "against": "PyTorch", "bar": 0.6}
    rows = [case | {"ratio": [ratio, ratio, ratio]}, {"case": "alone", "ms": 1.0}]
    described = {"processor": "Intel Xeon"} | machine
    return {"machine": described, "verdict": verdict, "rows": rows, "ladder": [], "roofline": {}}


@pytest.mark.parametrize(
    ("ratios", "middle"), [([0.5], 0.5), ([0.7, 0.4, 0.5], 0.5), ([0.4, 0.6], 0.6)]
)
def test_the_median_run_with_the_spread_of_all(load, ratios, middle):
    """Of two runs, the slower one."""
    table = load("stored").median_run([run_with(ratio) for ratio in ratios])
    assert table["rows"][0]["ratio"][1] == middle
    assert table["rows"][0]["runs"] == sorted(ratios)
    assert "runs" not in table["rows"][1]


def test_a_sentence_for_every_bar_that_is_missed(load):
    stored = load("stored")
    runs = [run_with(ratio) for ratio in (0.5, 0.59, 0.9)]
    assert list(stored.missed_bars(stored.median_run(runs)["rows"])) == []
    runs[1] = run_with(0.61)
    assert list(stored.missed_bars(stored.median_run(runs)["rows"])) == [
        "training step, reference network: 0.61 of PyTorch, where at most 0.60 is asked for."
    ]


@pytest.mark.parametrize(
    ("machine", "kept"),
    [
        ({"processor": "AMD EPYC", "model": "family 25, model 1"}, ["AMD EPYC", "Intel Xeon"]),
        ({"processor": "Intel Xeon", "model": "family 6, model 1"}, ["Intel Xeon"]),
        ({"processor": "Intel Xeon", "model": "family 6, model 2"}, ["Intel Xeon", "Intel Xeon"]),
    ],
)
def test_a_table_for_each_processor(load, tmp_path, machine, kept):
    """A run replaces the table of its own processor, and no other."""
    stored, path = load("stored"), tmp_path / "tables.json"
    stored.store(path, run_with(0.7, model="family 6, model 1"))
    stored.store(path, run_with(0.5, **machine))
    tables = json.loads(path.read_text(encoding="utf-8"))
    assert [table["machine"]["processor"] for table in tables] == kept
    assert 0.5 in [table["rows"][0]["ratio"][1] for table in tables]


def test_a_processor_is_described(load):
    machine = load("machine")
    found = machine.processor(INTEL, ["L2 2048 KiB", "L3 32768 KiB"])
    assert found["processor"] == "Intel Xeon Processor"
    assert found["model"] == "family 6, model 167"
    assert found["clock"] == "2.6 GHz"
    assert found["caches"] == "L2 2048 KiB, L3 32768 KiB"
    assert found["vectors"].startswith("512 bits; NumPy uses ")
    assert machine.processor("Features\t: fp asimd\n", [])["vectors"].startswith("128 bits")
    assert list(machine.processor("", [])) == ["processor"]


@pytest.mark.parametrize(
    ("shares", "status", "verdict"),
    [
        ([1.0, 0.95], 0, "measured on an idle machine"),
        ([0.5, 1.0], 1, "no conclusion: the machine was busy"),
        ([1.0, 0.5], 1, "no conclusion: the machine was busy"),
        ([1.0, 1.0, 1.0, 0.5], 1, "no conclusion: the machine was busy"),
    ],
)
def test_no_conclusion_on_a_busy_machine(
    load, benchmark, monkeypatch, tmp_path, shares, status, verdict
):
    """The smallest share of the cores, before or after the work of any run, decides."""
    measured = iter(shares)
    monkeypatch.setattr(benchmark.machine, "share_of_cores", lambda: next(measured))
    monkeypatch.setattr(benchmark.machine, "peak_rate", lambda: 1e11)
    for module, name in [
        *((benchmark, name) for name in ("ladder", "bandwidths", "points")),
        (benchmark.measuring, "memory"),
    ]:
        monkeypatch.setattr(module, name, lambda *_: [])
    for name in ("COMPARED", "GROWING"):
        monkeypatch.setattr(benchmark.comparisons, name, [])
    path = tmp_path / "table.json"
    options = ["--json", str(path), "--runs", str(len(shares) // 2)]
    monkeypatch.setattr(sys, "argv", ["benchmark", *options])
    assert benchmark.main() == status
    (table,) = json.loads(path.read_text(encoding="utf-8"))
    assert table["verdict"] == verdict


def test_a_table_is_shown(benchmark, capsys):
    """With the missed bars in words, and the older version by its number."""
    table = benchmark.stored.median_run([run_with(0.7, **{"older version": "0.1.0"})])
    table["rows"].append({"case": "a step", "against": "an older version", "ms": 2.0})
    table["ladder"] = [{"step": "loops", "ms": 9.0, "quartiles": [8.0, 10.0]}]
    benchmark.show(table)
    shown = capsys.readouterr().out
    for part in ("version 0.1.0", "8.0 to 10.0", "0.70 of PyTorch, where at most 0.60"):
        assert part in shown


def test_what_is_no_checkout_is_refused(benchmark, tmp_path):
    with pytest.raises(SystemExit, match=r"is no checkout of the project: it has no pyproject"):
        benchmark.version(tmp_path)


def test_stored_tables():
    """Complete, measured on an idle machine, and with their dates."""
    tables = json.loads((ROOT / "data" / "benchmark.json").read_text(encoding="utf-8"))
    for table in tables:
        assert date.fromisoformat(table["machine"]["date"]) <= date.today()
        assert table["verdict"] == "measured on an idle machine"
        assert [row["step"] for row in table["ladder"]] == list(STAGES)
        for row in table["rows"]:
            assert row.get("ratio", []) == sorted(row.get("ratio", [])), row["case"]
        assert "PyTorch" in {row.get("against") for row in table["rows"]}
        for point in table["roofline"]["points"]:
            assert point["operations"] / point["seconds"] < 1.2 * table["roofline"]["peak"]
