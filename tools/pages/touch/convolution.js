/* The convolution figure: six tables, and the meetings of whatever cell is pointed at. */

(function (touch) {
  "use strict";
  const { element, number, factor, spoken, PASSES, tablesOf, CORNER } = touch;

  const NAMES = {
    input: ["input", "x"],
    kernel: ["kernel", "θ"],
    output: ["output", "z"],
    delta: ["delta", "δ"],
    dinput: ["gradient at the input", "∂E/∂x"],
    dkernel: ["gradient at the kernel", "∂E/∂θ"],
  };
  const GIVEN = ["input", "kernel", "delta"];
  const WAYS = { forward: "forward", input: "back to input", kernel: "back to kernel" };
  const OPTIONS = {
    turned: ["kind", [[true, "convolution"], [false, "correlation"]]],
    mode: ["border", [["valid", "valid"], ["full", "full"], ["same", "same"]]],
    padding: ["padding", [[0, "0"], [1, "1"], [2, "2"]]],
    stride: ["stride", [[1, "1"], [2, "2"], [3, "3"]]],
    dilation: ["dilation", [[1, "1"], [2, "2"]]],
  };

  touch.convolutionFigure = function (figure, settings, name) {
    const groups = [...new Set(settings.show.flatMap(tablesOf))];
    let tables = touch.sixTables(settings);
    let cells = {}; // the elements of each table, by index
    let pass = settings.opens;
    let pointed, held; // a cell and its pass; `held` stays when the mouse has left

    function hold(group, index) {
      pointed = { group, index };
      held = { pass, cell: pointed };
    }
    /* The first cell of a table that no other exceeds in meetings. */
    function richest(group) {
      const meetings = (index) => tables.pairs(pass, { group, index }).length;
      return [...cells[group].keys()].reduce((one, other) =>
        (meetings(other) > meetings(one) ? other : one));
    }

    function point(group, index, keep) {
      if (!tablesOf(pass).includes(group))
        take(settings.show.find((one) => PASSES[one].result === group)
          ?? settings.show.find((one) => PASSES[one].factors.includes(group)));
      if (keep) hold(group, index);
      else pointed = { group, index };
      mark();
    }
    function take(chosen) {
      pass = chosen;
      passes.set(pass);
    }
    function leave() {
      take(held.pass);
      point(held.cell.group, held.cell.index, false);
    }

    /* Light the cells of the meetings: the two ends of a pair in one shade, each with its partner. */
    function mark() {
      figure.dataset.pass = pass;
      touch.darken(figure);
      for (const [group, block] of Object.entries(blocks))
        block.classList.toggle("aside", !tablesOf(pass).includes(group));
      cellOf(pointed).classList.add("pointed");
      const pairs = tables.pairs(pass, pointed);
      pairs.forEach((pair, order) => pair.forEach((end, side) =>
        touch.light(cellOf(end), touch.shade(order, pairs.length), noteOf(end, pair[1 - side]))));
      say(pairs);
    }
    const cellOf = ({ group, index }) => cells[group].get(index);
    const isResult = ({ group }) => PASSES[pass].result === group;

    /* What a lit cell says: the number it is multiplied by, or what was added to it. */
    function noteOf(end, opposite) {
      if (isResult(end)) return signed(tables.value(opposite) * tables.value(pointed));
      return `×${number(tables.value(isResult(opposite) ? pointed : opposite))}`;
    }
    const signed = (value) => (value < 0 ? number(value) : `+${number(value)}`);

    /* Write the sum out, and say it. */
    function say(pairs) {
      const total = tables.value(pointed);
      const terms = pairs.map(term);
      const count = `${pairs.length} meeting${pairs.length === 1 ? "" : "s"}`;
      if (isResult(pointed)) {
        lead.replaceChildren(symbol(pointed), ` is the sum of ${count}, ${PASSES[pass].of}`);
        sum.replaceChildren(symbol(pointed), " = ",
          ...(terms.length ? between(terms, " + ") : ["0"]), " = ",
          element("strong", { class: `touch-${pointed.group}` }, number(total)));
      } else {
        lead.replaceChildren(symbol(pointed), ` takes part in ${count}`);
        sum.replaceChildren(...between(terms, ", "));
      }
      live.textContent = inWords(pairs);
    }
    const between = (items, joint) =>
      items.flatMap((item, order) => (order ? [joint, item] : [item]));
    const symbol = (cell) => element("span", { class: `touch-name touch-${cell.group}` },
      element("i", {}, NAMES[cell.group][1]), element("sub", {}, tables.subscript(cell)));

    /* One product; while the mouse is over it, its two cells stand out. */
    function term(pair) {
      const result = pair.find(isResult);
      const two = [...pair, pointed].filter((cell) => !isResult(cell)).sort((one, other) =>
        PASSES[pass].factors.indexOf(one.group) - PASSES[pass].factors.indexOf(other.group));
      const [a, b] = two.map((cell) =>
        element("span", { class: `touch-${cell.group}` }, factor(tables.value(cell))));
      const choose = (on) => () =>
        pair.forEach((cell) => cellOf(cell).classList.toggle("chosen", on));
      const product = tables.value(two[0]) * tables.value(two[1]);
      return element(
        "span",
        { class: "touch-term", on: { pointerenter: choose(true), pointerleave: choose(false) } },
        a, "·", b, ...(result ? [` = ${number(product)} in `, symbol(result)] : []),
      );
    }
    function inWords(pairs) {
      const [row, column] = tables.place(pointed).spot;
      const where = `${NAMES[pointed.group][0]}, row ${row}, column ${column}`;
      const value = (cell) => spoken(tables.value(cell));
      if (isResult(pointed))
        return `${where}: ${pairs.map((pair) => pair.map(value).join(" times ")).join(" plus ")}`
          + ` equals ${value(pointed)}`;
      const partners = pairs.map((pair) => value(pair.find((cell) => !isResult(cell))));
      return `${where}: ${value(pointed)} meets ${partners.join(", ")}`;
    }

    /* Tables. */
    const title = (group) => element("p", { class: `touch-title touch-${group}` },
      NAMES[group][0], " ",
      element("i", {}, group === "delta" ? "δ = ∂E/∂z" : NAMES[group][1]));
    const grid = (group, part) => touch.grid({
      group, rows: part.rows, columns: part.columns, caption: part.name,
      name: `${NAMES[group].join(" ")} ${part.name}`.trim(),
      place(r, c) {
        const index = part.index(r, c);
        const edge = tables.isEdge({ group, index });
        return { index, edge, editable: GIVEN.includes(group) && !edge };
      },
      point: (index, keep) => point(group, index, keep),
      edit(index, value) {
        tables.change({ group, index }, value);
        refresh();
      },
    });

    /* Build all tables anew, after an option has changed their sizes. */
    function build() {
      for (const group of groups) {
        const made = tables.parts(group).map((part) => grid(group, part));
        cells[group] = new Map(made.flatMap((one) => [...one.cells]));
        blocks[group].replaceChildren(title(group), ...made.map((one) => one.element));
        const across = CORNER[group] === "tap" ? tables.sizes.kernel[3] : 1;
        blocks[group].style.setProperty("--across", across);
      }
      take(held.pass);
      const { group, index } = held.cell;
      hold(group, cells[group].has(index) ? index : richest(group));
      operator.textContent = tables.options.turned ? "∗" : "⋆";
      controls.set(tables.options, tables.possible);
      fit();
      refresh();
    }
    function refresh() {
      for (const group of groups)
        for (const [index, td] of cells[group]) touch.write(td, tables.value({ group, index }));
      mark();
    }
    function reset() {
      tables = touch.sixTables(settings);
      take(settings.opens);
      hold(PASSES[pass].result, NaN); // no cell: one is chosen
      build();
    }

    /* Cells as large as the width allows: three blocks side by side, or one above the other. */
    function fit() {
      const { padded, kernel: [, , L, M], output } = tables.sizes;
      const wide = figure.clientWidth >= 560;
      const width = (columns, parts, size) =>
        Math.max(columns * (size + 2) + 2 * parts + 10 * (parts - 1), wide ? 108 : 0);
      touch.fit(figure, (size) => {
        const three = [width(padded[1], 1, size), width(L * M, M, size), width(output[1], 1, size)];
        return wide ? three[0] + three[1] + three[2] + 110 : Math.max(...three);
      });
    }

    const offered = Object.fromEntries(settings.controls.map((key) => [key, OPTIONS[key]]));
    const controls = touch.panel(name, offered, (key, value) => {
      tables.choose(key, value);
      build();
    });
    const passes = touch.choices(`${name}-pass`, "pass",
      settings.show.map((one) => [one, WAYS[one]]), (chosen) => {
        pass = chosen;
        hold(PASSES[pass].result, richest(PASSES[pass].result));
        mark();
      });
    const blocks = Object.fromEntries(groups.map((group) =>
      [group, element("div", { class: `touch-block touch-at-${group}` })]));
    const sign = (part, text) => element(
      "span", { class: `touch-operator touch-${part}`, "aria-hidden": "true" }, text);
    const operator = sign("times", "");
    const { lead, sum, live } = touch.frame(figure, {
      controls: [...(settings.show.length > 1 ? [passes.element] : []), ...controls.elements],
      reset,
      tables: [...Object.values(blocks), operator, sign("equals", "=")],
      leave,
      hint: groups.includes("delta") ? "the input, the kernel or the delta" : "the input or the kernel",
    });
    reset();
    new ResizeObserver(fit).observe(figure);
  };

  if (globalThis.document) touch.figures("convolution", touch.convolutionFigure);
})((globalThis.touch = globalThis.touch || {}));
