"""Parameters in a file: what is saved comes back; what does not fit changes nothing."""

import contextlib
import io
import os
import stat
import zipfile

import numpy as np
import pytest
from checks import assert_same

from cnnbook.activations import sigmoid, tanh
from cnnbook.archives import npz, writing
from cnnbook.layers import Convolution, Hidden, Pooling, Rasterization, Softmax
from cnnbook.network import Network


def make(seed=0, dtype=np.float64, activation=tanh, nodes=5):
    rng = np.random.default_rng(seed)
    network = Network(
        [
            Convolution(1, 2, 3, activation, rng=rng, dtype=dtype),
            Pooling(2),
            Rasterization(),
            Hidden(8, nodes, rng=rng, dtype=dtype),
            Softmax(nodes, 3, rng=rng, dtype=dtype),
        ]
    )
    for name, array in network.parameters().items():
        array[...] += 0.5 if name.endswith("b") else 0
    return network


def parameters(network):
    return {name: array.copy() for name, array in network.parameters().items()}


def archive(network, **changes):
    """What `save` writes, as a dict; a change to None removes an entry."""
    arrays = {"layers": [repr(layer) for layer in network.layers], **network.parameters()}
    arrays |= {name.replace("_", "."): array for name, array in changes.items()}
    return {name: array for name, array in arrays.items() if array is not None}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_round_trip(tmp_path, dtype):
    path = tmp_path / "weights.npz"
    saved, loaded = make(1, dtype), make(2, dtype)
    saved.save(path)
    kept = parameters(saved)
    arrays = loaded.parameters()
    loaded.load(str(path))
    assert_same(loaded.parameters(), kept)
    assert all(loaded.parameters()[name] is array for name, array in arrays.items())
    assert {array.dtype for array in arrays.values()} == {np.dtype(dtype)}
    x = np.random.default_rng(3).normal(size=(2, 6, 6, 1)).astype(dtype)
    np.testing.assert_array_equal(loaded.predict(x), saved.predict(x))
    assert os.listdir(tmp_path) == ["weights.npz"]


def test_file_is_plain(tmp_path):
    """Arrays of numbers and of text, which need no pickle."""
    path = tmp_path / "weights.npz"
    network = make()
    network.save(path)
    with np.load(path, allow_pickle=False) as file:
        assert sorted(file.files) == sorted(["layers", *network.parameters()])
        assert file["layers"].tolist() == [repr(layer) for layer in network.layers]


def test_save_replaces(tmp_path):
    path = tmp_path / "weights.npz"
    make(1).save(path)
    make(2).save(path)
    loaded = make(3)
    loaded.load(path)
    assert_same(loaded.parameters(), parameters(make(2)))
    assert os.listdir(tmp_path) == ["weights.npz"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_others_may_read(tmp_path):
    """The file has the permissions that any new file has."""
    (tmp_path / "plain").touch()
    make().save(tmp_path / "weights.npz")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in sorted(tmp_path.iterdir())]
    assert modes[0] == modes[1]


def test_single_precision_fits_into_double(tmp_path):
    """float32 into float64 loses nothing, and is allowed."""
    path = tmp_path / "weights.npz"
    make(1, np.float32).save(path)
    loaded = make(2)
    loaded.load(path)
    assert_same(loaded.parameters(), parameters(make(1, np.float32)))
    assert loaded.layers[0].W.dtype == np.float64


NAN, INF = np.full((5, 8), np.nan), np.full((5, 8), np.inf)
UNFIT = {
    "a shape": ({"_3_b": np.zeros(4)}, r"3.b has shape \(4,\), but \(5,\)"),
    "a shape that broadcasts": ({"_3_b": np.zeros(1)}, r"3.b has shape \(1,\), but \(5,\)"),
    "a row for a vector": ({"_3_b": np.zeros((1, 5))}, r"3.b has shape \(1, 5\), but \(5,\)"),
    "a turned array": ({"_3_W": np.zeros((8, 5))}, r"3.W has shape \(8, 5\), but \(5, 8\)"),
    "a missing array": ({"_4_b": None}, "4.b"),
    "an extra array": ({"_5_W": np.zeros(2)}, "5.W"),
    "no layers": ({"layers": None}, "saved for other layers.*found no"),
    "other layers": ({"layers": ["Hidden(8 -> 3, tanh)"]}, r"found .*Hidden\(8 -> 3, tanh\)"),
    "layers as a number": ({"layers": np.array(3)}, "saved for other layers"),
    "layers as a text": ({"layers": np.array("Hidden")}, "saved for other layers"),
    "nan": ({"_3_W": NAN}, "3.W holds numbers that are not finite"),
    "infinity": ({"_3_W": INF}, "3.W holds numbers that are not finite"),
    "whole numbers": ({"_3_b": np.zeros(5, int)}, "3.b is int64"),
    "complex numbers": ({"_3_b": np.zeros(5, complex)}, "3.b is complex128"),
    "text": ({"_3_b": np.array(["1"] * 5)}, "3.b is <U1"),
    "objects": ({"_3_b": np.array([None] * 5)}, "plain arrays: 3.b.npy: it holds Python objects"),
}


@pytest.mark.parametrize(("changes", "message"), UNFIT.values(), ids=UNFIT.keys())
def test_refused_content(tmp_path, changes, message):
    path = tmp_path / "weights.npz"
    changes = {name.lstrip("_"): array for name, array in changes.items()}
    np.savez(path, **archive(make(1), **changes))
    assert_refused(path, message)


def test_refused_precision(tmp_path):
    path = tmp_path / "weights.npz"
    make(1).save(path)
    assert_refused(path, "0.W is float64, which float32 cannot hold", make(2, np.float32))


@pytest.mark.parametrize(
    "other", [make(2, activation=sigmoid), make(2, nodes=6), Network(make(2).layers[:-1])]
)
def test_refused_network(tmp_path, other):
    path = tmp_path / "weights.npz"
    make(1).save(path)
    assert_refused(path, "saved for other layers", other)


def whole_file(compressed=True):
    file = io.BytesIO()
    (np.savez_compressed if compressed else np.savez)(file, **archive(make(1)))
    return file.getvalue()


def one_array():
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


def zip_of(name, content):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, content)
    return file.getvalue()


NO_ARCHIVES = {
    "empty": b"",
    "text": b"not a zip\n" * 30,
    "half": whole_file()[: len(whole_file()) // 2],
    "without its end": whole_file()[:-1],
    "a single array": one_array(),
    "a pickle": b"\x80\x04N.",
    "a zip of text": zip_of("readme.txt", b"hello"),
    "a zip of a text named like an array": zip_of("0.W.npy", b"hello"),
    "a zip of a cut array": zip_of("layers.npy", one_array()[:-8]),
}


@pytest.mark.parametrize("content", NO_ARCHIVES.values(), ids=NO_ARCHIVES.keys())
def test_refused_file(tmp_path, content):
    path = tmp_path / "weights.npz"
    path.write_bytes(content)
    assert_refused(path, "weights.npz")


@pytest.mark.parametrize("compressed", [True, False])
def test_damaged_byte(tmp_path, compressed):
    """Wherever a byte is damaged: refused with a sentence and nothing changed, or harmless."""
    path, content, network = tmp_path / "weights.npz", whole_file(compressed), make(2)
    before, right = parameters(network), parameters(make(1))
    for place in range(0, len(content), 5):
        damaged = bytearray(content)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        with contextlib.suppress(ValueError):
            network.load(path)
            assert_same(network.parameters(), right)
            network = make(2)
        assert_same(network.parameters(), before)


def test_raw_entry_named_like_a_parameter(tmp_path):
    """A zip member without the ending .npy comes back from NumPy as bytes."""
    path, network = tmp_path / "weights.npz", make(1)
    np.savez(path, **archive(network, **{"4_b": None}))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("4.b", b"not an array")
    assert_refused(path, "4.b")


def test_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        make().load(tmp_path / "none.npz")


def assert_refused(path, message, network=None):
    network = network or make(2)
    before = parameters(network)
    with pytest.raises(ValueError, match=message) as error:
        network.load(path)
    assert str(path) in str(error.value)
    assert_same(network.parameters(), before)


def write_a_little_and_fail(error):
    def savez(file, **arrays):
        file.write(b"PK half of a file")
        raise error

    return savez


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("there_before", [True, False])
def test_save_that_fails(tmp_path, monkeypatch, error, there_before):
    """An older file stays as it was, and no part of the new one is left."""
    path = tmp_path / "weights.npz"
    if there_before:
        make(1).save(path)
    content = path.read_bytes() if there_before else None
    monkeypatch.setattr(npz.np, "savez_compressed", write_a_little_and_fail(error))
    with pytest.raises(type(error)):
        make(2).save(path)
    assert os.listdir(tmp_path) == (["weights.npz"] if there_before else [])
    assert content is None or path.read_bytes() == content


def test_rename_that_fails(tmp_path, monkeypatch):
    def fail(source, target):
        raise PermissionError(f"{target} is in use")

    monkeypatch.setattr(writing.os, "replace", fail)
    with pytest.raises(PermissionError):
        make().save(tmp_path / "weights.npz")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("name", ["weights", "weights.npy", "weights.npz.gz"])
def test_refused_name(tmp_path, name):
    with pytest.raises(ValueError, match=rf"named \*\.npz, but got '{name}'"):
        make().save(tmp_path / name)
    assert os.listdir(tmp_path) == []


def test_missing_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        make().save(tmp_path / "none" / "weights.npz")


def test_parameters_that_load_would_refuse_are_not_saved(tmp_path):
    """A file that is there keeps its good numbers."""
    path, network = tmp_path / "weights.npz", make(1)
    network.save(path)
    content = path.read_bytes()
    for value in (np.nan, np.inf, -np.inf):
        network.layers[3].b[2] = value
        with pytest.raises(ValueError, match=r"3.b holds numbers that are not finite"):
            network.save(path)
    assert path.read_bytes() == content


def test_an_archive_larger_than_the_network_is_refused(tmp_path):
    """Before it takes the memory that it promises."""
    path = tmp_path / "weights.npz"
    np.savez_compressed(path, **archive(make(1)), more=np.zeros(2**24))
    assert path.stat().st_size < 2**20
    assert_refused(path, "it is larger than what belongs here")


def test_a_hostile_list_of_layers_is_not_told_at_length(tmp_path):
    path = tmp_path / "weights.npz"
    np.savez_compressed(path, **archive(make(1), layers=np.array(["x" * 5000] * 40)))
    with pytest.raises(ValueError, match="and 20 more") as refusal:
        make(2).load(path)
    assert len(str(refusal.value)) < 4000


# --- in another precision


def test_half_precision(tmp_path):
    """Rounded to float16, in a smaller file that a network of more precision can load."""
    path, network = tmp_path / "half.npz", make(1, np.float32)
    kept = parameters(network)
    network.save(path, dtype=np.float16)
    assert_same(network.parameters(), kept)
    with np.load(path) as file:
        assert {file[name].dtype for name in kept} == {np.dtype(np.float16)}
    for dtype in (np.float32, np.float64):
        loaded = make(2, dtype)
        loaded.load(path)
        rounded = {name: array.astype(np.float16).astype(dtype) for name, array in kept.items()}
        assert_same(loaded.parameters(), rounded)


def test_what_half_precision_cannot_hold_is_refused(tmp_path):
    network = make(1, np.float32)
    network.layers[3].b[2] = -70000
    with pytest.raises(ValueError, match=r"3.b holds numbers up to 7e\+04, too large for float16"):
        network.save(tmp_path / "half.npz", dtype=np.float16)
    with pytest.raises(TypeError, match="a floating type, but dtype is"):
        network.save(tmp_path / "half.npz", dtype=np.int8)
    assert os.listdir(tmp_path) == []
