/* The page on paper: across, in light colours, without what only a screen can do. The style
   sheet hangs it all on `printing`; charts draw themselves anew for it (5_chart.js). */
(function () {
  "use strict";
  const root = document.documentElement;
  let theme = null;

  /* Registered before any component does so: where they measure, the page is as on paper. */
  window.addEventListener("beforeprint", () => {
    theme = theme || root.dataset.theme;
    root.dataset.theme = "light";
    root.classList.add("printing");
  });
  window.addEventListener("afterprint", () => {
    root.classList.remove("printing");
    root.dataset.theme = theme;
    theme = null;
  });

  window.weblogCore.isPrinting = () => root.classList.contains("printing");
})();
