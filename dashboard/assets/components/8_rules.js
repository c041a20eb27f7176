/* The page on which rules that choose customers are written, tried, saved and made lists of. */
(function () {
  "use strict";
  const { base, React, h, icon, hidden, useAction, drafts, Panel, Progress, Refused, Rows, Field, Editor } =
    window.weblogCore;

  const DRAFT = "weblog-rules-draft";

  function Findings({ trial, words, outdated, pending, busy }) {
    const answer = trial;
    if (pending) return h(Progress, { text: busy ? words.busy : words.trying });
    if (!answer) return h("p", { className: "quiet" }, words.not_tried);
    return h(React.Fragment, null,
      outdated && h("p", { className: "outdated" }, icon("warn", 14), words.outdated),
      answer.state !== "ready" && h(Refused, { answer, words }),
      answer.summary && h("p", { className: answer.wrong ? "summary wrong" : "summary", role: "status" }, answer.summary),
      answer.findings && h("ul", { className: "findings" }, answer.findings.map((one, index) =>
        h("li", { key: index, className: one.level },
          h("span", { className: "level" }, one.label), h("b", null, one.kind),
          h("span", { className: "names" }, `${one.list}: ${one.rules.slice(0, 2).join(", ")}`),
          h("span", { className: "told" }, one.text)))));
  }

  function Share({ parts }) {
    return h(React.Fragment, null,
      h("div", { className: "parts", "aria-hidden": true }, parts.map((one) =>
        h("span", { key: one.name, className: one.name, style: { width: `${one.share}%` } }))),
      h("ul", { className: "legend" }, parts.map((one) =>
        h("li", { key: one.name, "data-outcome": one.name, "data-value": one.raw },
          h("i", { className: one.name }), h("b", null, one.count), one.label))));
  }

  /* Makes the file of a list or of a rule, as it is saved, right where it is previewed. */
  function Make({ name, make, words }) {
    if (!make || !make.names.includes(name)) return null;
    return h("button", { type: "button", className: "button quiet make", onClick: () => make.of(name) },
      icon("download", 12), words.export_make, hidden(`: ${name}`));
  }

  function Lists({ lists, words, make }) {
    const heads = [[words.col_rule, "text"], [words.col_priority, "number"], [words.col_holds, "number"],
      [words.col_wins, "number"], [words.col_alone, "number"], [words.col_offer, "text"], [words.col_when, "text"]];
    return lists.map((one) => h("article", { key: one.name, className: "list-preview", "data-list": one.name },
      h("div", { className: "list-head" }, h("h3", null, one.name), h(Make, { name: one.name, make, words })),
      one.note && h("p", { className: "quiet" }, one.note),
      one.parts && h(React.Fragment, null,
        h("p", null, h("b", null, one.chosen), " ", h("span", { className: "quiet" }, one.limits)),
        h(Share, { parts: one.parts }),
        one.power.map((text) => h("p", { key: text, className: "power" }, text))),
      h(Rows, { label: one.name, heads, rows: one.rules.map((rule) => [
        h(React.Fragment, null, rule.name, rule.days && h("span", { className: "beneath" }, rule.days),
          h(Make, { name: rule.name, make, words })),
        rule.priority, rule.holds, rule.wins, rule.alone, rule.offer, h("code", null, rule.when)]) })));
  }

  function Verdicts({ answer, words, pending, busy }) {
    if (pending) return h(Progress, { text: busy ? words.busy : words.explaining });
    if (!answer) return null;
    if (answer.state !== "ready") return h(Refused, { answer, words });
    return h("div", { className: "verdicts", role: "status" }, answer.lists.map((list) =>
      h("section", { key: list.name }, h("h3", null, list.name), h("p", null, list.said),
        h("ul", null, list.rules.map((rule) => h("li", { key: rule.name, className: rule.wins ? "wins" : "" },
          h("details", null,
            h("summary", null, h("span", null, rule.name), h("b", null, rule.verdict)),
            h("code", null, rule.when),
            h("dl", null, rule.values.map(([column, value]) => h(React.Fragment, { key: column },
              h("dt", null, column), h("dd", null, value)))))))))));
  }

  function save(name, blob) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function Export({ file, words, changed, day, reload, wanted }) {
    const [name, setName] = React.useState("");
    const [channel, setChannel] = React.useState("");
    const [format, setFormat] = React.useState("csv");
    const [columns, setColumns] = React.useState([]);
    const [replace, setReplace] = React.useState(false);
    const [told, tell] = React.useState(null);
    const [pending, setPending] = React.useState(false);
    const chosen = file.names.includes(name) ? name : file.names[0] || "";
    const making = React.useRef(false);
    const make = async (asked) => {
      if (making.current) return; /* each would be a file, and a line of the audit log */
      making.current = true;
      setPending(true);
      tell(null);
      try {
        const answer = await window.weblogCore.ask(`${base}targets/file`, { method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ name: asked, day, channel, format, columns, replace, sha256: file.sha256 }) });
        if (answer.status === 401) window.location.reload();
        const header = (one) => decodeURIComponent(answer.headers.get(`X-Weblog-${one}`) || "");
        if (answer.ok) {
          save(header("File"), await answer.blob());
          tell({ text: header("Told"), run: header("Run") });
          reload();
        } else {
          const body = await answer.json().catch(() => null);
          tell({ wrong: true, text: (body && body.error && body.error.message) || words.export_failed });
        }
      } catch (failure) {
        tell({ wrong: true, text: words.export_failed });
      }
      making.current = false;
      setPending(false);
    };
    React.useEffect(() => {
      if (!wanted) return;
      setName(wanted.name);
      make(wanted.name);
      window.weblogCore.show("rules_page-desk-export");
    }, [wanted]);
    const toggle = (one) => setColumns(columns.includes(one) ? columns.filter((each) => each !== one) : [...columns, one]);
    const options = (values) => values.map(([value, text]) => h("option", { key: value, value }, text));
    const select = (id, value, change, values) => h("span", { className: "field select" },
      h("select", { id, value, onChange: (event) => change(event.target.value) }, options(values)), icon("chevrons", 12));
    return h(React.Fragment, null,
      h("div", { className: "desk-row" },
        h(Field, { id: "export-name", label: words.export_name },
          select("export-name", chosen, setName, file.names.map((one) => [one, one]))),
        h(Field, { id: "export-channel", label: words.export_channel },
          select("export-channel", channel, setChannel, [["", words.as_rules_say], ["email", words.channel_email], ["sms", words.channel_sms]])),
        h(Field, { id: "export-format", label: words.export_format },
          select("export-format", format, setFormat, [["csv", "CSV"], ["parquet", "Parquet"]])),
        h("button", { type: "button", className: "button strong", disabled: pending || !chosen || Boolean(file.barred),
          onClick: () => make(chosen) }, icon("download", 14), words.export_make)),
      h("details", { className: "more-columns" }, h("summary", null, words.export_columns,
        columns.length > 0 && h("b", null, ` ${columns.join(", ")}`)),
        h("div", { className: "choices" }, file.columns.map((one) => h("label", { key: one, className: "choice" },
          h("input", { type: "checkbox", checked: columns.includes(one), onChange: () => toggle(one) }), h("span", null, one))))),
      h("label", { className: "choice" }, h("input", { type: "checkbox", checked: replace,
        onChange: () => setReplace(!replace) }), h("span", null, words.export_replace)),
      changed && h("p", { className: "outdated" }, icon("warn", 14), words.export_unsaved),
      pending && h(Progress, { text: words.exporting }),
      told && h("p", { className: told.wrong ? "problem" : "done", role: told.wrong ? "alert" : "status" },
        told.wrong && icon("warn", 14), h("span", null, told.text),
        told.run && h("a", { className: "link", href: `${base}targets/audit/${told.run}.json`, download: "" }, words.audit_record)));
  }

  function Made({ made, words }) {
    if (!made.length) return h("p", { className: "quiet" }, words.none_made);
    const heads = [[words.col_list, "text"], [words.col_made, "text"], [words.col_day, "text"],
      [words.col_written, "number"], [words.col_held, "number"], [words.col_file, "text"], [words.audit_record, "text"]];
    return h(Rows, { label: words.made_before, heads, rows: made.map((one) => [one.list, one.made, one.day, one.written,
      one.held, one.file, h("a", { className: "link", href: `${base}targets/audit/${one.run}.json`, download: "" },
        words.audit_record, hidden(` ${one.list} ${one.day}`))]) });
  }

  function RulesDesk(props) {
    const { id, words } = props;
    const load = useAction(props, "load");
    const trial = useAction(props, "trial");
    const explain = useAction(props, "explain");
    const saving = useAction(props, "save");
    const version = useAction(props, "version");
    const [file, setFile] = React.useState(null);
    const [text, setText] = React.useState("");
    const [said, say] = React.useState("");
    const [day, setDay] = React.useState("");
    const [lift, setLift] = React.useState("");
    const [customer, setCustomer] = React.useState("");
    const [wanted, want] = React.useState(null); /* the list to make, as asked for in its preview */
    const [tried, setTried] = React.useState(null); /* the text that was tried last */
    const [result, setResult] = React.useState(null);
    const sent = React.useRef(null); /* the text that was sent to be saved last */
    const over = React.useRef(null); /* the text as an earlier version was asked for */
    React.useEffect(() => load.send({}), []);
    React.useEffect(() => {
      if (!load.answer || load.answer.state !== "ready") return;
      const first = file === null;
      setFile(load.answer);
      if (!first) return;
      /* Typed over this text, or after it was sent to be saved and before that was known. */
      const known = (draft) => draft.sha256 === load.answer.sha256 || draft.sent === load.answer.text;
      setText(drafts.of(DRAFT, known) || load.answer.text);
      say(load.answer.note);
      setDay(load.answer.day);
    }, [load.answer]);
    React.useEffect(() => {
      if (!saving.answer) return;
      if (saving.answer.state === "ready") {
        setFile(saving.answer);
        say(saving.answer.note);
      } else {
        setResult(saving.answer);
        say("");
      }
    }, [saving.answer]);
    React.useEffect(() => { if (trial.answer) setResult(trial.answer); }, [trial.answer]);
    React.useEffect(() => {
      if (!version.answer) return;
      /* Who typed on meanwhile wants that, not the version. */
      if (version.answer.state === "ready" && text === over.current) {
        setText(version.answer.text);
        say(version.answer.note);
      }
    }, [version.answer]);
    React.useEffect(() => {
      if (!file) return;
      if (text === file.text) drafts.drop(DRAFT);
      else drafts.keep(DRAFT, { text, sha256: file.sha256, sent: sent.current });
    }, [text, file]);
    const changed = Boolean(file) && text !== file.text;
    React.useEffect(() => {
      if (!changed) return undefined;
      const warn = (event) => event.preventDefault();
      window.addEventListener("beforeunload", warn);
      return () => window.removeEventListener("beforeunload", warn);
    }, [changed]);
    if (load.answer && load.answer.state !== "ready" && !file)
      return h("div", { id, className: "grid", "data-state": "refused" },
        h(Panel, { id: `${id}-editor`, title: words.editor, span: 12 }, h(Refused, { answer: load.answer, words })));
    if (!file) return h("div", { id, className: "grid", "data-state": "loading" },
      h("section", { className: "card span-12" }, h("div", { className: "skeleton", style: { height: 420 } })));
    const attempt = () => {
      setTried(`${day}\n${lift}\n${text}`);
      trial.send({ text, day, lift });
    };
    const keep = () => {
      setTried(`${day}\n${lift}\n${text}`);
      sent.current = text;
      saving.send({ text, sha256: file.sha256 });
    };
    const ask = (event) => {
      event.preventDefault();
      explain.send({ text, day, customer });
    };
    const outdated = Boolean(result) && tried !== `${day}\n${lift}\n${text}`;
    const working = trial.pending || saving.pending;
    return h("div", { id, className: "grid", "data-state": "ready" },
      h(Panel, { id: `${id}-editor`, title: words.editor, help: words.editor_help, span: 7 },
        h("p", { className: "desk-status" }, h("code", null, file.path),
          h("span", { className: changed ? "mark changed" : "mark" }, changed ? words.unsaved : words.unchanged)),
        said && h("p", { className: "done", role: "status" }, said),
        file.barred && h("p", { className: "outdated" }, icon("warn", 14), file.barred),
        h(Editor, { id: `${id}-text`, label: words.editor_label, text, rows: 26,
          change: (value) => { setText(value); say(""); } }),
        h("div", { className: "desk-row" },
          h(Field, { id: "rules-day", label: words.for_day }, h("input", { id: "rules-day", type: "date", value: day,
            onChange: (event) => setDay(event.target.value) })),
          h(Field, { id: "rules-lift", label: words.lift_hoped }, h("input", { id: "rules-lift", type: "text", inputMode: "decimal",
            value: lift, placeholder: "1.0", size: 6, onChange: (event) => setLift(event.target.value) })),
          h("button", { type: "button", className: "button strong try", disabled: working, onClick: attempt }, words.try_rules),
          h("button", { type: "button", className: "button save", disabled: working || Boolean(file.barred) || (!changed && file.sha256 !== ""),
            onClick: keep }, words.save_rules),
          changed && h("button", { type: "button", className: "button quiet", onClick: () => { setText(file.text); say(""); } }, words.discard)),
        saving.pending && h(Progress, { text: saving.busy ? words.busy : words.saving }),
        file.versions.length > 0 && h("details", { className: "earlier" }, h("summary", null, words.earlier),
          h("ul", null, file.versions.map((one) => h("li", { key: one.name },
            h("button", { type: "button", className: "link", onClick: () => {
              over.current = text;
              version.send({ name: one.name });
            } }, one.label)))))),
      h("div", { className: "stack span-5" },
        h(Panel, { id: `${id}-findings`, title: words.findings, help: words.findings_help, span: 12 },
          h(Findings, { trial: result, words, outdated, pending: trial.pending, busy: trial.busy })),
        h(Panel, { id: `${id}-explain`, title: words.explain, help: words.explain_help, span: 12 },
          h("form", { className: "desk-row", onSubmit: ask },
            h(Field, { id: "rules-customer", label: words.customer_number }, h("input", { id: "rules-customer", type: "text",
              value: customer, autoComplete: "off", maxLength: 200, onChange: (event) => setCustomer(event.target.value) })),
            h("button", { className: "button", disabled: explain.pending || !customer.trim() }, words.explain_show)),
          h(Verdicts, { answer: explain.answer, words, pending: explain.pending, busy: explain.busy }))),
      h(Panel, { id: `${id}-preview`, title: words.preview, help: words.preview_help, span: 12 },
        trial.pending ? h(Progress, { text: trial.busy ? words.busy : words.trying })
          : result && result.lists ? h(React.Fragment, null,
              outdated && h("p", { className: "outdated" }, icon("warn", 14), words.outdated),
              h(Lists, { lists: result.lists, words, make: !outdated && !changed && !file.barred &&
                { names: file.names, of: (name) => want({ name }) } }))
            : h("p", { className: "quiet" }, words.preview_none)),
      h(Panel, { id: `${id}-export`, title: words.export, help: words.export_help, span: 12 },
        h(Export, { file, words, changed, day, wanted, reload: () => load.send({}) }),
        h("h3", null, words.made_before), h(Made, { made: file.made, words })));
  }

  Object.assign(window.weblog_dashboard, { RulesDesk });
})();
