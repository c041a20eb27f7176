"""Chunks to batches: parse every chunk, gather enough rows for a commit worth its cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from weblog.formats import LogFormat
from weblog.parse import Chunk, Parsed, parse_chunk

BATCH_ROWS = 250_000
"""Lines per commit: enough that a commit's fixed cost does not show, few enough for memory."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Consecutive parsed chunks: the bytes from ``start`` to ``end`` of the source."""

    rows: pl.DataFrame
    rejects: pl.DataFrame
    start: int
    end: int
    first_line: int
    lines: int
    skipped: int


def batches(
    chunks: Iterable[Chunk], log_format: LogFormat, rows: int = BATCH_ROWS
) -> Iterator[Batch]:
    """Parse ``chunks`` and yield them in batches of at least ``rows`` lines (but the last)."""
    gathered: list[tuple[Chunk, Parsed]] = []
    lines = 0
    for chunk in chunks:
        gathered.append((chunk, parse_chunk(chunk, log_format)))
        lines += chunk.lines
        if lines >= rows:
            yield _batch(gathered)
            gathered, lines = [], 0
    if gathered:
        yield _batch(gathered)


def _batch(gathered: list[tuple[Chunk, Parsed]]) -> Batch:
    first, last = gathered[0][0], gathered[-1][0]
    parsed = [each for _, each in gathered]
    return Batch(
        rows=pl.concat([each.rows for each in parsed], how="diagonal"),
        rejects=pl.concat([each.rejects for each in parsed]),
        start=first.offset,
        end=last.offset + len(last.data),
        first_line=first.first_line,
        lines=sum(each.lines for each in parsed),
        skipped=sum(each.skipped for each in parsed),
    )
