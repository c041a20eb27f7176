"""What the store knows of each source: its identity, and how far each table has got.

Hits, rejects and ledger each carry a mark per source: the byte offset up to which its lines
are in that table, in the same commit as the lines. The ledger is committed last, so its
mark is the least; reading starts there, and each table leaves out what lies before its
own mark. A process that dies between two of the commits has therefore lost nothing and
counts nothing twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import polars as pl

from weblog.schema import LEDGER, SOURCES
from weblog.sources import Head, KnownSource
from weblog.store import Store

TABLES = ("hits", "rejects", "ledger")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a source has got: byte offset per table (None: nothing yet) and lines read."""

    marks: dict[str, int | None]
    lines: int

    @property
    def offset(self) -> int:
        """Where reading starts."""
        return self.marks["ledger"] or 0


def known_sources(store: Store) -> list[KnownSource]:
    """Return every source the store has seen."""
    rows = store.head().scan("sources").collect()
    return [
        KnownSource(
            log_source=row["log_source"],
            head=Head.from_json(row["prefixes"]),
            log_format=row["log_format"],
            offset=row["offset"],
            tail_length=row["tail_length"],
            tail=row["tail"],
        )
        for row in rows.to_dicts()
    ]


def progress_of(store: Store, log_source: str) -> Progress:
    """Return how far source ``log_source`` has got."""
    marks = {name: store.mark(name, log_source) for name in TABLES}
    rows = store.head().scan("ledger").filter(pl.col("log_source") == log_source)
    lines = rows.select(pl.col("lines").sum()).collect().item()
    return Progress(marks, int(lines))


def remember_source(store: Store, source: KnownSource, path: str, now: datetime) -> None:
    """Write down what is known of a source."""
    row = {
        "log_source": source.log_source,
        "path": path,
        "log_format": source.log_format,
        "prefixes": source.head.to_json(),
        "tail_length": source.tail_length,
        "tail": source.tail,
        "offset": source.offset,
        "seen_at": now,
    }
    store.upsert("sources", pl.DataFrame([row], schema=SOURCES.schema))


def ledger_row(
    log_source: str,
    span: tuple[int, int],
    from_line: int,
    counts: tuple[int, int, int, int],
    now: datetime,
) -> pl.DataFrame:
    """Return the ledger's row of one batch.

    Args:
        log_source: the source.
        span: first byte, and first byte after it.
        from_line: number of its first line.
        counts: lines, hits, rejects, skipped.
        now: when it is committed.
    """
    lines, hits, rejects, skipped = counts
    row = {
        "log_source": log_source,
        "from_offset": span[0],
        "to_offset": span[1],
        "from_line": from_line,
        "lines": lines,
        "hits": hits,
        "rejects": rejects,
        "skipped": skipped,
        "committed_at": now,
    }
    return pl.DataFrame([row], schema=LEDGER.schema)
