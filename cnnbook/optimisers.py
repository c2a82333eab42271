"""Optimisers: how a step follows from the gradients.

All have one method, ``step(parameters, gradients)``, which changes the parameters in place. What
an optimiser remembers from step to step it keeps under the parameter's name.
"""

from numbers import Real

import numpy as np

CACHED = 2**15  # numbers: what a core's cache holds of a parameter and all that goes with it


class Optimiser:
    """What the optimisers have in common: the learning rate, and the loop over the parameters.

    A subclass says in `_change` what is subtracted from a parameter.

    Parameters
    ----------
    rate : float
        Learning rate eta, positive. It may be changed between steps.
    """

    def __init__(self, rate):
        self.rate = rate

    @property
    def rate(self):
        """Learning rate eta."""
        return self._rate

    @rate.setter
    def rate(self, rate):
        if not (isinstance(rate, Real) and np.isfinite(rate) and rate > 0):
            raise ValueError(f"the learning rate must be a positive number, but is {rate!r}")
        self._rate = float(rate)

    def step(self, parameters, gradients):
        """Change every parameter in place; all are checked before the first is changed.

        Parameters
        ----------
        parameters : dict of str to array
            As `Network.parameters` gives them.
        gradients : dict of str to array
            dE/d(parameter) under the same names, of the same shapes; other names are ignored, so
            that some of the parameters of a network can be trained by themselves.

        Raises
        ------
        ValueError
            If a gradient is missing or has another shape than its parameter, or if a parameter
            had another shape in an earlier step.
        """
        for name, parameter in parameters.items():
            self._check(name, parameter, gradients)
        for name, parameter in parameters.items():
            self._begin(name, parameter)
            for rows in _few_rows(parameter):
                parameter[rows] -= self._change(name, rows, gradients[name][rows])

    def _begin(self, name, parameter):
        """Make ready what is remembered for this parameter."""

    def _change(self, name, rows, gradient):
        """What is subtracted from some rows of the parameter, from their gradient."""
        raise NotImplementedError

    def _remembered(self):
        """Arrays from earlier steps, by parameter name."""
        return {}

    def _check(self, name, parameter, gradients):
        if name not in gradients:
            raise ValueError(f"there is no gradient for {name}, only for {sorted(gradients)}")
        if gradients[name].shape != parameter.shape:
            raise ValueError(
                f"{name} has shape {parameter.shape}, "
                f"but its gradient has shape {gradients[name].shape}"
            )
        known = self._remembered().get(name)
        if known is not None and known.shape != parameter.shape:
            raise ValueError(
                f"{name} has shape {parameter.shape}, but had shape {known.shape} in an earlier "
                "step: every network needs an optimiser of its own"
            )


class SGD(Optimiser):
    """Stochastic gradient descent: Theta <- Theta - eta dE/dTheta (:eq:`eq-sgd`, K7).

    Parameters
    ----------
    rate : float
        Learning rate eta.
    """

    def _change(self, name, rows, gradient):
        return self.rate * gradient


class Momentum(Optimiser):
    """Steps along a velocity V that gathers the gradients, and forgets them slowly.

    V <- mu V + dE/dTheta, Theta <- Theta - eta V (:eq:`eq-momentum`), with V = 0 at first.

    Parameters
    ----------
    rate : float
        Learning rate eta.
    momentum : float
        mu, at least 0 (then this is `SGD`) and below 1.
    """

    def __init__(self, rate, momentum=0.9):
        super().__init__(rate)
        self.momentum = _fraction("momentum", momentum)
        self.velocity = {}

    def _begin(self, name, parameter):
        self.velocity.setdefault(name, np.zeros_like(parameter))

    def _change(self, name, rows, gradient):
        velocity = self.velocity[name][rows]
        velocity *= self.momentum
        velocity += gradient
        return self.rate * velocity

    def _remembered(self):
        return self.velocity


class Adam(Optimiser):
    """Steps of nearly equal length for all parameters, whatever the size of their gradients.

    With g = dE/dTheta and tau = 1, 2, ... the number of the step (:eq:`eq-adam`):
    A <- beta_1 A + (1 - beta_1) g, Q <- beta_2 Q + (1 - beta_2) g^2, A^ = A / (1 - beta_1^tau),
    Q^ = Q / (1 - beta_2^tau), Theta <- Theta - eta A^ / (sqrt(Q^) + epsilon).
    A and Q start at zero; the divisions take out what remains of that start.

    Parameters
    ----------
    rate : float
        Learning rate eta.
    beta1, beta2 : float
        At least 0 and below 1: how much of the running means A and Q a step keeps.
    epsilon : float
        Positive; keeps the quotient finite where gradients are zero.
    """

    def __init__(self, rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(rate)
        self.beta1 = _fraction("beta1", beta1)
        self.beta2 = _fraction("beta2", beta2)
        if not (isinstance(epsilon, Real) and np.isfinite(epsilon) and epsilon > 0):
            raise ValueError(f"epsilon must be a positive number, but is {epsilon!r}")
        self.epsilon = float(epsilon)
        self.first, self.second, self.steps = {}, {}, {}  # A, Q, tau

    def _begin(self, name, parameter):
        self.first.setdefault(name, np.zeros_like(parameter))
        self.second.setdefault(name, np.zeros_like(parameter))
        self.steps[name] = self.steps.get(name, 0) + 1

    def _change(self, name, rows, gradient):
        first, second, tau = self.first[name][rows], self.second[name][rows], self.steps[name]
        first += (1 - self.beta1) * (gradient - first)
        second += (1 - self.beta2) * (gradient * gradient - second)
        unbiased_first = first / (1 - self.beta1**tau)
        unbiased_second = second / (1 - self.beta2**tau)
        return self.rate * unbiased_first / (np.sqrt(unbiased_second) + self.epsilon)

    def _remembered(self):
        return self.first


def _few_rows(parameter):
    """Runs of rows that are small enough for the cache."""
    count = max(1, CACHED // (parameter[:1].size or 1))
    return [slice(start, start + count) for start in range(0, len(parameter), count)]


def _fraction(name, number):
    if not (isinstance(number, Real) and 0 <= number < 1):
        raise ValueError(f"{name} must be at least 0 and below 1, but is {number!r}")
    return float(number)
