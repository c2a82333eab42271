"""The comparisons: for each, what to run in which library, and the largest ratio asked for."""

from dataclasses import dataclass

# The module with each library's side; every library works in a process of its own.
MODULES = {
    "cnnbook": "ours",
    "PyTorch": "with_torch",
    "TensorFlow": "with_tensorflow",
    "scikit-learn": "with_sklearn",
}
PACKAGES = {"scikit-learn": "sklearn", "PyTorch": "torch", "TensorFlow": "tensorflow"}

# Multiplications and additions of a direct training step of the reference network, minibatch 128:
# two convolutions (the first needs no gradient of its input) and two dense layers.
STEP_OPERATIONS = 128 * 2 * (2 * 26**2 * 9 * 32 + 3 * 24**2 * 288 * 64 + 3 * 9216 * 128 + 3 * 1280)

CONVOLUTIONS = [  # name, maps, filters, kernel, options
    ("5x5", 32, 64, 5, {}),
    ("5x5, padding 2", 16, 32, 5, {"padding": 2}),
    ("3x3, stride 2", 32, 64, 3, {"stride": 2}),
    ("3x3, dilation 2", 32, 64, 3, {"dilation": 2}),
    ("3x3", 32, 64, 3, {}),
]


@dataclass(frozen=True)
class Case:
    """A function that all named modules have, with its arguments after the number of threads."""

    name: str
    function: str
    others: tuple[str, ...] = ("PyTorch",)
    bar: float | None = None
    arguments: tuple = ()
    operations: float | None = None


@dataclass(frozen=True)
class Growth:
    """Work of ours with two sets of arguments, and how many times as large the second is."""

    name: str
    function: str
    small: tuple
    large: tuple
    factor: int
    bar: float | None = None


COMPARED = [
    Case(
        "training step, reference network",
        "reference_step",
        ("PyTorch", "TensorFlow"),
        0.60,
        operations=STEP_OPERATIONS,
    ),
    Case("prediction, 10,000 images", "prediction", bar=0.60),
    *(
        Case(f"convolution {name}, there and back", "convolution", bar=1.25, arguments=arguments)
        for name, *arguments in CONVOLUTIONS
    ),
    Case("training step, dense 784-128-10", "dense_step", bar=1.0),
    Case("epoch, dense 784-128-10", "dense_epoch", ("scikit-learn",), 1.0),
]
# Without padding, a large image loses a smaller part of its outputs at the border, so that each of
# its pixels is more work; with padding ("same"), it is the same work.
PIXELS = "cost per pixel, 112x112 against 28x28"
GROWING = [
    Growth("cost per image, minibatch 512 against 128", "reference_step", (128,), (512,), 4, 1.25),
    Growth(PIXELS, "images_there_and_back", (28, "same"), (112, "same"), 16, 1.25),
    Growth(f"{PIXELS}, no padding", "images_there_and_back", (28, "valid"), (112, "valid"), 16),
]
