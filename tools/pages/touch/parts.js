/* What the views share: elements, sliders, rows of choices, tables to point at. */

(function (touch) {
  "use strict";
  const { number } = touch;

  /* An element with attributes and children; `on` holds its listeners. */
  function element(tag, { on = {}, ...attributes } = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (value === true) made.setAttribute(name, "");
      else if (value !== false && value !== undefined) made.setAttribute(name, value);
    for (const [name, listener] of Object.entries(on)) made.addEventListener(name, listener);
    made.append(...children);
    return made;
  }

  /* A slider under its name and its value. */
  function slider(title, limits, change) {
    const input = element("input", { type: "range", ...limits, on: { input: change } });
    const shown = element("output");
    return { input, shown, element: element("label", {}, element("span", {}, title, shown), input) };
  }

  /* A row of choices, of which one is chosen: radio buttons that look like one bar. */
  function choices(name, title, options, choose) {
    const inputs = new Map();
    const labels = options.map(([value, text]) => {
      const input = element("input", {
        type: "radio", name, value: String(value), on: { change: () => choose(value) },
      });
      inputs.set(value, input);
      return element("label", {}, input, element("span", {}, text));
    });
    return {
      element: element("fieldset", {}, element("legend", {}, title), ...labels),
      set(chosen, possible = () => true) {
        for (const [value, input] of inputs) {
          input.checked = value === chosen;
          input.disabled = !possible(value);
        }
      },
    };
  }

  /* All choices of a figure: for each option its legend and its values with their names. */
  function panel(name, options, change) {
    const rows = Object.entries(options).map(([key, [title, values]]) =>
      [key, choices(`${name}-${key}`, title, values, (value) => change(key, value))]);
    return {
      elements: rows.map(([, row]) => row.element),
      set(chosen, fits) {
        for (const [key, row] of rows) row.set(chosen[key], (value) => fits(key, value));
      },
    };
  }

  /* Controls above, tables, and the sum below, written and said. */
  function frame(figure, { controls, reset, tables, leave, hint }) {
    const [lead, sum, live] = ["lead", "sum", "live"].map((part) =>
      element("p", { class: `touch-${part}`, "aria-live": part === "live" && "polite" }));
    const heading = figure.querySelector("figcaption");
    figure.replaceChildren(
      ...(heading ? [heading] : []),
      element("div", { class: "touch-controls" }, ...controls,
        element("button", { type: "button", on: { click: reset } }, "reset")),
      element("div", { class: "touch-tables", on: { pointerleave: leave } }, ...tables),
      element("div", { class: "touch-says" }, lead, sum, live),
      element("p", { class: "touch-hint" },
        "Point at any number, or use Tab and the arrow keys; a click holds it. A click, a second "
        + `tap or Enter changes a number of ${hint}.`),
    );
    return { lead, sum, live };
  }

  /* A number in its cell, in smaller type where it is long. */
  function write(td, value) {
    td.firstChild.textContent = number(value);
    td.classList.toggle("long", td.firstChild.textContent.length > 4);
  }

  /* A cell in the light of a meeting: its shade from 14 to 48, and a small number. */
  const shade = (order, length) => (length > 1 ? 14 + (34 * order) / (length - 1) : 31);
  function light(td, depth, note) {
    td.classList.add("lit");
    td.style.setProperty("--shade", depth);
    td.lastChild.textContent = note;
  }
  function darken(figure) {
    figure.querySelectorAll(".lit, .pointed, .chosen").forEach((td) => {
      td.classList.remove("lit", "pointed", "chosen");
      td.lastChild.textContent = "";
    });
  }

  /* The largest cells with which the figure is not too wide; `needed(size)` says how wide it is. */
  function fit(figure, needed) {
    let size = 44;
    while (size > 24 && needed(size) > figure.clientWidth) size--;
    figure.classList.toggle("touch-wide", figure.clientWidth >= 560);
    figure.classList.toggle("touch-tight", size < 34);
    figure.style.setProperty("--cell", `${size}px`);
  }

  const MOVES = {
    ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
    Home: [0, -Infinity], End: [0, Infinity],
  };

  /* A table of cells to point at: one tab stop, arrow keys inside. `place(r, c)` tells of a cell
     its index, whether it is only border, and whether it may be edited; `point(index, held)` says
     which is pointed at, and whether for good or only while the mouse is there. */
  function grid({ group, name, caption, rows, columns, place, point, edit }) {
    const cells = new Map();
    const lines = [];
    const go = (r, c) => {
      const limit = (at, size) => Math.min(Math.max(at, 0), size - 1);
      const target = lines[limit(r, rows)][limit(c, columns)];
      tabStop(target);
      target.focus();
    };
    const tabStop = (target) => {
      table.querySelectorAll("td[tabindex='0']").forEach((td) => td.setAttribute("tabindex", -1));
      target.setAttribute("tabindex", 0);
    };

    function cell(r, c) {
      const { index, edge, editable } = place(r, c);
      let wasFocused = false;
      const change = (start) => editable && startEdit(td, start, (value) => edit(index, value));
      const td = element("td", {
        tabindex: -1,
        class: edge ? "edge" : editable ? "editable" : undefined,
        on: {
          pointerenter: (event) => event.pointerType === "mouse" && point(index, false),
          focus: () => { tabStop(td); point(index, true); },
          pointerdown: (event) => {
            wasFocused = event.pointerType === "mouse" || document.activeElement === td;
          },
          click: () => { point(index, true); if (wasFocused) change(); },
          keydown: (event) => {
            if (event.target !== td || event.ctrlKey || event.metaKey || event.altKey) return;
            const move = MOVES[event.key];
            if (move) go(r + move[0], c + move[1]);
            else if (editable && /^[-0-9]$/.test(event.key)) change(event.key);
            else if (editable && (event.key === "Enter" || event.key === "F2")) change();
            else return;
            event.preventDefault();
          },
        },
      }, element("b", {}), element("i", {}));
      cells.set(index, td);
      return td;
    }

    const body = element("tbody");
    for (let r = 0; r < rows; r++) {
      lines.push(Array.from({ length: columns }, (_, c) => cell(r, c)));
      body.append(element("tr", {}, ...lines[r]));
    }
    const table = element(
      "table", { class: `touch-grid touch-${group}`, role: "grid", "aria-label": name },
      ...(caption ? [element("caption", {}, caption)] : []), body,
    );
    lines[0][0].setAttribute("tabindex", 0);
    return { element: table, cells };
  }

  /* A field in the place of a cell's number, until Enter, Escape or the loss of the focus. */
  function startEdit(td, start, done) {
    if (td.querySelector("input")) return;
    const field = element("input", {
      type: "text", "aria-label": "new number", autocomplete: "off", size: 3,
    });
    let open = true;
    const close = (keep, refocus) => {
      if (!open) return;
      open = false;
      const value = Number(field.value.replace("\u2212", "-").replace(",", "."));
      const valid = field.value.trim() !== "" && Number.isFinite(value);
      field.remove();
      if (refocus) td.focus();
      if (keep && valid) done(Math.max(-99, Math.min(99, Math.round(value * 10) / 10)));
    };
    field.value = start ?? td.firstChild.textContent;
    field.addEventListener("blur", () => close(true, false));
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") close(true, true);
      if (event.key === "Escape") close(false, true);
    });
    td.append(field);
    field.focus();
    if (start === undefined) field.select();
  }

  /* Calls build(figure, settings) for each figure of a kind, once the page is read. */
  function figures(kind, build) {
    const all = () =>
      document.querySelectorAll(`figure[data-touch="${kind}"]`).forEach((figure, order) => {
        build(figure, JSON.parse(figure.dataset.settings), `${kind}-${order}`);
        figure.classList.add("touch-alive");
      });
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
    else all();
  }

  Object.assign(touch, {
    element, slider, choices, panel, frame, write, shade, light, darken, fit, grid, figures,
  });
})((globalThis.touch = globalThis.touch || {}));
