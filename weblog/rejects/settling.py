"""Commit a replay so that a crash between its commits can be put right.

A replay moves lines from table rejects to table hits and corrects the ledger, in three commits:

1. hits, with mark :data:`REPLAY` one higher;
2. rejects, without these lines;
3. the ledger, with the same mark.

A line is a hit or a reject, never both: while the marks of hits and ledger differ, a replay was
cut short, and whichever run comes next takes out of rejects what hits has, and corrects the
ledger by counting. Readers see nothing of this: it is published when all is done.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import polars as pl

from weblog.errors import ConcurrentIngestError
from weblog.schema import LEDGER
from weblog.sources import digest
from weblog.store import Snapshot, Store

REPLAY: Final = "replay"
"""The mark that hits and ledger bear."""

UNNAMED: Final = "left out at a replay"
"""Rule under which skipped lines are counted whose rule a crash made us forget."""

KEY: Final = ("log_source", "line")


@dataclass(frozen=True, slots=True)
class Moved:
    """What a replay makes of lines of one source; ``first`` is the first one's line and offset."""

    log_source: str
    first: tuple[int, int]
    hits: int
    skipped: Mapping[str, int]

    def row(self, now: datetime) -> dict[str, object]:
        """Return the row of the ledger that says so: no line is read, but some change places."""
        skipped = sum(self.skipped.values())
        line, offset = self.first
        return {
            "log_source": self.log_source,
            "from_offset": offset,
            "to_offset": offset,
            "from_line": line,
            "lines": 0,
            "hits": self.hits,
            "rejects": -self.hits - skipped,
            "skipped": skipped,
            "skipped_by": json.dumps(self.skipped) if self.skipped else None,
            "header": None,
            "tail_length": 0,
            "tail": digest(b""),
            "committed_at": now,
        }


@dataclass
class Fence:
    """Keeps two replays from moving the same lines: of two at once, the second stops.

    ``mark`` is what the ledger bore *before* the rejects were read. All replays up to that one
    have left the rejects; any later one has moved the mark of hits on, which the next commit
    sees.
    """

    store: Store
    mark: int | None

    @classmethod
    def of(cls, store: Store) -> Fence:
        """Settle the store and put up a fence: read the rejects after this."""
        settle(store)
        return cls(store, store.mark("ledger", REPLAY))

    def commit(self, hits: pl.DataFrame, gone: pl.DataFrame, moved: Sequence[Moved]) -> None:
        """Move lines from rejects to hits.

        Args:
            hits: rows of table hits.
            gone: columns of :data:`KEY` and ``ingest_date`` of all that are no rejects any more.
            moved: the same, counted by source.

        Raises:
            ConcurrentIngestError: another process replays, or settles, at the same time.
        """
        before = {REPLAY: self.mark}
        number = {REPLAY: (self.mark or 0) + 1}
        self.store.append_marked("hits", hits, number, before)
        _remove(self.store, gone)
        rows = pl.DataFrame([each.row(datetime.now(UTC)) for each in moved], schema=LEDGER.schema)
        self.store.append_marked("ledger", rows, number, before)
        self.mark = number[REPLAY]


def settle(store: Store) -> bool:
    """Put right what a replay that was cut short left; say whether there was any.

    Raises:
        ConcurrentIngestError: others keep changing the same tables.
    """
    number, before = store.mark("hits", REPLAY), store.mark("ledger", REPLAY)
    if number is None or number == before:
        return False
    head = store.head()
    rejects = head.scan("rejects").select(*KEY, "ingest_date")
    hits = head.scan("hits").select(KEY)
    _remove(store, rejects.join(hits, on=KEY, how="semi").collect())
    rows = [each.row(datetime.now(UTC)) for each in _uncounted(store)]
    try:
        frame = pl.DataFrame(rows, schema=LEDGER.schema)
        store.append_marked("ledger", frame, {REPLAY: number}, {REPLAY: before})
    except ConcurrentIngestError:
        if store.mark("ledger", REPLAY) != number:
            raise
    return True


def _remove(store: Store, gone: pl.DataFrame) -> None:
    days = gone["ingest_date"].unique().sort().to_list()
    if not days:
        return

    def remaining() -> tuple[pl.DataFrame, Mapping[str, int]]:
        rows = store.head().scan("rejects").filter(pl.col("ingest_date").is_in(days))
        return rows.join(gone.lazy(), on=KEY, how="anti").collect(), {}

    store.replace_days("rejects", days, remaining)


def _uncounted(store: Store) -> list[Moved]:
    """Return what tables hits and rejects hold otherwise than the ledger says, by source."""
    books = (
        store.head()
        .scan("ledger")
        .group_by("log_source")
        .agg(pl.col("lines", "hits", "rejects").sum())
        .rename({"hits": "hits_told", "rejects": "rejects_told"})
        .collect()
        .lazy()
    )
    # Read after the ledger, which is committed last: what it tells of is there. What lies
    # beyond, of an ingest under way or cut short, that one or the next counts.
    head = store.head()
    rejects = _counted(head, "rejects", books)
    differs = books.join(rejects, on="log_source", how="left").filter(
        pl.col("rejects_told") != pl.col("rejects").fill_null(0)
    )
    hits = _counted(head, "hits", differs)
    found = differs.join(hits, on="log_source", how="left").with_columns(
        pl.col("hits", "rejects").fill_null(0)
    )
    moved = []
    for row in found.sort("log_source").collect().to_dicts():
        hits_more = row["hits"] - row["hits_told"]
        skipped = row["rejects_told"] - row["rejects"] - hits_more
        moved.append(
            Moved(row["log_source"], (0, 0), hits_more, {UNNAMED: skipped} if skipped else {})
        )
    return moved


def _counted(head: Snapshot, name: str, books: pl.LazyFrame) -> pl.LazyFrame:
    rows = head.scan(name).select(KEY).join(books.select("log_source", "lines"), on="log_source")
    within = rows.filter(pl.col("line") <= pl.col("lines"))
    return within.group_by("log_source").agg(pl.len().cast(pl.Int64).alias(name))
