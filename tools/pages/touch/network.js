/* A small network, forward and back, in the terms of the meetings and the windows.

Pure functions, compared with cnnbook by tests. A layer is {layer, ...options, W, b}. */

(function (touch) {
  "use strict";

  /* The parameters of a figure's settings: half or single precision, little-endian, in base64. */
  function unpacked({ shape, bytes, data }) {
    const content = fromBase64(data);
    const view = new DataView(content.buffer);
    const read = bytes === 2
      ? (at) => half(view.getUint16(at, true)) : (at) => view.getFloat32(at, true);
    return { shape, data: Array.from({ length: touch.count(shape) }, (_, i) => read(bytes * i)) };
  }

  function fromBase64(text) {
    const signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const content = [];
    let bits = 0;
    let count = 0;
    for (const sign of text.replace(/=+$/, "")) {
      bits = ((bits << 6) | signs.indexOf(sign)) & 0xffff;
      count += 6;
      if (count >= 8) content.push((bits >> (count -= 8)) & 0xff);
    }
    return Uint8Array.from(content);
  }

  /* A number of half precision: one bit for the sign, five for the exponent, ten for the rest. */
  function half(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const rest = bits & 0x3ff;
    return exponent
      ? sign * (1 + rest / 1024) * 2 ** (exponent - 15) : sign * (rest / 1024) * 2 ** -14;
  }

  const ready = (layers) => layers.map((layer) =>
    layer.W?.bytes ? { ...layer, W: unpacked(layer.W), b: unpacked(layer.b) } : layer);

  /* phi, and phi' from the output. */
  const ACTIVATIONS = {
    identity: [(z) => z, () => 1],
    relu: [(z) => Math.max(z, 0), (o) => (o > 0 ? 1 : 0)],
  };
  const through = (array, change) => ({ shape: array.shape, data: array.data.map(change) });

  /* z = x Theta^T + b, for one row. */
  function dense({ W, b }, x) {
    const [nodes, inputs] = W.shape;
    return {
      shape: [nodes],
      data: b.data.map((bias, j) => {
        let z = bias;
        for (let i = 0; i < inputs; i++) z += W.data[j * inputs + i] * x.data[i];
        return z;
      }),
    };
  }
  function denseBack({ W }, delta) {
    const [nodes, inputs] = W.shape;
    const dx = touch.zeros([inputs]);
    for (let j = 0; j < nodes; j++)
      for (let i = 0; i < inputs; i++) dx.data[i] += W.data[j * inputs + i] * delta.data[j];
    return dx;
  }

  function softmax(z) {
    const largest = Math.max(...z.data);
    const powers = z.data.map((score) => Math.exp(score - largest));
    const sum = powers.reduce((one, two) => one + two, 0);
    return { shape: z.shape, data: powers.map((power) => power / sum) };
  }

  /* Of each pixel of an image [H, W, M], its place in the row. */
  function rasterPlaces([H, W, M], order) {
    return Array.from({ length: H * W * M }, (_, index) =>
      order === "pixels" ? index : (index % M) * H * W + Math.floor(index / M));
  }

  const sizesOf = (layer, x) => touch.geometry(x.shape, layer.W.shape, {
    turned: true, mode: "valid", stride: layer.stride, padding: layer.padding,
    dilation: layer.dilation,
  });

  const FORWARD = {
    convolution(layer, x) {
      const [activation] = ACTIVATIONS[layer.activation];
      const filters = layer.b.data.length;
      const z = touch.convolve(x, layer.W, sizesOf(layer, x));
      return through(z, (value, index) => activation(value + layer.b.data[index % filters]));
    },
    pooling: (layer, x) => touch.pool(x, touch.windowsOf(x.shape, layer), layer.kind),
    rasterization(layer, x) {
      const row = touch.zeros([x.data.length]);
      rasterPlaces(x.shape, layer.order).forEach((place, index) => { row.data[place] = x.data[index]; });
      return row;
    },
    hidden: (layer, x) => through(dense(layer, x), ACTIVATIONS[layer.activation][0]),
    softmax: (layer, x) => softmax(dense(layer, x)),
  };

  const BACK = {
    convolution(layer, gradient, x, o) {
      const slope = ACTIVATIONS[layer.activation][1];
      const delta = through(gradient, (g, index) => g * slope(o.data[index]));
      return touch.inputGradient(delta, layer.W, sizesOf(layer, x));
    },
    pooling(layer, gradient, x) {
      const windows = touch.windowsOf(x.shape, layer);
      const winners = layer.kind === "max" ? touch.winnersOf(x, windows) : null;
      return touch.unpool(gradient, windows, winners);
    },
    rasterization(layer, gradient, x) {
      const places = rasterPlaces(x.shape, layer.order);
      return { shape: x.shape, data: places.map((place) => gradient.data[place]) };
    },
    hidden(layer, gradient, x, o) {
      const slope = ACTIVATIONS[layer.activation][1];
      return denseBack(layer, through(gradient, (g, index) => g * slope(o.data[index])));
    },
    softmax: (layer, delta) => denseBack(layer, delta),
  };

  /* The output of every layer for one image; the last are the probabilities. */
  function forward(layers, image) {
    const outputs = [];
    layers.reduce((x, layer) => {
      outputs.push(FORWARD[layer.layer](layer, x));
      return outputs[outputs.length - 1];
    }, image);
    return outputs;
  }

  /* The gradient of E = -ln y_t at the image and at the output of every layer; at the last, whose
     place the scores take, it is y - t. */
  function backward(layers, image, outputs, target) {
    const inputs = [image, ...outputs];
    const y = outputs[outputs.length - 1];
    const gradients = [through(y, (p, j) => p - (j === target ? 1 : 0))];
    for (let at = layers.length - 1; at >= 0; at--)
      gradients.unshift(
        BACK[layers[at].layer](layers[at], gradients[0], inputs[at], outputs[at]));
    return gradients;
  }

  Object.assign(touch, { ready, forward, backward });
})((globalThis.touch = globalThis.touch || {}));
