"""Imports between the modules of cnnbook run one way only, and each library has its place."""

import ast
import re
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "cnnbook"
MODULES = sorted(PACKAGE.rglob("*.py"))

# The rooms of the package, in order: a module imports only from rooms before its own.
# With each room, what it may import besides NumPy and the standard library.
ROOMS = {
    "activations": set(),
    "convolution": set(),
    "direct": set(),
    "winograd": set(),
    "pooling": set(),
    "initialisation": set(),
    "losses": set(),
    "layers": set(),
    "reference": set(),
    "tables": set(),
    "source": set(),
    "archives": set(),
    "network": set(),
    "blocks": {"threadpoolctl"},
    "optimisers": set(),
    "interrupts": set(),
    "history": set(),
    "training": {"tqdm"},
    "checkpoints": set(),
    "gradreport": set(),
    "gradcheck": set(),
    "datasets": {"pooch", "sklearn", "tqdm"},
    "embedding": {"sklearn", "threadpoolctl"},
    "plotting": {"matplotlib"},
    "interactive": set(),
    "record": {"threadpoolctl"},
    "command": {"tqdm"},
    "__main__": set(),
}
ORDER = list(ROOMS)


def room(path):
    """Return the room of a file, None for the package's own __init__."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return None if first == "__init__" else first


def imported(path):
    """Return the full names of what a file imports, its relative imports resolved."""
    names = []
    here = ("cnnbook", *path.relative_to(PACKAGE).parts)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*here[: -node.level]] if node.level else []
            base += [node.module] if node.module else []
            names += [".".join([*base, alias.name]) for alias in node.names]
    return names


def faults(path, names):
    """Return the imports that a file must not have."""
    own = room(path)
    found = []
    for name in names:
        top, *rest = name.split(".")
        if top == "cnnbook":
            if rest == ["__version__"]:
                continue
            other = rest[0] if rest else "the whole package"
            if own and other != own and other not in ORDER[: ORDER.index(own)]:
                found.append(name)
        elif top not in sys.stdlib_module_names | {"numpy"} | ROOMS.get(own, set()):
            found.append(name)
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downwards(path):
    assert room(path) is None or room(path) in ROOMS, f"give {path.name} a place in ROOMS"
    assert faults(path, imported(path)) == []


def test_reference_page_follows_the_order_of_the_rooms():
    page = (PACKAGE.parent / "chapters" / "9-appendices" / "50-api.md").read_text(encoding="utf-8")
    assert re.findall(r"automodule:: cnnbook\.(\w+)", page) == [
        room for room in ORDER if room != "__main__"
    ]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("activations.py", "cnnbook.layers.Hidden"),
        ("layers/dense.py", "cnnbook.network.Network"),
        ("network.py", "cnnbook"),
        ("network.py", "matplotlib.pyplot"),
        ("convolution.py", "scipy.signal"),
        ("embedding.py", "matplotlib.pyplot"),
        ("plotting.py", "sklearn.manifold.TSNE"),
    ],
)
def test_wrong_import_is_found(module, name):
    assert faults(PACKAGE / module, ["numpy", name]) == [name]
