"""An epoch of stochastic gradient descent by scikit-learn's multilayer perceptron."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier


def dense_epoch(threads, samples=12_800):
    rng = np.random.default_rng(0)
    x, labels = rng.random((samples, 784), dtype=np.float32), rng.integers(0, 10, samples)
    descent = {"solver": "sgd", "momentum": 0, "alpha": 0, "learning_rate_init": 0.01}
    model = MLPClassifier((128,), **descent, batch_size=128, max_iter=1, random_state=0)

    def epoch():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # one epoch is meant
            model.fit(x, labels)

    return epoch
