"""Commit batches of segments: hits, then rejects, then the ledger, each exactly once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl

from weblog.errors import ConcurrentIngestError, WeblogError
from weblog.ingestion.batch import Batch, new_rows
from weblog.ingestion.books import Account
from weblog.ingestion.segments import Segment
from weblog.schema import LEDGER, REJECTS, SOURCES
from weblog.store import Store


@dataclass
class Writer:
    """Commits batches; a source another process is writing is dropped, with an error.

    ``keep_raw``: keep the bytes of lines that could not be parsed; else only what they are.
    """

    store: Store
    keep_raw: bool = True
    errors: list[WeblogError] = field(default_factory=list)
    _dropped: set[str] = field(default_factory=set)

    def write(self, batch: Batch) -> None:
        """Commit a batch."""
        kept = batch.only(lambda source: source not in self._dropped)
        if not kept.segments:
            return
        try:
            self._commit(kept)
        except ConcurrentIngestError:
            for log_source in kept.log_sources:
                self._alone(kept.only(log_source.__eq__))

    def _alone(self, batch: Batch) -> None:
        first = batch.segments[0]
        try:
            self._commit(batch)
        except ConcurrentIngestError:
            self._dropped.add(first.account.log_source)
            self.errors.append(ConcurrentIngestError(first.result.path, 1))

    def _commit(self, batch: Batch) -> None:
        now = datetime.now(UTC)
        segments = batch.segments
        accounts = list({each.account.log_source: each.account for each in segments}.values())
        self._introduce(accounts, now)
        if batch.hits.height:
            self._append("hits", batch.hits, segments)
        rejects = pl.concat([_reject_rows(each, now) for each in segments])
        if not self.keep_raw:
            rejects = rejects.with_columns(raw=pl.lit(b""))
        if rejects.height:
            self._append("rejects", rejects, segments)
        self._append("ledger", _ledger_rows(segments, now), segments)
        for each in segments:
            self._count(each)

    def _introduce(self, accounts: Sequence[Account], now: datetime) -> None:
        """Write down sources before their first hit is committed."""
        # What is known of a source may grow meanwhile: reading runs ahead.
        new = [(each, each.known) for each in accounts if each.known != each.written]
        if not new:
            return
        rows = pl.DataFrame([each.row(known, now) for each, known in new], schema=SOURCES.schema)
        expected = {each.log_source: each.marks["sources"] for each, _ in new}
        reached = {each.log_source: known.head.length for each, known in new}
        self.store.append_marked("sources", rows, reached, expected)
        for account, known in new:
            account.written, account.marks["sources"] = known, known.head.length

    def _append(self, name: str, rows: pl.DataFrame, segments: Sequence[Segment]) -> None:
        accounts = {each.account.log_source: each.account for each in segments}
        expected = {log_source: account.marks[name] for log_source, account in accounts.items()}
        reached = {log_source: mark or 0 for log_source, mark in expected.items()}
        for each in segments:
            # A run that was cut short may have got further with this table than this batch does.
            reached[each.account.log_source] = max(reached[each.account.log_source], each.end)
        done = [source for source, mark in expected.items() if mark == reached[source]]
        if done:  # this batch was committed to this table before another table refused it
            rows = rows.filter(~pl.col("log_source").cast(pl.String).is_in(done))
            for source in done:
                del reached[source], expected[source], accounts[source]
            if not accounts:
                return
        self.store.append_marked(name, rows, reached, expected)
        for log_source, account in accounts.items():
            account.marks[name] = reached[log_source]

    def _count(self, segment: Segment) -> None:
        result = segment.result
        result.lines += segment.lines
        result.hits += segment.hits
        result.rejects += segment.rejects.height
        for rule, count in segment.skipped.items():
            result.skipped_by[rule] = result.skipped_by.get(rule, 0) + count


def _reject_rows(segment: Segment, now: datetime) -> pl.DataFrame:
    return (
        new_rows(segment.rejects, segment, "rejects")
        .with_columns(
            ingest_date=pl.lit(now.date()),
            path=pl.lit(segment.result.path),
            log_format=pl.lit(segment.log_format.text),
        )
        .select(REJECTS.schema.names())
    )


def _ledger_rows(segments: Sequence[Segment], now: datetime) -> pl.DataFrame:
    rows = [
        {
            "log_source": each.account.log_source,
            "from_offset": each.start,
            "to_offset": each.end,
            "from_line": each.first_line,
            "lines": each.lines,
            "hits": each.hits,
            "rejects": each.rejects.height,
            "skipped": sum(each.skipped.values()),
            "skipped_by": json.dumps(each.skipped) if each.skipped else None,
            "header": each.header or None,
            "tail_length": each.tail_length,
            "tail": each.tail,
            "committed_at": now,
        }
        for each in segments
    ]
    return pl.DataFrame(rows, schema=LEDGER.schema)
