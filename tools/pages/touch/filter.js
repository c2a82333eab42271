/* The figure of a filter: a photograph, a kernel of nine numbers to choose or to write, and its
   answer at every place, of which one is written out as a sum. */

(function (touch) {
  "use strict";
  const { element, number, factor } = touch;
  const OPTIONS = { stride: 1, dilation: 1, mode: "valid", padding: 0, turned: false };
  const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const LARGEST = 99;
  const BLACK = [0, 0, 0];

  touch.filterFigure = function (figure, settings) {
    const [H, W] = settings.shape;
    const image = { shape: [H, W, 1], data: Float64Array.from(atob(settings.pixels),
      (byte) => byte.charCodeAt(0)) };
    const sizes = touch.geometry(image.shape, [1, 3, 3, 1], OPTIONS);
    const [rows, columns] = sizes.output;
    const named = new Map(settings.kernels);
    let kernel, answer, at;

    const photograph = touch.picture(H, W, { role: "application", tabindex: 0, class: "filter-gray",
      "aria-label": "The photograph. Arrow keys move the kernel." });
    const answers = touch.picture(rows, columns, { role: "img", "aria-label": "The answers" });
    const spots = [3, 1].map(() => element("span", { class: "filter-spot" }));
    const panel = (canvas, spot, title) => element("div", { class: "filter-panel" },
      element("p", {}, title), element("div", {}, canvas, spot));
    const taps = [...Array(9).keys()].map((place) => element("input", {
      type: "number", step: "any", min: -LARGEST, max: LARGEST, on: { change: write },
      "aria-label": `tap in row ${Math.floor(place / 3)}, column ${place % 3}`,
    }));
    const options = settings.kernels.map(([name]) => [name, name]);
    const names = touch.choices("kernel", "kernel", options, choose);
    const [lead, sum, live] = ["lead", "sum", "live"].map((part) =>
      element("p", { class: `touch-${part}`, "aria-live": part === "live" && "polite" }));

    function choose(name) {
      use(named.get(name));
    }
    function write() {
      use(taps.map((tap) => Math.min(Math.max(Math.round(10 * tap.value) / 10, -LARGEST), LARGEST)));
    }
    function use(numbers) {
      kernel = { shape: [1, 3, 3, 1], data: numbers };
      taps.forEach((tap, place) => { tap.value = numbers[place]; });
      const same = ([, known]) => known.every((tap, place) => tap === numbers[place]);
      names.set(settings.kernels.find(same)?.[0]);
      answer = touch.convolve(image, kernel, sizes);
      paint();
      say();
    }
    /* A positive sum of taps keeps shades of gray; else a sign has a colour, and zero none. */
    function paint() {
      const total = kernel.data.reduce((all, tap) => all + tap, 0);
      answers.classList.toggle("filter-gray", total > 0);
      if (total > 0) {
        const dark = (z) => 1 - Math.min(Math.max(z / (255 * total), 0), 1);
        touch.paint(answers, answer, 0, dark, BLACK, BLACK);
      } else {
        const most = touch.largest(answer);
        const [plus, minus] = ["positive", "negative"].map((name) => touch.colourOf(figure, name));
        touch.paint(answers, answer, 0, (z) => z / most, plus, minus);
      }
    }
    /* Put a frame round the patch, or round its answer. */
    function mark(spot, size, height, width) {
      const [u, v] = at;
      const share = (part, whole) => `${(100 * part) / whole}%`;
      Object.assign(spot.style, {
        left: share(v, width), top: share(u, height),
        width: share(size, width), height: share(size, height),
      });
    }
    function say() {
      const [u, v] = at;
      mark(spots[0], 3, H, W);
      mark(spots[1], 1, rows, columns);
      const z = answer.data[u * columns + v];
      const terms = kernel.data.map((tap, place) => {
        const pixel = image.data[(u + Math.floor(place / 3)) * W + v + (place % 3)];
        return tap === 0 ? null : `${factor(tap)}·${number(pixel)}`;
      });
      lead.textContent = `The patch at row ${u}, column ${v}`;
      sum.textContent = `${terms.filter(Boolean).join(" + ") || "0"} = ${number(z)}`;
      live.textContent = `row ${u}, column ${v}: answer ${touch.spoken(z)}`;
    }
    function goTo(u, v) {
      const within = (place, count) => Math.min(Math.max(Math.round(place), 0), count - 1);
      at = [within(u, rows), within(v, columns)];
      say();
    }
    function pointed(event) {
      const box = event.currentTarget.getBoundingClientRect();
      const [height, width, half] = event.currentTarget === photograph ? [H, W, 1] : [rows, columns, 0];
      goTo(Math.floor(((event.clientY - box.top) / box.height) * height) - half,
        Math.floor(((event.clientX - box.left) / box.width) * width) - half);
    }
    function reset() {
      at = [Math.floor(rows / 2), Math.floor(columns / 2)];
      choose(settings.kernels[0][0]);
    }

    for (const canvas of [photograph, answers])
      for (const kind of ["pointermove", "pointerdown"]) canvas.addEventListener(kind, pointed);
    photograph.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      goTo(at[0] + move[0], at[1] + move[1]);
      event.preventDefault();
    });
    const heading = figure.querySelector("figcaption");
    figure.replaceChildren(
      ...(heading ? [heading] : []),
      element("div", { class: "touch-controls" }, names.element,
        element("button", { type: "button", on: { click: reset } }, "reset")),
      element("div", { class: "filter-panels" },
        panel(photograph, spots[0], "photograph"),
        element("div", { role: "group", "aria-label": "nine taps" },
          element("p", {}, "nine taps"), element("div", { class: "filter-taps" }, ...taps)),
        panel(answers, spots[1], "answer")),
      element("div", { class: "touch-says" }, lead, sum, live),
      element("p", { class: "touch-hint" },
        "Choose a kernel or write your own taps. Point at a place, or use the arrow keys on the "
        + "photograph, to see its sum."),
    );
    touch.paint(photograph, image, 0, (gray) => 1 - gray / 255, BLACK, BLACK);
    reset();
    new MutationObserver(paint) // colours of the theme
      .observe(document.documentElement, { attributeFilter: ["data-theme", "data-mode"] });
  };

  touch.figures("filter", touch.filterFigure);
})((globalThis.touch = globalThis.touch || {}));
