"""Read one CSV or Parquet file as a table of the register; tell every fault with its row."""

from __future__ import annotations

import io
from datetime import time
from pathlib import Path
from typing import Final

import polars as pl

from sessionize.csv_file import MOST_FAULTS, Fault, read_csv
from weblog.errors import TableError, did_you_mean, shown_path
from weblog.schema import Column, Table

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

_EXACT: Final = 1e18
"""Floats below it fit into 64-bit integers."""

_PARQUET: Final = b"PAR1"


def read_table(
    content: bytes, path: Path, table: Table, time_zone: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read a file of the register.

    Args:
        content: the file's bytes: Parquet, or CSV (:mod:`sessionize.csv_file`).
        path: where they come from, for messages; ``.parquet`` tells the format.
        table: what the file holds.
        time_zone: of times that are written without one.

    Returns:
        Rows with the columns of ``table`` (columns the file lacks are null), and the names of
        the file's columns that ``table`` does not know.

    Raises:
        TableError: no such format, a needed column is missing, or rows cannot be used.
    """
    shown = shown_path(path)
    known = {column.name for column in table.columns}
    is_parquet = path.suffix.lower() == ".parquet" or content.startswith(_PARQUET)
    raw = _parquet(content, shown) if is_parquet else read_csv(content, shown, known)
    numbers = pl.int_range(2, raw.height + 2, eager=True)
    if not is_parquet:  # spreadsheets write rows without a value, people end with blank lines
        is_blank = pl.all_horizontal(pl.all().str.strip_chars().fill_null("") == "")
        filled = ~raw.select(is_blank.alias("blank"))["blank"]
        raw, numbers = raw.filter(filled), numbers.filter(filled)
    ignored = tuple(name for name in raw.columns if name not in known)
    needed = (*table.key, *table.needed)
    missing = [name for name in needed if name not in raw.columns]
    if missing:
        is_undivided = raw.width == len(ignored) == 1 and not is_parquet
        raise TableError(shown, [_missing(name, ignored, is_undivided) for name in missing])
    faults: list[Fault] = []
    columns = []
    for column in table.columns:
        if column.name in raw.columns:
            columns.append(
                _parsed(raw[column.name], numbers, column, table, time_zone, faults=faults)
            )
        else:
            columns.append(
                pl.Series(column.name, [None], column.dtype).new_from_index(0, raw.height)
            )
    rows = pl.DataFrame(columns)
    faults += _repeated(rows, numbers, table)
    if faults:
        raise TableError(shown, faults[:MOST_FAULTS])
    return rows, ignored


def _missing(name: str, others: tuple[str, ...], is_undivided: bool) -> Fault:
    near = did_you_mean(name, list(others)).replace("Did you mean", "Is it")
    if is_undivided:
        divided = "expected columns divided by commas, semicolons or tabs"
        near = f" The header is one column, {others[0][:60]!r}; {divided}."
    return f"column {name}", "missing", f"every row needs it.{near}"


def _parquet(content: bytes, shown: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        problem = str(error).strip().splitlines()[0]
        raise TableError(shown, [("Parquet", f"damaged ({problem})", "write it again")]) from None


def _parsed(
    raw: pl.Series,
    numbers: pl.Series,
    column: Column,
    table: Table,
    time_zone: str,
    *,
    faults: list[Fault],
) -> pl.Series:
    """Return the column with its type; what cannot be read is added to ``faults``."""
    is_needed = column.name in (*table.key, *table.needed)
    expected = _EXPECTED.get(column.dtype.base_type(), "expected text")
    if is_needed and column.dtype == pl.String:
        expected = "every row needs it"
    if raw.dtype.is_float():
        raw = raw.fill_nan(None)  # as pandas writes gaps
    try:
        if raw.dtype.is_nested():
            raise pl.exceptions.InvalidOperationError  # polars would write lists as text
        text = _as_text(raw, column.dtype, time_zone)
    except pl.exceptions.PolarsError:  # other types, bytes that are no UTF-8
        faults.append((f"column {column.name}", f"a column of type {raw.dtype}", expected))
        return pl.Series(column.name, [None], column.dtype).new_from_index(0, len(raw))
    text = text.str.strip_chars().replace("", None)
    parsed = text.to_frame().select(_parse(pl.col(raw.name), column.dtype, time_zone)).to_series()
    wrong = parsed.is_null() & (text.is_not_null() | is_needed)
    for row in wrong.arg_true().head(MOST_FAULTS).to_list():
        value = "empty" if text[row] is None else repr(str(raw[row]))
        faults.append((f"row {numbers[row]}, column {column.name}", value, expected))
    return parsed.alias(column.name)


def _as_text(raw: pl.Series, wanted: pl.DataType, time_zone: str) -> pl.Series:
    """Return the values as a CSV file would have them: then both are read by the same rules.

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
        return text.str.replace(_MIDNIGHT, "").str.to_date("%Y-%m-%d", strict=False)
    if isinstance(dtype, pl.Datetime):
        return _parse_time(text, time_zone)
    if dtype == pl.Boolean:
        word = text.str.to_lowercase()
        return pl.when(word.is_in(TRUE)).then(True).when(word.is_in(FALSE)).then(False)
    if dtype == pl.Float64:
        number = text.cast(pl.Float64, strict=False)
        return pl.when(number.is_finite()).then(number)
    return text.cast(dtype, strict=False)


def _parse_time(text: pl.Expr, time_zone: str) -> pl.Expr:
    """Read times with an offset or Z, else as of the site's time zone."""
    plain = text.str.replace(" ", "T", literal=True)
    zoned = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f%#z", time_unit="us", strict=False)
    local = plain.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=False)
    here = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return pl.coalesce(zoned.dt.convert_time_zone("UTC"), here.dt.convert_time_zone("UTC"))


def _repeated(rows: pl.DataFrame, numbers: pl.Series, table: Table) -> list[Fault]:
    """Return a fault for each row whose key an earlier row has."""
    key = list(table.key)
    again = rows.with_row_index("row").filter(
        pl.struct(key).is_first_distinct().not_(), pl.all_horizontal(pl.col(key).is_not_null())
    )
    return [
        (
            f"row {numbers[row[0]]}, {' and '.join(key)}",
            repr(", ".join(map(str, row[1:]))),
            "each once",
        )
        for row in again.select("row", *key).head(MOST_FAULTS).rows()
    ]
