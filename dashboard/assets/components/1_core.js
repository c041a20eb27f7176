/* What all components share: elements, the address as the only state, icons, small hooks. */
(function () {
  "use strict";
  const React = window.React;
  const h = React.createElement;

  /* The values an address leaves out, because they are what a page shows without it. */
  const DEFAULTS = { period: "28", compare: "previous", measure: "sessions", view: "chart" };

  /* The site's name, or the product's: how the document was called before any page was shown. */
  const SITE = document.title;

  /* Where this site's pages lie: "/", or below it where the dashboard shows several sites. */
  const base = JSON.parse(document.getElementById("_dash-config").textContent)
    .requests_pathname_prefix;

  /* Names of the address that mean the same on every site. */
  const EVERYWHERE = ["period", "from", "to", "compare", "measure", "view", "device", "channel"];

  /* Names of the address that say how to look at a page: measure, view, and options of cards. */
  const isView = (name) => name === "measure" || name === "view" || name.includes(".");

  const address = {
    /* Change parts of the address: name to a value, a list of values, or null for none. */
    change(parts) {
      const query = address.query();
      for (const [name, value] of Object.entries(parts)) {
        query.delete(name);
        const values = value === null ? [] : Array.isArray(value) ? value : [value];
        values.filter((one) => one !== DEFAULTS[name]).forEach((one) => query.append(name, one));
      }
      address.go(query.toString() ? `?${query}` : "");
    },
    /* Take one value of a filter away. */
    remove(name, value) {
      address.change({ [name]: address.query().getAll(name).filter((one) => one !== value) });
    },
    /* Switch one value of a filter on or off. */
    toggle(name, value) {
      const values = address.query().getAll(name);
      const rest = values.filter((one) => one !== value);
      address.change({ [name]: rest.length < values.length ? rest : [...values, value] });
    },
    /* The address without what the server said it does not understand. */
    query() {
      const { asked, search } = address.understood;
      return new URLSearchParams(address.is(asked) ? search : window.location.search);
    },
    understood: {},
    understand(understood, period) {
      address.understood = understood;
      DEFAULTS.period = period;
    },
    /* Whether what was asked for is what the address says now. */
    is: (asked) => (asked || "").replace(/\??&$/, "") === window.location.search,
    value: (query, name) => query.get(name) || DEFAULTS[name],
    /* Forget every filter, keep what is only a way of looking. */
    reset() {
      const query = address.query();
      const left = [...query].filter(([name]) => isView(name));
      address.go(left.length ? `?${new URLSearchParams(left)}` : "");
    },
    /* The filters alone, which hold on every page. */
    filters() {
      const left = [...address.query()].filter(([name]) => !isView(name));
      return left.length ? `?${new URLSearchParams(left)}` : "";
    },
    /* This page of another site: with the days and the way of looking, without its own values. */
    elsewhere(path) {
      const kept = (name) => EVERYWHERE.includes(name) || name.includes(".");
      const left = [...address.query()].filter(([name]) => kept(name));
      const page = window.location.pathname.slice(base.length - 1);
      return path + page + (left.length ? `?${new URLSearchParams(left)}` : "");
    },
    /* Whether the page that belongs to the address did not come. */
    lost: () => window.weblogCore.unanswered.has(NAVIGATION),
    go(search, path = window.location.pathname) {
      if (address.lost()) window.location.assign(path + search); /* all anew */
      else if (search !== window.location.search || path !== window.location.pathname) {
        window.history.pushState({}, "", path + search);
        window.dispatchEvent(new CustomEvent("weblog:address"));
      }
    },
  };

  function fill(text, places) {
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in places ? places[name] : whole));
  }

  function useEvent(name, react) {
    React.useEffect(() => {
      window.addEventListener(name, react);
      return () => window.removeEventListener(name, react);
    });
  }

  /* The address as it is now: controls follow it at once, before the server has answered. */
  function useAddress() {
    const [, again] = React.useReducer((count) => count + 1, 0);
    useEvent("weblog:address", again);
    useEvent("popstate", again);
    return address.query();
  }

  function useTheme() {
    const [theme, setTheme] = React.useState(window.weblogTheme.now());
    useEvent("weblog:theme", (event) => setTheme(event.detail));
    return theme;
  }

  function useNarrow() {
    const query = React.useMemo(() => window.matchMedia("(max-width: 820px)"), []);
    const [narrow, setNarrow] = React.useState(query.matches);
    React.useEffect(() => {
      const react = (event) => setNarrow(event.matches);
      query.addEventListener("change", react);
      return () => query.removeEventListener("change", react);
    }, [query]);
    return narrow;
  }

  /* Keep the focus inside a sheet or drawer while it covers the page; give it back after. */
  function useTrap(open, close) {
    const box = React.useRef(null);
    React.useEffect(() => {
      if (!open) return undefined;
      const before = document.activeElement;
      const inside = () =>
        [...box.current.querySelectorAll("a, button, input, select")].filter(
          (one) => !one.disabled && one.offsetParent !== null,
        );
      (inside()[0] || box.current).focus();
      const react = (event) => {
        if (event.key === "Escape") close();
        if (event.key !== "Tab") return;
        const all = inside();
        const last = event.shiftKey ? all[0] : all[all.length - 1];
        if (document.activeElement === last || !box.current.contains(document.activeElement)) {
          event.preventDefault();
          (event.shiftKey ? all[all.length - 1] : all[0]).focus();
        }
      };
      document.addEventListener("keydown", react);
      return () => {
        document.removeEventListener("keydown", react);
        if (before && before.isConnected) before.focus();
      };
    }, [open]);
    return box;
  }

  /* A path without its middle, `kept` characters of it: paths differ at their ends, so the last
     segment stays whole while it leaves room for a beginning. */
  function shortened(path, kept) {
    const last = path.length - path.lastIndexOf("/", path.length - 2);
    const tail = last <= kept - 3 ? last : Math.ceil(kept * 0.7);
    return `${path.slice(0, kept - tail)}…${path.slice(path.length - tail)}`;
  }

  /* As much of a path as fits into its place; CSS alone can only cut off the end. */
  function Path({ text }) {
    const box = React.useRef(null);
    const [shown, show] = React.useState(text);
    React.useLayoutEffect(() => {
      const pen = document.createElement("canvas").getContext("2d");
      const fit = () => {
        const width = box.current.clientWidth;
        pen.font = window.getComputedStyle(box.current).font;
        const fits = (one) => pen.measureText(one).width <= width;
        let [least, most] = [4, text.length - 1];
        while (least < most) {
          const half = Math.ceil((least + most) / 2);
          if (fits(shortened(text, half))) least = half;
          else most = half - 1;
        }
        show(text.length < 6 || fits(text) ? text : shortened(text, least));
      };
      const observer = new ResizeObserver(fit);
      observer.observe(box.current);
      return () => observer.disconnect();
    }, [text]);
    return h("span", { className: "page-path", ref: box }, hidden(text),
      h("span", { "aria-hidden": true }, shown));
  }

  function label(text) {
    return text.startsWith("/") ? h(Path, { text }) : text;
  }

  const PATHS = {
    overview: "M3 3h8v10H3zM13 3h8v6h-8zM13 11h8v10h-8zM3 15h8v6H3z",
    people: "M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM1 20c0-3.5 3-6 7-6s7 2.500 7 6zM16 5a3.500 3.500 0 1 1 0 7c.8-1 1.200-2.200 1.200-3.500S16.800 6 16 5zM17 14c3.500.3 6 2.500 6 6h-6c0-2.500-.500-4.500-2-6z",
    person: "M12 3a4.500 4.500 0 1 1 0 9 4.500 4.500 0 0 1 0-9zM3.500 21c0-4.500 3.800-7.500 8.500-7.500s8.500 3 8.500 7.500z",
    live: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2.200a7.800 7.800 0 1 1 0 15.600 7.800 7.800 0 0 1 0-15.600z",
    heart: "M12 21C5 15.500 2 12 2 8.500 2 5.500 4.300 3.500 7 3.500c2 0 3.900 1.100 5 3 1.100-1.900 3-3 5-3 2.700 0 5 2 5 5 0 3.500-3 7-10 12.500z",
    path: "M5 3a3 3 0 0 1 1 5.800V12h9a4 4 0 0 1 4 4v.2a3 3 0 1 1-2 0V16a2 2 0 0 0-2-2H6v2.200a3 3 0 1 1-2 0V8.800A3 3 0 0 1 5 3z",
    cycle: "M12 3a9 9 0 0 1 8.500 6h-2.200A7 7 0 0 0 6 8.500L8.500 11H2V4.500l2.500 2.600A9 9 0 0 1 12 3zm0 18a9 9 0 0 1-8.500-6h2.200A7 7 0 0 0 18 15.500L15.500 13H22v6.500l-2.500-2.600A9 9 0 0 1 12 21z",
    image: "M3 4h18v16H3zm2 2v9.500l4-4.500 3.500 4 2.500-2.500L19 17V6zm9.500 1.500a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400z",
    mail: "M2 5h20l-10 7zM2 7.300l10 7 10-7V19H2z",
    pulse: "M2 13h4.500L9 5l5 14 3-6h5v-2h-6.200L14.200 14 9 0 5.100 11H2z",
    lock: "M6 10V8a6 6 0 0 1 12 0v2h2v12H4V10zm2.500 0h7V8a3.500 3.500 0 0 0-7 0z",
    horn: "M20 3v16l-9-4H9l1.500 6h-3L6 15H5a3 3 0 0 1-3-3v-2a3 3 0 0 1 3-3h6z",
    share: "M11 2.100V13h10.900A10 10 0 1 1 11 2.100zM13 2.100A10 10 0 0 1 21.900 11H13z",
    shield: "M12 2l9 3.500V11c0 5.500-3.800 9.500-9 11-5.200-1.500-9-5.500-9-11V5.500zM10.900 16l6-6-1.500-1.500-4.500 4.500-2.300-2.300L7.100 12.200z",
    people_list: "M3 4h2v2H3zM7 4h14v2H7zM3 9h2v2H3zM7 9h14v2H7zM3 14h2v2H3zM7 14h6v2H7zM3 19h2v2H3zM7 19h6v2H7zM22 14.400l-5.500 5.600-3-3 1.400-1.400 1.600 1.600 4.100-4.200z",
    gear: "M10.300 2h3.400l.5 2.600 1.700.7 2.200-1.500 2.400 2.400-1.500 2.200.7 1.700 2.600.5v3.400l-2.600.5-.7 1.700 1.500 2.200-2.400 2.400-2.200-1.500-1.700.7-.5 2.600h-3.400l-.5-2.600-1.700-.7-2.200 1.500-2.400-2.400 1.500-2.200-.7-1.700L1.700 14v-3.400l2.600-.5.7-1.700-1.500-2.200 2.400-2.400 2.200 1.500 1.700-.7zM12 8.300a3.700 3.700 0 1 0 0 7.400 3.700 3.700 0 0 0 0-7.400z",
    download: "M11 3h2v9.200l3.300-3.300 1.400 1.400L12 16l-5.700-5.700 1.400-1.400 3.300 3.300zM4 18h16v2H4z",
    menu: "M3 5h18v2H3zM3 11h18v2H3zM3 17h18v2H3z",
    filter: "M3 4h18l-7 9v6l-4 2v-8z",
    theme: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm0 2.2v15.6a7.8 7.8 0 0 1 0-15.6z",
    print: "M6 2h12v5H6zM3 8h18v10h-3v-4H6v4H3zM8 16h8v6H8z",
    chevrons: "M8 10l4-5 4 5zM8 14l4 5 4-5z",
    close: "M6 4.6L4.6 6l6 6-6 6L6 19.4l6-6 6 6 1.4-1.4-6-6 6-6L18 4.6l-6 6z",
    logo: "M3 3h18v18H3zM12 5v14h7V5z",
    star: "M12 2l3 6.600 7.200.800-5.400 4.900 1.600 7.100L12 17.700 5.600 21.400l1.600-7.100L1.800 9.400 9 8.600z",
    note: "M4 3h16v13l-5 5H4zm3 5v2h10V8zm0 4v2h7v-2z",
    up: "M12 5l8 14H4z",
    down: "M12 19L4 5h16z",
    empty: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2c1.6 0 3.1.5 4.3 1.5L6.5 16.3A7 7 0 0 1 12 5zm0 14c-1.6 0-3.1-.5-4.3-1.5l9.8-9.8A7 7 0 0 1 12 19z",
    warn: "M12 3L1.5 21h21zm-1 7h2v5h-2zm0 6.5h2v2h-2z",
  };

  function icon(name, size) {
    return h(
      "svg",
      { viewBox: "0 0 24 24", width: size || 16, height: size || 16, className: `icon ${name}`,
        "aria-hidden": true, focusable: false },
      h("path", { d: PATHS[name], fill: "currentColor", fillRule: "evenodd" }),
    );
  }

  /* A text whose `weblog commands` are set as such; whatever else strangers wrote stays. */
  function prose(text) {
    const parts = String(text).split(/`(weblog [^`]*)`/);
    return parts.length < 3 ? text : parts.map((one, place) =>
      place % 2 ? h("code", { key: place }, one) : one);
  }

  function hidden(text) {
    return h("span", { className: "hidden" }, text);
  }

  /* What the server was asked for and did not give, by what it was to fill. */
  const unanswered = new Set();
  const NAVIGATION = "..page.children...shell.current...shell.status..";

  /* Components Dash knows go into weblog_dashboard, the rest into core. */
  window.weblog_dashboard = {};
  window.weblogCore = {
    SITE, base, NAVIGATION, unanswered, React, h, address, fill, icon, hidden, label, prose, useAddress, useEvent, useTheme, useNarrow, useTrap,
  };
})();
