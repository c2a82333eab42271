/* The pooling figure: windows and winners, and where the gradient of each goes. */

(function (touch) {
  "use strict";
  const { element, number, factor, spoken } = touch;

  const NAMES = {
    input: ["input", "x"],
    output: ["output", "o"],
    dinput: ["gradient at the input", "∂E/∂x"],
    delta: ["gradient at the output", "∂E/∂o"],
  };
  const OPTIONS = {
    kind: ["kind", [["max", "maximum"], ["mean", "mean"]]],
    window: ["window", [[2, "2 × 2"], [3, "3 × 3"]]],
    stride: ["stride", [[1, "1"], [2, "2"], [3, "3"]]],
    edges: ["edges", [["ignore", "ignore"], ["keep", "keep"]]],
  };
  const OF_PIXELS = new Set(["input", "dinput"]);

  touch.poolingFigure = function (figure, settings, name) {
    const groups = settings.show.includes("back") ? Object.keys(NAMES) : ["input", "output"];
    let state, windows, winners, values, cells;

    function reset() {
      const { kind, window, stride, edges } = settings;
      state = {
        options: { kind, window, stride, edges },
        input: { shape: settings.input.shape, data: [...settings.input.data] },
        deltas: touch.deltas(settings.delta),
        pointed: { group: "output", index: 0 },
        held: { group: "output", index: 0 },
      };
    }
    const windowsWith = (change) =>
      touch.windowsOf(state.input.shape, { ...state.options, ...change });

    function compute() {
      windows = windowsWith({});
      winners = state.options.kind === "max" ? touch.winnersOf(state.input, windows) : null;
      const delta = state.deltas.of(windows.output);
      values = {
        input: state.input.data,
        output: touch.pool(state.input, windows, state.options.kind).data,
        delta: delta.data,
        dinput: touch.unpool(delta, windows, winners).data,
      };
    }

    /* The meetings of a cell: windows with their pixels, and what part of a pixel they take. */
    function meetingsOf(group, index) {
      const outputs = OF_PIXELS.has(group)
        ? windows.pixels.flatMap((under, output) => (under.includes(index) ? [output] : []))
        : [index];
      return outputs.flatMap((output) => {
        const under = windows.pixels[output];
        const met = OF_PIXELS.has(group) ? [index] : under;
        return met.map((pixel) => ({
          pixel, output, size: under.length, won: winners ? winners[output] === pixel : true,
        }));
      });
    }
    const part = ({ won, size }) => (winners ? (won ? "×1" : "×0") : `/${size}`);

    function mark() {
      const { group, index } = state.pointed;
      touch.darken(figure);
      cells[group].get(index).classList.add("pointed");
      const other = { input: "output", output: "input", delta: "dinput", dinput: "delta" }[group];
      const met = meetingsOf(group, index);
      for (const meeting of met)
        touch.light(cells[other].get(OF_PIXELS.has(other) ? meeting.pixel : meeting.output),
          meeting.won ? 40 : 14, part(meeting));
      say(met);
    }

    /* In words and numbers. */
    const subscript = (group, index) => {
      const shape = OF_PIXELS.has(group) ? windows.shape : windows.output;
      const at = touch.unravel(index, shape).slice(0, 2);
      return at.join(at.some((i) => i > 9) ? "," : "");
    };
    const symbol = (group, index) => element("span", { class: `touch-name touch-${group}` },
      element("i", {}, NAMES[group][1]), element("sub", {}, subscript(group, index)));
    const coloured = (group, text) => element("span", { class: `touch-${group}` }, text);
    const between = (items, joint) =>
      items.flatMap((item, order) => (order ? [joint, item] : [item]));
    const result = (group, index) => {
      const value = values[group][index];
      const exact = Math.abs(value * 100 - Math.round(value * 100)) < 1e-9;
      return [exact ? " = " : " ≈ ",
        element("strong", { class: `touch-${group}` }, number(value))];
    };
    const times = (count, one, many) => `${count} ${count === 1 ? one : many}`;

    const SAYS = {
      output(index, met) {
        const numbers = met.map(({ pixel }) => values.input[pixel]);
        if (!winners) {
          const terms = between(numbers.map((value) => coloured("input", factor(value))), " + ");
          return [` is the mean of ${times(met.length, "pixel", "pixels")}`,
            [symbol("output", index), " = (", ...terms, `) / ${met.length}`]];
        }
        const equal = numbers.filter((value) => value === values.output[index]).length;
        const tie = equal > 1 ? `, the first of ${equal} that are equal` : "";
        const terms = between(numbers.map((value) => coloured("input", number(value))), ", ");
        return [[" is the largest of its window; the winner is ",
          symbol("input", winners[index]), tie],
        [symbol("output", index), " = max(", ...terms, ")"]];
      },
      dinput(index, met) {
        const terms = met.map((meeting) => {
          const delta = coloured("delta", factor(values.delta[meeting.output]));
          return winners
            ? element("span", { class: "touch-term" }, meeting.won ? "1·" : "0·", delta)
            : element("span", { class: "touch-term" }, delta, ` / ${meeting.size}`);
        });
        const count = `lies in ${times(met.length, "window", "windows")}`;
        const won = met.filter((meeting) => meeting.won).length;
        return [[": ", symbol("input", index), ` ${count}`, winners ? ` and wins ${won}` : ""],
          [symbol("dinput", index), " = ", ...(terms.length ? between(terms, " + ") : ["0"])]];
      },
      input(index, met) {
        const ends = met.filter((meeting) => meeting.won)
          .map(({ output }) => symbol("output", output));
        const lies = ` lies in ${times(met.length, "window", "windows")}`;
        if (!winners) return [lies, ["it is part of ", ...(ends.length ? between(ends, ", ") : ["none"])]];
        return [lies, ends.length ? ["it wins ", ...between(ends, ", ")] : ["it wins none"]];
      },
      delta(index, met) {
        const delta = coloured("delta", number(values.delta[index]));
        return winners
          ? [" goes back whole", [delta, " to the winner of its window, ",
            symbol("input", winners[index])]]
          : [" goes back in equal parts", [delta, ` / ${met.length} to each of the `,
            `${times(met.length, "pixel", "pixels")} of its window`]];
      },
    };

    function say(met) {
      const { group, index } = state.pointed;
      const [head, line] = SAYS[group](index, met);
      lead.replaceChildren(symbol(group, index), ...[head].flat());
      sum.replaceChildren(...line,
        ...(group === "output" || group === "dinput" ? result(group, index) : []));
      const [row, column] = touch.unravel(
        index, OF_PIXELS.has(group) ? windows.shape : windows.output);
      const text = sum.textContent.replace(/\u2212/g, "minus ").replace(/·/g, " times ");
      live.textContent = `${NAMES[group][0]}, row ${row}, column ${column}, `
        + `${spoken(values[group][index])}: ${text}`;
    }

    /* Tables. */
    function point(group, index, held) {
      state.pointed = { group, index };
      if (held) state.held = state.pointed;
      mark();
    }
    function edit(group, index, value) {
      if (group === "delta") state.deltas.set(index, windows.output, value);
      else state.input.data[index] = value;
      compute();
      refresh();
    }
    function table(group) {
      const [rows, columns] = OF_PIXELS.has(group) ? windows.shape : windows.output;
      const used = new Set(windows.pixels.flat());
      return touch.grid({
        group, rows, columns, name: NAMES[group].join(" "),
        place: (r, c) => {
          const index = r * columns + c;
          const edge = OF_PIXELS.has(group) && !used.has(index);
          return { index, edge, editable: group === "input" || group === "delta" };
        },
        point: (index, held) => point(group, index, held),
        edit: (index, value) => edit(group, index, value),
      });
    }
    const title = (group) => element("p", { class: `touch-title touch-${group}` },
      NAMES[group][0], " ", element("i", {}, NAMES[group][1]));

    function build() {
      compute();
      cells = {};
      for (const group of groups) {
        const made = table(group);
        cells[group] = made.cells;
        blocks[group].replaceChildren(title(group), made.element);
      }
      const { group, index } = state.held;
      state.pointed = state.held = { group, index: cells[group].has(index) ? index : 0 };
      controls.set(state.options, (key, value) => windowsWith({ [key]: value }).fits);
      fit();
      refresh();
    }
    /* Windows side by side are told apart by their ground; winners carry a bar. */
    function refresh() {
      const apart = state.options.stride >= state.options.window;
      for (const group of groups)
        for (const [index, td] of cells[group]) touch.write(td, values[group][index]);
      const everyOther = (output) => {
        const [u, v] = touch.unravel(output, windows.output);
        return apart && (u + v) % 2 === 1;
      };
      windows.pixels.forEach((under, output) => {
        for (const group of groups)
          for (const place of OF_PIXELS.has(group) ? under : [output])
            cells[group].get(place).classList.toggle("other", everyOther(output));
      });
      for (const group of groups.filter((one) => OF_PIXELS.has(one)))
        for (const [index, td] of cells[group])
          td.classList.toggle("winner", Boolean(winners) && winners.includes(index));
      mark();
    }

    function fit() {
      const columns = windows.shape[1] + windows.output[1];
      touch.fit(figure, (size) =>
        columns * (size + 2) + (figure.clientWidth >= 560 ? 150 : 58));
    }

    const controls = touch.panel(name, OPTIONS, (key, value) => {
      state.options[key] = value;
      build();
    });
    const blocks = Object.fromEntries(groups.map((group) =>
      [group, element("div", { class: `touch-block touch-at-${group}` })]));
    const arrows = ["→", ...(groups.includes("delta") ? ["←"] : [])].map((sign) =>
      element("span", { class: "touch-operator", "aria-hidden": "true" }, sign));
    const { lead, sum, live } = touch.frame(figure, {
      controls: controls.elements,
      reset() { reset(); build(); },
      tables: [blocks.input, arrows[0], blocks.output,
        ...(arrows[1] ? [blocks.dinput, arrows[1], blocks.delta] : [])],
      leave: () => point(state.held.group, state.held.index, false),
      hint: groups.includes("delta") ? "the input or the gradient at the output" : "the input",
    });
    reset();
    build();
    new ResizeObserver(fit).observe(figure);
  };

  if (globalThis.document) touch.figures("pooling", touch.poolingFigure);
})((globalThis.touch = globalThis.touch || {}));
