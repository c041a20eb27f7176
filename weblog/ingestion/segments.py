"""Segments: consecutive lines of one source, parsed, on their way to the store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import polars as pl

from weblog.formats import Format
from weblog.ingestion.books import Account
from weblog.ingestion.results import SourceResult
from weblog.ingestion.selection import Selection, selected
from weblog.parse import Chunk, Parsed, Vocabulary, parse_chunk
from weblog.sources import digest

BATCH_LINES = 300_000
"""Lines per commit at most: enough that what a batch costs does not show, few enough for memory."""

BATCH_SEGMENTS = 2_000
"""Segments per commit at most: what is known of small sources takes memory too, and time."""

FIRST_LINES = 100_000
"""Lines of the first batch; each has twice those of the one before: stages soon have work."""

TAIL = 4096
"""Bytes before a segment's end whose hash tells later whether the content was rewritten."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of the lines from byte ``start`` to ``end`` of a source: a row of the ledger.

    ``hits``, ``rejects`` and ``skipped`` (by rule) add up to ``lines``.
    """

    log_source: str
    start: int
    end: int
    first_line: int
    lines: int
    hits: int
    rejects: int
    skipped: Mapping[str, int]
    tail_length: int
    tail: str
    header: bytes

    def add_to(self, result: SourceResult) -> None:
        """Count them in what the source gave."""
        result.lines += self.lines
        result.hits += self.hits
        result.rejects += self.rejects
        for rule, count in self.skipped.items():
            result.skipped_by[rule] = result.skipped_by.get(rule, 0) + count


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

    @property
    def counted(self) -> Counted:
        """What became of its lines."""
        return Counted(
            self.account.log_source,
            self.start,
            self.end,
            self.first_line,
            self.lines,
            self.hits,
            self.rejects.height,
            self.skipped,
            self.tail_length,
            self.tail,
            self.header,
        )

    def emptied(self) -> Segment:
        """Return the segment without its rows, which hold on to the bytes of the chunk."""
        return replace(self, rows=self.rows.clear())


def segments(
    chunks: Iterable[Chunk],
    account: Account,
    log_format: Format,
    result: SourceResult,
    selection: Selection,
    *,
    vocabulary: Vocabulary,
) -> Iterator[Segment]:
    """Parse ``chunks`` of one source, and note in its account how far it was read."""
    for chunk in chunks:
        vocabulary.renew()
        parsed = parse_chunk(chunk, log_format, account.header, vocabulary)
        rows, skipped = selected(parsed.rows, selection) if selection else (parsed.rows, {})
        yield segment_of(chunk, replace(parsed, rows=rows), account, log_format, result, skipped)


def segment_of(  # noqa: PLR0917  all that a segment is
    chunk: Chunk,
    parsed: Parsed,
    account: Account,
    log_format: Format,
    result: SourceResult,
    skipped: Mapping[str, int],
) -> Segment:
    """Return a chunk as a segment, and note in the source's account how far it was read.

    Args:
        chunk: consecutive lines of the source.
        parsed: what they were parsed to, without the rows a rule leaves out.
        account: of the source.
        log_format: they were parsed by.
        result: of the file they were read from.
        skipped: how many rows each rule of the site left out.
    """
    tail = chunk.data[-TAIL:]
    account.offset = chunk.offset + len(chunk.data)
    account.lines += parsed.lines
    account.header = parsed.header
    account.tail_length, account.tail = len(tail), digest(tail)
    return Segment(
        account,
        result,
        log_format,
        parsed.rows,
        parsed.rejects,
        chunk.offset,
        account.offset,
        chunk.first_line,
        parsed.lines,
        parsed.rows.height,
        {**parsed.skipped, **skipped},
        account.tail_length,
        account.tail,
        account.header,
    )


def batches(
    items: Iterable[Segment], lines: int = BATCH_LINES, first: int = FIRST_LINES
) -> Iterator[list[Segment]]:
    """Gather segments, also of several sources, until they hold at least ``lines`` lines.

    Or until there are :data:`BATCH_SEGMENTS`. Segments of one batch are of one format, and their
    texts of one vocabulary. The first batch is full with ``first`` lines.
    """
    gathered: list[Segment] = []
    count = 0
    wanted = min(first, lines)
    for segment in items:
        if gathered and not _agree(gathered[-1], segment):
            yield gathered
            gathered, count = [], 0
        gathered.append(segment)
        count += segment.lines
        if count >= wanted or len(gathered) >= BATCH_SEGMENTS:
            yield gathered
            gathered, count = [], 0
            wanted = min(2 * wanted, lines)
    if gathered:
        yield gathered


def _agree(one: Segment, other: Segment) -> bool:
    """Whether the rows of two segments are of one format and can be put together."""
    kinds = one.rows.schema
    return one.log_format == other.log_format and all(
        dtype == kinds[name] for name, dtype in other.rows.schema.items() if name in kinds
    )
