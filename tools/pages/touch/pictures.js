/* Small pictures of arrays: one colour whose strength is the number, on the ground of the page. */

(function (touch) {
  "use strict";

  /* A canvas of one map, its pixels enlarged. */
  function picture(height, width, attributes) {
    return touch.element("canvas", { height, width, ...attributes });
  }

  /* Paint map m of an array [H, W, M]: `strength` from -1 to 1 of each number, in the colours of
     the positive and of the negative ones. */
  function paint(canvas, { shape, data }, m, strength, positive, negative) {
    const [H, W, M] = shape;
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(W, H);
    for (let place = 0; place < H * W; place++) {
      const value = strength(data[place * M + m]);
      const colour = value < 0 ? negative : positive;
      pixels.data.set([...colour, Math.round(255 * Math.min(Math.abs(value), 1))], 4 * place);
    }
    context.putImageData(pixels, 0, 0);
  }

  /* Red, green and blue of a colour that a variable of the style names. */
  function colourOf(figure, name) {
    const probe = touch.element("span", { style: `color: var(--${name})` });
    figure.append(probe);
    const context = touch.element("canvas", { height: 1, width: 1 }).getContext("2d");
    context.fillStyle = getComputedStyle(probe).color;
    probe.remove();
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
  }

  /* The largest size of a number in an array, or 1 where all are zero. */
  const largest = ({ data }) => data.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;

  Object.assign(touch, { picture, paint, colourOf, largest });
})((globalThis.touch = globalThis.touch || {}));
