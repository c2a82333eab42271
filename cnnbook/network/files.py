"""The parameters and the state of a network as a file."""

import numpy as np

from cnnbook.archives import read_archive, write_archive

LONGEST_LIST = 20  # layers or arrays that a message names


def save_arrays(path, layers, arrays, dtype=None):
    """Write arrays by name and the names of the layers; see `Network.save`."""
    narrowed = {name: _narrowed(name, array, dtype) for name, array in arrays.items()}
    write_archive(path, {"layers": np.array(layers)} | narrowed)


def load_arrays(path, layers, arrays):
    """Fill the arrays from a file, if all of it fits; see `Network.load`."""
    sizes = {name: array.nbytes for name, array in arrays.items()}
    saved = read_archive(path, largest=2 * sum(sizes.values()) + 2**20)
    names = np.ravel(saved.pop("layers", [])).astype(str).tolist()
    if names != layers:
        raise ValueError(
            f"{path} was saved for other layers: expected {_listed(layers)}; "
            f"found {_listed(names) or 'no list of layers'}"
        )
    if saved.keys() != arrays.keys():
        raise ValueError(
            f"{path} holds {_listed(sorted(saved))}, but this network has {_listed(sorted(arrays))}"
        )
    for name, array in saved.items():
        check_fit(path, name, array, arrays[name])
    for name, array in saved.items():
        arrays[name][...] = array


def check_fit(path, name, array, own):
    """Refuse an array that cannot take the place of one's own."""
    if array.shape != own.shape:
        raise ValueError(f"{path}: {name} has shape {array.shape}, but {own.shape} was expected")
    if array.dtype.kind != "f" or not np.can_cast(array.dtype, own.dtype, "safe"):
        raise ValueError(f"{path}: {name} is {array.dtype}, which {own.dtype} cannot hold exactly")
    if not np.isfinite(array).all():
        raise ValueError(f"{path}: {name} holds numbers that are not finite")


def _narrowed(name, array, dtype):
    if not np.isfinite(array).all():
        raise ValueError(f"{name} holds numbers that are not finite, which load would refuse")
    if dtype is None:
        return array
    if not np.issubdtype(dtype, np.floating):
        raise TypeError(f"parameters are saved in a floating type, but dtype is {dtype!r}")
    with np.errstate(over="ignore"):
        narrowed = array.astype(dtype)
    if not np.isfinite(narrowed).all():
        raise ValueError(
            f"{name} holds numbers up to {np.abs(array).max():.3g}, too large for "
            f"{np.dtype(dtype)}, which ends at {np.finfo(dtype).max:.3g}"
        )
    return narrowed


def _listed(names):
    more = f" and {len(names) - LONGEST_LIST} more" if len(names) > LONGEST_LIST else ""
    return ", ".join(name[:100] for name in names[:LONGEST_LIST]) + more
