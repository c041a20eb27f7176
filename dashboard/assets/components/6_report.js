/* A report's answer in a card: as figure, ranked bars, sentences or table, with its controls. */
(function () {
  "use strict";
  const { React, h, address, fill, icon, hidden, label, prose, useAddress, useNarrow, Card, Bars, Chart,
    Popover } = window.weblogCore;

  const part = (card, name) => `${card}.${name}`;

  function Switch({ data, words }) {
    if (data.views.length < 2) return null;
    const name = part(data.card, "view");
    const usual = data.views[0].value;
    return h("div", { className: "switch", role: "group", "aria-label": words.shown_as },
      data.views.map((one) => h("button", { key: one.value, type: "button",
        "aria-pressed": one.value === data.view,
        onClick: () => address.change({ [name]: one.value === usual ? null : one.value }) },
        one.label)));
  }

  /* Room for the longest text: Korean letters are as wide as they are high. */
  function room(options) {
    const widths = options.map((one) => [...one.label].reduce(
      (sum, letter) => sum + (letter.codePointAt(0) > 0x2e80 ? 1 : 0.58), 0));
    return `min(210px, ${Math.ceil(Math.max(...widths, 2))}em + 38px)`;
  }

  function Option({ card, option }) {
    const name = part(card, option.name);
    const asked = useAddress().get(name);
    const known = option.options.some((one) => one.value === asked);
    const id = `option-${card}-${option.name}`;
    return h("label", { className: "option", htmlFor: id }, h("span", null, option.label),
      h("span", { className: "field select" },
        h("select", { id, style: { width: room(option.options) },
          value: known ? asked : option.value, onChange: (event) => {
          const value = event.target.value;
          address.change({ [name]: value === option.default ? null : value });
        } }, option.options.map((one) => h("option", { key: one.value, value: one.value }, one.label))),
        icon("chevrons", 12)));
  }

  function Columns({ data, words }) {
    const { table, card } = data;
    const name = part(card, "columns");
    const asked = useAddress().get(name); /* at once, before the server has answered */
    const shown = asked ? asked.split(",") : table.usual;
    const toggle = (key) => {
      const left = shown.filter((one) => one !== key);
      const keys = left.length < shown.length ? left : [...shown, key];
      if (keys.length) address.change({ [name]: keys.join(",") });
    };
    return h(Popover, { name: `columns-${card}`, compact: "right", label: words.columns },
      () => h(React.Fragment, null,
        table.all.map((one) => h("label", { key: one.key, className: "choice" },
          h("input", { type: "checkbox", checked: shown.includes(one.key),
            disabled: shown.length === 1 && shown[0] === one.key,
            onChange: () => toggle(one.key) }),
          h("span", null, one.name))),
        h("button", { type: "button", className: "button quiet",
          onClick: () => address.change({ [name]: null }) }, words.columns_reset)));
  }

  function save(name, blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  const SCALE = 2;

  /* The chart as it is shown. The picture is drawn from a data: address, which the content
     security policy allows; Plotly's own way needs blob:, which it does not. */
  async function picture(box, name, format) {
    const { width, height } = box.getBoundingClientRect();
    const asked = { format: "svg", imageDataOnly: true, width, height };
    const svg = await window.Plotly.toImage(box, asked);
    if (format === "svg") {
      save(`${name}.svg`, new Blob([svg], { type: "image/svg+xml" }));
      return;
    }
    const image = new Image();
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * SCALE;
    canvas.height = height * SCALE;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => save(`${name}.png`, blob));
  }

  function Downloads({ id, data, words, files, chart }) {
    const search = useAddress().toString();
    const rows = (ending, text) => h("a", { className: "item", download: "",
      href: `${files}.${ending}${search ? `?${search}` : ""}` }, text);
    const drawn = (format, text) => h("button", { type: "button", className: "item",
      onClick: () => picture(chart.current, id, format) }, text);
    return h(Popover, { name: `download-${id}`, compact: "right", mark: "download",
      label: words.download },
      () => h(React.Fragment, null, rows("csv", words.as_csv), rows("parquet", words.as_parquet),
        data.view === "figure" && data.state === "ready" && drawn("png", words.as_png),
        data.view === "figure" && data.state === "ready" && drawn("svg", words.as_svg)));
  }

  /* none -> largest first -> smallest first -> none; of texts from a to z first. */
  function sorted(sort, column) {
    const up = column.key, down = `-${column.key}`;
    const turns = column.number ? [down, up] : [up, down];
    const next = turns[turns.indexOf(sort) + 1];
    return sort === turns[1] ? null : next;
  }

  function Head({ column, sort, card, words }) {
    const is = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : "none";
    const said = { ascending: words.sorted_up, descending: words.sorted_down }[is];
    return h("th", { scope: "col", "aria-sort": is, className: column.number ? "number" : "text" },
      h("button", { type: "button", title: column.meaning,
        onClick: () => address.change({ [part(card, "sort")]: sorted(sort, column) }) },
        h("span", null, column.name), said && icon(is === "ascending" ? "up" : "down", 8),
        hidden(said ? ` (${said})` : ` (${fill(words.sort_by, { column: column.name })})`)));
  }

  function Cell({ column, text, value, bar, words, query, first, small }) {
    const chosen = value !== null && query.getAll(column.links).includes(value);
    const content = column.links && value !== null
      ? h("button", { type: "button", className: "link", "aria-pressed": chosen,
          title: fill(chosen ? words.filter_off : words.filter_by, { value: text }),
          onClick: () => address.toggle(column.links, value) }, text)
      : h("span", null, column.key === "advice" ? prose(text) : text);
    return h(first ? "th" : "td", { scope: first ? "row" : undefined,
      className: column.number ? "number" : column.list ? "text list" : "text" },
      bar > 0 && h("span", { className: "cell-bar", style: { width: `${bar}%` } }),
      content, first && small && h("span", { className: "few", title: words.small_help },
        words.small));
  }

  function Table({ data, words, title }) {
    const { table, card } = data;
    const query = useAddress();
    return h(React.Fragment, null,
      h("div", { className: "table-box tall", tabIndex: 0, role: "group", "aria-label": title },
        h("table", { className: "table report" },
          h("caption", { className: "hidden" }, title),
          h("thead", null, h("tr", null, table.columns.map((column) =>
            h(Head, { key: column.key, column, sort: table.sort, card, words })))),
          h("tbody", null, table.rows.map((row, index) =>
            h("tr", { key: index, className: row.sum ? "sum" : row.small ? "small" : undefined },
              row.cells.map((text, place) => h(Cell, { key: place, column: table.columns[place],
                text, value: row.values[place], bar: row.bars[place], words, query,
                first: place === 0, small: row.small }))))))),
      table.more > 0 && h("p", { className: "more-rows" },
        fill(words.more_rows, { count: table.more })));
  }

  function Sentences({ data }) {
    return h("ul", { className: "sentences" },
      data.sentences.map(({ about, text }, index) => h("li", { key: index },
        about && h("b", null, `${about}: `), text)));
  }

  /* Remarks on an answer: what changes how it is read stands above it, the others below. */
  function Notes({ notes, above, words }) {
    const shown = notes.filter((note) => (note.code === "sampled") === Boolean(above));
    return shown.length > 0 && h("ul", { className: above ? "notices" : "card-notes",
      "aria-label": words.notes }, shown.map((note) =>
      h("li", { key: note.text, "data-code": note.code },
        icon("warn", above ? 14 : 12), h("span", null, prose(note.text)))));
  }

  function ReportCard({ id, title, help, span, height, words, data, source, files, optional }) {
    const chart = React.useRef(null);
    const narrow = useNarrow();
    if (optional && (!data || data.state === "not_here")) return null;
    const known = data && data.views;
    const action = known && h("div", { className: "card-tools" },
      h(Switch, { data, words }), h(Downloads, { id, data, words, files, chart }));
    const hasTable = known && data.view === "table" && data.table;
    const below = known && (data.options.length > 0 || hasTable) &&
      h("div", { className: "card-options" },
        data.options.map((option) => h(Option, { key: option.name, card: data.card, option })),
        hasTable && h(Columns, { data, words }));
    const shapes = {
      figure: () => h(Chart, { figures: narrow && data.narrow ? data.narrow : data.figures, source,
        words, links: data.links, hold: chart, wide: data.narrow ? 0 : data.wide,
        summary: `${title}. ${words.figure_help}` }),
      bars: () => h(Bars, { words, data, figure: data.figure }),
      sentences: () => h(Sentences, { data }),
      table: () => h(Table, { data, words, title }),
    };
    return h(Card, { id, title, help, span, words, data, action, below, height }, () =>
      h(React.Fragment, null, h(Notes, { notes: data.notes, above: true, words }),
        shapes[data.view](),
        data.known_days && h(window.weblogCore.KnownDays, { id, known: data.known_days }),
        h(Notes, { notes: data.notes, words })));
  }

  window.weblog_dashboard.ReportCard = ReportCard;
})();
