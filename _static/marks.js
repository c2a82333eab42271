/* A page that was found by the search (?marked=words) opens at the hit, with the words marked. */

(() => {
  const words = new URLSearchParams(location.search).get("marked")?.split(" ").filter(Boolean);
  if (!words?.length) return;
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  escaped.sort((a, b) => b.length - a.length);
  const pattern = new RegExp(
    `(?<![\\p{L}\\p{N}])(?:${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu");

  function textsOf(root) {
    const texts = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement.closest("script, style, mjx-container, .math, button, .headerlink")
        ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
    while (walker.nextNode()) texts.push(walker.currentNode);
    return texts;
  }

  function mark(text) {
    const parts = document.createDocumentFragment();
    let at = 0;
    for (const match of text.data.matchAll(pattern)) {
      parts.append(text.data.slice(at, match.index));
      const found = document.createElement("mark");
      found.textContent = match[0];
      parts.append(found);
      at = match.index + match[0].length;
    }
    if (!at) return;
    parts.append(text.data.slice(at));
    text.replaceWith(parts);
  }

  function unmark(article, button) {
    for (const found of article.querySelectorAll("mark")) {
      const parent = found.parentNode;
      found.replaceWith(found.textContent);
      parent.normalize();
    }
    button.remove();
    history.replaceState(null, "", location.pathname + location.hash);
  }

  /* What is folded away opens, if the hit lies in there. */
  function open(element) {
    for (let box = element.parentElement; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
      if (box.classList.contains("toggle-hidden")) box.querySelector(".toggle-button")?.click();
    }
  }

  /* The section that an element belongs to: the innermost with a heading of its own. */
  function sectionOf(element) {
    let section = element.closest("section");
    while (section && !section.querySelector(":scope > :is(h1, h2, h3, h4, h5, h6)"))
      section = section.parentElement.closest("section");
    return section;
  }

  /* The first hit in the text of the section that the address names, else in its heading. */
  function hitIn(article) {
    const found = [...article.querySelectorAll("mark")];
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return found[0];
    const follows = Node.DOCUMENT_POSITION_FOLLOWING;
    const here = found.filter((m) => sectionOf(m) === sectionOf(target)
      && target.compareDocumentPosition(m) & follows);
    return here.find((m) => !m.closest("h1, h2, h3, h4, h5, h6")) || here[0] || found[0];
  }

  addEventListener("load", async () => {
    const article = document.querySelector("article");
    if (!article) return;
    textsOf(article).forEach(mark);
    await window.MathJax?.startup?.promise;
    const hit = hitIn(article);
    if (!hit) return;
    open(hit);
    hit.classList.add("hit");
    hit.scrollIntoView({ block: "center" });
    const button = document.createElement("button");
    button.type = "button";
    button.className = "unmark d-print-none";
    button.textContent = "Remove the marks";
    button.addEventListener("click", () => unmark(article, button));
    addEventListener("keydown", (event) => { if (event.key === "Escape") button.click(); });
    document.body.append(button);
  });
})();
