/* A preview of what a link leads to: an equation, a work, a term. With a mouse or the keyboard,
   not on touch, where the link itself is one tap away. What is shown stands in the page. */

(() => {
  const data = document.getElementById("previews");
  if (!data) return;
  const previews = JSON.parse(data.textContent);
  const wait = { show: 250, hide: 200 }; // milliseconds: for who only passes by, and to move over

  const box = document.createElement("div");
  box.id = "preview";
  box.setAttribute("role", "tooltip");
  box.hidden = true;
  document.body.append(box);

  let link = null;
  let timer = 0;

  const later = (action, milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };

  const hide = () => {
    clearTimeout(timer);
    box.hidden = true;
    link?.removeAttribute("aria-describedby");
    link = null;
  };

  /* Below the link, or above it where there is more room; never beyond the window. */
  const place = () => {
    const at = link.getBoundingClientRect();
    const size = box.getBoundingClientRect();
    const below = at.bottom + 6;
    const fits = below + size.height <= innerHeight - 8 || at.top < innerHeight - at.bottom;
    box.style.top = `${fits ? below : at.top - size.height - 6}px`;
    box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - size.width - 8))}px`;
  };

  const show = async (target) => {
    hide();
    link = target;
    box.innerHTML = previews[target.getAttribute("href")];
    box.style.visibility = "hidden";
    box.hidden = false;
    if (box.querySelector(".math") && window.MathJax?.startup) {
      await MathJax.startup.promise;
      await MathJax.typesetPromise([box]);
      if (link !== target) return; // the reader has gone on meanwhile
    }
    place();
    box.style.visibility = "";
    target.setAttribute("aria-describedby", box.id);
  };

  const linkOf = (event) => {
    const found = event.target.closest?.("a.reference.internal, a.numbered");
    return found && found.getAttribute("href") in previews ? found : null;
  };

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const target = linkOf(event);
    if (target && target !== link) later(() => show(target), wait.show);
    else if (target || box.contains(event.target)) clearTimeout(timer);
    else later(hide, wait.hide);
  });
  document.addEventListener("focusin", (event) => {
    const target = linkOf(event);
    if (target?.matches(":focus-visible")) show(target);
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  addEventListener("scroll", () => link && place(), { passive: true });
})();
