"""The parser of every named format: all lines come out, once, in chunks of any size."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl

from weblog.formats import Format, LogFormat, format_named
from weblog.parse import Chunk, Parsed, Vocabulary, parse_chunk
from weblog.parse.parsed import KEPT
from weblog.parse.words import as_text

FIRST, END = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def check_format(name: str, data: bytes) -> None:
    """Parse ``data`` as the format of that name: no line lost, whole or in two chunks."""
    log_format = format_named(name)
    whole = parse_chunk(Chunk(data, 0, 1), log_format)
    check_accounts(data, whole)
    check_paths(data, log_format, whole)
    check_fit(data, log_format)
    cut = data.find(b"\n", len(data) // 2) + 1
    if 0 < cut < len(data):
        first = parse_chunk(Chunk(data[:cut], 0, 1), log_format)
        rest = Chunk(data[cut:], cut, 1 + first.lines)
        second = parse_chunk(rest, log_format, first.header)
        check_same(whole, [first, second])


def check_paths(data: bytes, log_format: Format, whole: Parsed) -> None:
    """Check that patterns alone say the same, and texts numbered from chunk to chunk."""
    if not isinstance(log_format, LogFormat) or log_format.segments is None:
        return
    chunk, vocabulary = Chunk(data, 0, 1), Vocabulary()
    slow = parse_chunk(chunk, replace(log_format, segments=None))
    assert _told(slow.rows) == _told(whole.rows)
    assert slow.rejects.equals(whole.rejects)
    for _ in range(2):
        numbered = parse_chunk(chunk, log_format, vocabulary=vocabulary)
        assert _told(as_text(numbered.rows)) == _told(whole.rows)


def check_accounts(data: bytes, parsed: Parsed) -> None:
    """Check that lines = rows + rejects + skipped, and that each stands where it says."""
    starts = [0] + [place + 1 for place, byte in enumerate(data) if byte == 10]
    if starts[-1] == len(data):
        starts.pop()
    assert parsed.lines == len(starts)
    skipped = sum(parsed.skipped.values())
    assert parsed.rows.height + parsed.rejects.height + skipped == len(starts)
    places = pl.concat(
        [parsed.rows.select("line", "offset"), parsed.rejects.select("line", "offset")]
    )
    assert places["line"].n_unique() == places.height
    assert all(starts[line - 1] == offset for line, offset in places.iter_rows())
    for reject in parsed.rejects.to_dicts():
        raw = data[reject["offset"] : reject["offset"] + reject["length"]]
        assert b"\n" not in raw
        assert reject["raw"] == raw[:KEPT]
        assert reject["reason"]
    times = (
        parsed.rows["ts"] if parsed.rows.height else pl.Series([], dtype=pl.Datetime("us", "UTC"))
    )
    assert times.null_count() == 0
    assert all(FIRST <= time < END for time in times)


def check_fit(data: bytes, log_format: Format) -> None:
    """Check that a share is one."""
    lines = [line for line in data.split(b"\n") if line.strip()]
    assert 0.0 <= log_format.fit(lines) <= 1.0


def check_same(whole: Parsed, parts: list[Parsed]) -> None:
    """Check that chunks give what the whole gives."""
    assert sum(part.lines for part in parts) == whole.lines
    skipped: Counter[str] = Counter()
    for part in parts:
        skipped.update(part.skipped)
    assert skipped == Counter(whole.skipped)
    assert pl.concat([part.rejects for part in parts]).equals(whole.rejects)
    rows = pl.concat(
        [part.rows for part in parts if part.rows.height] or [whole.rows.clear()], how="diagonal"
    )
    assert _told(rows) == _told(whole.rows)


def _told(rows: pl.DataFrame) -> list[dict[str, object]]:
    """Return the rows in order, without what is not told: a column may be missing."""
    found = rows.sort("line").to_dicts()
    return [
        {name: value for name, value in row.items() if value not in (None, "-")} for row in found
    ]
