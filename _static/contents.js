/* "On this page" follows the reader: the section that is read is marked, also after a jump to an
   equation, a figure or a footnote in the middle of a section. */

(() => {
  /* How far down the window a section has come when it is the one that is read. */
  const READING = 0.3;
  /* A target of a jump, or a hit of the search, rules as long as it stands no lower than this. */
  const ARRIVED = 0.6;

  function follow(navigation) {
    const links = [...navigation.querySelectorAll("a[href^='#']")];
    const headings = links.map((link) => {
      const section = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      return section?.querySelector("h1, h2, h3, h4, h5, h6") || section;
    });
    let marked = null;

    function readingLine() {
      const line = innerHeight * READING;
      const page = document.documentElement;
      const atEnd = scrollY + innerHeight >= page.scrollHeight - 2;
      const target = document.querySelector("main :target")?.getBoundingClientRect().top;
      if (target >= -1 && target < innerHeight * (atEnd ? 1 : ARRIVED)) return target + 1;
      return atEnd ? innerHeight : line;
    }

    function update() {
      const line = readingLine();
      const read = headings.findLastIndex((h) => h && h.getBoundingClientRect().top <= line);
      const link = links[read] || null;
      if (link === marked) return;
      marked = link;
      for (const other of links) {
        other.classList.toggle("active", other === link);
        if (other === link) other.setAttribute("aria-current", "true");
        else other.removeAttribute("aria-current");
      }
      for (const entry of navigation.querySelectorAll(".toc-entry"))
        entry.classList.toggle("active", entry.contains(link));
      if (link) keepInSight(link);
    }

    let asked = false;
    function soon() {
      if (!asked) requestAnimationFrame(() => { asked = false; update(); });
      asked = true;
    }
    for (const event of ["scroll", "resize", "hashchange", "load"])
      addEventListener(event, soon, { passive: true });
    update();
  }

  /* Long contents scroll in their own box. */
  function keepInSight(link) {
    const box = link.closest(".bd-sidebar-secondary");
    if (!box) return;
    const inner = link.getBoundingClientRect();
    const outer = box.getBoundingClientRect();
    if (inner.top < outer.top || inner.bottom > outer.bottom)
      box.scrollTop += inner.top - outer.top - outer.height / 3;
  }

  addEventListener("DOMContentLoaded", () => {
    const navigation = document.getElementById("pst-page-toc-nav");
    if (!navigation) return;
    // The theme follows the scrolling only, and would undo what is marked here: a copy is ours.
    const ours = navigation.cloneNode(true);
    navigation.replaceWith(ours);
    follow(ours);
  });
})();
