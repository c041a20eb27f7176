/* Runs before anything is drawn, so that a dark page never flashes light. */
(function () {
  "use strict";
  const KEY = "weblog-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  function remembered() {
    try {
      return window.localStorage.getItem(KEY);
    } catch (refused) {
      return null; /* storage can be forbidden; then the system decides each time */
    }
  }

  function apply(theme) {
    document.documentElement.dataset.theme = theme;
    window.dispatchEvent(new CustomEvent("weblog:theme", { detail: theme }));
  }

  /* Pages without a script (the login, a customer's card) are told by a cookie. */
  function tell(theme) {
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
  }

  function chosen() {
    const kept = remembered();
    return kept === "dark" || kept === "light" ? kept : system.matches ? "dark" : "light";
  }

  window.weblogTheme = {
    now: () => document.documentElement.dataset.theme || "light",
    choose(theme) {
      try {
        window.localStorage.setItem(KEY, theme);
      } catch (refused) {
        /* applies until the page is left */
      }
      tell(theme);
      apply(theme);
    },
  };
  system.addEventListener("change", () => apply(chosen()));
  apply(chosen());
  if (remembered() === chosen()) tell(chosen());
})();
