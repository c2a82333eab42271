"""The data of the book: images of handwritten digits, 0 to 9, and a photograph.

`digits` comes with scikit-learn and needs no download; `mnist` is found in a folder, or downloaded
once. Both give their arrays read-only, so that no cell of a notebook can spoil them for the next.
"""

from cnnbook.datasets.files import MissingData
from cnnbook.datasets.handwritten import digits, mnist
from cnnbook.datasets.idx import read_idx
from cnnbook.datasets.photographs import photograph
from cnnbook.datasets.samples import Dataset, Samples

__all__ = ["Dataset", "MissingData", "Samples", "digits", "mnist", "photograph", "read_idx"]
