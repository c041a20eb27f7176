/* The last minutes: asked for anew while somebody looks at them, and not while nobody does. */
(function () {
  "use strict";
  const { React, h, fill, icon, hidden, label, Card, Chart, Message } = window.weblogCore;

  const PATIENCE = 20000; /* ms after which an answer is no longer awaited */

  /* Ask at once, then every so often; not while paused, hidden, or an answer is awaited. */
  function useBeat(paused, every, data, ask) {
    const asked = React.useRef(0);
    React.useEffect(() => {
      asked.current = 0;
    }, [data]);
    React.useEffect(() => {
      if (paused) return undefined;
      const beat = () => {
        if (document.hidden || Date.now() - asked.current < PATIENCE) return;
        asked.current = Date.now();
        ask({ at: Date.now() });
      };
      const shown = () => document.hidden || beat();
      const failed = (event) => {
        if (!event.detail.ok) asked.current = 0;
      };
      beat();
      const timer = window.setInterval(beat, every * 1000);
      document.addEventListener("visibilitychange", shown);
      window.addEventListener("weblog:answer", failed);
      return () => {
        window.clearInterval(timer);
        document.removeEventListener("visibilitychange", shown);
        window.removeEventListener("weblog:answer", failed);
      };
    }, [paused, every]);
  }

  function Status({ data, words, every, paused, pause }) {
    const { status } = data;
    return h("div", { className: `live-status ${paused ? "paused" : status.kind}` },
      h("div", { className: "live-told" },
        h("div", null, h("span", { className: "live-dot", "aria-hidden": true }),
          h("span", null, status.text)),
        h("span", { className: "hidden", role: "status" }, paused
          ? fill(words.live_paused, { time: data.time })
          : status.code ? status.text : null),
        status.code && h("code", null, status.code),
        status.problems.map((text) => h("p", { key: text, className: "muted" }, icon("warn", 12), text))),
      h("span", { className: "live-time" }, paused
        ? fill(words.live_paused, { time: data.time })
        : `${fill(words.live_updated, { time: data.time })} · ${fill(words.live_every, { seconds: every })}`),
      h("button", { type: "button", className: "button", "aria-pressed": paused, onClick: pause },
        paused ? words.live_resume : words.live_pause));
  }

  function Tile({ tile }) {
    return h("div", { className: "tile compact", "data-tile": tile.key },
      h("span", { className: "name" }, tile.name),
      h("span", { className: "figures" },
        h("span", { className: tile.bad ? "value worse" : "value", "data-value": tile.raw }, tile.value)),
      h("span", { className: "previous" }, h("span", null, tile.below)));
  }

  function Rows({ rows, heads, nothing }) {
    if (rows.length === 0) return h(Message, { kind: "empty", title: nothing });
    return h("div", { className: "ranked" },
      h("div", { className: "row-head", "aria-hidden": true },
        h("span", null), h("span", null, heads[0]), h("span", null, heads[1])),
      h("ol", null, rows.map((row, index) => h("li", { key: index },
        h("div", { className: row.other ? "row still" : "row", title: row.label },
          !row.other && h("span", { className: "bar", style: { width: `${row.share}%` } }),
          h("span", { className: "row-label" }, row.channel
            ? h(React.Fragment, null, row.label, h("span", { className: "muted" }, ` · ${row.channel}`))
            : label(row.label)),
          h("span", { className: "row-figure" }, row.figure, hidden(` ${heads[0]}, `)),
          h("span", { className: "row-rate" }, row.beside, hidden(` ${heads[1]}`)))))));
  }

  function Live({ id, words, data, every, source, setProps }) {
    const [paused, setPaused] = React.useState(false);
    useBeat(paused, every, data, (asked) => setProps({ asked }));
    const shown = React.useRef(null);
    if (data && data.state === "ready") shown.current = data;
    const now = shown.current;
    if (!now)
      return h(Card, { id, title: words.live_by_minute, span: 12, words, data, height: 240 }, () => null);
    const card = (name, title, help, span, body) => h(Card, { id: `${id}-${name}`, title, help, span,
      words, data: { state: "ready" }, height: 0 }, body);
    const list = (name, heads, nothing) => card(name, words[`live_${name}`],
      words[`live_${name}_help`], 6, () => h(Rows, { rows: now.lists[name], heads, nothing }));
    const failed = data.state !== "ready";
    return h("div", { id, className: "grid live", "data-state": failed ? "error" : "ready" },
      failed && h("div", { className: "span-12 card" },
        h(Message, { kind: "error", title: words.card_failed,
          text: `${fill(words.reference, { id: data.ref })} · ${words.reference_help}` })),
      h(Status, { data: now, words, every, paused, pause: () => setPaused(!paused) }),
      h("div", { className: "tiles" }, now.tiles.map((tile) => h(Tile, { key: tile.key, tile }))),
      card("minutes", words.live_by_minute, words.live_by_minute_help, 12, () => now.figures
        ? h(Chart, { figures: now.figures, source, words, summary: now.summary })
        : h(Message, { kind: "empty", title: words.live_nobody })),
      list("pages", [words.live_head_here, words.live_head_views], words.live_nobody),
      list("sources", [words.live_head_visitors, words.live_head_views], words.live_nobody),
      list("goals", [words.live_head_count, words.live_head_value], words.live_no_goals),
      list("failed", [words.live_head_count, words.live_head_status], words.live_no_errors));
  }

  window.weblog_dashboard.Live = Live;
})();
