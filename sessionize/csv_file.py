"""Read CSV as spreadsheets and people write it: their encodings, separators and slips."""

from __future__ import annotations

import csv
import io
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Collection, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

import polars as pl

from sessionize.bad_rows import SCHEMA, cell_faults, faults, row_faults
from weblog.errors import TableError

SEPARATORS: Final = (",", ";", "\t")
"""What may divide fields: Excel writes semicolons where the comma divides decimals."""

_LONGEST_HEADER: Final = 64 << 10
_ZIP: Final = b"PK\x03\x04"
_UTF_16: Final = (BOM_UTF16_LE, BOM_UTF16_BE)
_QUOTES: Final = 'expected a " within quoted text twice, and one at its end'
_UNCLOSED: Final = "unexpected end of data"
"""How Python's csv tells of a quote that nothing closes."""

_MAYBE_CP949: Final = re.compile(r"^[\x00-\u07ff]*[\x80-\u07ff][\x00-\u07ff]*$", re.DOTALL)
"""Two letters of UTF-8 may be two of CP949; the three bytes of a Korean letter are not."""


class CsvRows(NamedTuple):
    """Rows of text, which rows of the file they are, and what is wrong with the others.

    All columns are text, null where a row has no field. Row 1 is the header. ``faults``
    (:mod:`sessionize.bad_rows`) also tells rows that are in ``frame``, if a field of theirs is no
    text in any encoding.
    """

    frame: pl.DataFrame
    numbers: pl.Series
    faults: pl.DataFrame


def read_csv(content: bytes, shown: str, known: Collection[str]) -> CsvRows:
    """Read a CSV file with a header.

    The separator is the one that makes most ``known`` columns of the header.

    Args:
        content: the file's bytes, in UTF-8 (with a byte order mark or without), CP949, a mix of
            lines in both, or UTF-16 with its mark.
        shown: what to call the file in errors.
        known: names of columns.

    Raises:
        TableError: it is no text, or has no header.
    """
    text, has_unreadable = text_of(content, shown)
    text = text.lstrip("\r\n")
    if not text or text.isspace():
        raise TableError(shown, [("the file", "empty", "expected a header and rows")])
    names, separator = _header(text, known)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise TableError(shown, [(f"column {name}", "there twice", "each once") for name in twice])
    return rows_of(text, separator, names, has_unreadable=has_unreadable)


def rows_of(text: str, separator: str, names: list[str], *, has_unreadable: bool) -> CsvRows:
    """Return the rows of a text that begins with its header, whose columns get ``names``."""
    # polars reads quotes that make no sense as well as it can, and tells nobody.
    has_quotes = '"' in text
    at_once = None if has_quotes else _at_once(text, separator, names)
    rows = at_once or _row_by_row(text, separator, names)
    return _without_unreadable(rows) if has_unreadable else rows


def _at_once(text: str, separator: str, names: list[str]) -> CsvRows | None:
    try:
        frame = pl.read_csv(io.StringIO(text), separator=separator, infer_schema=False)
    except pl.exceptions.PolarsError:
        return None
    if frame.width != len(names):
        return None
    frame.columns = names
    numbers = pl.int_range(2, frame.height + 2, eager=True)
    return CsvRows(frame, numbers, pl.DataFrame(schema=SCHEMA))


def text_of(content: bytes, shown: str) -> tuple[str, bool]:
    """Return the text of a file, and whether some of it could not be read and is U+FFFD.

    Raises:
        TableError: it is no text.
    """
    if content.startswith(_ZIP):
        fault = ("the file", "a workbook or an archive", "save it as CSV in UTF-8")
        raise TableError(shown, [fault])
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    try:
        return content.decode(encoding), False
    except UnicodeDecodeError:
        decoded = list(map(decoded_line, content.removeprefix(BOM_UTF8).splitlines(keepends=True)))
        if encoding == "utf-16" or decoded[0][1]:
            fault = ("text", "neither UTF-8 nor CP949", "save it as CSV in UTF-8")
            raise TableError(shown, [fault]) from None
    return "".join(line for line, _ in decoded), any(is_bad for _, is_bad in decoded)


def decoded_line(line: bytes) -> tuple[str, bool]:
    """Return a line of a file that is not all UTF-8, and whether it is no text at all."""
    try:
        text = line.decode()
        if not _MAYBE_CP949.search(text):
            return text, False
    except UnicodeDecodeError:
        text = line.decode(errors="replace")
    try:
        return line.decode("cp949"), False
    except UnicodeDecodeError:
        return text, "\ufffd" in text


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


def _row_by_row(text: str, separator: str, names: list[str]) -> CsvRows:
    """Read any file, and say which rows are wrong."""
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    found: list[tuple[int, str, str]] = []
    for number, fields in _strict_records(text, separator):
        if fields is None:
            found.append((number, "damaged", _QUOTES))
            continue
        extra = len(fields) - len(names)
        if extra > 0 and any(field.strip() for field in fields[len(names) :]):
            advice = "as in the header; text with a separator in it stands in quotes"
            found.append((number, f"{len(fields)} fields long", f"expected {len(names)}, {advice}"))
            continue
        rows.append([*chain(fields, [None] * -extra)][: len(names)] if extra else [*fields])
        numbers.append(number)
    frame = pl.DataFrame(rows[1:], schema=dict.fromkeys(names, pl.String()), orient="row")
    return CsvRows(frame, pl.Series(numbers[1:], dtype=pl.Int64), row_faults(found))


def _strict_records(text: str, separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record with its number; None for one whose quotes make no sense.

    A quote that is never closed takes only its own line with it, not the rest of the file.
    """
    lines = list(io.StringIO(text, newline=""))
    begin = done = number = 0
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, None
            if str(error) == _UNCLOSED:
                begin, done = begin + done + 1, 0
                rest = islice(lines, begin, None)
                reader = csv.reader(rest, delimiter=separator, strict=True)
                continue
        done = reader.line_num


def _without_unreadable(rows: CsvRows) -> CsvRows:
    """Add a fault for each field with bytes that are no text."""
    found = []
    for column in rows.frame:
        is_bad = column.str.contains("\ufffd", literal=True).fill_null(value=False)
        expected = "expected text in UTF-8 or CP949"
        found.append(
            cell_faults(rows.numbers.filter(is_bad), column.name, column.filter(is_bad), expected)
        )
    return rows._replace(faults=faults(rows.faults, *found))


def _records(text: str, separator: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)
