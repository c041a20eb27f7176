/* What readers keep: views of pages in a menu of the frame, notes on days beneath figures. */
(function () {
  "use strict";
  const { base, React, h, address, fill, icon, hidden, Popover } = window.weblogCore;

  /* Ask the server; what it refuses, it says why, in the reader's language. */
  async function ask(method, path, body) {
    const failed = { error: { message: window.weblogCore.kept.words.saved_failed } };
    try {
      const answer = await window.weblogCore.ask(path, { method, headers:
        body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body) });
      if (answer.status === 401) window.location.reload();
      const told = await answer.json();
      return answer.ok || (told.error && told.error.message) ? told : failed;
    } catch (error) {
      return failed;
    }
  }

  const VIEWS = `${base}api/views`, NOTES = `${base}api/annotations`;

  function View({ view, words, may, close, act }) {
    const [doing, setDoing] = React.useState(null); /* "rename" or "delete" */
    const [name, setName] = React.useState(view.name);
    const one = `${VIEWS}/${view.id}`;
    const open = (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      close();
      address.go(view.search, view.path);
    };
    const done = async (method, body) => (await act(method, one, body)) && setDoing(null);
    const rename = (event) => {
      event.preventDefault();
      done("PATCH", { name });
    };
    if (doing === "rename")
      return h("li", { className: "view" }, h("form", { className: "view-form", onSubmit: rename },
        h("input", { type: "text", value: name, "aria-label": words.view_name, autoFocus: true,
          maxLength: 200, onChange: (event) => setName(event.target.value) }),
        h("button", { className: "button strong" }, words.save),
        h("button", { type: "button", className: "button", onClick: () => setDoing(null) },
          words.cancel)));
    const beside = [view.page, !view.own && view.owner && fill(words.view_by, { name: view.owner }),
      view.own && view.shared && words.view_shared].filter(Boolean).join(" · ");
    const button = (text, onClick, css) => h("button", { type: "button", title: text,
      className: `button quiet ${css || ""}`, onClick }, text, hidden(`: ${view.name}`));
    return h("li", { className: "view" },
      h("a", { href: view.path + view.search, onClick: open },
        h("bdi", { className: "view-name" }, view.name), h("span", { className: "beside" }, beside)),
      view.may && h("span", { className: "view-tools" }, doing === "delete"
        ? h(React.Fragment, null,
            button(words.really_delete, () => done("DELETE"), "sure"),
            button(words.cancel, () => setDoing(null)))
        : h(React.Fragment, null,
            may.share && button(view.shared ? words.view_unshare : words.view_share,
              () => done("PATCH", { shared: !view.shared })),
            button(words.rename, () => setDoing("rename")),
            button(words.delete, () => setDoing("delete")))));
  }

  function ViewsPanel({ words, may, close }) {
    const [views, setViews] = React.useState(null);
    const [name, setName] = React.useState("");
    const [shared, setShared] = React.useState(false);
    const [said, say] = React.useState(null); /* { text, bad } */
    const loads = React.useRef(0), acting = React.useRef(false);
    const load = async () => {
      loads.current += 1;
      const number = loads.current;
      const told = await ask("GET", VIEWS);
      if (number !== loads.current) return; /* a newer list comes, or has come */
      if (told.error) say({ text: told.error.message, bad: true });
      else setViews(told.views);
    };
    React.useEffect(() => {
      load();
    }, []);
    const act = async (method, path, body) => {
      if (acting.current) return false;
      acting.current = true;
      const told = await ask(method, path, body);
      acting.current = false;
      say(told.error ? { text: told.error.message, bad: true } : null);
      if (!told.error) await load();
      return !told.error;
    };
    const save = async (event) => {
      event.preventDefault();
      const kept = address.query().toString();
      const body = { name, shared, path: window.location.pathname.slice(base.length - 1), search: kept && `?${kept}` };
      if (await act("POST", VIEWS, body)) {
        setName((now) => (now === name ? "" : now)); /* unless somebody typed on */
        say({ text: words.view_saved });
      }
    };
    const part = (title, some) => some.length > 0 && h("section", null, h("h3", null, title),
      h("ul", null, some.map((view) => h(View, { key: view.id, view, words, may, close, act }))));
    const replaces = views && views.some((view) => view.own && view.name === name.trim());
    return h("div", { className: "views" },
      views === null && !said && h("p", { className: "none" }, words.loading),
      views && views.length === 0 && h("p", { className: "none" }, words.views_none),
      views && part(words.views_own, views.filter((view) => view.own)),
      views && part(words.views_shared, views.filter((view) => !view.own)),
      h("form", { className: "view-save", onSubmit: save },
        h("h3", null, words.view_save),
        h("div", { className: "view-form" },
          h("input", { type: "text", value: name, placeholder: words.view_name, maxLength: 200,
            "aria-label": words.view_name, onChange: (event) => setName(event.target.value) }),
          h("button", { className: "button strong", disabled: !name.trim() }, words.save)),
        may.share && h("label", { className: "choice" },
          h("input", { type: "checkbox", checked: shared,
            onChange: (event) => setShared(event.target.checked) }),
          h("span", null, words.view_share)),
        replaces && h("p", { className: "none" }, words.view_replaced),
        h("p", { className: said && said.bad ? "said bad" : "said", role: "status" },
          said && said.text)));
  }

  function ViewsMenu({ words, may }) {
    return h(Popover, { name: "views", compact: "views-menu", mark: "star", shown: words.views,
      label: words.views }, (close) => h(ViewsPanel, { words, may: may || {}, close }));
  }

  /* One note per day or span; who wrote it, or keeps the dashboard, can remove it. */
  function KnownDays({ id, known }) {
    const { words, may, reader } = window.weblogCore.kept;
    const [open, setOpen] = React.useState(false);
    const [said, say] = React.useState(null);
    const button = React.useRef(null);
    const was = React.useRef(false);
    const acting = React.useRef(false);
    const [gone, setGone] = React.useState([]); /* removed; the data may still have them */
    React.useEffect(() => {
      if (was.current && !open && button.current) button.current.focus();
      was.current = open;
    }, [open]);
    if (!known) return null;
    const act = async (method, path, body) => {
      if (acting.current) return false;
      acting.current = true;
      const told = await ask(method, path, body);
      acting.current = false;
      say(told.error ? told.error.message : null);
      if (told.error) return false;
      setOpen(false);
      window.dispatchEvent(new CustomEvent("weblog:again"));
      return true;
    };
    const remove = async (note) => {
      if (!(await act("DELETE", `${NOTES}/${note.id}`))) return;
      setGone([...gone, note.id]);
      if (button.current) button.current.focus();
    };
    const notes = known.notes.filter((note) => !gone.includes(note.id));
    const mine = (note) => note.id && may.share && (may.all || note.author === reader);
    return h("div", { className: "known-days" },
      notes.length > 0 && h("ul", { "aria-label": words.known_days }, notes.map((note) =>
        h("li", { key: note.id || note.when, className: note.id ? "note" : "note calendar" },
          h("span", { className: "mark" }, note.mark),
          h("span", { className: "when" }, note.when),
          h("bdi", { className: "text" }, note.text),
          h("span", { className: "by" }, note.by),
          mine(note) && h("button", { type: "button", className: "button quiet square",
            title: words.note_remove, "aria-label": `${words.note_remove}: ${note.text}`,
            onClick: () => remove(note) }, icon("close", 11))))),
      may.share && !open && h("button", { type: "button", className: "button quiet add-note", ref: button,
        onClick: () => setOpen(true) }, icon("note", 13), words.note_add),
      open && h(NoteForm, { id, known, words, act, close: () => setOpen(false) }),
      h("p", { className: "said bad", role: "status" }, said));
  }

  function NoteForm({ id, known, words, act, close }) {
    const [start, setStart] = React.useState(known.last);
    const [end, setEnd] = React.useState("");
    const [text, setText] = React.useState("");
    const add = (event) => {
      event.preventDefault();
      act("POST", NOTES, { start, end, text });
    };
    const field = (name, label, more) => h("label", { htmlFor: `${id}-${name}` }, label,
      h("input", { id: `${id}-${name}`, ...more }));
    const day = (value, set) => ({ type: "date", value, onChange: (event) => set(event.target.value) });
    return h("form", { className: "note-form", onSubmit: add,
      onKeyDown: (event) => event.key === "Escape" && close() },
      field("note-day", words.note_first, { ...day(start, setStart), required: true }),
      field("note-until", words.note_last, { ...day(end, setEnd), min: start }),
      field("note-text", words.note_text, { type: "text", value: text, maxLength: 200,
        className: "wide", autoFocus: true, placeholder: words.note_example,
        onChange: (event) => setText(event.target.value) }),
      h("button", { className: "button strong", disabled: !start || !text.trim() }, words.save),
      h("button", { type: "button", className: "button", onClick: close }, words.cancel));
  }

  Object.assign(window.weblogCore, { ViewsMenu, KnownDays });
})();
