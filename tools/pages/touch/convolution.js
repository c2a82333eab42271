/* The convolution figure: six tables, and the meetings of whatever cell is pointed at. */

(function (touch) {
  "use strict";
  const { element, number, factor, spoken, unravel } = touch;

  /* A pass multiplies two tables into a third. Each table holds one corner of the meetings. */
  const PASSES = {
    forward: { factors: ["input", "kernel"], result: "output", says: "pixel · tap" },
    input: { factors: ["kernel", "delta"], result: "dinput", says: "tap · delta" },
    kernel: { factors: ["input", "delta"], result: "dkernel", says: "pixel · delta" },
  };
  const CORNER = {
    input: "pixel", dinput: "pixel", kernel: "tap", dkernel: "tap", output: "output", delta: "output",
  };
  const NAMES = {
    input: ["input", "x"],
    kernel: ["kernel", "θ"],
    output: ["output", "z"],
    delta: ["delta", "δ"],
    dinput: ["gradient at the input", "∂E/∂x"],
    dkernel: ["gradient at the kernel", "∂E/∂θ"],
  };
  const GIVEN = ["input", "kernel", "delta"];
  const OPTIONS = {
    turned: ["kind", [[true, "convolution"], [false, "correlation"]]],
    mode: ["border", [["valid", "valid"], ["full", "full"], ["same", "same"]]],
    padding: ["padding", [[0, "0"], [1, "1"], [2, "2"]]],
    stride: ["stride", [[1, "1"], [2, "2"], [3, "3"]]],
    dilation: ["dilation", [[1, "1"], [2, "2"]]],
  };

  touch.convolutionFigure = function (figure, settings, name) {
    const several = settings.kernel.shape[0] * settings.kernel.shape[3] > 1;
    const tables = new Set(settings.show.flatMap((p) => [...PASSES[p].factors, PASSES[p].result]));
    let state, sizes, list, values, cells;

    /* State, and what follows from it. */
    function reset() {
      const { turned, mode, stride, padding, dilation, line } = settings;
      const copy = ({ shape, data }) => ({ shape, data: [...data] });
      state = {
        options: { turned, mode, stride, padding, dilation, line },
        pass: settings.show[0],
        input: copy(settings.input), kernel: copy(settings.kernel),
        deltas: touch.deltas(settings.delta),
      };
      hold(PASSES[state.pass].result, 0);
    }
    function hold(group, index) {
      state.pointed = { group, index };
      state.held = { pass: state.pass, ...state.pointed };
    }

    const sizesWith = (change) =>
      touch.geometry(state.input.shape, state.kernel.shape, { ...state.options, ...change });

    function compute() {
      sizes = sizesWith({});
      list = touch.meetings(sizes);
      const delta = state.deltas.of(sizes.output);
      const inside = touch.places(sizes);
      const dinput = touch.inputGradient(delta, state.kernel, sizes);
      values = {
        input: touch.pad(state.input, sizes).data,
        kernel: state.kernel.data,
        output: touch.convolve(state.input, state.kernel, sizes).data,
        delta: delta.data,
        dinput: new Map(inside.map((place, pixel) => [place, dinput.data[pixel]])),
        dkernel: touch.kernelGradient(state.input, delta, sizes).data,
      };
      values.inside = new Map(inside.map((place, pixel) => [place, pixel]));
    }
    const valueOf = (group, index) =>
      group === "dinput" ? values.dinput.get(index) : values[group][index];

    /* Where a cell stands: [row, column, map], or [filter, row, column, map] for a tap. */
    function placeOf(group, index) {
      const corner = CORNER[group];
      const shape = { pixel: sizes.padded, tap: sizes.kernel, output: sizes.output }[corner];
      const at = unravel(index, shape);
      return corner === "pixel" ? [at[0] - sizes.above, at[1] - sizes.left, at[2]] : at;
    }
    function subscript(group, index) {
      const at = placeOf(group, index);
      const [maps, spot] = CORNER[group] === "tap"
        ? [[at[0], at[3]], at.slice(1, 3)] : [[at[2]], at.slice(0, 2)];
      const shown = settings.line ? spot.slice(1) : spot;
      const wide = shown.some((i) => i > 9 || i < 0);
      return (several ? `${maps.join("")};` : "") + shown.map(number).join(wide ? "," : "");
    }
    const symbol = (group, index) => element(
      "span", { class: `touch-name touch-${group}` },
      element("i", {}, NAMES[group][1]), element("sub", {}, subscript(group, index)),
    );

    /* The meetings of the cell that is pointed at, as pairs of two other cells. */
    function pairs() {
      const { group, index } = state.pointed;
      const { factors, result } = PASSES[state.pass];
      const others = [...factors, result].filter((other) => other !== group);
      const met = list.filter((meeting) => meeting[CORNER[group]] === index);
      return met
        .map((meeting) => others.map((g) => ({ group: g, index: meeting[CORNER[g]] })))
        .filter((pair) => pair.every((end) => valueOf(end.group, end.index) !== undefined))
        .sort((one, two) => one[0].index - two[0].index);
    }

    function point(group, index, held) {
      if (![...PASSES[state.pass].factors, PASSES[state.pass].result].includes(group)) {
        state.pass = settings.show.find((pass) => PASSES[pass].result === group)
          ?? settings.show.find((pass) => PASSES[pass].factors.includes(group));
        passes.set(state.pass);
      }
      if (held) hold(group, index);
      else state.pointed = { group, index };
      mark();
    }
    /* Back to the cell that was clicked or reached by keyboard, once the mouse has left. */
    function leave() {
      state.pass = state.held.pass;
      passes.set(state.pass);
      point(state.held.group, state.held.index, false);
    }

    /* Light the cells of the meetings: the two ends of a pair in one shade, each with its partner. */
    function mark() {
      const { group, index } = state.pointed;
      const { factors, result } = PASSES[state.pass];
      figure.dataset.pass = state.pass;
      touch.darken(figure);
      for (const [name, block] of Object.entries(blocks))
        block.classList.toggle("aside", ![...factors, result].includes(name));
      cells[group].get(index).classList.add("pointed");
      const found = pairs();
      found.forEach((pair, order) => pair.forEach((end, side) =>
        touch.light(cells[end.group].get(end.index), touch.shade(order, found.length),
          noteOf(end, pair[1 - side], pair))));
      say(found);
    }
    /* What a lit cell says: the number it is multiplied by, or what was added to it. */
    function noteOf(end, opposite, pair) {
      const { result } = PASSES[state.pass];
      if (end.group === result) return signed(product(pair));
      const partner = opposite.group === result ? state.pointed : opposite;
      return `×${number(valueOf(partner.group, partner.index))}`;
    }
    /* The product of a factor that is pointed at and its partner. */
    function product(pair) {
      const partner = pair.find((end) => end.group !== PASSES[state.pass].result);
      return valueOf(partner.group, partner.index)
        * valueOf(state.pointed.group, state.pointed.index);
    }
    const signed = (value) => (value < 0 ? number(value) : `+${number(value)}`);

    /* Write the sum out, and say it. */
    function say(found) {
      const { group, index } = state.pointed;
      const { factors, result, says } = PASSES[state.pass];
      const total = valueOf(group, index);
      const coloured = (end) => element("span", { class: `touch-${end.group}` },
        factor(valueOf(end.group, end.index)));
      const terms = found.map((pair, order) => {
        const [a, b] = group === result ? pair : inOrder(pair, factors, { group, index });
        const term = element("span", {
          class: "touch-term", on: {
            pointerenter: () => choose(pair, true), pointerleave: () => choose(pair, false),
          },
        }, coloured(a), "·", coloured(b));
        if (group !== result) {
          const end = pair.find((one) => one.group === result);
          term.append(` = ${number(product(pair))}`, " in ",
            symbol(result, end.index));
        }
        const joint = order === 0 ? "" : group === result ? " + " : ",  ";
        return [joint, term];
      });
      const count = `${found.length} meeting${found.length === 1 ? "" : "s"}`;
      lead.replaceChildren(symbol(group, index), group === result
        ? ` is the sum of ${count}, ${says}` : ` takes part in ${count}`);
      sum.replaceChildren(...(group === result
        ? [symbol(group, index), " = ", ...(found.length ? terms.flat() : ["0"]), " = ",
          element("strong", { class: `touch-${group}` }, number(total))]
        : terms.flat()));
      live.textContent = inWords(found);
    }
    const inOrder = (pair, factors, pointed) => {
      const known = pair.find((end) => factors.includes(end.group));
      return factors[0] === pointed.group ? [pointed, known] : [known, pointed];
    };
    function choose(pair, on) {
      pair.forEach((end) => cells[end.group].get(end.index).classList.toggle("chosen", on));
    }
    function inWords(found) {
      const { group, index } = state.pointed;
      const { result } = PASSES[state.pass];
      const spot = placeOf(group, index).slice(CORNER[group] === "tap" ? 1 : 0).slice(0, 2);
      const where = `${NAMES[group][0]}, row ${spot[0]}, column ${spot[1]}`;
      const value = (end) => spoken(valueOf(end.group, end.index));
      if (group === result)
        return `${where}: ${found.map((pair) => pair.map(value).join(" times ")).join(" plus ")}`
          + ` equals ${spoken(valueOf(group, index))}`;
      const given = spoken(valueOf(group, index));
      const known = (pair) => pair.find((end) => end.group !== result);
      return `${where}: ${given} meets ${found.map((pair) => value(known(pair))).join(", ")}`;
    }

    /* Tables. */
    const title = (group) => element("p", { class: `touch-title touch-${group}` },
      NAMES[group][0], " ",
      element("i", {}, group === "delta" ? "δ = ∂E/∂z" : NAMES[group][1]));
    function edit(group, index, value) {
      if (group === "delta") state.deltas.set(index, sizes.output, value);
      else if (group === "kernel") state.kernel.data[index] = value;
      else state.input.data[values.inside.get(index)] = value;
      compute();
      refresh();
    }
    const plate = (group, extra, [rows, columns], index) => touch.grid({
      group, rows, columns, caption: extra, name: `${NAMES[group].join(" ")} ${extra}`.trim(),
      place: (r, c) => {
        const at = index(r, c);
        const edge = group === "input" && !values.inside.has(at);
        return { index: at, edge, editable: GIVEN.includes(group) && !edge };
      },
      point: (at, held) => point(group, at, held),
      edit: (at, value) => edit(group, at, value),
    });

    function plates(group) {
      const [F, K, L, M] = sizes.kernel;
      const among = (n) => Array.from({ length: n }, (_, i) => i);
      if (CORNER[group] === "tap")
        return among(F).flatMap((f) => among(M).map((m) =>
          plate(group, several ? `filter ${f}, map ${m}` : "", [K, L],
            (r, c) => ((f * K + r) * L + c) * M + m)));
      const shape = { input: sizes.padded, dinput: sizes.image }[group] ?? sizes.output;
      const [above, left] = group === "dinput" ? [sizes.above, sizes.left] : [0, 0];
      const width = CORNER[group] === "pixel" ? sizes.padded[1] : shape[1];
      return among(shape[2]).map((m) =>
        plate(group, shape[2] > 1 ? `map ${m}` : "", shape,
          (r, c) => ((r + above) * width + c + left) * shape[2] + m));
    }

    const first = (group) => cells[group].keys().next().value;

    /* Build all tables anew, after an option has changed their sizes. */
    function build() {
      compute();
      cells = {};
      for (const [group, block] of Object.entries(blocks)) {
        const made = plates(group);
        cells[group] = new Map(made.flatMap((one) => [...one.cells]));
        block.replaceChildren(title(group), ...made.map((one) => one.element));
        block.style.setProperty("--across", CORNER[group] === "tap" ? sizes.kernel[3] : 1);
      }
      const { group } = state.held;
      state.pass = state.held.pass;
      hold(group, cells[group].has(state.held.index) ? state.held.index : first(group));
      const sign = state.options.turned ? "∗" : "⋆";
      operator.textContent = sign;
      setControls();
      fit();
      refresh();
    }
    function refresh() {
      for (const [group, all] of Object.entries(cells))
        for (const [index, td] of all) touch.write(td, valueOf(group, index));
      mark();
    }

    /* Cells as large as the width allows: three blocks side by side, or one above the other. */
    function fit() {
      const wide = figure.clientWidth >= 560;
      const [, , L, M] = sizes.kernel;
      const width = (columns, tables, size) =>
        Math.max(columns * (size + 2) + 2 * tables + 10 * (tables - 1), wide ? 108 : 0);
      const needed = (size) => {
        const blocks = [width(sizes.padded[1], 1, size), width(L * M, M, size),
          width(sizes.output[1], 1, size)];
        return wide ? blocks[0] + blocks[1] + blocks[2] + 110 : Math.max(...blocks);
      };
      let size = 44;
      while (size > 24 && needed(size) > figure.clientWidth) size--;
      figure.classList.toggle("touch-wide", wide);
      figure.classList.toggle("touch-tight", size < 34);
      figure.style.setProperty("--cell", `${size}px`);
    }

    /* Controls. */
    const controls = touch.panel(name, OPTIONS, (key, value) => {
      state.options[key] = value;
      if (key === "mode" && value !== "valid") state.options.padding = 0;
      build();
    });
    function setControls() {
      controls.set(state.options, (key, value) => sizesWith({ [key]: value }).fits
        && (key !== "padding" || value === 0 || state.options.mode === "valid"));
      passes.set(state.pass);
    }
    const passes = touch.choices(`${name}-pass`, "pass", settings.show.map((pass) =>
      [pass, { forward: "forward", input: "back to input", kernel: "back to kernel" }[pass]]),
    (pass) => {
      state.pass = pass;
      hold(PASSES[pass].result, first(PASSES[pass].result));
      mark();
    });

    const blocks = Object.fromEntries([...tables].map((group) =>
      [group, element("div", { class: `touch-block touch-at-${group}` })]));
    const operator = element("span", { class: "touch-operator", "aria-hidden": "true" });
    const equals = element("span", { class: "touch-operator touch-equals", "aria-hidden": "true" }, "=");
    const { lead, sum, live } = touch.frame(figure, {
      controls: [...(settings.show.length > 1 ? [passes.element] : []), ...controls.elements],
      reset() { reset(); build(); },
      tables: [...Object.values(blocks), operator, equals],
      leave,
      hint: tables.has("delta") ? "the input, the kernel or the delta" : "the input or the kernel",
    });
    reset();
    build();
    new ResizeObserver(fit).observe(figure);
  };

  if (globalThis.document) touch.figures("convolution", touch.convolutionFigure);
})((globalThis.touch = globalThis.touch || {}));
