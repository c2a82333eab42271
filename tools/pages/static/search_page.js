/* The search page. It looks for sections, the best first, and shows where in them the words stand.
   Loaded before: minisearch.js, and SEARCH_PAGES, the text of every section. */

(() => {
  const SNIPPET = 220; // characters
  const MOST = 50; // results
  const sections = SEARCH_PAGES.flatMap(([url, page, part, rows]) =>
    rows.map(([anchor, title, text, code]) => ({ url, page, part, anchor, title, text, code })));
  const index = new MiniSearch({ fields: ["title", "text", "code"] });
  index.addAll(sections.map((section, id) => ({ id, ...section })));
  const OPTIONS = {
    boost: { title: 4, code: 0.3 },
    boostDocument: (id) => (sections[id].anchor.startsWith("cnnbook.") ? 0.4 : 1), // text first
    prefix: true,
  };

  /* All words, or else the words that begin so, or else similar words, or else some of them. */
  function find(query) {
    const ways = [
      { combineWith: "AND" },
      { combineWith: "AND", fuzzy: 0.2 },
      { combineWith: "OR", fuzzy: 0.2 },
    ];
    for (const way of ways) {
      const hits = index.search(query, { ...OPTIONS, ...way });
      if (hits.length) return hits;
    }
    return [];
  }

  function pattern(words) {
    const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    escaped.sort((a, b) => b.length - a.length);
    return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join("|")})(?![\\p{L}\\p{N}])`, "giu");
  }

  /* The stretch of a text that has most of the words. */
  function snippet(text, words) {
    const places = [...text.matchAll(words)].map((match) => match.index);
    if (!places.length) return null;
    const inside = (start) => places.filter((p) => p >= start && p < start + SNIPPET - 40).length;
    const first = places.reduce((best, p) => (inside(p) > inside(best) ? p : best), places[0]);
    const start = first < 60 ? 0 : text.indexOf(" ", first - 60) + 1;
    let end = text.length;
    if (start + SNIPPET < end) end = text.lastIndexOf(" ", start + SNIPPET);
    return (start ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
  }

  function marked(tag, text, words) {
    const element = document.createElement(tag);
    let at = 0;
    for (const match of text.matchAll(words)) {
      element.append(text.slice(at, match.index));
      element.append(Object.assign(document.createElement("mark"), { textContent: match[0] }));
      at = match.index + match[0].length;
    }
    element.append(text.slice(at));
    return element;
  }

  function result(hit) {
    const section = sections[hit.id];
    const words = pattern(hit.terms);
    const item = document.createElement("li");
    const link = marked("a", section.title, words);
    link.href = `${section.url}?marked=${encodeURIComponent(hit.terms.join(" "))}`
      + (section.anchor ? `#${section.anchor}` : "");
    const where = document.createElement("p");
    where.className = "search-where";
    const page = section.title.endsWith(section.page) ? "" : section.page;
    where.textContent = [section.part, page].filter(Boolean).join(" · ");
    item.append(link, where);
    const prose = snippet(section.text, words);
    const line = section.code.split("\n").find((code) => code.match(words));
    if (prose || !line) item.append(marked("p", prose || section.text.slice(0, SNIPPET), words));
    else item.append(marked("code", line.trim(), words));
    return item;
  }

  function show(query) {
    const hits = query.trim() ? find(query) : [];
    const shown = hits.slice(0, MOST);
    document.getElementById("search-results").replaceChildren(...shown.map(result));
    const count = hits.length === 1 ? "1 section" : `${hits.length} sections`;
    const first = hits.length > MOST ? `, the first ${MOST} are shown` : "";
    document.getElementById("search-count").textContent = query.trim()
      ? `${count} found for “${query.trim()}”${first}.` : "";
  }

  const form = document.querySelector(".bd-search-container form");
  const field = form.querySelector("input");
  field.value = new URLSearchParams(location.search).get("q") || "";
  field.focus();
  show(field.value);

  let pause;
  field.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      history.replaceState(null, "", `?q=${encodeURIComponent(field.value)}`);
      show(field.value);
    }, 150);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    document.querySelector("#search-results a")?.focus();
  });
})();
