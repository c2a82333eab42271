/* A drawing of strokes as an image, placed in its frame as the digits of MNIST are.

Pure functions, the same as cnnbook.interactive.pen and compared with it by tests. A stroke is a
list of points [x, y]; a drawing is a list of strokes. */

(function (touch) {
  "use strict";
  const PEN = { size: 28, box: 20, radius: 1.3, least: 25 };

  /* The image [28, 28, 1] of a drawing, and how its points became places in it: times `scale`, plus
     `shift`. */
  function imageOf(drawing) {
    const strokes = drawing.filter((stroke) => stroke.length);
    if (!strokes.length) return { image: touch.zeros([PEN.size, PEN.size, 1]), scale: 1, shift: [0, 0] };
    const extremes = [0, 1].map((axis) => {
      const values = strokes.flat().map((point) => point[axis]);
      return [Math.min(...values), Math.max(...values)];
    });
    const longer = Math.max(...extremes.map(([low, high]) => high - low), PEN.least);
    const scale = (PEN.box - 2 * PEN.radius) / longer;
    const middle = extremes.map(([low, high]) => PEN.size / 2 - ((low + high) / 2) * scale);
    const mass = centreOfMass(ink(strokes, scale, middle));
    const shift = middle.map((value, axis) => value + PEN.size / 2 - mass[axis]);
    return { image: ink(strokes, scale, shift), scale, shift };
  }

  /* How far the pen reaches over the centre of each pixel, from 0 to 1. */
  function ink(strokes, scale, shift) {
    const image = touch.zeros([PEN.size, PEN.size, 1]);
    const reach = PEN.radius + 0.5;
    const pixels = (low, high) => [
      Math.max(Math.floor(low - reach), 0), Math.min(Math.ceil(high + reach), PEN.size),
    ];
    for (const stroke of strokes) {
      const placed = stroke.map((point) => point.map((value, axis) => value * scale + shift[axis]));
      placed.forEach(([x0, y0], order) => {
        const [x1, y1] = placed[order + 1] ?? [x0, y0];
        const [left, right] = pixels(Math.min(x0, x1), Math.max(x0, x1));
        const [top, bottom] = pixels(Math.min(y0, y1), Math.max(y0, y1));
        for (let row = top; row < bottom; row++)
          for (let column = left; column < right; column++) {
            const place = row * PEN.size + column;
            const over = reach - distance(column + 0.5, row + 0.5, x0, y0, x1, y1);
            image.data[place] = Math.max(image.data[place], Math.min(over, 1));
          }
      });
    }
    return image;
  }

  /* From the point (x, y) to the nearest of a segment. */
  function distance(x, y, x0, y0, x1, y1) {
    const across = x1 - x0;
    const down = y1 - y0;
    const length = across * across + down * down;
    const along = length ? ((x - x0) * across + (y - y0) * down) / length : 0;
    const part = Math.min(Math.max(along, 0), 1);
    return Math.hypot(x - x0 - part * across, y - y0 - part * down);
  }

  function centreOfMass({ data }) {
    const sums = [0, 0];
    let mass = 0;
    data.forEach((value, place) => {
      sums[0] += value * (place % PEN.size + 0.5);
      sums[1] += value * (Math.floor(place / PEN.size) + 0.5);
      mass += value;
    });
    return sums.map((sum) => sum / mass);
  }

  Object.assign(touch, { PEN, imageOf });
})((globalThis.touch = globalThis.touch || {}));
