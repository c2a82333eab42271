/* Pooling, forward and back, as one list of meetings of a pixel and a window.

Pure functions, compared with cnnbook by tests. Maps are {shape: [H, W, M], data}. */

(function (touch) {
  "use strict";

  /* Number of windows along one direction, 0 if none fits. */
  function pooledSize(size, window, stride, edges) {
    if (edges === "ignore") return size < window ? 0 : Math.floor((size - window) / stride) + 1;
    const windows = Math.max(Math.ceil((size - window) / stride), 0) + 1;
    return (windows - 1) * stride >= size ? windows - 1 : windows;
  }

  /* The windows over maps of a shape: for each output, the pixels under it, row by row. */
  function windowsOf([H, W, M], { window, stride, edges }) {
    const rows = pooledSize(H, window, stride, edges);
    const columns = pooledSize(W, window, stride, edges);
    const pixels = [];
    for (let u = 0; u < rows; u++)
      for (let v = 0; v < columns; v++)
        for (let m = 0; m < M; m++) {
          const under = [];
          for (let h = stride * u; h < Math.min(stride * u + window, H); h++)
            for (let w = stride * v; w < Math.min(stride * v + window, W); w++)
              under.push((h * W + w) * M + m);
          pixels.push(under);
        }
    return { shape: [H, W, M], output: [rows, columns, M], pixels, fits: rows > 0 && columns > 0 };
  }

  /* The first of the largest pixels of each window. */
  function winnersOf(x, windows) {
    return windows.pixels.map((under) =>
      under.reduce((best, pixel) => (x.data[pixel] > x.data[best] ? pixel : best)));
  }

  function pool(x, windows, kind) {
    const data = kind === "max"
      ? winnersOf(x, windows).map((pixel) => x.data[pixel])
      : windows.pixels.map((under) =>
        under.reduce((sum, pixel) => sum + x.data[pixel], 0) / under.length);
    return { shape: windows.output, data };
  }

  /* The gradient at the pixels from that at the outputs: all of it to the winner, or an equal part
     to each pixel of the window. */
  function unpool(delta, windows, winners) {
    const dx = touch.zeros(windows.shape);
    windows.pixels.forEach((under, output) => {
      const share = winners ? delta.data[output] : delta.data[output] / under.length;
      for (const pixel of winners ? [winners[output]] : under) dx.data[pixel] += share;
    });
    return dx;
  }

  Object.assign(touch, { pooledSize, windowsOf, winnersOf, pool, unpool });
})((globalThis.touch = globalThis.touch || {}));
