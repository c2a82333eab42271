/* What the convolution figure shows: six tables, and of every cell the meetings that it belongs to.

Pure functions: they know no page. A cell is {group, index}; pixels are counted in the padded
image, so that the cells of its border have numbers of their own. */

(function (touch) {
  "use strict";

  /* A pass multiplies two tables into a third. */
  const PASSES = {
    forward: { factors: ["input", "kernel"], result: "output", of: "pixel · tap" },
    input: { factors: ["kernel", "delta"], result: "dinput", of: "tap · delta" },
    kernel: { factors: ["input", "delta"], result: "dkernel", of: "pixel · delta" },
  };
  const tablesOf = (pass) => [...PASSES[pass].factors, PASSES[pass].result];

  /* The corner of a meeting that a table holds. */
  const CORNER = {
    input: "pixel", dinput: "pixel", kernel: "tap", dkernel: "tap", output: "output",
    delta: "output",
  };

  /* The tables for the settings of a figure; options and numbers can be changed. */
  touch.sixTables = function (settings) {
    const copy = ({ shape, data }) => ({ shape, data: [...data] });
    const { turned, mode, stride, padding, dilation, line } = settings;
    const options = { turned, mode, stride, padding, dilation, line };
    const input = copy(settings.input);
    const kernel = copy(settings.kernel);
    const deltas = touch.deltas(settings.delta);
    const several = kernel.shape[0] * kernel.shape[3] > 1;
    let sizes, list, values, pixelAt;

    const sizesWith = (change) =>
      touch.geometry(input.shape, kernel.shape, { ...options, ...change });

    function compute() {
      sizes = sizesWith({});
      list = touch.meetings(sizes);
      const places = touch.places(sizes);
      pixelAt = new Map(places.map((place, pixel) => [place, pixel]));
      const delta = deltas.of(sizes.output);
      const dinput = touch.inputGradient(delta, kernel, sizes);
      values = {
        input: touch.pad(input, sizes).data,
        kernel: kernel.data,
        output: touch.convolve(input, kernel, sizes).data,
        delta: delta.data,
        dinput: places.reduce((all, place, pixel) => {
          all[place] = dinput.data[pixel];
          return all;
        }, []),
        dkernel: touch.kernelGradient(input, delta, sizes).data,
      };
    }

    const value = ({ group, index }) => values[group][index];

    /* The meetings of a cell in a pass, each as the two other cells; none with a pixel outside the
       image whose gradient nobody asks for. */
    function pairs(pass, { group, index }) {
      const others = tablesOf(pass).filter((other) => other !== group);
      return list
        .filter((meeting) => meeting[CORNER[group]] === index)
        .map((meeting) => others.map((other) => ({ group: other, index: meeting[CORNER[other]] })))
        .filter((pair) => pair.every((cell) => value(cell) !== undefined))
        .sort((one, two) => one[0].index - two[0].index);
    }

    /* The maps that a cell belongs to, and its row and column; those of a border are negative. */
    function place({ group, index }) {
      const corner = CORNER[group];
      if (corner === "tap") {
        const [f, r, c, m] = touch.unravel(index, sizes.kernel);
        return { maps: [f, m], spot: [r, c] };
      }
      const at = touch.unravel(index, corner === "pixel" ? sizes.padded : sizes.output);
      const [above, left] = corner === "pixel" ? [sizes.above, sizes.left] : [0, 0];
      return { maps: [at[2]], spot: [at[0] - above, at[1] - left] };
    }

    /* The index of a cell in a formula: "12", or "0;12" with its map. */
    function subscript(cell) {
      const { maps, spot } = place(cell);
      const shown = line ? spot.slice(1) : spot;
      const joint = shown.some((i) => i > 9 || i < 0) ? "," : "";
      return (several ? `${maps.join("")};` : "") + shown.map(touch.number).join(joint);
    }

    /* The parts of a table, one for each map or kernel: a name, a size, the index of each cell. */
    function parts(group) {
      const among = (n) => Array.from({ length: n }, (_, i) => i);
      if (CORNER[group] === "tap") {
        const [F, K, L, M] = sizes.kernel;
        return among(F).flatMap((f) => among(M).map((m) => ({
          name: several ? `filter ${f}, map ${m}` : "", rows: K, columns: L,
          index: (r, c) => ((f * K + r) * L + c) * M + m,
        })));
      }
      const inner = group === "dinput";
      const outer = CORNER[group] === "pixel" ? sizes.padded : sizes.output;
      const [rows, columns, maps] = inner ? sizes.image : outer;
      const [above, left] = inner ? [sizes.above, sizes.left] : [0, 0];
      return among(maps).map((m) => ({
        name: maps > 1 ? `map ${m}` : "", rows, columns,
        index: (r, c) => ((r + above) * outer[1] + c + left) * maps + m,
      }));
    }

    function change({ group, index }, number) {
      if (group === "delta") deltas.set(index, sizes.output, number);
      else if (group === "kernel") kernel.data[index] = number;
      else input.data[pixelAt.get(index)] = number;
      compute();
    }
    function choose(key, chosen) {
      options[key] = chosen;
      if (key === "mode" && chosen !== "valid") options.padding = 0;
      compute();
    }
    const possible = (key, chosen) => sizesWith({ [key]: chosen }).fits
      && (key !== "padding" || chosen === 0 || options.mode === "valid");
    const isEdge = ({ group, index }) => group === "input" && !pixelAt.has(index);

    compute();
    return {
      options, value, pairs, place, subscript, parts, change, choose, possible, isEdge,
      get sizes() { return sizes; },
    };
  };

  Object.assign(touch, { PASSES, tablesOf, CORNER });
})((globalThis.touch = globalThis.touch || {}));
