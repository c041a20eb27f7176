"""From what a file or a database holds to the columns of a table, and the rows that do not fit.

Everything is read as the text that a CSV file would have: then files and databases of all kinds
follow the same rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Final

import polars as pl

from sessionize.bad_rows import cell_faults, column_fault, faults
from weblog.schema import Column, Table
from weblog.table import Check

TRUE: Final = ("true", "t", "yes", "y", "1")
FALSE: Final = ("false", "f", "no", "n", "0")

_EXPECTED: Final = {
    pl.Date: "expected a day such as 2025-09-30",
    pl.Datetime: "expected a time such as 2025-09-30T10:00:00+09:00",
    pl.Int32: "expected a whole number",
    pl.Int64: "expected a whole number",
    pl.Float64: "expected a number such as 1250000 or 0.5",
    pl.Boolean: "expected true or false",
}

_MIDNIGHT: Final = r"[T ]00:00(?::00(?:\.0+)?)?$"
"""Spreadsheets and pandas write days as timestamps."""

_YEAR_FIRST: Final = r"^(\d{4})([./]?)(\d{2})([./]?)(\d{2})$"
"""20250930, 2025/09/30, 2025.09.30: how Korean systems write days, and not to be mistaken."""

_EXACT: Final = 1e18
"""Floats below it fit into 64-bit integers."""


@dataclass(frozen=True, slots=True)
class TypedRows:
    """Rows with the columns of a table.

    ``rows`` are all rows that were read, with null where a value does not fit; ``numbers`` which
    rows of the file they are; ``faults`` what is wrong with some (:mod:`sessionize.bad_rows`),
    also with rows that could not even be read; ``given`` are the columns the file has, ``ignored``
    those of its columns that the table does not know.
    """

    rows: pl.DataFrame
    numbers: pl.Series
    faults: pl.DataFrame
    given: tuple[str, ...]
    ignored: tuple[str, ...]

    @property
    def good(self) -> pl.DataFrame:
        """The rows without a fault."""
        return self.rows.filter(~self.numbers.is_in(self.faults["row"].drop_nulls().implode()))

    @property
    def bad(self) -> int:
        """How many rows have a fault."""
        return self.faults["row"].drop_nulls().n_unique()


def typed_rows(
    raw: pl.DataFrame,
    numbers: pl.Series,
    table: Table,
    time_zone: str,
    *,
    required: Sequence[str],
    unreadable: pl.DataFrame,
) -> TypedRows:
    """Give rows the columns of ``table``.

    Args:
        raw: what the file holds, by the names of ``table``; columns it lacks become null.
        numbers: which row of the file each is.
        table: what the rows are.
        time_zone: of times that are written without one.
        required: columns that no row may leave empty.
        unreadable: faults of the rows that are not in ``raw``.
    """
    found = [unreadable]
    columns = []
    for column in table.columns:
        if column.name in raw.columns:
            is_required = column.name in required
            parsed, wrong = _parsed(raw[column.name], numbers, column, time_zone, is_required)
            columns.append(parsed)
            found.append(wrong)
        else:
            columns.append(_nothing(column, raw.height))
    rows = pl.DataFrame(columns)
    found += [_unlike(rows, numbers, check) for check in table.checks]
    is_right = ~numbers.is_in(faults(*found)["row"].drop_nulls().implode())
    key = [name for name in table.key if name in raw.columns]
    found.append(_repeated(rows.filter(is_right), numbers.filter(is_right), key))
    given = tuple(column.name for column in table.columns if column.name in raw.columns)
    ignored = tuple(name for name in raw.columns if name not in given)
    return TypedRows(rows, numbers, faults(*found), given, ignored)


def _nothing(column: Column, height: int) -> pl.Series:
    return pl.Series(column.name, [None], column.dtype).new_from_index(0, height)


def _parsed(
    raw: pl.Series, numbers: pl.Series, column: Column, time_zone: str, is_required: bool
) -> tuple[pl.Series, pl.DataFrame]:
    """Return the column with its type, and what of it cannot be read."""
    expected = _EXPECTED.get(column.dtype.base_type(), "expected text")
    if is_required and column.dtype == pl.String:
        expected = "every row needs it"
    if raw.dtype.is_float():
        raw = raw.fill_nan(None)  # as pandas writes gaps
    try:
        if raw.dtype.is_nested():
            raise pl.exceptions.InvalidOperationError  # polars would write lists as text
        text = _as_text(raw, column.dtype, time_zone)
    except pl.exceptions.PolarsError:  # other types, bytes that are no UTF-8
        fault = column_fault(column.name, f"a column of type {raw.dtype}", expected)
        return _nothing(column, len(raw)), fault
    text = text.str.strip_chars().replace("", None)
    parsed = text.to_frame().select(_parse(pl.col(raw.name), column.dtype, time_zone)).to_series()
    is_wrong = parsed.is_null() & (text.is_not_null() | is_required)
    values = raw.filter(is_wrong).cast(pl.String, strict=False)
    shown = pl.select(pl.when(text.filter(is_wrong).is_not_null()).then(values)).to_series()
    wrong = cell_faults(numbers.filter(is_wrong), column.name, shown, expected)
    return parsed.alias(column.name), wrong


def _as_text(raw: pl.Series, wanted: pl.DataType, time_zone: str) -> pl.Series:
    """Return the values as a CSV file would have them.

    Whole numbers that became floats (pandas makes them of integers with gaps) lose their
    fraction.
    """
    values = pl.col(raw.name)
    text = values.cast(pl.String, strict=False)
    if raw.dtype.is_float():
        is_whole = (values.abs() < _EXACT) & (values == values.floor())
        text = pl.when(is_whole).then(values.cast(pl.Int64, strict=False).cast(pl.String))
        text = text.otherwise(values.cast(pl.String))
    elif raw.dtype.is_decimal():
        text = text.str.replace(r"\.0+$", "")
    elif isinstance(raw.dtype, pl.Datetime) and raw.dtype.time_zone and wanted == pl.Date:
        own = values.dt.replace_time_zone(None)
        here = values.dt.convert_time_zone(time_zone).dt.replace_time_zone(None)
        text = pl.when(own.dt.time() == time()).then(own).otherwise(here).cast(pl.String)
    return raw.to_frame().select(text.alias(raw.name)).to_series()


def _parse(text: pl.Expr, dtype: pl.DataType, time_zone: str) -> pl.Expr:
    if dtype == pl.Date:
        return _parse_day(text)
    if isinstance(dtype, pl.Datetime):
        return _parse_time(text, time_zone)
    if dtype == pl.Boolean:
        word = text.str.to_lowercase()
        return pl.when(word.is_in(TRUE)).then(True).when(word.is_in(FALSE)).then(False)
    if dtype == pl.Float64:
        number = text.cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number)
    return text.cast(dtype, strict=False)


def _parse_day(text: pl.Expr) -> pl.Expr:
    day = text.str.replace(_MIDNIGHT, "")
    divided = day.str.replace(_YEAR_FIRST, "${1}-${3}-${5}")
    is_even = day.str.extract(_YEAR_FIRST, 2) == day.str.extract(_YEAR_FIRST, 4)
    plain = pl.when(is_even).then(divided).otherwise(day)
    return plain.str.to_date("%Y-%m-%d", strict=False)


def _parse_time(text: pl.Expr, time_zone: str) -> pl.Expr:
    """Read times with an offset or Z, else as of the site's time zone.

    A day alone is its first instant.
    """
    plain = text.str.replace(" ", "T", literal=True)
    zoned = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    local = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    here = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    midnight = _parse_day(text).cast(pl.Datetime("us"))
    day = midnight.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(each.dt.convert_time_zone("UTC") for each in (zoned, here, day))


def _unlike(rows: pl.DataFrame, numbers: pl.Series, check: Check) -> pl.DataFrame:
    """Return a fault for each row whose value is of the right type, and not what it must be."""
    is_wrong = rows.select((~check.is_right).fill_null(value=False).alias("wrong"))["wrong"]
    shown = rows[check.column].filter(is_wrong).cast(pl.String)
    return cell_faults(numbers.filter(is_wrong), check.column, shown, check.expected)


def _repeated(rows: pl.DataFrame, numbers: pl.Series, key: list[str]) -> pl.DataFrame:
    """Return a fault for each row whose key an earlier row has."""
    again = (
        rows.select(
            numbers.alias("row"),
            numbers.alias("number"),
            pl.lit(" and ".join(key)).alias("column"),
            pl.concat_str(key, separator=", ", ignore_nulls=True).alias("value"),
            *key,
        )
        .with_columns(pl.col("number").first().over(key))
        .filter(pl.col("row") != pl.col("number"))
    )
    expected = pl.format("each once; row {} has it too", "number").alias("expected")
    return again.select(pl.col("row").cast(pl.Int64), "column", "value", expected)
