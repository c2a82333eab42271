/* The figure of gradient descent: the drawing that the notebook has stored, and a way down that
   follows two sliders. */

(function (touch) {
  "use strict";
  const { element, number, slider, spoken } = touch;
  const PER_DOUBLING = 4; // positions of the slider from a learning rate to twice that rate
  const MOVES = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

  /* An element of a drawing, inside another one. */
  function drawn(parent, tag, attributes) {
    const made = document.createElementNS(parent.namespaceURI, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  touch.descentFigure = function (figure, settings) {
    const svg = figure.querySelector("svg");
    const way = svg.querySelector(".descent-way");
    const [, , width] = svg.getAttribute("viewBox").split(" ").map(Number);
    const [[left, right], [, top]] = settings.view;
    const scale = width / (right - left);
    const [lowest, highest] = settings.rates.map((rate) => Math.log2(rate) * PER_DOUBLING);
    let start = settings.start;

    const rate = slider("learning rate η = ", { min: lowest, max: highest, step: 1 }, show);
    const step = slider("steps: ", { min: 0, max: settings.steps, step: 1 }, show);
    const [lead, live] = ["lead", "live"].map((part) =>
      element("p", { class: `touch-${part}`, "aria-live": part === "live" && "polite" }));

    function show() {
      const eta = 2 ** (rate.input.value / PER_DOUBLING);
      const places = touch.descend(settings, start, eta, Number(step.input.value));
      const points = places.map(({ theta: [a, b] }) => [(a - left) * scale, (top - b) * scale]);
      way.replaceChildren(
        drawn(way, "polyline", { points: points.map((point) => point.join()).join(" ") }),
        ...points.map(([cx, cy], n) => drawn(way, "circle", { cx, cy, r: n ? 2.6 : 5 })),
      );
      const { theta, loss } = places[places.length - 1];
      const risen = touch.rises(places);
      rate.shown.textContent = number(eta);
      step.shown.textContent = String(places.length - 1);
      rate.input.setAttribute("aria-valuetext", spoken(eta));
      lead.textContent = `θ = (${theta.map(number).join(", ")}), E = ${loss.toFixed(3)}; the `
        + `lowest is ${settings.lowest.toFixed(3)}. E rose at ${risen} of ${places.length - 1} steps.`;
      live.textContent = `loss ${loss.toFixed(3)}, risen at ${risen} steps`;
    }
    function startAt(theta) {
      start = theta.map((value, axis) =>
        Math.min(Math.max(value, settings.view[axis][0]), settings.view[axis][1]));
      show();
    }
    function reset() {
      rate.input.value = lowest;
      step.input.value = settings.steps;
      startAt(settings.start);
    }

    svg.setAttribute("tabindex", 0);
    svg.setAttribute("role", "application"); // arrow keys move the start
    svg.addEventListener("click", (event) => {
      const box = svg.getBoundingClientRect();
      const unit = width / box.width / scale;
      startAt([left + (event.clientX - box.left) * unit, top - (event.clientY - box.top) * unit]);
    });
    svg.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      startAt(start.map((value, axis) => value + move[axis] / 4));
      event.preventDefault();
    });
    const heading = figure.querySelector("figcaption");
    figure.replaceChildren(
      ...(heading ? [heading] : []),
      element("div", { class: "descent-controls" }, rate.element, step.element,
        element("div", { class: "touch-controls" },
          element("button", { type: "button", on: { click: reset } }, "reset"))),
      svg,
      element("div", { class: "touch-says" }, lead, live),
      element("p", { class: "touch-hint" },
        "Drag the sliders, or use the arrow keys. A click into the picture, or the arrow keys "
        + "there, move the start."),
    );
    reset();
  };

  touch.figures("descent", touch.descentFigure);
})((globalThis.touch = globalThis.touch || {}));
