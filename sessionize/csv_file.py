"""Read CSV as spreadsheets and people write it: their encodings, separators and slips."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from itertools import chain
from typing import Final

import polars as pl

from weblog.errors import TableError

Fault = tuple[str, str, str]

MOST_FAULTS: Final = 20
"""Faults told of one file; the next ones would mostly be the same."""

SEPARATORS: Final = (",", ";", "\t")
"""What may divide fields: Excel writes semicolons where the comma divides decimals."""

_LONGEST_HEADER: Final = 64 << 10
_ZIP: Final = b"PK\x03\x04"
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


def read_csv(content: bytes, shown: str, known: Collection[str]) -> pl.DataFrame:
    """Read a CSV file with a header; all columns are text, null where a row has no field.

    The separator is the one that makes most ``known`` columns of the header. Row ``n`` of the
    frame is row ``n + 2`` of the file, the header being the first.

    Args:
        content: the file's bytes, in UTF-8 (with a byte order mark or without), CP949, or
            UTF-16 with its mark.
        shown: what to call the file in errors.
        known: names of columns.

    Raises:
        TableError: it is no text, or not of rows; with every row that has too many fields.
    """
    text = _text(content, shown).lstrip("\r\n")
    if not text or text.isspace():
        raise TableError(shown, [("the file", "empty", "expected a header and rows")])
    names, separator = _header(text, known)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableError(shown, [(f"column {name}", "there twice", "each once") for name in twice])
    try:
        frame = pl.read_csv(io.StringIO(text), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError:
        return _row_by_row(text, separator, names, shown)
    if frame.width != len(names):
        return _row_by_row(text, separator, names, shown)
    frame.columns = names
    return frame


def _text(content: bytes, shown: str) -> str:
    if content.startswith(_ZIP):
        fault = ("the file", "a workbook or an archive", "save it as CSV in UTF-8")
        raise TableError(shown, [fault])
    encodings = ("utf-16",) if content.startswith(_UTF_16) else ("utf-8-sig", "cp949")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise TableError(shown, [("text", "neither UTF-8 nor CP949", "save it as CSV in UTF-8")])


def _header(text: str, known: Collection[str]) -> tuple[list[str], str]:
    """Return the names of the columns, and the separator that gives them."""
    start = text[:_LONGEST_HEADER]
    found = [
        ([name.strip() for name in next(_records(start, separator), [])], separator)
        for separator in SEPARATORS
    ]
    names, separator = max(found, key=lambda each: (len({*each[0]} & {*known}), len(each[0])))
    # Spreadsheets write empty columns too: they are there, but have no name.
    return [name or f"(column {number})" for number, name in enumerate(names, 1)], separator


def _row_by_row(text: str, separator: str, names: list[str], shown: str) -> pl.DataFrame:
    """Read what polars cannot, such as a quote within a field, or say which rows are wrong.

    Slow, but only for files that would be refused otherwise.
    """
    records = _records(text, separator, strict=True)
    rows: list[list[str | None]] = []
    faults: list[Fault] = []
    number = 0
    try:
        for number, fields in enumerate(records, start=1):
            extra = len(fields) - len(names)
            if extra > 0 and any(field.strip() for field in fields[len(names) :]):
                advice = "as in the header; text with a separator in it stands in quotes"
                size = f"{len(fields)} fields long"
                faults.append((f"row {number}", size, f"expected {len(names)}, {advice}"))
            rows.append([*chain(fields, [None] * -extra)][: len(names)])
    except csv.Error:
        advice = 'expected a " within quoted text twice, and one at its end'
        faults.append((f"row {number + 1}", "damaged", advice))
    if faults:
        raise TableError(shown, faults[:MOST_FAULTS])
    return pl.DataFrame(rows[1:], schema=dict.fromkeys(names, pl.String()), orient="row")


def _records(text: str, separator: str, *, strict: bool = False) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
