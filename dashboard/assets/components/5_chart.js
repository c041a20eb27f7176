/* A Plotly figure, drawn by a partial bundle that is fetched from here when first needed. */
(function () {
  "use strict";
  const { React, h, address, useTheme, Card, Message } = window.weblogCore;

  const CONFIG = {
    displayModeBar: false, displaylogo: false, responsive: true, showSendToCloud: false,
    scrollZoom: false, doubleClick: false,
  };

  let bundle = null;
  function plotly(source) {
    bundle = bundle || new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = source;
      script.onload = () => done(window.Plotly);
      script.onerror = () => {
        bundle = null;
        failed(new Error(`${source} cannot be loaded`));
      };
      document.head.append(script);
    });
    return bundle;
  }

  /* The page knows the font's name on this system; figures for notebooks need not. */
  function inPageFont(layout) {
    const family = window.getComputedStyle(document.body).fontFamily;
    return { ...layout, font: { ...layout.font, family } };
  }

  /* A label of a figure as the data have it: one line, without the marks put behind it. */
  const bare = (text) => String(text).split("<br>")[0].replace(/&lt;/g, "<").replace(/&amp;/g, "&")
    .replace(/\u200b/g, "").replace(/ \*$/, "");

  /* Filter by what was clicked: its row, its column, or both, as far as they are values. */
  function filterBy(point, links) {
    const texts = [point.y, point.x, point.data.name, point.text].map(bare);
    const found = texts.filter((text) => text in links).map((text) => links[text]);
    const query = address.query();
    const parts = {};
    for (const [name, value] of found)
      parts[name] = [...new Set([...(parts[name] || query.getAll(name)), value])];
    if (found.length) address.change(parts);
  }

  function Chart({ figures, summary, source, words, links, wide, hold }) {
    const theme = useTheme();
    const box = React.useRef(null);
    const [failed, setFailed] = React.useState(false);
    const figure = figures[theme];
    React.useEffect(() => {
      let left = false;
      const draw = (Plotly) => {
        if (left) return undefined;
        if (hold) hold.current = box.current;
        return Plotly.react(box.current, figure.data, inPageFont(figure.layout), CONFIG).then(() => {
          if (left || !links) return;
          box.current.removeAllListeners("plotly_click");
          box.current.on("plotly_click", (event) => filterBy(event.points[0], links));
        });
      };
      plotly(source).then(draw, () => left || setFailed(true));
      return () => {
        left = true;
      };
    }, [figure]);
    React.useEffect(() => () => window.Plotly && box.current && window.Plotly.purge(box.current), []);
    if (failed) return h(Message, { kind: "error", title: words.card_failed });
    return h("div", { className: wide ? "chart-box" : undefined, tabIndex: wide ? 0 : undefined,
      role: "img", "aria-label": summary },
      h("div", { ref: box, className: "chart",
        style: { height: figure.layout.height, minWidth: wide || undefined } }));
  }
  Object.assign(window.weblogCore, { Chart, inPageFont });

  function Table({ table }) {
    return h("div", { className: "table-box", tabIndex: 0, role: "region",
      "aria-label": table.caption },
      h("table", { className: "table" },
        h("caption", { className: "hidden" }, table.caption),
        h("thead", null, h("tr", null, table.columns.map((one, index) =>
          h("th", { key: index, scope: "col", title: one.meaning }, one.name)))),
        h("tbody", null, table.rows.map((row, index) => h("tr", { key: index },
          row.map((cell, place) => place === 0
            ? h("th", { key: place, scope: "row" }, cell)
            : h("td", { key: place }, cell)))))));
  }

  function Trend({ id, title, span, words, data, source }) {
    const table = Boolean(data && data.table);
    const action = h("button", { type: "button", className: "button quiet", "aria-pressed": table,
      onClick: () => address.change({ view: table ? "chart" : "table" }) },
      table ? words.as_chart : words.as_table);
    const ready = data && data.state === "ready";
    return h(Card, { id, title: ready ? data.title : title, span, words, data, action,
      height: 300, help: ready ? data.help : words.trend_help },
      () => h(React.Fragment, null,
        table
          ? h(Table, { table: data.table })
          : h(Chart, { figures: data.figures, summary: data.summary, source, words }),
        data.goals.map((text) => h("p", { key: text, className: "goal-told" }, text)),
        h(window.weblogCore.KnownDays, { id, known: data.known_days })));
  }

  window.weblog_dashboard.Trend = Trend;
})();
