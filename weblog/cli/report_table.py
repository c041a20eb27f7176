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
from reports.plugged import report_named
from reports.registry import REPORTS
from weblog.cli.report_columns import (
    BRIEF,
    CHOSEN,
    DISPENSABLE,
    KEPT,
    LEFT_OUT,
    OF_NO_PERIOD,
    PART,
    WHOLE,
)
from weblog.cli.report_shapes import shaped
from weblog.cli.table import console, print_table, shown

if TYPE_CHECKING:
    from reports import Report

Cell = Callable[[object], str]


def print_report(report: Report, *, zone: str = "UTC", wide: bool = False) -> None:
    """Print the report, instants in ``zone``; ``wide``: every column, as programs get them."""
    query = report.query
    has_days = query.start and report.name not in OF_NO_PERIOD
    title = f"{report.name}, {query.start} to {query.end}" if has_days else report.name
    if "left_name" in report.frame.columns and report.frame.height:
        left, right = report.frame.select("left_name", "right_name").row(0)
        title += f": left is {left}, right is {right}"
    if "across" in report.frame.columns and report.frame.height:
        title += ": {} by {}".format(*report.frame.select("by", "across").row(0))
    if wide:
        print_table(report.frame, title)
        return
    frame = for_people(report, zone)
    small = frame["small"].to_list() if "small" in frame.columns else [False] * frame.height
    names = _names(report.name, frame)
    table = _table(title, report.name, frame, names, small)
    gone = []
    for name in DISPENSABLE:
        if _fits(table):
            break
        if name in names and name not in KEPT.get(report.name, ()):
            names.remove(name)
            gone.append(name)
            table = _table(title, report.name, frame, names, small)
    console().print(table)
    if any(small):
        click.echo("* too few for a conclusion")
    if gone:
        click.echo(f"Too narrow for {', '.join(gone)}: --wide or --output csv shows all")


def for_people(report: Report, zone: str = "UTC") -> pl.DataFrame:
    """Return the rows a table for people shows, instants as clocks in ``zone`` show them."""
    frame = shaped(report.frame, zone)
    if report.name in PART:
        return frame.filter(pl.col("part").is_in(PART[report.name]))
    return frame


def columns_for_few(report: str, frame: pl.DataFrame, most: int) -> list[str]:
    """Return the columns where there is room for ``most``: the dispensable go first."""
    names = _names(report, frame)
    for name in DISPENSABLE:
        if len(names) <= most:
            break
        if name in names:
            names.remove(name)
    return names


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
        by_unit = OWN_UNITS[report](row) if report in OWN_UNITS else cells
        texts = [by_unit[name](row[name]) for name in names]
        for flag, said in (("is_other", "(all others)"), ("is_all", "(all)")):
            if row.get(flag):
                texts[_first_text(frame, names, row)] = said
        for side in ("row", "column"):  # of cross, whose rows have two values
            if f"{side}_value" in row and row[f"{side}_value"] is None:
                is_other = row[f"{side}_is_other"]
                texts[names.index(f"{side}_value")] = "(all others)" if is_other else "(none)"
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


def _names(report: str, frame: pl.DataFrame) -> list[str]:
    if report in CHOSEN:
        return [name for name in CHOSEN[report] if not _says_nothing(frame, name)]
    columns = [name for name in frame.columns if name not in LEFT_OUT]
    if report in WHOLE or report not in REPORTS:  # a package's says by itself what matters
        return columns
    leading = [name for name in columns if not frame.schema[name].is_numeric()]
    return leading + [name for name in BRIEF if name in columns]


UNASKED: Final = frozenset(
    {
        *("kind", "name", "date", "segment", "channel", "source", "medium", "campaign"),
        *("content", "keyword", "change", "portal", "position", "banner"),
    }
)
"""Columns that are null throughout where nothing was broken down by them."""


def _says_nothing(frame: pl.DataFrame, name: str) -> bool:
    """Say whether a column is about a breakdown that was not asked for."""
    return name in UNASKED and frame[name].is_null().all() and not frame.is_empty()


def _cells(report: str, names: list[str]) -> dict[str, Cell]:
    units = {column.name: column.unit for column in report_named(report).columns}
    ages = {name: "rate" for name in names if name.isdigit()}
    return {name: _cell(name, (units | ages).get(name, "")) for name in names}


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


def _compared_cells(row: dict[str, object]) -> dict[str, Cell]:
    """Return how to show a row of compare: its two values, and what differs."""
    unit = str(row["unit"])
    of_difference = "points" if unit == "rate" else unit
    return {
        **dict.fromkeys(("part", "name"), str),
        **{name: _cell(name, unit) for name in ("left", "right")},
        **{name: _cell(name, of_difference) for name in ("difference", "low", "high")},
        "z": _cell("z", "z"),
        "beyond_chance": _yes_or_no,
    }


def _effect_cells(row: dict[str, object]) -> dict[str, Cell]:
    """Return how to show a row of campaign_effect: a comparison of two periods."""
    return {
        **_compared_cells(row),
        **dict.fromkeys(("when", "visits"), str),
        "change": lambda value: numbers.change(_number(value)),
    }


OWN_UNITS: Final = {
    "summary": _summed_cells,
    "compare": _compared_cells,
    "campaign_effect": _effect_cells,
}
"""Reports whose rows have units of their own."""


def _yes_or_no(value: object) -> str:
    if value is None:
        return numbers.UNKNOWN
    return "yes" if value else "no"


def _cell(name: str, unit: str) -> Cell:
    if name in {"beyond_chance", "same_place"}:
        return _yes_or_no
    if name.startswith(("ndcg", "gain")):
        return lambda value: numbers.UNKNOWN if value is None else f"{value:.3f}"
    if name.startswith("hours"):
        return lambda value: numbers.UNKNOWN if value is None else f"{value:.1f}"
    if name == "change" and unit == "rate":
        return lambda value: numbers.change(_number(value))
    if unit in {"rate", "points", "ratio", "z", "seconds"}:
        return lambda value: numbers.shown(_number(value), unit)
    return _plain


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return _yes_or_no(value)
    return shown(round(value) if isinstance(value, float) else value)


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
