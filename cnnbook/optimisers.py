"""Optimisers: how a step follows from the gradients.

All have one method, ``step(parameters, gradients)``, which changes the parameters in place. Each
rule is a few lines in `change`; what it remembers from step to step are arrays of the parameter's
shape, which `Optimiser` keeps under the parameter's name.
"""

import numpy as np

from cnnbook.arguments import check_fraction, check_positive_real

CACHED = 2**15  # numbers: what a core's cache holds of a parameter and all that goes with it


class Optimiser:
    """What the optimisers have in common: the learning rate, and the loop over the parameters.

    Parameters
    ----------
    rate : float
        Learning rate eta, positive. It may be changed between steps.

    Attributes
    ----------
    memory : dict of str to list of arrays
        By the name of a parameter, the arrays that `change` gets, zero at first.
    steps : dict of str to int
        By the name of a parameter, tau, the number of steps it has taken.
    """

    memories = 0  # how many arrays a parameter needs

    def __init__(self, rate):
        self.rate = rate
        self.memory, self.steps = {}, {}

    @property
    def rate(self):
        """Learning rate eta."""
        return self._rate

    @rate.setter
    def rate(self, rate):
        check_positive_real("the learning rate", rate)
        self._rate = float(rate)

    def change(self, g, tau, *memory):
        """What is subtracted from a parameter.

        Parameters
        ----------
        g : array
            dE/dTheta.
        tau : int
            The number of this step: 1, 2, ...
        *memory : arrays of the shape of g
            To be changed in place.

        Returns
        -------
        array of the shape of g
        """
        raise NotImplementedError

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
            memory = self.memory.setdefault(
                name, [np.zeros_like(parameter) for _ in range(self.memories)]
            )
            self.steps[name] = self.steps.get(name, 0) + 1
            for part, g, *remembered in _in_slices(parameter, gradients[name], *memory):
                part -= self.change(g, self.steps[name], *remembered)

    def _check(self, name, parameter, gradients):
        if name not in gradients:
            raise ValueError(f"there is no gradient for {name}, only for {sorted(gradients)}")
        if np.shape(gradients[name]) != parameter.shape:
            raise ValueError(
                f"{name} has shape {parameter.shape}, "
                f"but its gradient has shape {np.shape(gradients[name])}"
            )
        for known in self.memory.get(name, []):
            if known.shape != parameter.shape:
                raise ValueError(
                    f"{name} has shape {parameter.shape}, but had shape {known.shape} in an "
                    "earlier step: every network needs an optimiser of its own"
                )


class SGD(Optimiser):
    """Stochastic gradient descent: Theta <- Theta - eta dE/dTheta (:eq:`eq-sgd`, K7).

    Parameters
    ----------
    rate : float
        Learning rate eta.
    """

    def change(self, g, tau):
        """eta g."""
        return self.rate * g


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

    memories = 1

    def __init__(self, rate, momentum=0.9):
        super().__init__(rate)
        check_fraction("momentum", momentum)
        self.momentum = float(momentum)

    def change(self, g, tau, V):
        """eta V, with V <- mu V + g."""
        V *= self.momentum
        V += g
        return self.rate * V


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

    memories = 2

    def __init__(self, rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        super().__init__(rate)
        check_fraction("beta1", beta1)
        check_fraction("beta2", beta2)
        check_positive_real("epsilon", epsilon)
        self.beta1, self.beta2, self.epsilon = float(beta1), float(beta2), float(epsilon)

    def change(self, g, tau, A, Q):
        """eta A^ / (sqrt(Q^) + epsilon), with the means A of g and Q of g^2."""
        A += (1 - self.beta1) * (g - A)
        Q += (1 - self.beta2) * (g * g - Q)
        A_hat = A / (1 - self.beta1**tau)
        Q_hat = Q / (1 - self.beta2**tau)
        return self.rate * A_hat / (np.sqrt(Q_hat) + self.epsilon)


def _in_slices(*arrays):
    """The arrays, all of one shape, in runs of rows that are small enough for the cache.

    Views, to be changed in place.
    """
    if arrays[0].size <= CACHED:
        yield arrays
        return
    rows = len(arrays[0])
    count = max(1, CACHED // arrays[0][0].size)
    for start in range(0, rows, count):
        yield [array[start : start + count] for array in arrays]
