
"use strict";
// Without this script the page is whole: it only hides what is not looked for, and switches the colours.
(() => {
  const search = document.getElementById("search");
  const found = document.getElementById("found");
  const fold = (text) => text.normalize("NFKC").toLowerCase();
  const groups = [...document.querySelectorAll(".group")].map((group) => ({
    element: group,
    items: [...group.querySelectorAll(".item")].map((element) => ({ element, text: null })),
  }));

  // What was found may be among the examples, which are folded.
  function unfold(element, words) {
    for (const details of element.querySelectorAll("details")) {
      const text = fold(details.textContent);
      details.open = words.some((word) => text.includes(word));
    }
  }

  function show() {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    let count = 0;
    for (const group of groups) {
      let any = words.length === 0;
      for (const item of group.items) {
        if (item.text === null) item.text = fold(item.element.textContent);
        const fits = words.every((word) => item.text.includes(word));
        item.element.hidden = !fits;
        if (fits && words.length > 0) unfold(item.element, words);
        any ||= fits;
        count += fits ? 1 : 0;
      }
      group.element.hidden = !any;
    }
    found.textContent = words.length === 0 ? "" : `找到 ${count} 处`;
  }

  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(show, 120);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      show();
    }
  });
  // On paper nothing can be unfolded; afterwards it is as it was.
  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const each of folded) each.open = true;
  });
  addEventListener("afterprint", () => {
    for (const each of folded) each.open = false;
  });
  // A link may lead to what the search has hidden.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && search.value) {
      search.value = "";
      show();
    }
  });
  document.getElementById("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  document.getElementById("tools").hidden = false;
})();
