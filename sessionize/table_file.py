"""Read one CSV or Parquet file as a table of the register; tell every fault with its row."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import polars as pl

from weblog.errors import TableError, did_you_mean, shown_path
from weblog.schema import Column, Table

MOST_FAULTS: Final = 20
"""Faults told of one file; the next ones would mostly be the same."""

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

Fault = tuple[str, str, str]


def read_table(
    content: bytes, path: Path, table: Table, time_zone: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read a file of the register.

    Args:
        content: the file's bytes: Parquet, or CSV with a header in UTF-8 (or in CP949, which
            Korean spreadsheets write).
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
    raw = _parquet(content, shown) if path.suffix == ".parquet" else _csv(content, shown)
    known = {column.name for column in table.columns}
    ignored = tuple(name for name in raw.columns if name not in known)
    needed = (*table.key, *table.needed)
    missing = [name for name in needed if name not in raw.columns]
    if missing:
        raise TableError(shown, [_missing(name, ignored) for name in missing])
    faults: list[Fault] = []
    columns = []
    for column in table.columns:
        if column.name in raw.columns:
            columns.append(_parsed(raw[column.name], column, table, time_zone, faults))
        else:
            columns.append(
                pl.Series(column.name, [None], column.dtype).new_from_index(0, raw.height)
            )
    rows = pl.DataFrame(columns)
    faults += _repeated(rows, table)
    if faults:
        raise TableError(shown, faults[:MOST_FAULTS])
    return rows, ignored


def _missing(name: str, others: tuple[str, ...]) -> Fault:
    near = did_you_mean(name, list(others)).replace("Did you mean", "Is it")
    return f"column {name}", "missing", f"every row needs it.{near}"


def _csv(content: bytes, shown: str) -> pl.DataFrame:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("cp949")
        except UnicodeDecodeError:
            faults = [("text", "neither UTF-8 nor CP949", "save it as CSV in UTF-8")]
            raise TableError(shown, faults) from None
    try:
        frame = pl.read_csv(io.StringIO(text), infer_schema=False)
    except pl.exceptions.PolarsError as error:
        problem = str(error).strip().splitlines()[0]
        faults = [("CSV", f"damaged ({problem})", "expected a header and rows of as many fields")]
        raise TableError(shown, faults) from None
    stripped = frame.rename(str.strip).select(pl.all().str.strip_chars())
    return stripped.select(pl.when(pl.all() != "").then(pl.all()))


def _parquet(content: bytes, shown: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(content))
    except pl.exceptions.PolarsError as error:
        problem = str(error).strip().splitlines()[0]
        raise TableError(shown, [("Parquet", f"damaged ({problem})", "write it again")]) from None


def _parsed(
    raw: pl.Series, column: Column, table: Table, time_zone: str, faults: list[Fault]
) -> pl.Series:
    """Return the column with its type; what cannot be read is added to ``faults``."""
    if raw.dtype == column.dtype:
        parsed = raw
    else:
        text = raw.cast(pl.String)
        parsed = (
            text.to_frame().select(_parse(pl.col(raw.name), column.dtype, time_zone)).to_series()
        )
    expected = _EXPECTED.get(column.dtype.base_type(), "expected text")
    wrong = parsed.is_null() & raw.is_not_null()
    if column.name in (*table.key, *table.needed):
        wrong |= raw.is_null()
        expected = expected if column.dtype != pl.String else "every row needs it"
    for row in wrong.arg_true().head(MOST_FAULTS).to_list():
        value = "empty" if raw[row] is None else repr(str(raw[row]))
        faults.append((f"row {row + 2}, column {column.name}", value, expected))
    return parsed.alias(column.name)


def _parse(text: pl.Expr, dtype: pl.DataType, time_zone: str) -> pl.Expr:
    if dtype == pl.Date:
        return text.str.to_date("%Y-%m-%d", strict=False)
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


def _repeated(rows: pl.DataFrame, table: Table) -> list[Fault]:
    """Return a fault for each row whose key an earlier row has."""
    key = list(table.key)
    again = rows.with_row_index("row").filter(
        pl.struct(key).is_first_distinct().not_(), pl.all_horizontal(pl.col(key).is_not_null())
    )
    return [
        (f"row {row[0] + 2}, {' and '.join(key)}", repr(", ".join(map(str, row[1:]))), "each once")
        for row in again.select("row", *key).head(MOST_FAULTS).rows()
    ]
