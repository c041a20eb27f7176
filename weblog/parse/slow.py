r"""The slow path: one line's bytes at a time against the format's patterns, else a reject.

Only lines the fast path did not accept come here (about one in two hundred): escapes,
bytes that are no UTF-8, stray quotes, user names with spaces, and broken lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from weblog.formats import LogFormat
from weblog.parse.charsets import decoded_field
from weblog.parse.lines import BOM, LONGEST, Chunk
from weblog.parse.reasons import Reason

_ESCAPE = re.compile(rb'\\(?:x([0-9A-Fa-f]{2})|(["\\nrtvbf]))')
_PLAIN = {
    b"n": b"\n",
    b"r": b"\r",
    b"t": b"\t",
    b"v": b"\v",
    b"b": b"\b",
    b"f": b"\f",
    b'"': b'"',
    b"\\": b"\\",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")
_START_OF_LINE = re.compile(rb'\S+ .*\[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "')


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows the patterns matched (``row`` and fields), the others, and how many were blank."""

    rows: pl.DataFrame
    rejects: list[tuple[int, Reason]]
    blank: int


def match_lines(chunk: Chunk, rows: Sequence[int], log_format: LogFormat) -> Matched:
    """Match the given lines of a chunk one by one.

    The frame has ``row`` (UInt32) and the format's fields as strings.
    """
    names = [name for name in log_format.fields if name is not None]
    quotes, most_quotes = log_format.quotes, log_format.most_quotes
    kept: dict[str, list[str | int]] = {"row": [], **{name: [] for name in names}}
    rejects: list[tuple[int, Reason]] = []
    blank = 0
    for row in rows:
        line = chunk.line(row)
        if row == 0 and chunk.offset == 0:
            line = line.removeprefix(BOM)
        if not line.strip():
            blank += 1
            continue
        if len(line) > LONGEST:
            rejects.append((row, Reason.TOO_LONG))
            continue
        match = None
        # A line cut off lacks quotes: both patterns would try all ways to do without.
        if (present := line.count(b'"')) >= quotes:
            match = log_format.strict.fullmatch(line)
        if match is None and quotes <= present <= most_quotes:
            match = log_format.lenient.fullmatch(line)
        if match is None:
            rejects.append((row, reason_for(line)))
            continue
        kept["row"].append(row)
        for name, value in _fields(log_format, match).items():
            kept[name].append(value)
    schema = {name: pl.UInt32 if name == "row" else pl.String for name in kept}
    return Matched(pl.DataFrame(kept, schema=schema), rejects, blank)


def _fields(log_format: LogFormat, match: re.Match[bytes]) -> dict[str, str]:
    """Return the first value of each named field, unescaped."""
    values: dict[str, str] = {}
    for name, raw in zip(log_format.fields, match.groups(), strict=True):
        if name is not None and name not in values:
            values[name] = text_of(raw)
    return values


def text_of(raw: bytes) -> str:
    r"""Return the text a server wrote: escapes such as ``\x22`` undone, bytes decoded.

    >>> text_of(rb'say \\"hi\\" \\xec\\x9d\\xbc')
    'say "hi" 일'
    """
    if b"\\" in raw:
        raw = _ESCAPE.sub(lambda m: bytes([int(m[1], 16)]) if m[1] else _PLAIN[m[2]], raw)
    return decoded_field(raw)


def reason_for(line: bytes) -> Reason:
    """Return why a line that no pattern matches was rejected."""
    if _START_OF_LINE.match(line) and line.count(b'"') % 2 == 1:
        return Reason.CUT_OFF
    if len(_CONTROL.findall(line)) * 20 > len(line):
        return Reason.BINARY
    return Reason.NOT_THE_FORMAT
