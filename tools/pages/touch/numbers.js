/* Numbers as figures write and say them, and the gradients that they start with.

Pure functions. */

(function (touch) {
  "use strict";

  /* Up to two decimals, with the minus sign of formulas. */
  const number = (value) => String(Number(value.toFixed(2))).replace("-", "\u2212");
  const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));
  const spoken = (value) => String(Number(value.toFixed(2))).replace("-", "minus ");

  /* Gradients to go back with, for outputs of any size: those given, those changed since, and
     elsewhere small numbers, the same as in cnnbook.interactive. */
  const DELTAS = [1, -1, 2, 0, 1, -2, 1];
  function deltas(given) {
    const known = new Map(given.data.map((value, index) =>
      [touch.unravel(index, given.shape).join(), value]));
    return {
      of(shape) {
        const filled = touch.zeros(shape);
        filled.data.forEach((_, index) => {
          const [u, v, f] = touch.unravel(index, shape);
          filled.data[index] = known.get([u, v, f].join())
            ?? DELTAS[(3 * u + 2 * v + 5 * f) % DELTAS.length];
        });
        return filled;
      },
      set: (index, shape, value) => known.set(touch.unravel(index, shape).join(), value),
    };
  }

  Object.assign(touch, { number, factor, spoken, deltas });
})((globalThis.touch = globalThis.touch || {}));
