/* Questions people ask, as links to the card that answers each. */
(function () {
  "use strict";
  const { React, h, address, useAddress, Card } = window.weblogCore;

  const PATIENCE = 8000, TURN = 120;
  const OWN = ["wheel", "touchstart", "keydown", "pointerdown"];

  /* Bring a card into sight and give it the focus as soon as it is there; what is filled in
     meanwhile moves it, so it is brought again until all is there or somebody scrolls. */
  function show(id) {
    const started = Date.now();
    let ended = false, focused = false;
    const end = () => {
      ended = true;
      OWN.forEach((name) => window.removeEventListener(name, end));
    };
    OWN.forEach((name) => window.addEventListener(name, end, { passive: true }));
    const turn = () => {
      if (ended) return;
      const card = document.getElementById(id);
      if (card) {
        card.scrollIntoView({ block: "start" });
        if (!focused) {
          card.setAttribute("tabindex", "-1");
          card.focus({ preventScroll: true });
          focused = true;
        }
      }
      const filled = card && !document.querySelector("main [aria-busy=true], main .chart:empty");
      if (filled || Date.now() - started > PATIENCE) end();
      else window.setTimeout(turn, TURN);
    };
    window.setTimeout(turn, 0);
  }
  window.weblogCore.show = show;

  function search(question) {
    const query = new URLSearchParams(address.filters());
    if (question.search.some(([name]) => name === "period"))
      ["from", "to"].forEach((name) => query.delete(name));
    question.search.forEach(([name, value]) => query.set(name, value));
    return query.toString() ? `?${query}` : "";
  }

  function Questions({ id, title, help, questions, words }) {
    useAddress(); /* the links carry the filters along */
    /* Who may not see a page is not led there. */
    const seen = questions.filter((one) => window.weblogCore.kept.paths.includes(one.path));
    const follow = (event, one) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      address.go(search(one), one.path);
      show(one.card);
    };
    return h(Card, { id, title, help, span: 12, words, data: { state: "ready" } },
      () => h("ul", { className: "questions" }, seen.map((one) => h("li", { key: one.text },
        h("a", { href: one.path + search(one), onClick: (event) => follow(event, one) },
          one.text)))));
  }

  window.weblog_dashboard.Questions = Questions;
})();
