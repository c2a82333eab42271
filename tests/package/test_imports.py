"""Imports between the rooms of cnnbook, as `[tool.importlinter]` in pyproject.toml orders them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def lint(folder):
    """What import-linter says of the package in a folder, and whether it is content."""
    run = subprocess.run(
        [sys.executable, "-c", COMMAND, "--no-cache"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return run.stdout + run.stderr, run.returncode == 0


def test_imports_run_downwards():
    said, content = lint(ROOT)
    assert content, said


@pytest.mark.parametrize(
    ("module", "line", "found"),
    [
        ("activations.py", "import cnnbook.layers", "activations -> cnnbook.layers"),
        ("layers/dense.py", "from cnnbook.network import Network", "layers.dense -> cnnbook.netw"),
        (
            "models/mnist_cnn.py",
            "from cnnbook.training import fit",
            "mnist_cnn -> cnnbook.training",
        ),
        ("training/loop.py", "from cnnbook.layers import Softmax", "loop -> cnnbook.layers"),
        ("network/sequential.py", "import matplotlib.pyplot", "sequential -> matplotlib"),
        ("gradcheck/checks.py", "def f():\n    from tqdm import tqdm", "checks -> tqdm"),
        ("convolution/operations.py", "import scipy.signal", "operations -> scipy"),
        ("plotting/maps.py", "from sklearn.manifold import TSNE", "maps -> sklearn"),
        ("nowhere.py", "", "cnnbook.nowhere"),
    ],
)
def test_a_wrong_import_is_found(tmp_path, module, line, found):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("__pycache__", "fonts")
    shutil.copytree(ROOT / "cnnbook", tmp_path / "cnnbook", ignore=ignored)
    with open(tmp_path / "cnnbook" / module, "a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    said, content = lint(tmp_path)
    assert not content
    assert found in " ".join(said.split())


def test_the_reference_shows_every_room():
    """But for what is no room of the library: its own start from the command line."""
    page = (ROOT / "chapters" / "9-appendices" / "50-api.md").read_text(encoding="utf-8")
    rooms = {path.stem for path in (ROOT / "cnnbook").iterdir() if path.suffix in ("", ".py")}
    shown = {name.split(".")[0] for name in re.findall(r"automodule:: cnnbook\.([\w.]+)", page)}
    assert shown == rooms - {"__init__", "__main__", "__pycache__"}
