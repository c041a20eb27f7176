/* Find a customer. What is typed travels in the body of a request and stands in no address. */
(function () {
  "use strict";
  const { React, h, fill, useEvent, Message } = window.weblogCore;

  const KEPT = "weblog:customers", MOST = 10;

  /* Numbers of cards opened in this tab; they end with it, so that no other reader finds them. */
  const recent = {
    read() {
      try {
        const found = JSON.parse(window.sessionStorage.getItem(KEPT) || "[]");
        return Array.isArray(found) ? found.filter((one) => typeof one === "string") : [];
      } catch {
        return [];
      }
    },
    write(numbers) {
      try {
        window.sessionStorage.setItem(KEPT, JSON.stringify(numbers));
      } catch {
        /* a browser that keeps nothing: the list stays empty */
      }
    },
    add: (number) =>
      recent.write([number, ...recent.read().filter((one) => one !== number)].slice(0, MOST)),
  };

  const address = (card, number) => `${card}&${new URLSearchParams({ id: number })}`;

  function Opening({ card, number }) {
    return h("a", { className: "link", href: address(card, number), onClick: () => recent.add(number),
      onAuxClick: () => recent.add(number) }, h("bdi", null, number));
  }

  function Result({ data, words, card, asked }) {
    if (data.state === "short") return h("p", { className: "muted" }, data.told);
    if (data.state === "none")
      return h(Message, { kind: "empty", title: data.told, text: data.help, code: data.code });
    if (data.state !== "ready")
      return h(Message, { kind: "error", title: words.search_failed,
        text: `${fill(words.reference, { id: data.ref })} · ${words.reference_help}` });
    return h(React.Fragment, null,
      h("p", { className: "muted found" }, data.told),
      h("div", { className: "table-box found", tabIndex: 0, role: "group", "aria-label": asked },
        h("table", { className: "table report" },
          h("thead", null, h("tr", null, data.heads.map((head) =>
            h("th", { key: head, scope: "col", className: "text" }, head)))),
          h("tbody", null, data.rows.map((row) => h("tr", { key: row[0] },
            h("th", { scope: "row", className: "text" }, h(Opening, { card, number: row[0] })),
            row.slice(1).map((cell, place) =>
              h("td", { key: place, className: "text" }, h("bdi", null, cell)))))))));
  }

  function CustomerSearch({ id, words, data, card, setProps }) {
    const [text, setText] = React.useState("");
    const [asked, setAsked] = React.useState(null);
    const [opened, setOpened] = React.useState(recent.read());
    const box = React.useRef(null);
    const [about, setAbout] = React.useState({ hint: "\u00a0", logged: false });
    React.useEffect(() => {
      const at = document.activeElement; /* somebody may be writing elsewhere, or in the drawer */
      const free = !at || at === document.body || at.closest(".nav:not(.open)");
      if (free && !document.querySelector(".nav.open")) box.current.focus();
      setProps({ asked: { text: "" } }); /* nobody: it tells what this reader can find by */
    }, []);
    React.useEffect(() => {
      if (data && data.state === "short") setAbout(data);
    }, [data]);
    const arrived = () => setAsked((now) => now && { ...now, waits: false });
    React.useEffect(arrived, [data]);
    useEvent("weblog:answer", ({ detail: { ok, output } }) => ok || output !== `${id}.data` || arrived());
    React.useEffect(() => {
      const again = () => setOpened(recent.read()); /* back from a card, as the browser kept this */
      window.addEventListener("pageshow", again);
      return () => window.removeEventListener("pageshow", again);
    }, []);
    const ask = (event) => {
      event.preventDefault();
      setAsked({ text, waits: true });
      setProps({ asked: { text, at: Date.now() } });
    };
    const waits = Boolean(asked && asked.waits);
    const forget = () => {
      recent.write([]);
      setOpened([]);
      box.current.focus();
    };
    return h("section", { id, className: "card finder", "aria-labelledby": `${id}-label`,
      "aria-busy": waits, "data-state": waits ? "loading" : data ? data.state : "idle" },
      h("form", { role: "search", onSubmit: ask },
        h("label", { id: `${id}-label`, htmlFor: `${id}-text` }, words.search_label),
        h("div", { className: "finder-line" },
          h("input", { id: `${id}-text`, ref: box, type: "search", value: text, maxLength: 200,
            autoComplete: "off", spellCheck: false, "aria-describedby": `${id}-hint`,
            onChange: (event) => setText(event.target.value) }),
          h("button", { type: "submit", className: "button strong" }, words.search_go)),
        h("p", { id: `${id}-hint`, className: "muted" }, about.hint),
        about.logged && h("p", { className: "muted" }, words.search_logged)),
      h("div", { "aria-live": "polite", className: waits ? "waits" : undefined },
        asked && data && h(Result, { data, words, card, asked: words.search_label })),
      opened.length > 0 && h("nav", { className: "recent", "aria-label": words.search_recent },
        h("h2", null, words.search_recent),
        h("ul", null, opened.map((number) => h("li", { key: number }, h(Opening, { card, number })))),
        h("button", { type: "button", className: "button quiet", onClick: forget },
          words.search_forget)));
  }

  window.weblog_dashboard.CustomerSearch = CustomerSearch;
})();
