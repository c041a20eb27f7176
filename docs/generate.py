"""Write the generated parts of the documentation: ``python dev.py docs``.

A page marks them::

    <!-- generated: help ingest -->
    ...
    <!-- end -->

What stands between is made from the code, so it cannot say anything else than the code;
``python docs/generate.py --check`` (a test runs it) says which page is out of date. Only the
meanings of the site's settings are written by hand, in the page itself: they are kept.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import types
import typing
from collections.abc import Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin

import polars as pl
from click.testing import CliRunner
from pydantic import BaseModel
from pydantic.fields import FieldInfo

import dashboard.errors  # noqa: F401 (its errors have exit codes too)
import reports.describe
import weblog.cluster_errors as _cluster_errors  # noqa: F401 (likewise)
import weblog.delivery_errors as _delivery_errors  # noqa: F401 (likewise)
import weblog.machine_error as _machine_error  # noqa: F401 (likewise)
from benchmarks import tables
from faults.recorded import table as faults_table
from reports.audience import COLUMNS
from reports.mart import VIEWS, ViewSpec
from reports.mart.postgresql import TYPES
from reports.registry import REPORTS
from weblog import errors
from weblog.cli import weblog
from weblog.formats import described
from weblog.parse import Reason
from weblog.schema import REGISTER, TABLES, Table
from weblog.site.checked import CheckedPattern, Network, Regex
from weblog.site.funnels import FunnelStep
from weblog.site.line_rules import HostPattern, Statuses
from weblog.site.rules import DEFAULT_SEGMENTS, Site
from weblog.site.scheduled import Only, Options, ScheduledReport
from weblog.site.smtp import Mailbox

DOCS = Path(__file__).resolve().parent
SAMPLES = DOCS.parent / "tests" / "weblog" / "formats" / "samples"
sys.path.append(str(DOCS))
import quality  # noqa: E402 (beside this file, also when a test loads it)

BLOCK = re.compile(r"(<!-- generated: ([^>]+?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
WIDTH = 92
LONG = 6

_TYPES = {
    pl.String(): "text",
    pl.Int16(): "integer",
    pl.Int32(): "integer",
    pl.Int64(): "integer",
    pl.Float64(): "number",
    pl.Boolean(): "true or false",
    pl.Date(): "day",
    pl.Binary(): "bytes",
    pl.Datetime("us", "UTC"): "instant, UTC",
    pl.List(pl.String()): "list of text",
}


_NAMED = (
    (CheckedPattern, "path pattern"),
    (Regex, "regular expression"),
    (Network, "network"),
    (HostPattern, "host"),
    (Statuses, "status"),
    (Mailbox, "mail address"),
    (Options, "table"),
)


def block(what: str, old: str) -> str:
    """Return the text of the block called ``what``; ``old`` is what the page has."""
    kind, _, name = what.partition(" ")
    makers: dict[str, typing.Callable[[], str]] = {
        "help": lambda: help_of(name),
        **{name: partial(shows, DOCS / f"{name}.json") for name, shows in tables.RECORDED.items()},
        "exit-codes": exit_codes,
        "faults": lambda: rows_of(*faults_table(DOCS / "faults.json")),
        "reports": report_list,
        "formats": format_list,
        "format-detection": format_detection,
        "format-texts": described.texts,
        "format-kinds": described.kinds,
        "reasons": reason_list,
        "settings": lambda: settings(name, old),
        "defaults": lambda: long_defaults(name),
        "segments": segment_list,
        "table": lambda: table_of(TABLES[name]),
        "tables": table_list,
        "views": view_list,
        "view": lambda: view_of(VIEWS[name]),
        "register": register_list,
        "profile": profile_columns,
        "quality": lambda: rows_of(*quality.table(name)),
    }
    return makers[kind]()


# the command line


def help_of(command: str) -> str:
    """Return what ``weblog COMMAND --help`` prints, as a block."""
    words = ["--help"] if command == "weblog" else [*command.split(), "--help"]
    result = CliRunner().invoke(weblog, words, prog_name="weblog", terminal_width=WIDTH)
    if result.exit_code != 0:
        raise SystemExit(f"weblog {' '.join(words)} failed: {result.output}")
    return f"```text\n{result.output.rstrip()}\n```\n"


def exit_codes() -> str:
    """Return the exit codes and what each means, from the error classes."""
    rows: dict[int, list[str]] = {0: ["done"]}
    for error in sorted(
        _subclasses(errors.WeblogError), key=lambda each: (each.exit_code, each.__name__)
    ):
        said = (error.__doc__ or "").split("\n")[0].split(" Facts:")[0].replace("``", "`")
        rows.setdefault(error.exit_code, []).append(f"{said} (`{error.__name__}`)")
    told = "`doctor` found a fault, `erase` still finds something, a file cannot be read or written"
    bug = "With a traceback: a fault of the program itself, please report it"
    rows[1] = [f"{told}: it is said what and where. {bug}"]
    ended = "ended by the system, such as for lack of memory, or killed; what was committed is safe"
    rows[134] = [ended]
    rows[137] = [ended]
    rows[130] = ["stopped from the keyboard; what was committed is safe"]
    return rows_of(
        ("code", "meaning"), [(str(n), " ".join(said)) for n, said in sorted(rows.items())]
    )


def _subclasses(of: type[errors.WeblogError]) -> Iterator[type[errors.WeblogError]]:
    for each in of.__subclasses__():
        yield each
        yield from _subclasses(each)


def report_list() -> str:
    """Return the names of the reports and what each shows."""
    shown = [
        (f"[`{name}`](reports.md#{name})", (spec.function.__doc__ or "").split("\n")[0])
        for name, spec in REPORTS.items()
    ]
    return rows_of(("report", "shows"), shown)


def format_list() -> str:
    """Return the named log formats."""
    head = ("name", "what it is", "written by", "tells", "documentation", "also called")
    return rows_of(head, described.registry_rows())


def format_detection() -> str:
    """Return which format is found for the sample of each."""
    head = ("sample of", "found", "", "would fit as well", "fit some lines of 20")
    return rows_of(head, described.detection_rows(SAMPLES, 20))


def reason_list() -> str:
    """Return why a line can be rejected."""
    return "".join(f"- `{reason.value}`\n" for reason in Reason)


# the store


def table_list() -> str:
    """Return the tables of the store, one row each."""
    rows = [
        (
            f"[`{table.name}`](#{table.name})",
            table.grain,
            ", ".join(f"`{name}`" for name in table.partition_by) or "–",
            ", ".join(f"`{name}`" for name in table.key),
        )
        for table in TABLES.values()
    ]
    return rows_of(("table", "one row is", "partitioned by", "key"), rows)


def table_of(table: Table) -> str:
    """Return the columns of a table."""
    rows = [(f"`{c.name}`", _TYPES[c.dtype], c.meaning) for c in table.columns]
    return rows_of(("column", "type", "meaning"), rows)


def view_list() -> str:
    """Return the views of the data mart, one row each."""
    rows = [
        (
            f"[`{view.name}`](#{view.name})",
            view.grain,
            ", ".join(f"`{name}`" for name in view.key),
            ", ".join(f"[`{name}`](store.md#{name})" for name in view.reads),
        )
        for view in VIEWS.values()
    ]
    return rows_of(("view", "one row is", "key", "made from"), rows)


def view_of(view: ViewSpec) -> str:
    """Return what a view is: its rows, how they are joined with others, its columns."""
    joined = "; ".join(view.relates)
    said = f"One row is {view.grain}. To join: {joined}.\n\n"
    rows = [
        (
            f"`{column.name}`",
            TYPES[column.dtype],
            column.unit if column.dtype.is_numeric() else "",
            column.meaning + (" *(personal)*" if column.name in view.personal else ""),
        )
        for column in view.columns
    ]
    return said + rows_of(("column", "type", "unit", "meaning"), rows)


def register_list() -> str:
    """Return the tables that come from the company's own files."""
    return "".join(f"- [`{table.name}`](#{table.name}): {table.grain}\n" for table in REGISTER)


def profile_columns() -> str:
    """Return the columns rules may name."""
    rows = [(f"`{c.name}`", _TYPES[c.dtype], c.meaning) for c in COLUMNS]
    return rows_of(("column", "type", "meaning"), rows)


# the site's rules


def settings(section: str, old: str) -> str:
    """Return the settings of one section of site.toml; meanings are kept from ``old``."""
    meanings = dict(re.findall(r"^\| `([^`]+)` \|.*\| ([^|]*) \|$", old, re.MULTILINE))
    rows = []
    for name, field in section_fields(section).items():
        meaning = field.description or meanings.get(name, "")
        rows.append((f"`{name}`", type_text(field.annotation), default_text(field), meaning))
    return rows_of(("setting", "type", "default", "meaning"), rows)


def section_fields(section: str) -> dict[str, FieldInfo]:
    """Return the settings people write in a section; ``top`` are those outside of any."""
    fields = Site.model_fields
    if section in PARTS:
        return dict(PARTS[section].model_fields)
    if section != "top":
        return dict(model_of(fields[section]).model_fields)
    return {
        name: field
        for name, field in fields.items()
        if name not in sections() and name != "folder"  # the loader sets it, nobody writes it
    }


def sections() -> list[str]:
    """Return the names of the sections of site.toml."""
    return [name for name, field in Site.model_fields.items() if is_section(field)]


def is_section(field: FieldInfo) -> bool:
    """Say whether a field is a section, or a list of them, and not a setting."""
    return any(isinstance(each, type) and issubclass(each, BaseModel) for each in _inner(field))


def model_of(field: FieldInfo) -> type[BaseModel]:
    """Return the model of a section."""
    return next(e for e in _inner(field) if isinstance(e, type) and issubclass(e, BaseModel))


PARTS: dict[str, type[BaseModel]] = {
    "funnels.steps": FunnelStep,
    "scheduled.reports": ScheduledReport,
    "only": Only,
}
"""Tables within sections."""

_OF_PARTS = {FunnelStep: "step", ScheduledReport: "report", Only: "table"}


def _inner(field: FieldInfo) -> tuple[Any, ...]:
    return (field.annotation, *get_args(field.annotation))


def type_text(annotation: Any) -> str:
    """Return a type in words."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return next((name for kind, name in _NAMED if kind == annotation), type_text(inner[0]))
    if origin is Literal:
        return "one of " + ", ".join(f"`{json.dumps(value)}`" for value in inner)
    if origin in (tuple, dict):
        kind, each = ("list", inner[0]) if origin is tuple else ("table", inner[1])
        return f"{kind} of {_plural(type_text(each))}"
    if origin in (types.UnionType, typing.Union):
        return type_text(next(each for each in inner if each is not type(None)))
    names = {str: "text", int: "integer", float: "number", bool: "true or false", date: "day"}
    names[Any] = "value"
    return (names | {dict: "table"} | _OF_PARTS)[origin or annotation]


def _plural(name: str) -> str:
    if name == "text" or name.startswith("one of "):
        return name.removeprefix("one of ")
    return f"{name}es" if name.endswith("s") else f"{name}s"


def default_text(field: FieldInfo) -> str:
    """Return a default as site.toml would write it."""
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    if value is None or isinstance(value, BaseModel):
        return "not set"
    if isinstance(value, tuple):
        if len(value) > LONG:
            return f"{len(value)} names, below"
        return f"`{json.dumps(list(value), ensure_ascii=False)}`"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def long_defaults(section: str) -> str:
    """Return the defaults of a section that are too long for its table."""
    found = {name: field.get_default() for name, field in section_fields(section).items()}
    return "".join(
        f"Default `{name}`: {', '.join(f'`{value}`' for value in values)}.\n\n"
        for name, values in found.items()
        if isinstance(values, tuple) and len(values) > LONG
    )


def segment_list() -> str:
    """Return the default segments, in order."""
    rows = [(f"`{rule.segment}`", f"`{rule.when}`") for rule in DEFAULT_SEGMENTS]
    return rows_of(("segment", "when"), rows)


# pages


def rows_of(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def page_text(text: str) -> str:
    """Return a page with its generated blocks made anew."""
    return BLOCK.sub(lambda found: found[1] + block(found[2], found[3]) + found[4], text)


def pages() -> dict[Path, str]:
    """Return every page with generated parts, and what it should be."""
    made = {
        path: page_text(path.read_text("utf-8"))
        for path in sorted(DOCS.rglob("*.md"))
        if BLOCK.search(path.read_text("utf-8"))
    }
    made[DOCS / "reports.md"] = formatted(reports.describe.describe())
    return made


def formatted(page: str) -> str:
    """Return a page with its Python blocks as `ruff format` leaves them."""
    command = [sys.executable, "-m", "ruff", "format", "--stdin-filename", "page.md", "-"]
    return subprocess.run(command, input=page, capture_output=True, text=True, check=True).stdout


def main(arguments: list[str]) -> int:
    """Write the pages; with ``--check``, only say which are out of date."""
    stale = {p: text for p, text in pages().items() if p.read_text("utf-8") != text}
    for path, text in stale.items():
        print(f"{'out of date' if '--check' in arguments else 'written'}: docs/{path.name}")
        if "--check" not in arguments:
            path.write_text(text, "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
