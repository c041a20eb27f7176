"""Commit batches of segments: hits, then rejects, then the ledger, each exactly once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import polars as pl

from weblog.errors import ConcurrentIngestError, WeblogError
from weblog.ingestion.batch import Batch, new_rows
from weblog.ingestion.books import Account
from weblog.ingestion.segments import Counted, Segment
from weblog.schema import LEDGER, REJECTS, SOURCES
from weblog.store import Store
from weblog.store.commit import Rows


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
        accounts = {each.account.log_source: each.account for each in segments}
        rejects = reject_rows(segments, now, keep_raw=self.keep_raw)
        counted = [each.counted for each in segments]
        self.commit(
            accounts,
            counted,
            batch.hits if batch.hits.height else None,
            rejects if rejects.height else None,
            now,
        )
        for each, told in zip(segments, counted, strict=True):
            told.add_to(each.result)

    def commit(
        self,
        accounts: Mapping[str, Account],
        counted: Sequence[Counted],
        hits: Rows | None,
        rejects: Rows | None,
        now: datetime,
    ) -> None:
        """Commit what became of some lines: sources, hits, rejects, then the ledger.

        Args:
            accounts: of the sources, by identity.
            counted: what became of their lines.
            hits: rows, or files of rows, that the store does not hold yet; None: no row.
            rejects: likewise.
            now: the time.

        Raises:
            ConcurrentIngestError: another process is writing one of the sources.
        """
        self._introduce(list(accounts.values()), now)
        if hits is not None:
            self._append("hits", hits, accounts, counted)
        if rejects is not None:
            self._append("rejects", rejects, accounts, counted)
        self._append("ledger", _ledger_rows(counted, now), accounts, counted)

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

    def _append(
        self, name: str, rows: Rows, accounts: Mapping[str, Account], counted: Sequence[Counted]
    ) -> None:
        accounts = dict(accounts)
        expected = {log_source: account.marks[name] for log_source, account in accounts.items()}
        reached = {log_source: mark or 0 for log_source, mark in expected.items()}
        for each in counted:
            # A run that was cut short may have got further with this table than this batch does.
            reached[each.log_source] = max(reached[each.log_source], each.end)
        done = [source for source, mark in expected.items() if mark == reached[source]]
        if done:  # this batch was committed to this table before another table refused it
            if isinstance(rows, pl.DataFrame):  # files were written without what is there
                rows = rows.filter(~pl.col("log_source").cast(pl.String).is_in(done))
            for source in done:
                del reached[source], expected[source], accounts[source]
            if not accounts:
                return
        self.store.append_marked(name, rows, reached, expected)
        for log_source, account in accounts.items():
            account.marks[name] = reached[log_source]


def reject_rows(segments: Sequence[Segment], now: datetime, *, keep_raw: bool) -> pl.DataFrame:
    """Return the rejects of segments that the store does not hold yet, as its table has them."""
    some = [each for each in segments if each.rejects.height] or segments[:1]
    named = [
        each.rejects.with_columns(
            path=pl.lit(each.result.path), log_format=pl.lit(each.log_format.text)
        )
        for each in some
    ]
    rows = new_rows(list(zip(some, named, strict=True)), "rejects").with_columns(
        ingest_date=pl.lit(now.date())
    )
    rows = rows.select(REJECTS.schema.names())
    return rows if keep_raw else rows.with_columns(raw=pl.lit(b""))


def _ledger_rows(counted: Sequence[Counted], now: datetime) -> pl.DataFrame:
    rows = [
        {
            "log_source": each.log_source,
            "from_offset": each.start,
            "to_offset": each.end,
            "from_line": each.first_line,
            "lines": each.lines,
            "hits": each.hits,
            "rejects": each.rejects,
            "skipped": sum(each.skipped.values()),
            "skipped_by": json.dumps(each.skipped) if each.skipped else None,
            "header": each.header or None,
            "tail_length": each.tail_length,
            "tail": each.tail,
            "committed_at": now,
        }
        for each in counted
    ]
    return pl.DataFrame(rows, schema=LEDGER.schema)
