/* The filter bar: each control reads what the server understood and writes the address. */
(function () {
  "use strict";
  const { SITE, React, h, address, hidden, icon, useAddress, useNarrow, useTrap } =
    window.weblogCore;

  function Select({ name, label, control, asked, onChange }) {
    const id = `filter-${name}`;
    const known = control && control.options.some((one) => one.value === asked);
    return h("div", { className: `control ${name}` },
      h("label", { htmlFor: id }, label),
      h("div", { className: "field select" },
        h("select", { id, value: known ? asked : control ? control.value : "", disabled: !control,
          onChange: (event) => onChange(event.target.value) },
          (control ? control.options : []).map((one) =>
            h("option", { key: one.value, value: one.value, hidden: one.hidden }, one.label))),
        icon("chevrons", 14)));
  }

  /* What stood open as its page went, and whether the focus was in it. */
  const left = { path: null, open: new Map() };

  /* Whether something is open. Every page has the same filter bar: what a reader opened before
     the next page came is open there, and the focus is where it was. */
  function useOpen(id, box) {
    const [open, setOpen] = React.useState(false);
    const focused = React.useRef(false);
    const now = React.useRef(open);
    now.current = open;
    const came = React.useRef(window.location.pathname);
    React.useLayoutEffect(() => {
      const here = () => window.location.pathname;
      if (left.path === here() && left.open.has(id)) {
        focused.current = left.open.get(id);
        setOpen(true);
      }
      left.open.delete(id);
      return () => {
        if (!now.current || came.current === here()) return;
        if (left.path !== here()) left.open.clear();
        left.path = here();
        left.open.set(id, box.current.contains(document.activeElement));
      };
    }, []);
    return [open, setOpen, focused];
  }

  /* A button that opens a panel beneath itself; Escape or a click elsewhere closes it. */
  function Popover({ name, label, shown, placeholder, disabled, compact, mark, children }) {
    const id = `${compact ? "menu" : "filter"}-${name}`;
    const box = React.useRef(null);
    const button = React.useRef(null);
    const [opened, setOpen, focused] = useOpen(id, box);
    const open = opened && !disabled;
    React.useEffect(() => {
      if (!open || !focused.current) return;
      focused.current = false;
      button.current.focus({ preventScroll: true });
    }, [open]);
    React.useEffect(() => {
      if (!open) return undefined;
      const outside = (event) => !box.current.contains(event.target) && setOpen(false);
      document.addEventListener("pointerdown", outside);
      document.addEventListener("focusin", outside);
      return () => {
        document.removeEventListener("pointerdown", outside);
        document.removeEventListener("focusin", outside);
      };
    }, [open]);
    const close = () => {
      setOpen(false);
      button.current.focus();
    };
    const onKeyDown = (event) => {
      if (event.key === "Escape" && open) {
        event.stopPropagation();
        close();
      }
    };
    const panel = open && h("div", { className: "panel", id: `${id}-panel`, role: "group",
      tabIndex: -1, "aria-label": label }, children(close));
    if (compact)
      return h("div", { className: `control compact ${compact}`, ref: box, onKeyDown },
        h("button", { type: "button", id, ref: button, disabled, className: mark && !shown ? "button quiet square" : "button quiet",
          "aria-expanded": open, "aria-controls": `${id}-panel`, title: label,
          onClick: () => setOpen(!open) },
          mark && icon(mark, 14), h("span", { className: mark && !shown ? "hidden" : "" },
            shown || label), !mark && icon("chevrons", 12)),
        panel);
    return h("div", { className: `control ${name}`, ref: box, onKeyDown },
      h("span", { className: "label", id: `${id}-label` }, label),
      h("button", { type: "button", id, ref: button, disabled, className: "field",
        "aria-expanded": open, "aria-controls": `${id}-panel`, title: shown || undefined,
        "aria-labelledby": `${id}-label ${id}`, onClick: () => setOpen(!open) },
        h("span", { className: shown ? "shown" : "shown placeholder" }, shown || placeholder),
        icon("chevrons", 14)),
      /* Focusable, or a press on a label in it would move the focus out and close it. */
      open && h("div", { className: "panel", id: `${id}-panel`, role: "group", tabIndex: -1,
        "aria-labelledby": `${id}-label` }, children(close)));
  }

  function Dates({ words, dates }) {
    return h(Popover, { name: "dates", label: words.dates, shown: dates && dates.label,
      placeholder: "…", disabled: !dates || !dates.first },
      (close) => h(DatesPanel, { words, dates, close }));
  }

  function DatesPanel({ words, dates, close }) {
    const [start, setStart] = React.useState(dates.start);
    const [end, setEnd] = React.useState(dates.end);
    const usable = start && end && start <= end;
    const apply = (event) => {
      event.preventDefault();
      if (!usable) return;
      address.change({ period: null, from: start, to: end });
      close();
    };
    const input = (id, label, value, set) => h("label", null, label,
      h("input", { type: "date", id, value, min: dates.first, max: dates.last, required: true,
        onChange: (event) => set(event.target.value) }));
    const month = (one) => {
      address.change({ period: null, from: one.start, to: one.end });
      close();
    };
    return h(React.Fragment, null, h("form", { className: "dates-panel", onSubmit: apply },
      input("filter-from", words.first_day, start, setStart),
      input("filter-to", words.last_day, end, setEnd),
      h("button", { className: "button strong", disabled: !usable }, words.apply)),
      dates.months.length > 0 && h("ul", { className: "months", "aria-label": words.months },
        dates.months.map((one) => h("li", { key: one.start },
          h("button", { type: "button", className: "button quiet",
            "aria-pressed": one.start === dates.start && one.end === dates.end,
            onClick: () => month(one) }, one.label)))));
  }

  const LONG = 10;

  /* Values to tick; of a long list, or of one that cannot be listed, also by typing. */
  function ChoicesPanel({ words, control, values, label }) {
    const [typed, type] = React.useState("");
    const finds = control.options.length > LONG || control.free;
    const near = typed.toLowerCase();
    const options = control.options.filter((one) => one.label.toLowerCase().includes(near));
    const onKeyDown = (event) => {
      if (event.key !== "Enter" || !typed.trim()) return;
      event.preventDefault();
      address.toggle(control.name, options.length === 1 ? options[0].value : typed.trim());
      type("");
    };
    return h(React.Fragment, null,
      finds && h("input", { type: "search", className: "find", value: typed, onKeyDown,
        placeholder: words.find, "aria-label": `${label}: ${words.find}`, title: words.find_help,
        onChange: (event) => type(event.target.value) }),
      options.length === 0 && h("p", { className: "none" },
        finds ? words.find_help : words.no_choices),
      options.map((one) => h("label", { key: one.value, className: "choice" },
        h("input", { type: "checkbox", checked: values.includes(one.value),
          onChange: () => address.toggle(control.name, one.value) }),
        h("span", null, one.label))));
  }

  function Choices({ name, label, words, control }) {
    const values = useAddress().getAll(control ? control.name : "");
    const named = (value) =>
      (control.options.find((one) => one.value === value) || { label: value }).label;
    return h(Popover, { name, label, disabled: !control, placeholder: words.all,
      shown: values.map(named).join(", ") },
      () => h(ChoicesPanel, { words, control, values, label }));
  }

  const MORE = [
    "age_bands", "sexes", "occupations", "children", "products_held", "sources", "campaigns",
    "categories", "products", "entry_pages", "pages", "customers", "visitors",
  ];

  /* In a panel of its own; on a narrow screen all filters stand in one sheet. */
  function MoreFilters({ words, data }) {
    const query = useAddress();
    const narrow = useNarrow();
    const ready = data && data.state === "ready";
    const labels = { visitors: words.visitors_chosen };
    /* Who sees groups only is offered no filter by person. */
    const offered = MORE.filter((name) => !ready || data[name]);
    const one = (name) => h(Choices, { key: name, name, label: labels[name] || words[name], words,
      control: ready && data[name] });
    if (narrow) return h(React.Fragment, null, offered.map(one));
    const count = ready ? offered.filter((name) => query.has(data[name].name)).length : 0;
    return h(Popover, { name: "more", compact: "more", mark: "filter", disabled: !ready,
      label: words.more_filters,
      shown: count ? `${words.more_filters} · ${count}` : words.more_filters },
      () => h(React.Fragment, null, h("p", { className: "none" }, words.more_filters_help),
        h("div", { className: "more-grid" }, offered.map(one))));
  }

  function Chips({ words, chips, stay }) {
    if (!chips || chips.length === 0) return null;
    return h("div", { className: "chips" }, chips.map((one) =>
      h("button", { key: one.name + one.value, type: "button",
        className: one.unknown ? "chip unknown" : "chip", title: words.remove,
        onClick: () => {
          address.remove(one.name, one.value);
          stay(); /* this button goes */
        } },
        h("span", { className: "name" }, one.label), h("span", { className: "value" }, one.shown),
        hidden(`, ${words.remove}`), icon("close", 12))));
  }

  /* What the page shows, in words: on paper there are no controls to read it from. */
  function told(words, data) {
    const named = (control) => control.options.filter((one) => control.value.includes(one.value))
      .map((one) => one.label).join(", ");
    const compared = data.compare.options.find((one) => one.value === data.compare.value);
    const chosen = ["segments", "devices", "channels"].filter((name) => data[name].value.length);
    return [
      SITE, data.dates.label, compared && `${words.compare}: ${compared.label}`,
      ...chosen.map((name) => `${words[name]}: ${named(data[name])}`),
      ...data.chips.map((one) => `${one.label}: ${one.shown}`),
    ].filter(Boolean).join(" · ");
  }

  function FilterBar({ words, data, children }) {
    /* Before anything reads the address: what was not understood must not show as chosen. */
    if (data) address.understand(data.address, data.period.usual);
    const narrow = useNarrow();
    const query = useAddress();
    const around = React.useRef(null);
    const [open, setOpen] = useOpen("filters", around);
    const sheet = narrow && open;
    const opener = React.useRef(null);
    const close = () => {
      setOpen(false);
      opener.current.focus();
    };
    const stay = () => around.current.focus({ preventScroll: true });
    const reset = () => {
      address.reset();
      if (!sheet) stay(); /* this button cannot be pressed again */
    };
    const box = useTrap(sheet, close);
    const period = (value) => address.change({ period: value, from: null, to: null });
    const multiple = (name) => h(Choices, { key: name, name, label: words[name], words,
      control: data && data[name] });
    return h("section", { className: "filters", "aria-label": words.filters, ref: around,
      tabIndex: -1 },
      h("button", { type: "button", className: "button open-filters", ref: opener, "aria-expanded": sheet,
        onClick: () => setOpen(!open) }, icon("filter", 14),
        data ? `${words.filters} · ${data.short}` : words.filters),
      sheet && h("div", { className: "shade", onClick: close }),
      h("div", Object.assign({ ref: box, tabIndex: -1,
        className: sheet ? "controls open" : "controls" },
        sheet ? { role: "dialog", "aria-modal": true, "aria-label": words.filters } : {}),
        h(Select, { name: "period", label: words.period, control: data && data.period,
          asked: query.has("from") ? "custom" : address.value(query, "period"), onChange: period }),
        h(Dates, { words, dates: data && data.dates }),
        h(Select, { name: "compare", label: words.compare, control: data && data.compare,
          asked: address.value(query, "compare"),
          onChange: (value) => address.change({ compare: value }) }),
        ["segments", "devices", "channels"].map(multiple),
        children,
        h("div", { className: "control reset" },
          h("button", { type: "button", className: "button", disabled: !data || !data.changed,
            onClick: reset }, words.reset),
          sheet && h("button", { type: "button", className: "button strong", onClick: close },
            words.close))),
      h(Chips, { words, chips: data && data.chips, stay }),
      data && h("p", { className: "on-paper" }, told(words, data)));
  }

  window.weblogCore.Popover = Popover;
  Object.assign(window.weblog_dashboard, { FilterBar, MoreFilters });
})();
