/* The cards of a page. Each gets `data` from the page's callback: null while it is awaited,
   else with a `state`: ready, empty, absent (asked for what the data do not have), withheld, or
   error with the id to find in the server's log. */
(function () {
  "use strict";
  const { React, h, address, fill, icon, hidden, label, prose, useAddress, Message } = window.weblogCore;

  function Card({ id, title, help, span, words, data, action, below, height, children }) {
    const state = data ? data.state : "loading";
    useAddress();
    /* A card that is answered beside its page says for which address: it may be an earlier one. */
    const stale = Boolean(data) && "asked" in data && !address.is(data.asked);
    const body = {
      loading: () => h("div", { className: "skeleton", style: { height } }),
      empty: () => h(Message, { kind: "empty", title: data.text || words.nothing_here }),
      absent: () => h(Message, { kind: "empty", title: data.text }),
      withheld: () => h(Message, { kind: "withheld", mark: "lock", title: data.text }),
      error: () => h(Message, { kind: "error", title: words.card_failed,
        text: `${fill(words.reference, { id: data.ref })} · ${words.reference_help}` }),
      ready: children,
    }[state];
    return h("section", { id, className: `card span-${span || 4}${stale ? " stale" : ""}`,
      "data-state": state, "aria-labelledby": `${id}-title`,
      "aria-busy": stale || state === "loading" },
      h("div", { className: "card-head" },
        h("div", null, h("h2", { id: `${id}-title` }, title),
          /* On paper there is nothing to click. */
          help && h("p", { className: help === words.click_row ? "for-mouse" : undefined }, prose(help))),
        (state === "ready" || state === "empty") && action),
      (state === "ready" || state === "empty") && below,
      h("div", { className: "card-body", style: { minHeight: state === "withheld" ? 0 : height } }, body()));
  }
  window.weblogCore.Card = Card;

  function Change({ change, words }) {
    if (!change) return null;
    return h("span", { className: `change ${change.judgement}` },
      change.direction && icon(change.direction, 9), change.text,
      change.judgement !== "neutral" && hidden(` (${words[change.judgement]})`));
  }

  const WIDTH = 100, HEIGHT = 28;

  /* A line without axes over the whole width; a day without a value interrupts it. */
  function Spark({ values }) {
    const known = values.filter((one) => one !== null);
    if (known.length < 2) return h("div", { className: "spark" });
    const low = Math.min(...known), range = Math.max(...known) - low || 1;
    const x = (index) => (index / (values.length - 1)) * WIDTH;
    const y = (value) => HEIGHT - 2 - ((value - low) / range) * (HEIGHT - 6);
    const runs = [];
    values.forEach((value, index) => {
      if (value === null) return;
      if (index === 0 || values[index - 1] === null) runs.push([]);
      runs[runs.length - 1].push(`${x(index).toFixed(2)},${y(value).toFixed(2)}`);
    });
    const from = (run) => run[0].split(",")[0], to = (run) => run[run.length - 1].split(",")[0];
    return h("svg", { className: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, "aria-hidden": true,
      preserveAspectRatio: "none" },
      runs.map((run, index) => h(React.Fragment, { key: index },
        h("path", { className: "area",
          d: `M${from(run)},${HEIGHT}L${run.join("L")}L${to(run)},${HEIGHT}Z` }),
        h("path", { className: "line", d: `M${run.join("L")}` }))));
  }

  function Tile({ tile, words }) {
    return h("button", { type: "button", className: tile.spark ? "tile" : "tile compact",
      "aria-pressed": tile.chosen, title: tile.meaning, "data-measure": tile.measure,
      onClick: () => address.change({ measure: tile.measure }) },
      h("span", { className: "name" }, tile.name),
      h("span", { className: "figures" },
        h("span", { className: "value", "data-value": tile.raw }, tile.value),
        h(Change, { change: tile.change, words })),
      (tile.previous || tile.small) && h("span", { className: "previous" },
        h("span", null, tile.previous),
        tile.small && h("span", { className: "few", title: words.small_help }, words.small)),
      tile.goal && h("span", { className: `tile-goal ${tile.goal.state}`, title: tile.goal.told },
        h("span", { className: "track", "aria-hidden": true },
          h("span", { style: { width: `${tile.goal.share}%` } })),
        h("span", null, tile.goal.text)),
      tile.spark && h(Spark, { values: tile.spark }));
  }

  function Tiles({ id, words, data, label, count, compact }) {
    const state = data ? data.state : "loading";
    const css = compact ? "tiles compact" : "tiles";
    if (state === "error")
      return h("section", { id, className: "card span-12", "data-state": state },
        h(Message, { kind: "error", title: words.card_failed,
          text: `${fill(words.reference, { id: data.ref })} · ${words.reference_help}` }));
    const tiles = state === "ready"
      ? data.tiles.map((tile) => h(Tile, { key: tile.measure, tile, words }))
      : Array.from({ length: count }, (_, index) =>
          h("div", { key: index, className: compact ? "tile compact skeleton" : "tile skeleton" }));
    return h("section", { id, className: css, "data-state": state, "aria-label": label,
      "aria-busy": state === "loading" }, tiles);
  }

  const does = (row, chosen, words) =>
    `${row.label}\n${fill(chosen ? words.filter_off : words.filter_by, { value: row.label })}`;

  /* A row of one value filters by it; one of no value, or of all others, is plainly no button. */
  function Row({ row, words, name, chosen }) {
    const press = row.value !== null && name;
    const cells = [
      h("span", { key: "bar", className: "bar", style: { width: `${row.share}%` } }),
      h("span", { key: "label", className: "row-label" }, label(row.label)),
      h("span", { key: "figure", className: "row-figure" }, row.figure),
      h("span", { key: "rate", className: row.small ? "row-rate small" : "row-rate",
        title: row.small ? words.small_help : row.interval || undefined },
        row.rate, row.small && hidden(` (${words.small_help})`)),
    ];
    return press
      ? h("button", { type: "button", className: "row", "aria-pressed": chosen,
          title: does(row, chosen, words), "data-value": row.value,
          onClick: () => address.toggle(name, row.value) }, cells)
      : h("div", { className: "row still", title: `${row.label}\n${words.no_filter}` }, cells);
  }

  /* Pressed at once, before the server has answered: a second click takes it back. */
  const pressed = (query, name, value) => query.getAll(name).includes(value);

  function Bars({ words, data, figure }) {
    const query = useAddress();
    return h("div", { className: "ranked" },
      h("div", { className: "row-head", "aria-hidden": true },
        h("span", null), h("span", null, figure), h("span", null, words.conversion_short)),
      h("ol", null, data.rows.map((row) => h("li", { key: String(row.value) + row.label },
        h(Row, { row, words, name: data.name, chosen: pressed(query, data.name, row.value) })))));
  }
  window.weblogCore.Bars = Bars;

  function Changes({ id, title, span, words, data }) {
    const ready = data && data.state === "ready";
    const query = useAddress();
    const chosen = (row) => pressed(query, row.name, row.value);
    return h(Card, { id, title, help: data ? data.help : "\u00a0", span, words, data, height: 300 },
      () => ready && h("ol", { className: "changes" }, data.rows.map((row) =>
        h("li", { key: row.name + row.value },
          h("button", { type: "button", className: "row two", "aria-pressed": chosen(row),
            title: does(row, chosen(row), words), "data-value": row.value,
            onClick: () => address.toggle(row.name, row.value) },
            h("span", { className: "row-label" }, label(row.label)),
            h("span", { className: `difference ${row.judgement}` }, row.difference),
            h("span", { className: "beneath" }, `${row.dimension} · ${row.fromto}`))))));
  }

  Object.assign(window.weblog_dashboard, { Tiles, Changes });
})();
