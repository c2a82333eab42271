"""The page's own scripts in V8, without a browser, called with NumPy arrays."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

PURE = (
    "meetings.js",
    "numbers.js",
    "six-tables.js",
    "pools.js",
    "pen.js",
    "network.js",
    "downhill.js",
)
FOLDER = Path(__file__).parents[1] / "tools" / "pages" / "touch"


@cache
def engine():
    racer = pytest.importorskip("py_mini_racer", reason="mini-racer is not installed")
    context = racer.MiniRacer()
    for name in PURE:
        context.eval((FOLDER / name).read_text(encoding="utf-8"))
    return context


def written(value):
    """A value as JavaScript: arrays with their shape and their numbers in one list."""
    if isinstance(value, np.ndarray):
        return {"shape": list(value.shape), "data": value.ravel().tolist()}
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    return value


def read(value):
    """The same way back."""
    if isinstance(value, dict) and set(value) == {"shape", "data"}:
        return np.array(value["data"], dtype=float).reshape(value["shape"])
    if isinstance(value, dict):
        return {key: read(item) for key, item in value.items()}
    return [read(item) for item in value] if isinstance(value, list) else value


def run(expression, **names):
    """The value of an expression in which the names stand for the arguments."""
    definitions = "".join(f"const {name} = {json.dumps(written(v))};" for name, v in names.items())
    plain = "(_, value) => ArrayBuffer.isView(value) ? [...value] : value"
    code = f"JSON.stringify((() => {{ {definitions} return {expression}; }})(), {plain})"
    return read(json.loads(engine().eval(code)))
