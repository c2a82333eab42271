/* Convolution, forward and back, as one list of meetings of a pixel, a tap and an output.

Pure functions: they know no page, and tests compare them with cnnbook. An array is
{shape, data}, its numbers in one list, the last axis fastest, as NumPy stores them: images
[H, W, M], filters [F, K, L, M], outputs [H', W', F]. */

(function (touch) {
  "use strict";

  const count = (shape) => shape.reduce((product, size) => product * size, 1);
  const zeros = (shape) => ({ shape, data: new Float64Array(count(shape)) });

  /* The place [i, j, ...] of a number of the data. */
  function unravel(index, shape) {
    const at = [];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at.unshift(index % shape[axis]);
      index = Math.floor(index / shape[axis]);
    }
    return at;
  }

  /* Output positions along one direction, 0 if the kernel does not fit even once. */
  function outputSize(size, kernel, stride, dilation) {
    const extent = dilation * (kernel - 1) + 1;
    return extent > size ? 0 : Math.floor((size - extent) / stride) + 1;
  }

  /* Zeros [before, after] along one direction. */
  function border(kernel, { mode, padding, dilation }) {
    const reach = dilation * (kernel - 1);
    if (mode === "full") return [reach, reach];
    if (mode === "same") return [Math.floor((reach + 1) / 2), Math.floor(reach / 2)];
    return [padding, padding];
  }

  /* All sizes that follow from those of image and filters. A `line` is one row of pixels, padded
     to the left and right alone. */
  function geometry(imageShape, kernelShape, options) {
    const [H, W, M] = imageShape;
    const [F, K, L] = kernelShape;
    const { stride, dilation } = options;
    const [above, below] = options.line ? [0, 0] : border(K, options);
    const [left, right] = border(L, options);
    const padded = [above + H + below, left + W + right, M];
    const rows = outputSize(padded[0], K, stride, dilation);
    const columns = outputSize(padded[1], L, stride, dilation);
    return {
      image: imageShape, kernel: kernelShape, padded, output: [rows, columns, F],
      above, left, stride, dilation, turned: options.turned, fits: rows > 0 && columns > 0,
    };
  }

  /* Calls visit(pixel, tap, output) for each meeting, output by output; the numbers are places in
     the data of the padded image, of the filters and of the output. */
  function eachMeeting({ padded, kernel, output, stride, dilation, turned }, visit) {
    const [, W, M] = padded;
    const [F, K, L] = kernel;
    const [rows, columns] = output;
    for (let f = 0; f < F; f++)
      for (let u = 0; u < rows; u++)
        for (let v = 0; v < columns; v++)
          for (let m = 0; m < M; m++)
            for (let r = 0; r < K; r++)
              for (let c = 0; c < L; c++) {
                const h = stride * u + dilation * (turned ? K - 1 - r : r);
                const w = stride * v + dilation * (turned ? L - 1 - c : c);
                visit(
                  (h * W + w) * M + m, ((f * K + r) * L + c) * M + m, (u * columns + v) * F + f,
                );
              }
  }

  function meetings(sizes) {
    const list = [];
    eachMeeting(sizes, (pixel, tap, output) => list.push({ pixel, tap, output }));
    return list;
  }

  /* The place in the padded image of each pixel of the image. */
  function places({ image, padded, above, left }) {
    const [H, W, M] = image;
    const found = [];
    for (let h = 0; h < H; h++)
      for (let w = 0; w < W; w++)
        for (let m = 0; m < M; m++) found.push(((h + above) * padded[1] + w + left) * M + m);
    return found;
  }

  function pad(x, sizes) {
    const padded = zeros(sizes.padded);
    places(sizes).forEach((place, pixel) => { padded.data[place] = x.data[pixel]; });
    return padded;
  }

  function crop(padded, sizes) {
    return { shape: sizes.image, data: places(sizes).map((place) => padded.data[place]) };
  }

  /* The three sums over the list: by output, by pixel, by tap. */
  function convolve(x, kernel, sizes) {
    const padded = pad(x, sizes);
    const z = zeros(sizes.output);
    eachMeeting(sizes, (pixel, tap, output) => {
      z.data[output] += padded.data[pixel] * kernel.data[tap];
    });
    return z;
  }

  function inputGradient(delta, kernel, sizes) {
    const dpadded = zeros(sizes.padded);
    eachMeeting(sizes, (pixel, tap, output) => {
      dpadded.data[pixel] += kernel.data[tap] * delta.data[output];
    });
    return crop(dpadded, sizes);
  }

  function kernelGradient(x, delta, sizes) {
    const padded = pad(x, sizes);
    const dkernel = zeros(sizes.kernel);
    eachMeeting(sizes, (pixel, tap, output) => {
      dkernel.data[tap] += padded.data[pixel] * delta.data[output];
    });
    return dkernel;
  }

  Object.assign(touch, {
    count, zeros, unravel, outputSize, geometry, eachMeeting, meetings, places, pad,
    convolve, inputGradient, kernelGradient,
  });
})((globalThis.touch = globalThis.touch || {}));
