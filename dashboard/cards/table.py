"""A report's rows as a table: what is shown, and the same rows and columns as a file."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, Final

import polars as pl

from dashboard.ask import SPECS
from dashboard.cards.card import ROWS, CardSpec, CardState
from dashboard.cards.guard import Data
from dashboard.cards.state import FLAGS, IN_KOREAN, SHARES, fields_of, table_columns, usual_columns
from dashboard.columns import column_meaning, column_name
from dashboard.notices import long_day
from dashboard.value_names import cell_name, value_name
from dashboard.value_words import WRITTEN
from dashboard.view import FIELDS
from dashboard.words import word
from reports import Report
from reports.figures import numbers
from reports.spec import ColumnSpec

MOST: Final = 500
"""Rows a page shows and a file of it has: no report has more unless asked for."""

_EXACT_BELOW: Final = 10_000_000
"""Counts in tables are exact up to here, for they are compared digit by digit."""

_LAST: Final = ("is_other", "is_all")
"""Rows that sum up the others stay last, however a table is sorted."""


def rows_shown(report: Report, state: CardState) -> pl.DataFrame:
    """Return the rows of a table in their order, with all columns of the report."""
    frame = report.frame
    part = state.chosen.get(ROWS)
    if part:
        frame = frame.filter(pl.col("part") == part)
    if state.sort:
        marks = [name for name in _LAST if name in frame.columns]
        by = pl.col(state.sort)
        if isinstance(frame.schema[state.sort], pl.List):
            by = by.list.join(", ")
        frame = frame.sort(
            *marks,
            by,
            descending=[*(False for _ in marks), state.descending],
            nulls_last=True,
            maintain_order=True,
        )
    return frame.head(MOST)


def file_rows(report: Report, state: CardState) -> pl.DataFrame:
    """Return exactly what a table shows, values unrounded, with the marks of its rows.

    A list and the shares beside it are two columns; so are a sentence and its Korean.
    """
    frame = rows_shown(report, state)
    names = [
        name
        for column in state.columns
        for name in (column, f"{column}{SHARES}", IN_KOREAN.get(column))
        if name in frame.columns
    ]
    return frame.select(*names, *(name for name in FLAGS if name in frame.columns))


def table(report: Report, spec: CardSpec, state: CardState, language: str, currency: str) -> Data:
    """Return the data of the table of a card."""
    frame = rows_shown(report, state)
    columns = {column.name: column for column in SPECS[spec.report].columns}
    shown = [columns[name] for name in state.columns]
    fields, rows = fields_of(spec, state), frame.to_dicts()
    names = {field: name for name, field in FIELDS.items()}
    highest = {
        name: max((abs(row[name] or 0) for row in rows if not _is_sum(row)), default=0)
        for name in spec.bars
    }
    text = next((c.name for c in shown if c.dtype == pl.String()), "")

    def told(row: dict[str, Any], column: ColumnSpec) -> str:
        if column.name == text and _is_sum(row):
            return word("other" if row.get("is_other") else "all_segments", language)
        field = fields.get(column.name, "")
        return cell(row, column, field, spec.report, (language, currency))

    return {
        "columns": [
            {
                "key": column.name,
                "name": column_name(spec.report, column.name, language),
                "meaning": column_meaning(spec.report, column, language),
                "number": column.dtype.is_numeric(),
                "list": isinstance(column.dtype, pl.List),
                "links": names.get(fields.get(column.name, ""), ""),
            }
            for column in shown
        ],
        "all": [
            {"key": name, "name": column_name(spec.report, name, language)}
            for name in table_columns(spec.report)
        ],
        "usual": usual_columns(spec, state.chosen),
        "sort": f"{'-' if state.descending else ''}{state.sort}",
        "rows": [
            {
                "cells": [told(row, column) for column in shown],
                "values": [_link_value(row, fields, column.name) for column in shown],
                "bars": [_bar(row, column.name, highest) for column in shown],
                "small": bool(row.get("small")),
                "sum": _is_sum(row),
            }
            for row in rows
        ],
        "more": max(0, report.frame.height - MOST),
    }


def _bar(row: dict[str, Any], column: str, highest: dict[str, float]) -> int:
    """Return how long the bar behind a cell is, in per cent of the longest."""
    if not highest.get(column) or _is_sum(row):
        return 0
    return round(100 * abs(float(row[column] or 0)) / highest[column])


def _is_sum(row: dict[str, Any]) -> bool:
    return any(bool(row.get(name)) for name in _LAST)


def _link_value(row: dict[str, Any], fields: dict[str, str], column: str) -> str | None:
    """Return the value a click filters by; None where there is no single one."""
    if column not in fields or _is_sum(row) or row[column] in WRITTEN:
        return None
    return None if row[column] is None else str(row[column])


def _unit(row: dict[str, Any], column: str, declared: str) -> str:
    """Return the unit of a cell: rows of `compare` have units of their own."""
    if declared or "left_name" not in row or column not in {"left", "right", *_DIFFERENCES}:
        return declared
    unit = str(row["unit"])
    return "points" if unit == "rate" and column in _DIFFERENCES else unit


_DIFFERENCES: Final = ("difference", "low", "high")


def cell(
    row: dict[str, Any], spec: ColumnSpec, field: str, report: str, said: tuple[str, str]
) -> str:
    """Return one value as people read it.

    Args:
        row: of the report.
        spec: its column.
        field: the filter whose value it is, if any.
        report: its name.
        said: language and currency.
    """
    column, (language, currency) = spec.name, said
    value = row[IN_KOREAN.get(column, column) if language == "ko" else column]
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return _missing(row, column, field, language)
    if isinstance(value, bool):
        return word("yes" if value else "no", language)
    if isinstance(value, date):
        time = f" {value:%H:%M}" if isinstance(value, datetime) else ""
        return long_day(value, language) + time
    if isinstance(value, list):
        return _list(value, row.get(f"{column}{SHARES}"), report, column, language)
    if isinstance(value, str):
        named = value_name(field, value, language) if field else value
        return named if named != value else cell_name(report, column, value, language)
    return _number(float(value), column, _unit(row, column, spec.unit), language, currency)


def _missing(row: dict[str, Any], column: str, field: str, language: str) -> str:
    for side in ("row", "column"):
        if column == f"{side}_value":
            return word("other" if row[f"{side}_is_other"] else "none", language)
    return word("none", language) if field else numbers.UNKNOWN


def _list(
    values: list[str], shares: list[float] | None, report: str, column: str, language: str
) -> str:
    named = [cell_name(report, column, value, language) for value in values]
    if shares:
        pairs = zip(named, shares, strict=True)
        return ", ".join(f"{name} {share:.0%}" for name, share in pairs)
    return " → ".join(named)


def _number(value: float, column: str, unit: str, language: str, currency: str) -> str:
    if unit == "count" and abs(value) < _EXACT_BELOW:
        return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"
    if column == "p":
        return "< 0.001" if value < 0.001 else f"{value:.3f}"
    if column == "change" and unit == "rate":
        return numbers.change(value, "count", language)
    if not unit:
        return f"{value:,.0f}" if value.is_integer() or "index" in column else f"{value:,.1f}"
    return numbers.shown(value, unit, language, currency)
