"""CSV and its kin: columns named by the format or by a line of the file."""

from __future__ import annotations

import html
from typing import Final

import numpy as np
import polars as pl

from weblog.formats.columns import split_line
from weblog.formats.csv_lines import CsvFormat, lacks, names_of
from weblog.parse.delimited import Marks, Rows, split_columns
from weblog.parse.escapes import on_distinct
from weblog.parse.lines import Chunk
from weblog.parse.one_by_one import Rejects, line_at, split_slowly
from weblog.parse.parsed import BLANK, HEADER, Parsed, placed, rejected
from weblog.parse.reasons import Reason
from weblog.parse.typed import typed

_METHODS: Final = (
    ("GetBlobProperties", "HEAD"),
    ("Get", "GET"),
    ("List", "GET"),
    ("Put", "PUT"),
    ("Delete", "DELETE"),
    ("Batch", "POST"),
    ("BlobPreflight", "OPTIONS"),
)


def parse_csv(chunk: Chunk, log_format: CsvFormat, header: bytes) -> Parsed:
    """Parse a chunk; ``header`` is the line of an earlier one that names the columns.

    Files put together bring such a line several times: where one says the same again, it is a
    header line; where one says something else, it holds from there on.
    """
    rows = _with_text(chunk)
    marks = Marks.of(chunk)
    frames: list[pl.DataFrame] = []
    rejects: Rejects = []
    headers = _headers(chunk, rows, log_format)
    bounds = [*headers, chunk.lines]
    begin = 0
    for end in bounds:
        part = rows[(rows >= begin) & (rows < end)]
        columns = log_format.columns or _columns(header, log_format)
        found, wrong = _split(chunk, marks, part, columns, log_format)
        frames.append(found)
        rejects += wrong
        if end < chunk.lines:
            header = line_at(chunk, end)
        begin = end + 1
    rows_found = pl.concat(frames, how="diagonal_relaxed")
    counts = {HEADER: len(headers), BLANK: chunk.lines - len(rows)}
    return Parsed(
        placed(rows_found, chunk),
        rejected(rejects, chunk),
        chunk.lines,
        {rule: count for rule, count in counts.items() if count},
        header,
    )


def _with_text(chunk: Chunk) -> Rows:
    """Return the lines that are not blank."""
    rows = np.flatnonzero(chunk.lengths > 0)
    maybe = rows[chunk.bytes_seen[chunk.starts[rows]] <= ord(" ")]
    blank = [row for row in maybe.tolist() if not line_at(chunk, row).strip()]
    return np.setdiff1d(rows, np.array(blank, dtype=np.int64), assume_unique=True)


def _headers(chunk: Chunk, rows: Rows, log_format: CsvFormat) -> list[int]:
    """Return the lines that name columns: such a line has no digit where a time would stand.

    Only lines that begin with a letter, perhaps after a quote, are looked at: a column of a time
    or an address in the first place makes that few.
    """
    if log_format.columns:
        return []
    first = chunk.bytes_seen[chunk.starts[rows]]
    second = chunk.bytes_seen[np.minimum(chunk.starts[rows] + 1, len(chunk.data) - 1)]
    letter = np.where(first == ord('"'), second, first) | 32
    begins = (letter >= ord("a")) & (letter <= ord("z"))
    if chunk.offset == 0 and len(rows):
        begins[0] = True  # a byte order mark may stand before it
    return [row for row in rows[begins].tolist() if _names(line_at(chunk, row), log_format)]


def _names(line: bytes, log_format: CsvFormat) -> bool:
    text = line.decode("utf-8", "replace")
    return log_format.is_header(split_line(text, log_format.separator))


def _columns(header: bytes, log_format: CsvFormat) -> tuple[str, ...]:
    if not header:
        return ()
    names = split_line(header.decode("utf-8", "replace"), log_format.separator)
    return tuple(names_of(names))


def _split(
    chunk: Chunk, marks: Marks, rows: Rows, columns: tuple[str, ...], log_format: CsvFormat
) -> tuple[pl.DataFrame, Rejects]:
    nothing = pl.DataFrame(schema={"row": pl.UInt32, "ts": pl.Datetime("us", "UTC")})
    if not rows.size:
        return nothing, []
    places = log_format.places(columns)
    if lacks(places) is not None:
        return nothing, [(int(row), Reason.NO_FIELDS) for row in rows]
    # Azure's logs say what was done instead of a method.
    if log_format.is_azure:
        places["method"] = columns.index("operation")
    wanted = list(dict.fromkeys(places.values()))
    separator = log_format.separator
    split = split_columns(chunk, marks, rows, len(columns), wanted, separator)
    slow, rejects = split_slowly(chunk, split.left, len(columns), wanted, separator)
    fields = [pl.col(f"c{i}").alias(name) for name, i in places.items()]
    frame = pl.concat([split.frame, slow]).select("row", *fields)
    if log_format.is_azure:
        frame = _of_azure(frame)
    result = typed(frame, log_format.times)
    return result.rows, rejects + result.rejects


def _of_azure(frame: pl.DataFrame) -> pl.DataFrame:
    """Return operations as methods, and text as it was before it was written as HTML."""
    operation = pl.col("method")
    method = operation
    for begin, name in reversed(_METHODS):
        method = pl.when(operation.str.starts_with(begin)).then(pl.lit(name)).otherwise(method)
    coded = [name for name in ("url", "user_agent", "referrer") if name in frame.columns]
    plain = [on_distinct(frame[name], "&", html.unescape).alias(name) for name in coded]
    return frame.with_columns(method=method).with_columns(plain)
