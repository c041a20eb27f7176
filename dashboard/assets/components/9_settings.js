/* The page of settings: the rules in force, and what a changed copy of them would do. */
(function () {
  "use strict";
  const { React, h, icon, prose, useAction, drafts, Panel, Progress, Refused, Faults, Rows, Field, Editor } =
    window.weblogCore;

  const LARGEST = 200000;
  const DRAFT = "weblog-site-draft";

  function Sections({ sections, words, onlySet }) {
    const shown = sections
      .map((one) => ({ ...one, rows: one.rows.filter((row) => row.is_set || !onlySet) }))
      .filter((one) => one.rows.length > 0);
    return h("dl", { className: "site-sections" }, shown.map((one) => h("div", { key: one.name, "data-section": one.name },
      h("dt", null, h("code", null, one.name), h("span", null, one.about)),
      h("dd", null, one.rows.map((row) => h("p", { key: row.name, className: row.is_set ? "setting set" : "setting" },
        row.name && h("code", null, row.name), h("span", { className: "value" }, row.value),
        !onlySet && h("span", { className: "mark" }, row.is_set ? words.set_here : words.as_default)))))));
  }

  function Trial({ answer, file, words }) {
    if (answer.state !== "ready") return h(Refused, { answer, words });
    return h("div", { className: "site-trial" },
      h("p", { className: answer.faults.length ? "summary wrong" : "summary", role: "status" }, answer.summary),
      h(Faults, { faults: answer.faults }),
      answer.notes.map((text) => h("p", { key: text, className: "outdated" }, icon("warn", 14), text)),
      answer.problems.length > 0 && h(React.Fragment, null, h("h3", null, words.problems),
        answer.problems.map((text) => h("pre", { key: text, className: "problem-text" }, text))),
      answer.differences && h(React.Fragment, null, h("h3", null, words.differences),
        answer.differences.length === 0 ? h("p", { className: "quiet" }, words.no_differences)
          : h(Rows, { label: words.differences, className: "differences", rows: answer.differences,
              heads: [[words.col_setting, "text"], [words.col_before, "text"], [words.col_after, "text"]] })),
      answer.tried && h(React.Fragment, null, h("h3", null, words.trial), h("p", null, answer.tried)),
      answer.counts && h("div", { className: "two-tables" },
        h(Rows, { label: words.trial, rows: answer.counts,
          heads: [[words.col_kind, "text"], [words.col_before, "number"], [words.col_after, "number"]] }),
        answer.changes.length > 0 && h(Rows, { label: words.col_what, rows: answer.changes.map((row) => [...row.slice(0, 4), h("code", null, row[4])]),
          heads: [[words.col_what, "text"], [words.col_before, "text"], [words.col_after, "text"], [words.col_lines, "number"], [words.col_example, "text"]] })),
      answer.more && h("p", { className: "quiet" }, answer.more),
      answer.differences && h(React.Fragment, null,
        h("p", { className: "quiet" }, prose(file.stays)), h("p", null, words.what_to_run),
        file.commands.map((text) => h("pre", { key: text, className: "command" }, text))));
  }

  function SettingsDesk(props) {
    const { id, words } = props;
    const load = useAction(props, "load");
    const trial = useAction(props, "trial");
    const [file, setFile] = React.useState(null);
    const [text, setText] = React.useState("");
    const [lines, setLines] = React.useState("");
    const [view, setView] = React.useState("sections");
    const [onlySet, setOnlySet] = React.useState(true);
    const [told, tell] = React.useState("");
    React.useEffect(() => load.send({}), []);
    React.useEffect(() => {
      if (!load.answer || load.answer.state !== "ready") return;
      setFile(load.answer);
      setText(drafts.of(DRAFT, (draft) => draft.over === load.answer.text) || load.answer.text);
      setOnlySet(load.answer.sections.some((one) => one.rows.some((row) => row.is_set)));
    }, [load.answer]);
    React.useEffect(() => {
      if (!file) return;
      if (text === file.text) drafts.drop(DRAFT);
      else drafts.keep(DRAFT, { text, over: file.text });
    }, [text, file]);
    if (load.answer && load.answer.state !== "ready")
      return h("div", { id, className: "grid", "data-state": "refused" },
        h(Panel, { id: `${id}-force`, title: words.in_force, span: 12 }, h(Refused, { answer: load.answer, words })));
    if (!file) return h("div", { id, className: "grid", "data-state": "loading" },
      h("section", { className: "card span-12" }, h("div", { className: "skeleton", style: { height: 420 } })));
    const choose = async (event) => {
      const [chosen] = event.target.files;
      if (!chosen) return;
      tell(chosen.size > LARGEST ? words.file_too_large : "");
      if (chosen.size <= LARGEST) setText(await chosen.text());
      event.target.value = "";
    };
    return h("div", { id, className: "grid", "data-state": "ready" },
      h(Panel, { id: `${id}-force`, title: words.in_force, help: words.in_force_help, span: 6 },
        file.path && h("p", { className: "desk-status" }, h("code", null, file.path)),
        file.note && h("p", { className: "outdated" }, icon("warn", 14), file.note),
        h("div", { className: "desk-row" },
          h("div", { className: "switch", role: "group", "aria-label": words.in_force },
            [["sections", words.as_sections], ["text", words.as_text]].map(([value, label]) =>
              h("button", { key: value, type: "button", "aria-pressed": view === value, onClick: () => setView(value) }, label))),
          view === "sections" && h("label", { className: "choice" }, h("input", { type: "checkbox", checked: onlySet,
            onChange: () => setOnlySet(!onlySet) }), h("span", null, words.only_set))),
        view === "sections"
          ? h("div", { className: "site-scroll", tabIndex: 0, role: "region", "aria-label": words.as_sections },
            h(Sections, { sections: file.sections, words, onlySet }))
          : h("pre", { className: "site-text", tabIndex: 0, role: "region", "aria-label": words.as_text }, file.text)),
      h(Panel, { id: `${id}-proposal`, title: words.propose, help: words.propose_help, span: 6 },
        h("div", { className: "desk-row" },
          h("label", { className: "button upload" }, words.choose_file,
            h("input", { type: "file", className: "hidden", accept: ".toml,text/plain", onChange: choose })),
          h("button", { type: "button", className: "button", onClick: () => setText(file.text) }, words.take_current)),
        told && h("p", { className: "problem", role: "alert" }, told),
        h(Editor, { id: `${id}-text`, label: words.proposal_label, text, rows: 24, change: setText }),
        h(Field, { id: `${id}-lines`, label: words.lines_label },
          h(Editor, { id: `${id}-lines`, label: words.lines_label, text: lines, rows: 3, change: setLines })),
        h("div", { className: "desk-row" },
          h("button", { type: "button", className: "button strong try", disabled: trial.pending,
            onClick: () => trial.send({ text, lines }) }, words.try_site)),
        trial.pending && h(Progress, { text: trial.busy ? words.site_busy : words.trying_site })),
      trial.answer && h(Panel, { id: `${id}-trial`, title: words.site_result, span: 12 },
        h(Trial, { answer: trial.answer, file, words })));
  }

  Object.assign(window.weblog_dashboard, { SettingsDesk });
})();
