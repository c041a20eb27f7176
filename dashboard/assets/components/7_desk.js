/* What pages that readers write on have in common: asking, tables of texts, lists of faults. */
(function () {
  "use strict";
  const { React, h, fill, icon, hidden, prose, useEvent, Message } = window.weblogCore;

  const PATIENCE = 1500; /* ms after which one who came when all were busy asks again */
  let asked = Date.now();

  /* Ask the server: the property ask_NAME goes there, NAME comes back with the same number. */
  function useAction(props, name) {
    const [waits, setWaits] = React.useState(null);
    const answer = props[name];
    const send = (given) => {
      asked += 1;
      const question = { ...given, number: asked };
      setWaits(question);
      props.setProps({ [`ask_${name}`]: question });
    };
    const mine = waits && answer && answer.number === waits.number;
    const busy = Boolean(mine && answer.state === "busy");
    React.useEffect(() => {
      if (!busy) return undefined;
      const again = window.setTimeout(() => send(waits), PATIENCE);
      return () => window.clearTimeout(again);
    }, [answer]);
    useEvent("weblog:answer", ({ detail: { ok, output } }) => {
      if (!ok && output === `${props.id}.${name}`) setWaits(null);
    });
    return { send, answer: mine && !busy ? answer : null, pending: Boolean(waits) && (!mine || busy), busy };
  }

  /* What was typed and not saved outlives a click on another page or a login that ended: in this
     tab only, for who typed it. */
  const drafts = {
    of(key, known) {
      try {
        const kept = JSON.parse(window.sessionStorage.getItem(key));
        const mine = kept && kept.reader === window.weblogCore.kept.reader;
        return mine && known(kept) ? kept.text : null;
      } catch (failure) {
        return null;
      }
    },
    keep(key, draft) {
      const { reader } = window.weblogCore.kept;
      try {
        window.sessionStorage.setItem(key, JSON.stringify({ ...draft, reader }));
      } catch (failure) { /* no room, or forbidden: the text stays on the page */ }
    },
    drop(key) {
      try {
        window.sessionStorage.removeItem(key);
      } catch (failure) { /* forbidden: then nothing was kept */ }
    },
  };

  function Panel({ id, title, help, span, state, children }) {
    return h("section", { id, className: `card desk span-${span}`, "data-state": state || "ready",
      "aria-labelledby": `${id}-title` },
      h("div", { className: "card-head" },
        h("div", null, h("h2", { id: `${id}-title` }, title), help && h("p", null, prose(help)))),
      h("div", { className: "desk-body" }, children));
  }

  function Progress({ text }) {
    return h("p", { className: "progress", role: "status" }, h("span", { className: "dot" }), text);
  }

  function Failed({ answer, words }) {
    return h(Message, { kind: "error", title: words.card_failed,
      text: `${fill(words.reference, { id: answer.ref })} · ${words.reference_help}` });
  }

  /* What was refused: a sentence, then each fault with its place, value and what was expected. */
  function Refused({ answer, words }) {
    if (answer.state === "error") return h(Failed, { answer, words });
    return h("div", { className: "refused", role: "alert" },
      h("p", { className: "problem" }, icon("warn", 14), h("span", null, answer.problem)),
      h(Faults, { faults: answer.faults || [] }));
  }

  function Faults({ faults }) {
    return faults.length > 0 && h("ul", { className: "faults" }, faults.map(([where, value, expected], index) =>
      h("li", { key: index, "data-where": where }, h("code", null, where),
        value && h("span", { className: "value" }, value), h("span", null, expected))));
  }

  function Rows({ label, heads, rows, className }) {
    return h("div", { className: "table-box tall", tabIndex: 0, role: "region", "aria-label": label },
      h("table", { className: `table report ${className || ""}` },
        h("thead", null, h("tr", null, heads.map(([name, kind]) =>
          h("th", { key: name, scope: "col", className: `${kind} plain` }, name)))),
        h("tbody", null, rows.map((row, index) => h("tr", { key: index }, row.map((cell, place) =>
          h(place ? "td" : "th", { key: place, scope: place ? undefined : "row",
            className: heads[place][1] }, cell)))))));
  }

  function Field({ id, label, children }) {
    return h("div", { className: "desk-field" }, h("label", { htmlFor: id }, label), children);
  }

  /* A text in lines; Tab leaves it, as keyboards expect. */
  function Editor({ id, label, text, change, rows }) {
    return h("textarea", { id, className: "editor", "aria-label": label, value: text, rows,
      spellCheck: false, autoComplete: "off", autoCapitalize: "off", wrap: "off",
      onChange: (event) => change(event.target.value) });
  }

  Object.assign(window.weblogCore, { useAction, drafts, Panel, Progress, Refused, Faults, Rows, Field, Editor });
})();
