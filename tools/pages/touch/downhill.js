/* Gradient descent of one neuron with two weights on the logistic loss.

Pure functions, compared with cnnbook by tests. Samples are {x: [x0, x1, x0, x1, ...], t: [...]}. */

(function (touch) {
  "use strict";

  /* log(1 + e^z), which does not overflow. */
  const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

  /* The loss E at the weights, and its gradient: the mean of (y - t) x. */
  function logistic({ x, t }, [theta0, theta1]) {
    const total = { loss: 0, gradient: [0, 0] };
    t.forEach((target, n) => {
      const [x0, x1] = [x[2 * n], x[2 * n + 1]];
      const z = theta0 * x0 + theta1 * x1;
      const delta = Math.exp(-softplus(-z)) - target;
      total.loss += (softplus(z) - target * z) / t.length;
      total.gradient[0] += (delta * x0) / t.length;
      total.gradient[1] += (delta * x1) / t.length;
    });
    return total;
  }

  /* The places and losses before the first step and after each. */
  function descend(samples, start, rate, steps) {
    const way = [];
    let theta = start;
    for (let step = 0; step <= steps; step++) {
      const { loss, gradient } = logistic(samples, theta);
      way.push({ theta, loss });
      theta = [theta[0] - rate * gradient[0], theta[1] - rate * gradient[1]];
    }
    return way;
  }

  /* At how many steps the loss has risen. */
  const rises = (way) => way.filter(({ loss }, n) => n && loss > way[n - 1].loss).length;

  Object.assign(touch, { logistic, descend, rises });
})((globalThis.touch = globalThis.touch || {}));
