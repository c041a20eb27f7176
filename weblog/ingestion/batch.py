"""Batches: segments with their hits made, on their way to the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from weblog.ingestion.hits import HitMaker, Known
from weblog.ingestion.segments import Segment
from weblog.schema import HITS

_TEXT: Final = pl.String()


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
        names = pl.Categorical(pl.Categories.random())
        rows = pl.concat(
            [new_rows(each.rows, each, "hits", names) for each in segments], how="diagonal"
        )
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
    rows: pl.DataFrame, segment: Segment, table: str, names: pl.DataType = _TEXT
) -> pl.DataFrame:
    """Return the rows that ``table`` does not hold yet, with the name of their source.

    That is text, or of another type for ``names``.

    A table may hold more than the ledger tells of, where an earlier run was cut short.
    """
    mark = segment.account.marks[table]
    if mark is not None and mark > segment.start:
        rows = rows.filter(pl.col("offset") >= mark)
    return rows.with_columns(log_source=pl.lit(segment.account.log_source, dtype=names))
