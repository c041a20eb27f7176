"""A report as a table for people: the columns that matter, each number by its unit."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import click
import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from reports.figures import numbers
from reports.registry import REPORTS
from weblog.cli.table import console, print_table, shown

if TYPE_CHECKING:
    from reports import Report

BRIEF: Final = (
    "page_views",
    "sessions",
    "segment_sessions",
    "segment_share",
    "share_low",
    "share_high",
    "customers",
    "visitors",
    "new_visitors",
    "logins",
    "logins_per_session",
    "logins_per_visitor",
    "dwell_s",
    "entries",
    "exits",
    "bounce_rate",
    "conversions",
    "conversion_rate",
    "value",
    "previous_page_views",
    "previous_sessions",
    "change",
)
"""The numbers a table shows where it is not asked for all of them, in this order."""

WHOLE: Final = ("summary", "changes", "reconciliation", "transitions")
"""Reports that are narrow as they are."""

CHOSEN: Final = {
    "attribution": (
        *("model", "name", "conversions", "low", "high", "share", "value", "difference"),
        *("difference_low", "difference_high", "touched"),
    ),
    "bots": (
        *("part", "name", "sort", "purpose", "level", "hits", "page_hits", "bytes", "visitors"),
        "share",
    ),
    "definitions": (
        *("part", "rules", "sessions", "difference", "views_per_session", "visitors"),
        *("new_visitors", "bounce_rate", "engagement_rate", "duration_s", "why"),
    ),
}
"""Reports whose table shows just these columns, in this order."""

DISPENSABLE: Final = (
    "difference_low",
    "difference_high",
    "touched",
    "share_low",
    "share_high",
    "previous_sessions",
    "previous_page_views",
    "exits",
    "entries",
    "value",
    "logins_per_visitor",
    "logins_per_session",
    "new_visitors",
    "dwell_s",
    "conversions",
    "content",
    "medium",
    "change",
    "logins",
    "conversion_rate",
    "visitors",
)
"""What a narrow terminal does without, first to go first."""

LEFT_OUT: Final = ("is_other", "small", "spark", "unit", "numerator", "denominator", "day_index")
"""What only programs need; few cases are marked, and programs get everything."""

Cell = Callable[[object], str]


def print_report(report: Report, *, wide: bool = False) -> None:
    """Print the report; ``wide`` shows every column a program would get, rounded less."""
    query = report.query
    title = f"{report.name}, {query.start} to {query.end}" if query.start else report.name
    if wide:
        print_table(report.frame, title)
        return
    frame = _one_row_a_day(report.frame)
    small = frame["small"].to_list() if "small" in frame.columns else [False] * frame.height
    names = _names(report.name, frame)
    table = _table(title, report.name, frame, names, small)
    gone = []
    for name in DISPENSABLE:
        if _fits(table):
            break
        if name in names:
            names.remove(name)
            gone.append(name)
            table = _table(title, report.name, frame, names, small)
    console().print(table)
    if any(small):
        click.echo("* too few for a conclusion")
    if gone:
        click.echo(f"Too narrow for {', '.join(gone)}: --wide or --output csv shows all")


def _table(
    title: str, report: str, frame: pl.DataFrame, names: list[str], small: list[bool]
) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for name in names:
        is_number = frame.schema[name].is_numeric()
        table.add_column(
            name.replace("_", "\n"),
            justify="right" if is_number else "left",
            overflow="fold",
            no_wrap=is_number or frame.schema[name] == pl.Date,
            min_width=None if is_number else min(12, _longest(frame[name])),
            vertical="middle",
        )
    cells = _cells(report, names)
    for row, is_small in zip(frame.to_dicts(), small, strict=True):
        by_unit = _summed_cells(row) if report == "summary" else cells
        texts = [by_unit[name](row[name]) for name in names]
        if row.get("is_other"):
            texts[_first_text(frame, names, row)] = "(all others)"
        if is_small:
            texts[0] += " *"
        table.add_row(*map(Text, texts), style="dim" if is_small else None)
    return table


def _first_text(frame: pl.DataFrame, names: list[str], row: dict[str, object]) -> int:
    """Return the first column that would tell what an ordinary row is about."""
    return next(
        i for i, name in enumerate(names) if frame.schema[name] == pl.String and row[name] is None
    )


def _fits(table: Table) -> bool:
    # Measured on endless paper: a console never asks for more than it has.
    return Console(width=10_000).measure(table).minimum <= console().width


def _longest(texts: pl.Series) -> int:
    longest = texts.cast(pl.String).str.len_chars().max()
    return int(str(longest or 1))


def _one_row_a_day(frame: pl.DataFrame) -> pl.DataFrame:
    """Put the period compared with beside the period, not below it."""
    if "day_index" not in frame.columns:
        return frame
    before = frame.filter(pl.col("period") == "previous").select(
        "day_index", previous_sessions="sessions"
    )
    return (
        frame.filter(pl.col("period") == "current")
        .join(before, on="day_index", how="left", maintain_order="left")
        .with_columns(
            change=pl.when(pl.col("previous_sessions") > 0).then(
                pl.col("sessions") / pl.col("previous_sessions") - 1
            )
        )
        .drop("period")
    )


def _names(report: str, frame: pl.DataFrame) -> list[str]:
    if report in CHOSEN:
        return list(CHOSEN[report])
    columns = [name for name in frame.columns if name not in LEFT_OUT]
    if report in WHOLE:
        return columns
    leading = [name for name in columns if not frame.schema[name].is_numeric()]
    return leading + [name for name in BRIEF if name in columns]


def _cells(report: str, names: list[str]) -> dict[str, Cell]:
    units = {column.name: column.unit for column in REPORTS[report].columns}
    return {name: _cell(name, units.get(name, "")) for name in names}


def _summed_cells(row: dict[str, object]) -> dict[str, Cell]:
    """Return how to show a row of the summary, whose rows have units of their own."""
    unit = str(row["unit"])
    plain = _cell("value", unit)
    return {
        "measure": lambda value: str(value).replace("_", " "),
        "value": plain,
        "previous": plain,
        "change": lambda value: numbers.change(_number(value), unit),
        "low": _cell("low", "rate"),
        "high": _cell("high", "rate"),
    }


def _cell(name: str, unit: str) -> Cell:
    if name == "change":
        return lambda value: numbers.change(_number(value))
    if unit in {"rate", "ratio", "z", "seconds"}:
        return lambda value: numbers.shown(_number(value), unit)
    return lambda value: shown(round(value) if isinstance(value, float) else value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
