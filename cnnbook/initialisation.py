"""Initial weights: random, with a spread that keeps the size of signals from layer to layer.

Both functions take the same arguments, so that a layer can be given either.
"""

import numpy as np

from cnnbook.arguments import check_generator, check_precision


def glorot(shape, inputs, outputs, rng, dtype=np.float64):
    """Uniform numbers within +-sqrt(6 / (inputs + outputs)) (:eq:`eq-glorot`, K7).

    Their variance is 2 / (inputs + outputs): a compromise between what keeps the variance of the
    outputs on the way forward and that of the gradients on the way back.

    Parameters
    ----------
    shape : tuple
        Of the weights.
    inputs, outputs : int
        Fan-in and fan-out: how many inputs one output sums, and how many outputs one input reaches.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Returns
    -------
    array of the given shape and dtype
    """
    _check(inputs, outputs, rng, dtype)
    limit = np.sqrt(6 / (inputs + outputs))
    return rng.uniform(-limit, limit, shape).astype(dtype)


def he(shape, inputs, outputs, rng, dtype=np.float64):
    """Normal numbers with variance 2 / inputs (:eq:`eq-he`), made for ReLU.

    ReLU sets half of its inputs to zero; the factor 2 makes up for it. The arguments are those of
    `glorot`; the fan-out is not used.
    """
    _check(inputs, outputs, rng, dtype)
    return (np.sqrt(2 / inputs) * rng.standard_normal(shape)).astype(dtype)


def _check(inputs, outputs, rng, dtype):
    if inputs < 1 or outputs < 1:
        raise ValueError(f"fan-in and fan-out must be 1 or more, but are {inputs} and {outputs}")
    check_generator(rng)
    check_precision(dtype)
