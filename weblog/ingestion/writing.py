"""Commit batches of segments: hits, then rejects, then the ledger, each exactly once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl

from weblog.errors import ConcurrentIngestError, WeblogError
from weblog.ingestion.books import Account
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.segments import Segment
from weblog.schema import LEDGER, REJECTS, SOURCES
from weblog.store import Store


@dataclass
class Writer:
    """Commits batches; a source another process is writing is dropped, with an error."""

    store: Store
    maker: HitMaker
    errors: list[WeblogError] = field(default_factory=list)
    _dropped: set[str] = field(default_factory=set)

    def write(self, batch: Sequence[Segment]) -> None:
        """Commit a batch of segments of one format."""
        kept = [each for each in batch if each.account.log_source not in self._dropped]
        if not kept:
            return
        try:
            self._commit(kept)
        except ConcurrentIngestError:
            for log_source in dict.fromkeys(each.account.log_source for each in kept):
                self._alone([each for each in kept if each.account.log_source == log_source])

    def _alone(self, segments: Sequence[Segment]) -> None:
        account = segments[0].account
        try:
            self._commit(segments)
        except ConcurrentIngestError:
            self._dropped.add(account.log_source)
            self.errors.append(ConcurrentIngestError(segments[0].result.path, 1))

    def _commit(self, segments: Sequence[Segment]) -> None:
        now = datetime.now(UTC)
        accounts = list({each.account.log_source: each.account for each in segments}.values())
        self._introduce(accounts, now)
        rows = pl.concat([_named(each.rows, each, "hits") for each in segments], how="diagonal")
        if rows.height:
            hits = self.maker.hits(rows).drop("offset")
            self._append("hits", hits, segments)
        rejects = pl.concat([_reject_rows(each, now) for each in segments])
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
        self.store.append_marked(name, rows, reached, expected)
        for log_source, account in accounts.items():
            account.marks[name] = reached[log_source]

    def _count(self, segment: Segment) -> None:
        result = segment.result
        result.lines += segment.lines
        result.hits += segment.rows.height
        result.rejects += segment.rejects.height
        for rule, count in segment.skipped.items():
            result.skipped_by[rule] = result.skipped_by.get(rule, 0) + count


def _named(rows: pl.DataFrame, segment: Segment, table: str) -> pl.DataFrame:
    """Return the rows the table does not hold yet, with the name of their source."""
    mark = segment.account.marks[table]
    if mark is not None and mark > segment.start:
        rows = rows.filter(pl.col("offset") >= mark)
    return rows.with_columns(log_source=pl.lit(segment.account.log_source))


def _reject_rows(segment: Segment, now: datetime) -> pl.DataFrame:
    return (
        _named(segment.rejects, segment, "rejects")
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
            "hits": each.rows.height,
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
