"""A slow, obvious reader of fields as text, and a chunked parse, to hold the fast ones against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import polars as pl

from weblog.formats import Format
from weblog.parse import Chunk, parse_chunk

TIMES = {
    "2025-05-17T10:05:03Z": datetime(2025, 5, 17, 10, 5, 3, tzinfo=UTC),
    "2025-05-17T10:05:03.25+09:00": datetime(2025, 5, 17, 1, 5, 3, 250_000, tzinfo=UTC),
    "2025-05-17 10:05:03": datetime(2025, 5, 17, 10, 5, 3, tzinfo=UTC),
    "17/May/2025:10:05:03 +0900": datetime(2025, 5, 17, 1, 5, 3, tzinfo=UTC),
    "[17/May/2025:10:05:03 +0900]": datetime(2025, 5, 17, 1, 5, 3, tzinfo=UTC),
    "1747476303": datetime(2025, 5, 17, 10, 5, 3, tzinfo=UTC),
    "1747476303.5": datetime(2025, 5, 17, 10, 5, 3, 500_000, tzinfo=UTC),
    "1747476303123": datetime(2025, 5, 17, 10, 5, 3, 123_000, tzinfo=UTC),
    "1747476303123456": datetime(2025, 5, 17, 10, 5, 3, 123_456, tzinfo=UTC),
    "1747476303123456789": datetime(2025, 5, 17, 10, 5, 3, 123_456, tzinfo=UTC),
    "2025-02-31T10:05:03Z": None,
    "2025-05-17T 1:05:03Z": None,
    "1889-05-17T10:05:03Z": None,
    "17/Mai/2025:10:05:03 +0900": None,
    "nan": None,
    "-1": None,
    "5": None,
    "": None,
    "-": None,
}
"""Texts that stand where a time should, and what they tell."""


def read_fields(fields: Mapping[str, str | None]) -> dict[str, Any] | str:
    """Return the row that fields as text make, or the reason why they make none."""
    requests = [fields.get(name) for name in ("request", "target", "url") if name in fields]
    if all(request is None for request in requests):
        return "no_request"
    ts = TIMES.get(fields.get("time") or "")
    if ts is None:
        return "bad_time"
    row: dict[str, Any] = dict(fields)
    del row["time"]
    row["ts"] = ts
    for name, low, high in (("status", 100, 999), ("bytes", 0, 2**63 - 1)):
        if name not in fields:
            continue
        number = _number(fields[name])
        if number == "bad" or (number is not None and not low <= number <= high):
            if not (name == "status" and number == 0):
                return "bad_number"
            number = None
        row[name] = number
    if "query" in row:
        row["query"] = row["query"] or ""
    return said(row)


def said(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row without what is null: a column may also be missing from a chunk."""
    return {name: value for name, value in row.items() if value is not None}


def _number(text: str | None) -> Any:
    if text in (None, "", "-"):
        return None
    try:
        return int(float(str(text)))
    except (ValueError, OverflowError):
        return "bad"


def rows_of(data: bytes, log_format: Format, size: int | None = None) -> dict[int, Any]:
    """Return for each line what it is: its row, the reason of its reject, or None if skipped.

    Args:
        data: a whole log.
        log_format: what it is written in.
        size: of the chunks it is parsed in, each up to the line end after so many bytes.
    """
    told: dict[int, Any] = {}
    header, offset, line = b"", 0, 1
    while offset < len(data):
        cut = data.find(b"\n", offset + (size or len(data)))
        end = len(data) if cut < 0 else cut + 1
        chunk = Chunk(data[offset:end], offset, line)
        parsed = parse_chunk(chunk, log_format, header)
        skipped = sum(parsed.skipped.values())
        assert parsed.rows.height + parsed.rejects.height + skipped == parsed.lines == chunk.lines
        told |= dict.fromkeys(range(line, line + chunk.lines))
        told |= {row["line"]: said(row) for row in _rows(parsed.rows, data)}
        told |= {row["line"]: row["reason"] for row in parsed.rejects.to_dicts()}
        header, offset, line = parsed.header, end, line + chunk.lines
    return told


def _rows(rows: pl.DataFrame, data: bytes) -> list[dict[str, Any]]:
    told = rows.to_dicts()
    for row in told:
        assert data[: row["offset"]].count(b"\n") + 1 == row["line"]
        del row["offset"]
    return told
