"""Run notebooks from top to bottom in a fresh kernel and store their outputs.

    python tools/execute.py chapters/1-neurons/10-perceptron.ipynb ...

What is stored is the same on every machine: no times, no versions, one thread. A notebook that
raises an error or writes to stderr is left as it was.
"""

import hashlib
import os
import sys
from pathlib import Path

# Read by NumPy, scikit-learn and tqdm in the kernel; what the caller has set stays.
SETTINGS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TQDM_DISABLE": "1",
}
for name, value in SETTINGS.items():
    os.environ.setdefault(name, value)

import nbformat  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellExecutionError  # noqa: E402

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
KEPT = ("mystnb", "steps", "tags")  # metadata of a cell


def normalise(notebook):
    """Keep only metadata that the book uses, and name each cell after its source."""
    notebook.metadata = nbformat.from_dict(METADATA)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    taken = set()
    for cell in notebook.cells:
        kept = {key: value for key, value in cell.metadata.items() if key in KEPT}
        cell.metadata = nbformat.from_dict(kept)
        digest = hashlib.sha256(cell.source.encode()).hexdigest()[:8]
        copies = (f"{digest}-{count}" if count else digest for count in range(len(taken) + 1))
        cell.id = next(name for name in copies if name not in taken)
        taken.add(cell.id)


def check(notebook):
    """Refuse outputs that must not be stored."""
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                raise ValueError(f"cell {number} writes to stderr: {output.text.strip()}")


def execute(path):
    """Run one notebook and replace its file, all or nothing."""
    notebook = nbformat.read(path, as_version=4)
    folder = {"metadata": {"path": str(path.parent)}}
    client = NotebookClient(
        notebook,
        timeout=1200,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,  # or what one cell prints is stored in chunks, by chance
        resources=folder,
    )
    client.execute()
    check(notebook)
    normalise(notebook)
    nbformat.validate(notebook)
    part = path.with_name(path.name + ".part")
    part.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    part.replace(path)


def main(paths):
    failed = False
    for path in map(Path, paths):
        try:
            execute(path)
            print(f"{path}: stored")
        except (CellExecutionError, ValueError) as error:
            print(f"{path}: not stored, {error}", file=sys.stderr)
            failed = True
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
