import signal

import pytest
from command_line import fill_with_bars


@pytest.fixture(scope="session")
def data(tmp_path_factory):
    """A folder with a tiny MNIST of bars."""
    return fill_with_bars(tmp_path_factory.mktemp("mnist"), seed=0)


@pytest.fixture(autouse=True)
def place(tmp_path, tmp_path_factory, monkeypatch, data):
    """Every test in a folder of its own, with the tiny MNIST and no cache, where Ctrl-C works."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CNNBOOK_DATA", str(data))
    cache = str(tmp_path_factory.mktemp("cache"))
    for name in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, cache)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
