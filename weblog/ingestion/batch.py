"""Batches: segments with their hits made, on their way to the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from weblog.ingestion.hits import HitMaker, Known
from weblog.ingestion.segments import Segment
from weblog.schema import HITS


@dataclass(frozen=True, slots=True)
class Batch:
    """Segments of one format, and the hits of their rows that the store does not hold yet."""

    segments: Sequence[Segment]
    hits: pl.DataFrame

    @property
    def log_sources(self) -> list[str]:
        """The sources of the segments, in order."""
        return list(dict.fromkeys(each.account.log_source for each in self.segments))

    def only(self, wanted: Callable[[str], bool]) -> Batch:
        """Return what is of the sources that are ``wanted``."""
        chosen = [source for source in self.log_sources if wanted(source)]
        if len(chosen) == len(self.log_sources):
            return self
        segments = [each for each in self.segments if each.account.log_source in chosen]
        of_chosen = pl.col("log_source").cast(pl.String).is_in(chosen)
        return Batch(segments, self.hits.filter(of_chosen))


def known(
    gathered: Iterable[list[Segment]], maker: HitMaker
) -> Iterator[tuple[list[Segment], Known | None]]:
    """Look up the texts of gathered segments, and empty their lists."""
    for segments in gathered:
        rows = new_rows([(each, each.rows) for each in segments], "hits", as_numbers=True)
        kept = [each.emptied() for each in segments]
        segments.clear()  # a batch that waits keeps no bytes of its lines
        yield kept, maker.known(rows) if rows.height else None
        del rows


def made(
    looked_up: Iterable[tuple[list[Segment], Known | None]], maker: HitMaker
) -> Iterator[Batch]:
    """Make the hits of segments whose texts are known."""
    for segments, facts in looked_up:
        yield Batch(segments, maker.made(facts).drop("offset") if facts else HITS.empty())
        del facts


def new_rows(
    told: Sequence[tuple[Segment, pl.DataFrame]], table: str, *, as_numbers: bool = False
) -> pl.DataFrame:
    """Return the rows of segments that ``table`` does not hold yet, with the name of their source.

    A table may hold more than the ledger tells of, where an earlier run was cut short.

    Args:
        told: segments, with those of their rows that belong into the table.
        table: its name.
        as_numbers: name the source by a category, not by text.
    """
    parts = [_unheld(rows, segment, table) for segment, rows in told]
    # All at once: of small sources there are thousands.
    sources = pl.Series("log_source", [each.account.log_source for each, _ in told], pl.String)
    if as_numbers:
        sources = sources.cast(pl.Categorical(pl.Categories.random()))
    of_rows = np.repeat(np.arange(len(parts)), [part.height for part in parts])
    return pl.concat(parts, how="diagonal").with_columns(sources.gather(of_rows))


def _unheld(rows: pl.DataFrame, segment: Segment, table: str) -> pl.DataFrame:
    mark = segment.account.marks[table]
    if mark is None or mark <= segment.start:
        return rows
    return rows.filter(pl.col("offset") >= mark)
