/* Displayed formulas that are too wide for the page: a little smaller first, and where that is not
   enough they scroll, with an edge that fades as long as there is more to see. */

(() => {
  const SMALLEST = 0.85; // of the size of the text

  function fit(formula) {
    formula.style.fontSize = "";
    const room = formula.clientWidth;
    const width = formula.querySelector("svg")?.getBoundingClientRect().width;
    if (!room || !width) return; // folded away
    if (width > room) formula.style.fontSize = `${Math.max(SMALLEST, (room - 1) / width) * 100}%`;
    fade(formula);
  }

  function fade(formula) {
    const hidden = formula.scrollWidth - formula.clientWidth - formula.scrollLeft;
    formula.classList.toggle("has-more", hidden > 1);
  }

  async function start() {
    await window.MathJax?.startup?.promise;
    const watch = new ResizeObserver((changes) => changes.forEach(({ target }) => fit(target)));
    for (const formula of document.querySelectorAll("div.math > mjx-container")) {
      formula.addEventListener("scroll", () => fade(formula), { passive: true });
      watch.observe(formula);
    }
  }

  addEventListener("load", start);
})();
