"""Segments: consecutive lines of one source, parsed, on their way to the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from weblog.formats import Format
from weblog.ingestion.books import Account
from weblog.ingestion.results import SourceResult
from weblog.ingestion.selection import Selection, selected
from weblog.parse import Chunk, parse_chunk
from weblog.sources import digest

BATCH_LINES = 125_000
"""Lines per commit: enough that a commit's fixed cost does not show, few enough for memory."""

TAIL = 4096
"""Bytes before a segment's end whose hash tells later whether the content was rewritten."""


@dataclass(frozen=True, slots=True)
class Segment:
    """The lines from byte ``start`` to ``end`` of a source, parsed.

    ``rows`` and ``rejects`` are those of :class:`weblog.parse.Parsed`; ``hits`` is how many rows
    there are, or were before :meth:`emptied`; ``result`` is that of the file they were read
    from (several files may be one source).
    """

    account: Account
    result: SourceResult
    log_format: Format
    rows: pl.DataFrame
    rejects: pl.DataFrame
    start: int
    end: int
    first_line: int
    lines: int
    hits: int
    skipped: Mapping[str, int]
    tail_length: int
    tail: str
    header: bytes

    def emptied(self) -> Segment:
        """Return the segment without its rows, which hold on to the bytes of the chunk."""
        return replace(self, rows=self.rows.clear())


def segments(
    chunks: Iterable[Chunk],
    account: Account,
    log_format: Format,
    result: SourceResult,
    selection: Selection,
) -> Iterator[Segment]:
    """Parse ``chunks`` of one source, and note in its account how far it was read."""
    for chunk in chunks:
        parsed = parse_chunk(chunk, log_format, account.header)
        rows, skipped = selected(parsed.rows, selection) if selection else (parsed.rows, {})
        tail = chunk.data[-TAIL:]
        account.offset = chunk.offset + len(chunk.data)
        account.lines += parsed.lines
        account.header = parsed.header
        account.tail_length, account.tail = len(tail), digest(tail)
        yield Segment(
            account,
            result,
            log_format,
            rows,
            parsed.rejects,
            chunk.offset,
            account.offset,
            chunk.first_line,
            parsed.lines,
            rows.height,
            {**parsed.skipped, **skipped},
            account.tail_length,
            account.tail,
            account.header,
        )


def batches(items: Iterable[Segment], lines: int = BATCH_LINES) -> Iterator[list[Segment]]:
    """Gather segments, also of several sources, until they hold at least ``lines`` lines.

    Segments of one batch are of one format.
    """
    gathered: list[Segment] = []
    count = 0
    for segment in items:
        if gathered and gathered[-1].log_format != segment.log_format:
            yield gathered
            gathered, count = [], 0
        gathered.append(segment)
        count += segment.lines
        if count >= lines:
            yield gathered
            gathered, count = [], 0
    if gathered:
        yield gathered
