// Light or dark, before the first paint: what was chosen here, else what the system prefers.
"use strict";
(() => {
  const KEY = "riskloop-theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const apply = () => {
    const theme = chosen() ?? (system.matches ? "dark" : "light");
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("riskloop:theme", { detail: theme }));
  };
  apply();
  system.addEventListener("change", apply);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    const dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
    try {
      localStorage.setItem(KEY, dark ? "light" : "dark");
    } catch {
      document.documentElement.setAttribute("data-bs-theme", dark ? "light" : "dark");
      return;
    }
    apply();
  });
})();
