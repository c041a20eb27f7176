/* A Plotly figure, drawn by a partial bundle that is fetched from here when first needed. */
(function () {
  "use strict";
  const { React, h, address, isPrinting, useAddress, useEvent, useTheme, Card, Message } = window.weblogCore;

  const CONFIG = {
    displayModeBar: false, displaylogo: false, responsive: true, showSendToCloud: false,
    scrollZoom: false, doubleClick: false,
  };

  /* Fetched ahead of the first chart, after all that a page needs before it can ask anything. */
  window.weblogCore.ask(document.currentScript.dataset.charts, { priority: "low" }).catch(() => null);

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

  /* A text in lines of no more than so many letters, as far as its words allow. */
  function wrapped(text, letters) {
    return text.split("<br>").flatMap((line) => line.split(" ").reduce((lines, word) => {
      const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
      const fits = longer.replace(/<[^>]*>/g, "").length <= letters;
      return fits && lines.length ? [...lines.slice(0, -1), longer] : [...lines, word];
    }, [])).join("<br>");
  }

  const EDGE = 2;

  /* What to change about a drawn chart for its texts to end inside it: a long title gets more
     lines, a note is moved, the axis of bars leaves room for what stands beside the longest. */
  function changes(box) {
    const frame = box.querySelector(".main-svg").getBoundingClientRect();
    const beyond = (one) => {
      const at = one.getBoundingClientRect();
      const over = Math.max(at.right - frame.right, frame.left - at.left) + EDGE;
      return { at, over, left: frame.left > at.left };
    };
    const found = {};
    const title = box.querySelector(".g-xtitle text");
    const said = box.layout.xaxis && box.layout.xaxis.title && box.layout.xaxis.title.text;
    if (title && said) {
      const { at, over } = beyond(title);
      const lines = said.split("<br>").map((line) => line.replace(/<[^>]*>/g, "").length);
      const letters = (Math.max(...lines) * (at.width - 2 * over)) / at.width;
      if (over > EDGE) found["xaxis.title.text"] = wrapped(said, Math.floor(letters));
    }
    box.querySelectorAll(".annotation").forEach((one) => {
      const { over, left } = beyond(one);
      const name = `annotations[${one.dataset.index}]`;
      const moved = box.layout.annotations[one.dataset.index].xshift || 0;
      if (over > EDGE) found[`${name}.xshift`] = moved + (left ? over : -over);
    });
    const axis = box._fullLayout.xaxis;
    const most = [...box.querySelectorAll(".bartext")].map((one) => {
      const { at, over, left } = beyond(one);
      const room = at.left - frame.left - axis._offset;
      return over > EDGE && !left && room > over ? room / (room - over) : 1;
    });
    const times = Math.max(1, ...most);
    const [low, high] = axis ? axis.range : [];
    if (times > 1) found["xaxis.range"] = [low, low + (high - low) * times];
    return found;
  }

  const ROUNDS = 3;

  /* Draw, and at each new width draw anew (Plotly leaves a legend where it was) and see to it
     that no text is cut. What is drawn meanwhile for other figures ends this. */
  function keepInside(Plotly, box, draw) {
    let seen = 0, ended = false;
    const fit = async () => {
      const again = seen !== 0;
      seen = box._fullLayout.width;
      if (again) await draw();
      for (let round = 0; round < ROUNDS && !ended && box.isConnected; round += 1) {
        const found = changes(box);
        if (!Object.keys(found).length) return;
        await Plotly.relayout(box, found);
      }
    };
    const drawn = draw().then(() => {
      if (ended) return undefined;
      box.on("plotly_afterplot", () => ended || isPrinting() || box._fullLayout.width === seen || fit());
      return fit();
    });
    const end = () => {
      ended = true;
      if (box.removeAllListeners) box.removeAllListeners("plotly_afterplot");
    };
    return [drawn, end];
  }

  /* At once, for the browser does not wait: in light colours, as wide as its place on paper. */
  function drawForPaper(Plotly, box, figure) {
    const layout = inPageFont(structuredClone(figure.layout));
    Plotly.react(box, figure.data, { ...layout, width: box.clientWidth }, CONFIG);
    for (let round = 0; round < ROUNDS; round += 1) {
      const found = changes(box);
      if (!Object.keys(found).length) return;
      Plotly.relayout(box, found);
    }
  }

  function Chart({ figures, summary, source, words, links, wide, hold }) {
    const theme = useTheme();
    const box = React.useRef(null);
    const [failed, setFailed] = React.useState(false);
    const figure = figures[theme];
    const [printed, count] = React.useReducer((times) => times + 1, 0);
    useEvent("beforeprint", () => box.current && box.current._fullLayout &&
      drawForPaper(window.Plotly, box.current, figures.light));
    useEvent("afterprint", count);
    React.useEffect(() => {
      let left = false, end = null;
      const draw = (Plotly) => {
        if (left) return undefined;
        setFailed(false);
        const place = box.current;
        if (hold) hold.current = place;
        /* A copy: what is changed about it to fit one width is not for the next. */
        const react = () =>
          Plotly.react(place, figure.data, inPageFont(structuredClone(figure.layout)), CONFIG);
        const [drawn, stop] = keepInside(Plotly, place, react);
        end = stop;
        /* After a width of its own, as on paper, Plotly takes that of its place only if asked. */
        const sized = drawn.then(() => printed && !left && Plotly.Plots.resize(place));
        return sized.then(() => {
          if (left || !links) return;
          place.removeAllListeners("plotly_click");
          place.on("plotly_click", (event) => filterBy(event.points[0], links));
        });
      };
      plotly(source).then(draw, () => left || setFailed(true));
      return () => {
        left = true;
        if (end) end();
      };
    }, [figure, printed]);
    React.useEffect(() => () => window.Plotly && box.current && window.Plotly.purge(box.current), []);
    return h("div", { className: wide ? "chart-box" : undefined, tabIndex: wide ? 0 : undefined,
      role: failed ? undefined : "img", "aria-label": failed ? undefined : summary },
      failed && h(Message, { kind: "error", title: words.card_failed }),
      h("div", { ref: box, hidden: failed, className: "chart",
        style: { height: figure.layout.height, minWidth: wide || undefined } }));
  }
  Object.assign(window.weblogCore, { Chart, inPageFont });

  function Table({ table }) {
    return h("div", { className: "table-box", tabIndex: 0, role: "group",
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
    const asked = address.value(useAddress(), "view") === "table"; /* it may still show the chart */
    const action = h("button", { type: "button", className: "button quiet", "aria-pressed": asked,
      onClick: () => address.change({ view: asked ? "chart" : "table" }) },
      asked ? words.as_chart : words.as_table);
    const ready = data && data.state === "ready";
    const writes = window.weblogCore.kept.may.share; /* then a button stands beneath */
    return h(Card, { id, title: ready ? data.title : title, span, words, data, action,
      height: writes ? 342 : 300, help: ready ? data.help : words.trend_help },
      () => h(React.Fragment, null,
        table
          ? h(Table, { table: data.table })
          : h(Chart, { figures: data.figures, summary: data.summary, source, words }),
        data.goals.map((text) => h("p", { key: text, className: "goal-told" }, text)),
        h(window.weblogCore.KnownDays, { id, known: data.known_days })));
  }

  window.weblog_dashboard.Trend = Trend;
})();
