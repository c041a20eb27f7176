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

  function Chart({ figures, summary, source, words }) {
    const theme = useTheme();
    const box = React.useRef(null);
    const [failed, setFailed] = React.useState(false);
    const figure = figures[theme];
    React.useEffect(() => {
      let left = false;
      plotly(source).then(
        (Plotly) => left || Plotly.react(box.current, figure.data, inPageFont(figure.layout), CONFIG),
        () => left || setFailed(true),
      );
      return () => {
        left = true;
      };
    }, [figure]);
    React.useEffect(() => () => window.Plotly && box.current && window.Plotly.purge(box.current), []);
    if (failed) return h(Message, { kind: "error", title: words.card_failed });
    return h("div", { role: "img", "aria-label": summary },
      h("div", { ref: box, className: "chart", style: { height: figure.layout.height } }));
  }

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
      () => table
        ? h(Table, { table: data.table })
        : h(Chart, { figures: data.figures, summary: data.summary, source, words }));
  }

  window.weblog_dashboard.Trend = Trend;
})();
