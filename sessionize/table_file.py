"""Read one CSV or Parquet file as a table of the company's; tell every fault with its row."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from sessionize.bad_rows import SCHEMA, Fault, told
from sessionize.csv_file import read_csv
from sessionize.typed_rows import TypedRows, typed_rows
from weblog.endless import refuse_endless
from weblog.errors import TableError, did_you_mean, shown_path
from weblog.schema import Table

_PARQUET: Final = b"PAR1"


def read_table(
    content: bytes, path: Path, table: Table, time_zone: str
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Read a file of which every row must be right.

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
    read = read_rows(content, path, table, time_zone, required=table.required)
    if not read.faults.is_empty():
        raise TableError(shown_path(path), told(read.faults))
    return read.rows, read.ignored


def read_rows(
    content: bytes,
    path: Path,
    table: Table,
    time_zone: str,
    *,
    required: Sequence[str],
    names: Mapping[str, str] | None = None,
) -> TypedRows:
    """Read a file with all that is wrong with its rows.

    Args:
        content: the file's bytes: Parquet, or CSV (:mod:`sessionize.csv_file`).
        path: where they come from, for messages; ``.parquet`` tells the format.
        table: what the file holds.
        time_zone: of times that are written without one.
        required: columns that no row may leave empty.
        names: what the file calls columns of ``table`` that it calls otherwise.

    Raises:
        TableError: no such format, or a column is missing or of a type that cannot be used.
    """
    shown = shown_path(path)
    is_parquet = path.suffix.lower() == ".parquet" or content.startswith(_PARQUET)
    if is_parquet:
        raw = _parquet(content, shown)
        numbers = pl.int_range(2, raw.height + 2, eager=True)
        unreadable = pl.DataFrame(schema=SCHEMA)
    else:
        known = {column.name for column in table.columns} | {*(names or {}).values()}
        raw, numbers, unreadable = read_csv(content, shown, known)
        raw, numbers = _without_blank_rows(raw, numbers)
    named = renamed(raw, names or {}, shown)
    check_columns(named, table, required, shown, is_text=not is_parquet)
    read = typed_rows(named, numbers, table, time_zone, required=required, unreadable=unreadable)
    raise_for_columns(read, shown)
    return read


def content_of(path: Path, expected: str) -> bytes:
    """Return a file's bytes.

    Raises:
        TableError: it is missing, no file, or not to be read; ``expected`` says what it should be.
    """
    try:
        refuse_endless(path)
        return path.read_bytes()
    except FileNotFoundError:
        fault = ("the file", "not there", expected)
    except IsADirectoryError:
        fault = ("the path", "a folder", "expected a CSV or Parquet file")
    except (OSError, ValueError) as error:  # a name with a null byte is a ValueError
        problem = getattr(error, "strerror", None) or str(error)
        fault = ("the file", f"unreadable ({problem})", "expected a CSV or Parquet file")
    raise TableError(shown_path(path), [fault])


def renamed(raw: pl.DataFrame, names: Mapping[str, str], shown: str) -> pl.DataFrame:
    """Give columns the names the table has for them; what bore such a name before is left out.

    Raises:
        TableError: the file has no column of one of these names.
    """
    missing = [theirs for theirs in names.values() if theirs not in raw.columns]
    if missing:
        raise TableError(shown, [_missing(name, tuple(raw.columns)) for name in missing])
    kept = [name for name in raw.columns if name not in names and name not in names.values()]
    mapped = [pl.col(theirs).alias(ours) for ours, theirs in names.items()]
    return raw.select(*kept, *mapped)


def check_columns(
    raw: pl.DataFrame, table: Table, required: Sequence[str], shown: str, *, is_text: bool = False
) -> None:
    """Make sure that the columns that every row needs are there.

    Raises:
        TableError: one is not.
    """
    missing = [name for name in required if name not in raw.columns]
    if missing:
        others = tuple(name for name in raw.columns if name not in table.schema)
        is_undivided = is_text and raw.width == len(others) == 1
        faults = [_missing(name, others, is_undivided=is_undivided) for name in missing]
        raise TableError(shown, faults)


def raise_for_columns(read: TypedRows, shown: str) -> None:
    """Raise what is wrong with whole columns: no row of such a file can be used.

    Raises:
        TableError: a column is of a type that cannot be read.
    """
    whole = read.faults.filter(pl.col("row").is_null())
    if not whole.is_empty():
        raise TableError(shown, told(whole))


def _without_blank_rows(raw: pl.DataFrame, numbers: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
    """Leave out rows without a value: spreadsheets write them, people end with blank lines."""
    is_blank = pl.all_horizontal(pl.all().str.strip_chars().fill_null("") == "")
    filled = ~raw.select(is_blank.alias("blank"))["blank"]
    return raw.filter(filled), numbers.filter(filled)


def _missing(name: str, others: tuple[str, ...], *, is_undivided: bool = False) -> Fault:
    near = did_you_mean(name, list(others)).replace("Did you mean", "Is it")
    if is_undivided:
        divided = "expected columns divided by commas, semicolons or tabs"
        near = f" The header is one column, {others[0][:60]!r}; {divided}."
    return f"column {name}", "missing", f"every row needs it.{near}"


def _parquet(content: bytes, shown: str) -> pl.DataFrame:
    try:
        return pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        problem = str(error).strip().splitlines()[0]
        raise TableError(shown, [("Parquet", f"damaged ({problem})", "write it again")]) from None
