/* The frame around every page: navigation, top bar, the address, and pages that are none. */
(function () {
  "use strict";
  const { SITE, base, NAVIGATION, unanswered, React, h, address, fill, icon, hidden, prose, useAddress, useEvent, useTheme, useNarrow,
    useTrap } =
    window.weblogCore;

  /* Reports where the browser is; whoever changes that fires weblog:address. */
  function Address(props) {
    const turn = React.useRef(0);
    const report = () => {
      const { pathname, search } = window.location;
      props.setProps({ pathname, search: turn.current % 2 ? `${search || "?"}&` : search });
    };
    /* The same address once more, for something was written down meanwhile: an empty part that
       means nothing makes it another one. */
    const again = () => {
      turn.current += 1;
      report();
    };
    React.useEffect(report, []);
    useEvent("popstate", report);
    useEvent("weblog:address", report);
    useEvent("weblog:again", again);
    return null;
  }

  function CopyLink({ words }) {
    const [said, say] = React.useState(null);
    const copy = () => {
      const done = (text) => {
        say(text);
        window.setTimeout(() => say(null), 2000);
      };
      if (!navigator.clipboard) done(words.copy_failed); /* plain http: the browser refuses */
      else
        navigator.clipboard.writeText(window.location.href).then(
          () => done(words.copied),
          () => done(words.copy_failed),
        );
    };
    return h("button", { type: "button", className: "button copy", onClick: copy },
      h("span", { "aria-live": "polite" }, said || words.copy_link));
  }

  function LanguageSwitch({ language, languages, words }) {
    const choose = (name) => {
      if (name === language) return;
      document.cookie = `language=${name}; path=/; max-age=31536000; samesite=lax`;
      window.location.reload();
    };
    return h("div", { className: "switch", role: "group", "aria-label": words.language },
      languages.map(([name, label]) =>
        h("button", { key: name, type: "button", lang: name, "aria-pressed": name === language,
          onClick: () => choose(name) }, label)));
  }

  /* The other sites, as links: a site is an address, to be opened beside this one or shared. */
  function SiteSwitch({ sites, current, words }) {
    const [open, setOpen] = React.useState(false);
    const box = React.useRef(null);
    const button = React.useRef(null);
    useAddress(); /* the links carry the days along */
    const links = () => [...box.current.querySelectorAll("a")];
    React.useEffect(() => {
      if (!open) return undefined;
      (box.current.querySelector("[aria-current]") || links()[0]).focus();
      const away = (event) => box.current.contains(event.target) || setOpen(false);
      document.addEventListener("mousedown", away);
      document.addEventListener("focusin", away);
      return () => {
        document.removeEventListener("mousedown", away);
        document.removeEventListener("focusin", away);
      };
    }, [open]);
    const onKeyDown = (event) => {
      if (!open) {
        if (event.key !== "ArrowDown") return;
        event.preventDefault();
        setOpen(true);
        return;
      }
      const all = links();
      const at = all.indexOf(document.activeElement);
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
      if (event.key === "Escape") {
        setOpen(false);
        button.current.focus();
      } else if (to !== undefined) {
        event.preventDefault();
        all[(to + all.length) % all.length].focus();
      }
    };
    const here = sites.find((one) => one.key === current);
    return h("div", { className: "sites", ref: box, onKeyDown },
      h("button", { type: "button", className: "button", ref: button, "aria-expanded": open,
        "aria-controls": "sites", title: here && here.name,
        "aria-label": `${words.sites}: ${here ? here.name : ""}`, onClick: () => setOpen(!open) },
        h("span", null, here ? here.name : ""), icon("chevrons", 12)),
      h("ul", { id: "sites", hidden: !open }, sites.map((one) => h("li", { key: one.key },
        h("a", { href: address.elsewhere(one.path),
          "aria-current": one.key === current ? "true" : undefined }, one.name)))));
  }

  function ThemeSwitch({ words }) {
    const next = useTheme() === "dark" ? "light" : "dark";
    const label = next === "dark" ? words.to_dark : words.to_light;
    return h("button", { type: "button", className: "button square theme", title: label,
      "aria-label": label, onClick: () => window.weblogTheme.choose(next) }, icon("theme", 18));
  }

  /* Every question to the server passes here once, to notice that it does not answer. */
  const ask = window.fetch;
  window.weblogCore.ask = ask.bind(window); /* for what says itself why it was refused */
  const newest = new Map();
  window.fetch = (...request) => {
    const output = filledBy(request);
    const number = (newest.get(output) || 0) + 1;
    newest.set(output, number);
    const path = window.location.pathname;
    const tell = (ok) => {
      if (newest.get(output) !== number) return; /* it was asked for again meanwhile */
      const left = path !== window.location.pathname && output !== NAVIGATION;
      if (ok || left) unanswered.delete(output);
      else unanswered.add(output);
      window.dispatchEvent(new CustomEvent("weblog:answer", { detail: { ok, output } }));
    };
    return ask(...request).then(
      (answer) => {
        /* The login has ended: the server leads there, and back to this page. */
        if (answer.status === 401) window.location.reload();
        tell(answer.status < 400);
        return answer;
      },
      (failure) => {
        tell(false);
        throw failure;
      },
    );
  };

  /* What of the page an answer fills, as Dash names it; else the address that is asked. */
  function filledBy([asked, given]) {
    try {
      return JSON.parse(given.body).output || String(asked);
    } catch (failure) {
      return String(asked);
    }
  }

  /* A page that is left takes with it what it waits for. */
  function forget() {
    [...unanswered].forEach((one) => one === NAVIGATION || unanswered.delete(one));
  }

  /* Stays while anything of the page is missing: another answer does not make up for it. */
  function Offline({ words, current }) {
    const [, again] = React.useReducer((count) => count + 1, 0);
    useEvent("weblog:answer", again);
    React.useEffect(() => {
      forget();
      again();
    }, [current]);
    return unanswered.size > 0 && h("div", { className: "offline", role: "alert" }, words.connection_lost,
      h("button", { type: "button", className: "button", onClick: () => window.location.reload() },
        words.try_again));
  }

  function Navigation({ pages, words, current, open, close, narrow }) {
    const box = useTrap(open && narrow, close);
    useAddress(); /* the links below carry the filters along */
    const follow = (event, path) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      address.go(address.filters(), path);
      window.scrollTo(0, 0);
      close();
    };
    return h("nav", { id: "navigation", ref: box, className: open ? "nav open" : "nav",
      "aria-label": words.navigation, tabIndex: -1 },
      h("ul", null, pages.map((page) => h("li", { key: page.path },
        h("a", { href: page.path + address.filters(), "aria-current": page.path === current ? "page" : undefined,
          onClick: (event) => follow(event, page.path) },
          icon(page.icon, 18), page.title)))));
  }

  function Shell(props) {
    const { words } = props;
    window.weblogCore.kept = { words, may: props.may || {}, reader: props.reader,
      paths: props.pages.map((one) => one.path) };
    const [open, setOpen] = React.useState(false);
    const narrow = useNarrow();
    const close = () => setOpen(false);
    return h("div", { className: "shell" },
      h("a", { className: "skip", href: "#main" }, words.skip),
      h("header", { className: "top" },
        h("button", { type: "button", className: "button square burger", "aria-expanded": open,
          "aria-controls": "navigation", "aria-label": words.open_navigation,
          onClick: () => setOpen(!open) }, icon("menu", 18)),
        h("div", { className: props.site ? "brand beside" : "brand" }, icon("logo", 20),
          h("span", null, words.product_name)),
        props.sites && props.sites.length > 1
          ? h(SiteSwitch, { sites: props.sites, current: props.site_key, words })
          : props.site && h("div", { className: "site", title: props.site }, props.site),
        h("div", { className: "status", role: "status" }, props.status || ""),
        h(window.weblogCore.ViewsMenu, { words, may: props.may, current: props.current }),
        h(CopyLink, { words }),
        h("button", { type: "button", className: "button square print", title: words.print_page,
          "aria-label": words.print_page, onClick: () => window.print() }, icon("print", 16)),
        h(LanguageSwitch, { language: props.language, languages: props.languages, words }),
        h(ThemeSwitch, { words }),
        props.reader && h("a", { className: "button reader", href: "/account", title: props.reader },
          icon("person", 16), h("span", null, props.reader))),
      open && narrow && h("div", { className: "shade", onClick: close }),
      h(Navigation, { pages: props.pages, words, current: props.current, open, close, narrow }),
      h("main", { id: "main", tabIndex: -1 }, h(Offline, { words, current: props.current }), props.children));
  }

  /* What stands in place of a page or card that has nothing, or nothing that works. */
  function Message({ kind, mark, title, text, code, action, onAction, href, level }) {
    return h("div", { className: `message ${kind}`, role: kind === "error" ? "alert" : "status" },
      icon(mark || (kind === "error" ? "warn" : "empty"), 28),
      h(level || "p", { className: "title" }, prose(title)),
      text && h("p", { className: "text" }, prose(text)),
      code && h("code", null, code),
      action && (href
        ? h("a", { className: "button", href }, action)
        : h("button", { type: "button", className: "button", onClick: onAction }, action)));
  }
  window.weblogCore.Message = Message;

  /* A page: its children, or what stands in their place while `data` says so. */
  function Page({ id, title, question, words, data, jump, children }) {
    const state = data ? data.state : "loading";
    React.useEffect(() => {
      document.title = `${title} · ${SITE}`;
    }, [title]);
    const [busy, setBusy] = React.useState(false);
    const where = () => window.location.pathname + window.location.search;
    const own = React.useRef(window.location.pathname).current;
    const asked = React.useRef(where()), shown = React.useRef(where()); /* of this page */
    const moved = () => { /* nobody answers what is shown already, come back to or never left */
      if (window.location.pathname === own) asked.current = where();
      setBusy(where() !== shown.current);
    };
    useEvent("weblog:address", moved);
    useEvent("popstate", moved);
    useEvent("weblog:answer", ({ detail: { ok, output } }) => {
      if (!ok && (output === NAVIGATION || output.includes(`..${id}.data`))) setBusy(false);
    });
    React.useEffect(() => {
      if (!data) return;
      shown.current = asked.current;
      setBusy(where() !== shown.current);
    }, [data]);
    const instead = {
      no_data: () => h(Message, { kind: "empty", title: words.empty_store,
        text: words.empty_store_help, code: data.command }),
      no_match: () => h(Message, { kind: "empty", title: words.nothing,
        action: words.clear_filters, onAction: address.reset }),
      withheld: () => h(Message, { kind: "empty", title: data.title, text: data.text,
        action: words.clear_filters, onAction: address.reset }),
      error: () => h(Message, { kind: "error", title: words.page_failed,
        text: `${fill(words.reference, { id: data.ref })} · ${words.reference_help}`,
        action: words.clear_filters, onAction: address.reset }),
    }[state];
    return h("div", { className: busy ? "page busy" : "page", "data-state": state,
      "aria-busy": busy || state === "loading" },
      h("div", { className: "heading" }, h("div", null, h("h1", null, title), h("p", null, question)),
        jump && state === "ready" && h("button", { type: "button", className: "button quiet jump",
          onClick: () => window.weblogCore.show(jump[1]) }, jump[0], icon("down", 8))),
      data && data.notices && data.notices.length > 0 &&
        h("div", { role: "status", "aria-label": words.notices },
          h("ul", { className: "notices" }, data.notices.map((one) =>
            h("li", { key: one.text, "data-code": one.code }, icon("warn", 14), h("span", null, prose(one.text)))))),
      instead ? instead() : children,
      state === "loading" && hidden(words.loading));
  }

  function Grid({ children }) {
    return h("div", { className: "grid" }, children);
  }

  function Slot({ children }) {
    return h(React.Fragment, null, children);
  }

  function NotFound({ words, path }) {
    return h("div", { className: "page" },
      h(Message, { kind: "empty", level: "h1", title: words.not_found,
        text: fill(words.not_found_help, { path }), action: words.to_overview, href: base }));
  }

  Object.assign(window.weblog_dashboard, { Address, Shell, Page, Grid, Slot, NotFound });
})();
