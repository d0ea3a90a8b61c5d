// The keyboard, rows that open, and dialogs. The pages say what a key does: data-key="t" on a link or
// button presses it, on anything else opens it and goes to its first field.
"use strict";
(() => {
  const FIELD = "input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea:not([disabled])";
  const typing = (target) => target.closest("input, select, textarea, [contenteditable]");
  const rows = () => [...document.querySelectorAll("table[data-rows] tbody tr[data-href]")];

  const show = (row) => {
    current()?.removeAttribute("aria-current");
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  };
  const current = () => document.querySelector("table[data-rows] tr[aria-current]");
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(current());
    show(all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]);
  };

  const use = (element) => {
    if (element.matches("a, button")) {
      if (!element.disabled) element.click();
      return;
    }
    const folded = element.closest("details");
    if (folded) folded.open = true;
    const field = element.querySelector(FIELD) ?? element.querySelector("button");
    (field ?? element).focus();
    element.scrollIntoView({ block: "nearest" });
  };

  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const field = typing(event.target);
    if (event.key === "Enter" && event.ctrlKey && field?.form) {
      event.preventDefault();
      field.form.requestSubmit();
      return;
    }
    if (field && event.key === "Escape") field.blur();
    if (field || event.ctrlKey || document.querySelector("dialog[open]")) return;
    if (event.key === "j" || event.key === "k") {
      step(event.key === "j" ? 1 : -1);
      return;
    }
    const ticked = current()?.querySelector("input[type=checkbox]");
    if (event.key === "x" && ticked) {
      ticked.checked = !ticked.checked;
      return;
    }
    if (event.key === "o" && current()) {
      location.assign(current().dataset.href);
      return;
    }
    if (event.key === "Enter" && current() && !event.target.closest("a, button, summary")) {
      location.assign(current().dataset.href);
      return;
    }
    const element = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!element) return;
    event.preventDefault();
    use(element);
  });

  document.addEventListener("click", (event) => {
    // HTMX moves the address on: the file is of what is seen now.
    const file = event.target.closest("a[data-of-page]");
    if (file) file.href = `${file.dataset.ofPage}?page=${encodeURIComponent(location.pathname + location.search)}`;
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open)?.showModal();
    const row = event.target.closest("tr[data-href]");
    if (!row || event.target.closest("a, button, input, label") || getSelection()?.toString()) return;
    location.assign(row.dataset.href);
  });

  // A form is sent once: a second press while the answer is on its way must not act twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Filters that say nothing stay out of the address, and the order of the table stays as it is.
  document.addEventListener("htmx:configRequest", (event) => {
    const given = event.detail.parameters;
    for (const name of Object.keys(given)) if (given[name] === "") delete given[name];
    const sort = new URLSearchParams(location.search).get("sort");
    if (event.detail.elt.matches("[data-keeps-sort]") && sort) given.sort = sort;
  });

  // HTMX moves the address on: whoever switches the language wants to stay where he is now.
  document.addEventListener("submit", (event) => {
    const query = event.target.querySelector("input[data-query-here]");
    if (query) query.value = location.search;
    const next = event.target.querySelector("input[data-here]");
    if (next) next.value = location.pathname + location.search;
  });
})();
