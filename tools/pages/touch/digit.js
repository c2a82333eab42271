/* Draw a digit: the network's maps and probabilities follow the pen; for a digit of choice, the
   gradient goes back to the pixels. */

(function (touch) {
  "use strict";
  const { element } = touch;
  const CLASSES = Array.from({ length: 10 }, (_, digit) => digit);
  const NONE = -1;

  touch.digitFigure = function (figure, settings, name) {
    const layers = touch.ready(settings.layers);
    let target = NONE;
    let untouched = true;
    let waiting = false;
    let colours, seen, outputs, gradients;

    const pad = touch.drawingPad({
      begun() {
        if (untouched) pad.strokes = [];
        untouched = false;
        samples.set(null);
      },
      changed(done) { refresh(done); },
      say(words) { live.textContent = words; },
    });

    /* Compute, at most once in a frame. */
    function refresh(done) {
      if (done) return show(true);
      pad.redraw(overlay);
      if (waiting) return;
      waiting = true;
      requestAnimationFrame(() => { waiting = false; show(false); });
    }
    function compute() {
      seen = touch.imageOf(pad.strokes);
      outputs = touch.forward(layers, seen.image);
      gradients = target === NONE
        ? null : touch.backward(layers, seen.image, outputs, target);
    }

    function show(done) {
      compute();
      const empty = pad.strokes.length === 0;
      const y = outputs[outputs.length - 1].data;
      const best = CLASSES.reduce((one, two) => (y[two] > y[one] ? two : one));
      pad.redraw(overlay);
      touch.paint(input, seen.image, 0, (ink) => ink, colours.ink, colours.ink);
      strips.forEach((strip) => strip.paint());
      bars.forEach((bar, digit) => {
        bar.row.classList.toggle("best", digit === best && !empty);
        bar.fill.style.width = `${100 * y[digit]}%`;
        bar.value.textContent = y[digit].toFixed(2);
        bar.delta.textContent = gradients
          ? touch.number(gradients[gradients.length - 1].data[digit]) : "";
      });
      figure.classList.toggle("touch-sent", Boolean(gradients));
      say(empty, best, y, done);
    }
    function say(empty, best, y, done) {
      const read = empty
        ? "Nothing is drawn yet" : `Read as ${best}, with probability ${y[best].toFixed(2)}`;
      const loss = gradients
        ? `. For a ${target} the loss is ${touch.number(-Math.log(y[target]))}` : "";
      lead.textContent = `${read}${loss}.`;
      if (done) live.textContent = lead.textContent.replace(/\u2212/g, "minus ");
    }

    /* Where ink would help or hurt, laid over the drawing. */
    function overlay(context, unit) {
      if (!gradients) return;
      const side = unit / seen.scale;
      const [positive, negative] = [colours.help, colours.hurt];
      const most = touch.largest(gradients[0]);
      gradients[0].data.forEach((value, place) => {
        const strength = -value / most;
        const [column, row] = [place % 28, Math.floor(place / 28)];
        const [x, y] = [column, row].map((at, axis) => (at - seen.shift[axis]) * side);
        context.fillStyle = `rgb(${strength < 0 ? negative : positive})`;
        context.globalAlpha = 0.75 * Math.abs(strength);
        context.fillRect(x, y, side, side);
      });
      context.globalAlpha = 1;
      context.fillStyle = context.strokeStyle;
    }

    /* The maps of a layer, and below them what its gradient says. */
    function strip(layer, order) {
      const [H, W, M] = outputs[order].shape;
      const maps = (part) => Array.from({ length: M }, () =>
        touch.picture(H, W, { class: `touch-map ${part}` }));
      const [forward, back] = [maps("touch-output"), maps("touch-delta")];
      const kind = { convolution: "convolution", pooling: "pooling" }[layer.layer];
      const label = `${M} maps of ${H} × ${W} after ${kind}`;
      const list = (part, pictures, words) => element("div", {
        class: part, role: "img", "aria-label": `${label}: ${words}`,
      }, ...pictures);
      return {
        element: element("div", { class: "touch-strip", style: `--maps: ${M}` }, element("p", {}, label),
          list("touch-maps", forward, "their values"),
          list("touch-maps touch-back", back, "where more would help the digit, or hurt it")),
        paint() {
          const most = touch.largest(outputs[order]);
          forward.forEach((canvas, m) => touch.paint(canvas, outputs[order], m,
            (value) => value / most, colours.forward, colours.hurt));
          if (!gradients) return;
          const gradient = gradients[order + 1];
          const steepest = touch.largest(gradient);
          back.forEach((canvas, m) => touch.paint(canvas, gradient, m,
            (value) => -value / steepest, colours.help, colours.hurt));
        },
      };
    }

    function bar(digit) {
      const fill = element("span", { class: "touch-fill" });
      const value = element("td");
      const delta = element("td", { class: "touch-back" });
      const row = element("tr", {}, element("th", { scope: "row" }, String(digit)),
        element("td", { class: "touch-bar" }, fill), value, delta);
      return { row, fill, value, delta };
    }

    function takeColours() {
      colours = {
        ink: touch.colourOf(figure, "ink"), forward: touch.colourOf(figure, "forward"),
        help: touch.colourOf(figure, "negative"), hurt: touch.colourOf(figure, "positive"),
      };
    }

    /* Controls. */
    const digits = CLASSES.map((digit) => [digit, String(digit)]);
    const samples = touch.choices(`${name}-sample`, "a drawing to start from", digits, (digit) => {
      untouched = false;
      pad.strokes = settings.samples[digit];
      show(true);
    });
    const send = touch.choices(`${name}-target`, "send back, for the digit",
      [[NONE, "none"], ...digits], (digit) => {
        untouched = false;
        target = digit;
        show(true);
      });
    const button = (text, act) => element("button", {
      type: "button", on: { click() { untouched = false; act(); samples.set(null); show(true); } },
    }, text);

    const input = touch.picture(28, 28, { class: "touch-seen", role: "img", "aria-label":
      "What the network sees: the drawing in 28 × 28 pixels" });
    const bars = CLASSES.map(bar);
    const lead = element("p", { class: "touch-read" });
    const live = element("p", { class: "touch-live", "aria-live": "polite" });
    const heading = figure.querySelector("figcaption");
    pad.strokes = settings.samples[settings.digit];
    compute();
    const strips = layers.map((layer, order) => [layer, order])
      .filter(([, order]) => outputs[order].shape.length === 3)
      .map(([layer, order]) => strip(layer, order));
    figure.replaceChildren(
      ...(heading ? [heading] : []),
      element("div", { class: "touch-controls" }, samples.element,
        button("undo", () => pad.undo()), button("clear", () => { pad.strokes = []; })),
      element("div", { class: "touch-desk" },
        element("div", {}, element("p", {}, "draw here"), pad.canvas),
        element("div", { class: "touch-side" },
          element("div", {}, element("p", {}, "what the network sees"), input),
          element("table", { class: "touch-bars" },
            element("caption", {}, "what it makes of it"),
            element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "digit"),
              element("th", { scope: "col", colspan: 2 }, "probability"),
              element("th", { scope: "col", class: "touch-back" }, "y \u2212 t"))),
            element("tbody", {}, ...bars.map((one) => one.row))))),
      lead, live,
      element("div", { class: "touch-controls" }, send.element),
      element("p", { class: "touch-legend touch-back" },
        element("span", { class: "touch-help" }, "more here would help"), " ",
        element("span", { class: "touch-hurt" }, "more here would hurt")),
      element("div", { class: "touch-strips" }, ...strips.map((one) => one.element)),
      element("p", { class: "touch-hint" },
        "Draw with a mouse or a finger; or go to the pad with Tab, move with the arrow keys, and "
        + "put the pen down and lift it with the space bar."),
    );
    samples.set(settings.digit);
    send.set(NONE);
    takeColours();
    show(false);
    new ResizeObserver(() =>
      figure.classList.toggle("touch-wide", figure.clientWidth >= 560)).observe(figure);
    new MutationObserver(() => { takeColours(); show(false); })
      .observe(document.documentElement, { attributeFilter: ["data-theme", "data-mode"] });
  };

  if (globalThis.document) touch.figures("digit", touch.digitFigure);
})((globalThis.touch = globalThis.touch || {}));
