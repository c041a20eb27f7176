"""The reports as a page of documentation: ``python -m reports.describe > docs/reports.md``."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Sequence
from typing import Final

from reports.measures import MEASURES
from reports.registry import REPORTS
from reports.spec import ReportSpec
from reports.warning import TEXTS

_INTRODUCTION: Final = """\
# Reports

Each report is a function of a store and filters; the command line (`weblog report NAME`), the
dashboard and notebooks call the same ones.

```python
import reports, weblog

store = weblog.open_store("weblog-store")
report = reports.channels(store, reports.Filters(segments=("VIP",)))
report.frame     # the rows, a polars DataFrame
report.figure()  # a Plotly figure; figure("ko", "dark") speaks Korean on a dark ground
report.query     # what was asked, made concrete: days, days compared with, filters
report.warnings  # what to know beside the numbers
report.to_dict() # everything as JSON-able values
```

Without dates a report shows the last 28 days that the data have, compared with the 28 days
before. `compare="year"` compares with the same weekdays 364 days earlier, `compare="none"` with
nothing. Values of one filter are alternatives; different filters hold together.

| filters | let through |
| --- | --- |
| `segments` `devices` `channels` `sources` `campaigns` `entry_pages` | sessions of these |
| `pages` `categories` `products` | sessions that viewed one of these |
| `age_bands` `sexes` `occupations` `children` `products_held` | sessions of customers of whom \
the register knew this on the day of the session; those nobody logged in during do not pass |
| `customers` `visitors` | sessions of these customers, or of these browsers, by their ids |

`reports.choices(store, "occupations")` lists the values a filter can take. A value the data do
not know lets nothing through, and a warning says so with the one most like it. Reports that
count something other than sessions (`transitions`, `definitions`, `bots`, `reconciliation`)
say that filters do not apply.

Rates are fractions of 1 and come with their 95 % interval (Wilson's score interval). A null
means unknown, or a rate of nothing; it never means 0. This page is made from the code:
`python -m reports.describe > docs/reports.md`.
"""


def describe() -> str:
    """Return the page: measures, reports with their columns, warnings."""
    parts = [_INTRODUCTION, _measures(), *map(_report, REPORTS.values()), _warnings()]
    return "\n".join(parts)


def _measures() -> str:
    rows = [
        (f"`{measure.name}`", measure.unit, measure.meaning + _formula(measure.name))
        for measure in MEASURES.values()
    ]
    return "## Measures\n\n" + _table(("measure", "unit", "meaning"), rows)


def _formula(name: str) -> str:
    measure = MEASURES[name]
    if not measure.numerator:
        return "."
    return f": `{measure.numerator} / {measure.denominator}`."


def _report(spec: ReportSpec) -> str:
    measures = [
        column.name
        for column in spec.columns
        if column.name in MEASURES and column.meaning == MEASURES[column.name].meaning
    ]
    rows = [
        (f"`{column.name}`", str(column.dtype), column.unit, f"{column.meaning}.")
        for column in spec.columns
        if column.name not in measures
    ]
    shown = _prose(inspect.getdoc(spec.function) or "")
    options = [
        f"`{name}={parameter.default!r}`"
        for name, parameter in inspect.signature(spec.function).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]
    said = f"\nOptions: {', '.join(options)}.\n" if options else ""
    table = _table(("column", "type", "unit", "meaning"), rows)
    if measures:
        listed = ", ".join(f"`{name}`" for name in measures)
        table += "\n" + textwrap.fill(f"And these [measures](#measures): {listed}.", 100) + "\n"
    return f"## {spec.name}\n\n{shown}\n{said}\n{table}"


def _prose(docstring: str) -> str:
    """Return a docstring's paragraphs without its Raises section and its markup."""
    paragraphs = docstring.split("\nRaises:", maxsplit=1)[0].strip().split("\n\n")
    prose = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    prose = re.sub(r"\s*Columns, units and meanings: ``COLUMNS``[.;]", "", prose)
    prose = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", prose)
    return "\n".join(
        textwrap.fill(part, 100, break_on_hyphens=False) if part else ""
        for part in prose.replace("``", "`").split("\n")
    )


def _warnings() -> str:
    rows = [(f"`{code}`", text.replace("|", "\\|")) for code, text in TEXTS.items()]
    return "## Warnings\n\n" + _table(("code", "text"), rows)


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell or ' ' for cell in line)} |\n" for line in lines)


if __name__ == "__main__":
    print(describe(), end="")  # noqa: T201  it is what the module is for
