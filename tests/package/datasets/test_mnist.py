"""MNIST is found in its places, read as it is, and refused where it is not what it should be."""

import hashlib
import os
import re
from pathlib import Path

import numpy as np
import pytest
from mnist_files import (
    TEST_IMAGES,
    TEST_LABELS,
    TRAIN_IMAGES,
    TRAIN_LABELS,
    checksums,
    fill,
    idx,
    tiny,
    write_all,
)

from cnnbook.datasets import MissingData, files, mnist

README = Path(__file__).parents[3] / "data" / "README.md"


@pytest.fixture
def folder(tmp_path):
    return fill(tmp_path)


def test_mnist_is_read_from_a_folder(folder):
    content = tiny()
    dataset = mnist(folder)
    assert (len(dataset.train), len(dataset.validation), len(dataset.test)) == (6, 0, 4)
    assert dataset.train.x.dtype == np.float32
    assert dataset.validation.x.shape == (0, 3, 2, 1)
    assert dataset.validation.vectors.shape == (0, 6)
    np.testing.assert_array_equal(dataset.train.labels, content[TRAIN_LABELS])
    np.testing.assert_array_equal(dataset.test.labels, content[TEST_LABELS])
    np.testing.assert_array_equal(
        dataset.test.x[..., 0], content[TEST_IMAGES] / np.float32(255), strict=True
    )
    with pytest.raises(ValueError, match="read-only"):
        dataset.train.x[0] = 1


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [(0, 1), (-1, 1)])
def test_mnist_is_scaled(folder, scale, dtype):
    x = mnist(folder, scale, dtype).train.x
    expected = scale[0] + np.array([0, 1, 0.2, 0.4, 0.6, 0.8]) * (scale[1] - scale[0])
    assert x.dtype == dtype
    np.testing.assert_allclose(x[0].ravel(), expected, atol=2 * np.finfo(dtype).eps)
    assert (x.min(), x.max()) == scale


def test_last_training_images_are_held_out(folder):
    whole, split = mnist(folder).train, mnist(folder, validation=2)
    assert (len(split.train), len(split.validation), len(split.test)) == (4, 2, 4)
    np.testing.assert_array_equal(split.train.x, whole.x[:4])
    np.testing.assert_array_equal(split.validation.x, whole.x[4:])
    np.testing.assert_array_equal(split.validation.labels, whole.labels[4:])


@pytest.mark.parametrize(
    ("count", "error"), [(6, ValueError), (-1, ValueError), (1.5, TypeError), (True, TypeError)]
)
def test_wrong_validation_is_refused(folder, count, error):
    with pytest.raises(error, match="validation must be"):
        mnist(folder, validation=count)


def test_unpacked_files_are_read(folder):
    for name in (TRAIN_IMAGES, TEST_LABELS):
        (folder / name).unlink()
        (folder / name.removesuffix(".gz")).write_bytes(idx(tiny()[name]))
    assert len(mnist(folder).train) == 6


@pytest.mark.parametrize(
    ("name", "array", "complaint"),
    [
        (TRAIN_IMAGES, tiny()[TRAIN_LABELS], r"uint8 in the shape \(6,\), expected images"),
        (TRAIN_LABELS, tiny()[TRAIN_IMAGES], r"uint8 in the shape \(6, 3, 2\), expected labels"),
        (TEST_IMAGES, tiny()[TEST_IMAGES].astype(np.float32), "float32 in the shape"),
        (TEST_LABELS, tiny()[TEST_LABELS].astype(np.int32), "int32 in the shape"),
        (TEST_LABELS, tiny()[TRAIN_LABELS], "holds 4 images, but .* holds 6 labels"),
        (TEST_LABELS, np.array([0, 1, 2, 10], dtype=np.uint8), "0 to 9, but range from 0 to 10"),
        (TEST_IMAGES, np.zeros((4, 2, 3), dtype=np.uint8), r"one size, but are \(3, 2\) and"),
    ],
)
def test_mislabelled_files_are_refused(folder, name, array, complaint):
    write_all(folder, {name: array})
    with pytest.raises(ValueError, match=complaint) as refusal:
        mnist(folder)
    assert name in str(refusal.value)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Give a checkout without data, no other place to look in, and no network."""
    root = tmp_path / "checkout"
    root.mkdir()
    (root / "_toc.yml").touch()
    monkeypatch.setattr(files, "ROOT", root)
    monkeypatch.setattr(files, "MIRRORS", ())
    monkeypatch.setattr(files, "CHECKSUMS", checksums(tiny(3)))
    monkeypatch.delenv(files.VARIABLE, raising=False)
    return root


def test_places_are_tried_in_order(checkout, tmp_path, monkeypatch):
    fill(checkout / "data" / "mnist", 3)
    assert len(mnist().train) == 3
    monkeypatch.setenv(files.VARIABLE, "")
    assert len(mnist().train) == 3
    monkeypatch.setenv(files.VARIABLE, str(fill(tmp_path / "variable", 4)))
    assert len(mnist().train) == 4
    assert len(mnist(fill(tmp_path / "folder", 5)).train) == 5


def test_installed_package_uses_the_cache_folder(checkout, monkeypatch, own_cache):
    (checkout / "_toc.yml").unlink()
    fill(checkout / "data" / "mnist", 3)
    monkeypatch.setattr("pooch.os_cache", lambda project: own_cache / project)
    monkeypatch.setattr(files, "CHECKSUMS", checksums(tiny(7)))
    fill(own_cache / "cnnbook" / "mnist", 7)
    assert len(mnist().train) == 7


def test_the_cache_folder_is_that_of_the_user(checkout, own_cache):
    """And here one of the test's own."""
    (checkout / "_toc.yml").unlink()
    assert own_cache in files._home().parents
    assert files._home().parts[-2:] == ("cnnbook", "mnist")


@pytest.mark.parametrize("name", ["~nosuchuser/x", "~nosuchuser"])
def test_the_folder_of_nobody_is_refused(checkout, monkeypatch, name):
    with pytest.raises(MissingData, match=f"there is no folder {name}"):
        mnist(name)
    monkeypatch.setenv(files.VARIABLE, name)
    with pytest.raises(MissingData, match=f"there is no folder {name}"):
        mnist()


@pytest.mark.skipif(os.name == "nt", reason="Windows makes such links otherwise")
def test_a_loop_of_links_is_no_folder(checkout, tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(MissingData, match="MNIST is not all in the folder"):
        mnist(tmp_path / "a")


def test_named_folder_that_lacks_a_file_is_an_error(checkout, folder, monkeypatch):
    fill(checkout / "data" / "mnist", 3)
    (folder / TEST_LABELS).unlink()
    message = f"{re.escape(str(folder))}: put {TEST_LABELS} there"
    with pytest.raises(MissingData, match=message):
        mnist(folder)
    monkeypatch.setenv(files.VARIABLE, str(folder))
    with pytest.raises(MissingData, match=f"that {files.VARIABLE} names, {message}"):
        mnist()
    assert not (folder / TEST_LABELS).exists()


def test_mnist_that_cannot_be_had(checkout, monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setattr(files, "MIRRORS", ("http://127.0.0.1:9/",))
    with pytest.raises(MissingData) as refusal:
        mnist()
    message = str(refusal.value)
    assert "\n" not in message
    for part in (str(checkout / "data" / "mnist"), "http://127.0.0.1:9/", files.VARIABLE):
        assert part in message


def test_readme_gives_the_checksums():
    rows = re.findall(r"^\| `(\S+\.gz)` \| `([0-9a-f]{64})` \|$", README.read_text("utf-8"), re.M)
    assert dict(rows) == files.CHECKSUMS


needs_mnist = pytest.mark.skipif(
    not os.environ.get(files.VARIABLE), reason="CNNBOOK_DATA names no folder with MNIST"
)


@pytest.fixture(scope="module")
def real():
    return mnist(validation=10_000)


@needs_mnist
def test_real_sizes(real):
    assert real.train.x.shape == (50_000, 28, 28, 1)
    assert real.validation.x.shape == (10_000, 28, 28, 1)
    assert real.test.x.shape == (10_000, 28, 28, 1)
    assert real.train.x.dtype == np.float32


@needs_mnist
def test_real_labels(real):
    labels = np.concatenate([real.train.labels, real.validation.labels])
    counts = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(labels).tolist() == counts
    counts = [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert np.bincount(real.test.labels).tolist() == counts
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert real.test.labels[:5].tolist() == [7, 2, 1, 0, 4]


@needs_mnist
def test_real_pixels(real):
    """The mean and the deviation of the training pixels are known to four decimals."""
    x = np.concatenate([real.train.vectors, real.validation.vectors])
    assert (x.min(), x.max()) == (0, 1)
    assert x.mean(dtype=float) == pytest.approx(0.1307, abs=5e-5)
    assert x.std(dtype=float) == pytest.approx(0.3081, abs=5e-5)


@needs_mnist
def test_real_files_are_the_published_ones():
    folder = Path(os.environ[files.VARIABLE]).expanduser()
    for name, checksum in files.CHECKSUMS.items():
        if (folder / name).exists():
            assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum
