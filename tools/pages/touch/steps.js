/* A figure in steps: one of its frames at a time, chosen with buttons, a slider or the arrow keys.
   Nothing moves by itself. */

(function (touch) {
  "use strict";
  const { element, slider } = touch;
  const MOVES = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity };

  touch.stepsFigure = function (figure) {
    const frames = [...figure.querySelectorAll(".steps-frame")];
    const last = frames.length - 1;
    let at = 0;

    const button = (title, by) =>
      element("button", { type: "button", on: { click: () => go(at + by) } }, title);
    const [back, next] = [button("‹ back", -1), button("next ›", 1)];
    const choice = slider("step ", { min: 1, max: last + 1, step: 1, value: 1 }, () =>
      go(choice.input.value - 1));
    const live = element("p", { class: "touch-live", "aria-live": "polite" });

    function show() {
      frames.forEach((frame, n) => frame.classList.toggle("shown", n === at));
      back.setAttribute("aria-disabled", at === 0); // not disabled: that would lose the focus
      next.setAttribute("aria-disabled", at === last);
      const place = `${at + 1} of ${last + 1}`;
      choice.input.value = at + 1;
      choice.input.setAttribute("aria-valuetext", place);
      choice.shown.textContent = place;
    }
    function go(to) {
      const target = Math.min(Math.max(to, 0), last);
      if (target === at) return;
      at = target;
      show();
      live.textContent = frames[at].dataset.says;
    }

    figure.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      go(at + move);
      event.preventDefault();
    });
    figure.prepend(element("div", { class: "steps-controls" },
      element("div", { class: "touch-controls" }, back, next), choice.element));
    figure.append(live);
    show();
    figure.classList.add("touch-alive");
  };

  const all = () =>
    document.querySelectorAll('div[data-touch="steps"]').forEach(touch.stepsFigure);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all);
  else all();
})((globalThis.touch = globalThis.touch || {}));
