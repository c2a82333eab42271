"""The comparisons: for each, what to run in which library, and the largest ratio asked for."""

from dataclasses import dataclass, field

OURS = "cnnbook"
OLDER = "an older version"

# The module with each library's side; every library works in a process of its own.
MODULES = {
    OURS: "ours",
    OLDER: "ours",  # its own, from its checkout
    "PyTorch": "with_torch",
    "TensorFlow": "with_tensorflow",
    "scikit-learn": "with_sklearn",
}
PACKAGES = {"scikit-learn": "sklearn", "PyTorch": "torch", "TensorFlow": "tensorflow"}

# The settings that a library is tried with, by name; the fastest is compared.
PLAIN = {"": {}}
ORDERS = {"maps first": {}, "channels_last": {"channels_last": True}}

BATCH = 512  # images that both sides predict at a time

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
    """A function that all named modules have, with its arguments after the number of threads.

    Attributes
    ----------
    bars : dict of str to float
        By the name of a library, the largest ratio of our time to its that is asked for.
    theirs : str, optional
        What the others' function is called, if not as ours.
    settings : dict of str to dict
        The options that PyTorch is tried with, by the name of the setting.
    """

    name: str
    function: str
    others: tuple[str, ...] = ("PyTorch",)
    bars: dict[str, float] = field(default_factory=dict)
    arguments: tuple = ()
    operations: float | None = None
    theirs: str | None = None
    settings: dict[str, dict] = field(default_factory=lambda: ORDERS)
    module: str = "ours"


@dataclass(frozen=True)
class Growth:
    """Work of ours with two sets of arguments, and how many times as large the second is."""

    name: str
    function: str
    small: tuple
    large: tuple
    factor: int
    bar: float | None = None


STEP = "training step, reference network"
COMPARED = [
    Case(
        STEP,
        "reference_step",
        (OLDER, "PyTorch", "TensorFlow"),
        {OLDER: 0.80, "PyTorch": 0.60, "TensorFlow": 1.0},
        operations=STEP_OPERATIONS,
    ),
    Case(
        "the same without Winograd's method",
        "reference_step_by_im2col",
        theirs="reference_step",
        operations=STEP_OPERATIONS,
    ),
    Case(
        "prediction, 10,000 images",
        "prediction",
        (OLDER, "PyTorch"),
        {OLDER: 1.0, "PyTorch": 0.60},
    ),
    *(
        Case(
            f"convolution {name}, there and back",
            "convolution",
            bars={"PyTorch": 1.25},
            arguments=arguments,
        )
        for name, *arguments in CONVOLUTIONS
    ),
    Case("training step, dense 784-128-10", "dense_step", bars={"PyTorch": 1.0}, settings=PLAIN),
    Case("epoch, dense 784-128-10", "dense_epoch", ("scikit-learn",), {"scikit-learn": 1.0}),
    Case("epoch, small digits", "epoch", (OLDER,), {OLDER: 1.0}, module="digits"),
]
# Without padding, a large image loses a smaller part of its outputs at the border, so that each of
# its pixels is more work; with padding ("same"), it is the same work.
PIXELS = "cost per pixel, 112x112 against 28x28"
GROWING = [
    Growth("cost per image, minibatch 512 against 128", "reference_step", (128,), (512,), 4, 1.25),
    Growth(PIXELS, "images_there_and_back", (28, "same"), (112, "same"), 16, 1.25),
    Growth(f"{PIXELS}, no padding", "images_there_and_back", (28, "valid"), (112, "valid"), 16),
]
MEMORY = "peak memory of a training step"
MEMORY_BAR = 0.5
