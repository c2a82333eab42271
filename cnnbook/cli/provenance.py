"""The record of how a file of weights was made, as JSON beside it."""

import datetime
import hashlib
import json
import platform

import numpy as np
from threadpoolctl import threadpool_info

from cnnbook import __version__
from cnnbook.archives import atomic_write

COMMAND = "python -m cnnbook train"


def write_record(weights, options, training, right, rounded, half, tested, command=COMMAND):
    """Write the record of a file of weights under its name, but with the ending .json.

    It tells options, versions and results, and nothing about the place where it was made.

    Parameters
    ----------
    weights : Path
    options : dict
        What was chosen.
    training : Training
        Finished.
    right, rounded : int, int or None
        Test digits right with the trained weights; with those rounded to half precision.
    half : bool
        Whether the rounded weights are those in the file.
    tested : int
        Number of test digits.
    command : str
        What trained them.

    Returns
    -------
    Path
        Of the record.
    """
    network, history = training.network, training.history
    record = {
        "command": command,
        "options": options | {"epochs": training.epochs},
        "layers": [repr(layer) for layer in network.layers],
        "parameters": sum(array.size for array in network.parameters().values()),
        "training digits": len(training.x),
        "test digits": tested,
        "right in single precision": right,
        "right in half precision": rounded,
        "precision": "half" if half else "single",
        "right": rounded if half else right,
        "epochs": history.epochs,
        "loss": history.loss,
        "accuracy": history.accuracy,
        "held out loss": history.validation_loss,
        "held out accuracy": history.validation_accuracy,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "versions": versions(),
        "sha256 of the weights": hashlib.sha256(weights.read_bytes()).hexdigest(),
    }
    path = weights.with_suffix(".json")
    with atomic_write(path) as file:
        file.write((json.dumps(record, indent=2) + "\n").encode())
    return path


def versions():
    """Of all that decides the last bits."""
    blas = [
        f"{library['internal_api']} {library['version']}, {library.get('architecture')}"
        for library in threadpool_info()
        if library["user_api"] == "blas"
    ]
    return {
        "cnnbook": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "blas": sorted(set(blas)),
        "machine": platform.machine(),
    }
