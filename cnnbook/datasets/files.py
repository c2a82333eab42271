"""Where the four files of MNIST lie, and how they get there."""

import os
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

from tqdm import TqdmWarning, tqdm

ROOT = Path(__file__).parents[2]  # of the checkout, if the package runs from one
VARIABLE = "CNNBOOK_DATA"
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
TIMEOUT = (5, 30)  # seconds: for a connection, and without a byte
CHECKSUMS = {  # SHA-256
    "train-images-idx3-ubyte.gz": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}


class MissingData(FileNotFoundError):  # noqa: N818 (reads as what it is in `raises MissingData`)
    """MNIST is not where it should be, and cannot be downloaded."""


def find_mnist(folder):
    """Return the paths of the four files, in the order of CHECKSUMS, downloaded if need be."""
    named, origin = folder, "the folder"
    if named is None:
        named, origin = os.environ.get(VARIABLE) or None, f"the folder that {VARIABLE} names,"
    if named is None:
        return download(_home(), CHECKSUMS, MIRRORS)
    place = _expanded(named)
    missing = [name for name in CHECKSUMS if _path_in(place, name) is None]
    if missing:
        raise MissingData(
            f"MNIST is not all in {origin} {place}: put {', '.join(missing)} there, "
            f"or name no folder to have it downloaded"
        )
    return [_path_in(place, name) for name in CHECKSUMS]


def _expanded(folder):
    try:
        return Path(folder).expanduser()
    except RuntimeError as error:
        raise MissingData(f"there is no folder {folder}: nobody has that name here") from error


def _home():
    """Return the folder for downloads: the checkout's, or the user's cache."""
    checkout = (ROOT / "_toc.yml").is_file()
    return (ROOT / "data" if checkout else Path(_pooch().os_cache("cnnbook"))) / "mnist"


def _path_in(folder, name):
    """Return the path of a .gz file, or of the same file unpacked, or None."""
    paths = (Path(folder) / name, Path(folder) / name.removesuffix(".gz"))
    return next((path for path in paths if path.is_file()), None)


def download(folder, checksums, mirrors):
    """Download the files that a folder lacks; a file appears there only whole and checked.

    Parameters
    ----------
    folder : Path
        Made if it does not exist.
    checksums : dict of str to str
        SHA-256 of each file, by name.
    mirrors : sequence of str
        Addresses that end in a slash, tried in turn.

    Returns
    -------
    list of Path
        Of the files, in the order of the checksums.

    Raises
    ------
    MissingData
        If no mirror gives one of the files, or it cannot be written.
    ValueError
        If a file is there, but is another one.
    """
    for name, checksum in checksums.items():
        path = Path(folder) / name
        if not path.is_file():
            _download_file(path, checksum, mirrors)
        elif _pooch().file_hash(path) != checksum:
            raise ValueError(
                f"{path} is not the file that was published, as its checksum shows: remove it to "
                f"have it downloaded, or name a folder of your own in {VARIABLE}"
            )
    return [Path(folder) / name for name in checksums]


def _download_file(path, checksum, mirrors):
    pooch, reasons = _pooch(), []
    folder, name = path.parent, path.name
    for mirror in mirrors:
        try:
            # pooch writes to a temporary file, checks it, and only then gives it its name.
            with _quiet(pooch.get_logger()), _bar(name) as bar:
                loader = pooch.HTTPDownloader(progressbar=bar, chunk_size=2**16, timeout=TIMEOUT)
                pooch.retrieve(mirror + name, f"sha256:{checksum}", name, folder, downloader=loader)
            return
        except ValueError:
            reasons.append(f"{mirror} (wrong checksum)")
        except OSError as error:  # errors of the network are among these, without a number
            if error.errno is not None:
                raise MissingData(
                    f"{name} is not in {folder}, and cannot be written there: {error.strerror}"
                ) from error
            reasons.append(f"{mirror} ({type(error).__name__})")
    raise MissingData(
        f"{name} is not in {folder} and could not be downloaded from {' or '.join(reasons)}: "
        f"put the four files of MNIST there, or name their folder in the environment variable "
        f"{VARIABLE}"
    )


def _pooch():
    """Import pooch without the warning of its tqdm in a notebook that has no widgets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TqdmWarning)
        import pooch
    return pooch


def _bar(name):
    # pooch asks whether the bar is true, and tqdm answers only if it has a total, which pooch then
    # replaces by the one that the server names.
    hidden = {"disable": True} if sys.stderr is None else {}
    return tqdm(desc=name, total=1, unit="B", unit_scale=True, leave=False, **hidden)


@contextmanager
def _quiet(logger):
    """Let only warnings through: what a notebook prints to stderr would be compared."""
    level = logger.level
    logger.setLevel("WARNING")
    try:
        yield
    finally:
        logger.setLevel(level)
