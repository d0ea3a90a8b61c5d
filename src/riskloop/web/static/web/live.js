// A page that stays open keeps up: it asks what has changed, and shows it at once where that disturbs
// nobody; else it says so, and a key shows it.
"use strict";
(() => {
  const bar = document.querySelector("[data-live]");
  if (!bar) return;
  const { live, every, target, event } = bar.dataset;
  // The session is to end when nobody is there: what a page asks by itself is no sign of the person.
  const headers = { "X-By-Itself": "yes" };
  let { since } = bar.dataset;
  let pending = false;

  const shown = () => document.querySelector(target);
  const disturbs = () =>
    document.activeElement?.closest("input, select, textarea, [contenteditable]") ||
    document.querySelector("dialog[open], details.person[open]") ||
    shown()?.querySelector("input:checked") ||
    getSelection()?.toString();

  const refresh = async () => {
    const here = shown().querySelector("tr[aria-current]")?.dataset.href;
    const whole = target === "#content";
    await htmx.ajax("GET", location.pathname + location.search, {
      target,
      headers,
      swap: whole ? "outerHTML" : "innerHTML",
      ...(whole && { select: target }),
    });
    const row = here && shown().querySelector(`tr[data-href="${CSS.escape(here)}"]`);
    if (row) row.setAttribute("aria-current", "true");
  };

  const settle = async () => {
    if (!pending) return;
    if (!target || disturbs()) {
      bar.hidden = false;
      return;
    }
    pending = false;
    bar.hidden = true;
    await refresh();
  };

  const ask = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(`${live}?since=${since}`, { headers });
      if (answer.status === 401 || answer.status === 403) clearInterval(clock);
      if (!answer.ok) return;
      const found = await answer.json();
      since = found.latest;
      pending ||= event ? found.events.includes(event) : found.events.length > 0;
    } catch {
      return; // No answer: the next time.
    }
    await settle();
  };
  const clock = setInterval(ask, every * 1000);
  document.addEventListener("visibilitychange", ask);
})();
