"""Lines that could not be split together: each by the rule itself, else a reject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from weblog.formats.columns import split_line
from weblog.parse.delimited import Rows
from weblog.parse.lines import LONGEST, Chunk
from weblog.parse.reasons import Reason
from weblog.parse.slow import reason_for

BOM: Final = b"\xef\xbb\xbf"
Rejects = list[tuple[int, Reason]]


def split_slowly(
    chunk: Chunk, rows: Rows, count: int, wanted: Sequence[int], separators: str
) -> tuple[pl.DataFrame, Rejects]:
    """Split lines into ``count`` columns at the first of the separators that gives so many.

    Returns the wanted columns as :func:`weblog.parse.delimited.split_columns` does; lines of
    another number of columns are rejects.
    """
    kept: dict[str, list[int | str]] = {"row": [], **{f"c{i}": [] for i in wanted}}
    rejects: Rejects = []
    for row in rows.tolist():
        line = line_at(chunk, row)
        if len(line) > LONGEST:
            rejects.append((row, Reason.TOO_LONG))
            continue
        values = columns_of(line, count, separators)
        if values is None:
            rejects.append((row, _reason(line, count, separators)))
            continue
        kept["row"].append(row)
        for i in wanted:
            kept[f"c{i}"].append(values[i])
    schema = {name: pl.UInt32 if name == "row" else pl.String for name in kept}
    return pl.DataFrame(kept, schema=schema), rejects


def line_at(chunk: Chunk, row: int) -> bytes:
    """Return a line, the first of a source without its byte order mark."""
    line = chunk.line(row)
    return line.removeprefix(BOM) if row == 0 and chunk.offset == 0 else line


def columns_of(line: bytes, count: int, separators: str) -> list[str] | None:
    """Return the columns of a line if it has so many."""
    text = line.decode("utf-8", "surrogateescape")
    for separator in separators:
        values = split_line(text, separator)
        if len(values) == count:
            return [text_of_column(value) for value in values]
    return None


def text_of_column(text: str) -> str:
    """Return a column with its stray bytes: those of a column that is no UTF-8 are Latin-1."""
    if text.isascii():
        return text
    raw = text.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _reason(line: bytes, count: int, separators: str) -> Reason:
    """Return why a line has another number of columns."""
    begins = line[:1].isdigit() or line[:2].strip(b'"').isdigit()
    few = max(line.count(separator.encode()) for separator in separators) < count - 1
    return Reason.CUT_OFF if begins and few else reason_for(line)
