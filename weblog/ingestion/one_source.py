"""Ingest one source: recognise it, read what is new, commit it exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import polars as pl

from weblog.errors import FormatError, SourceError
from weblog.formats import LogFormat, detect_format, format_named, share_fitting
from weblog.ingestion.batches import BATCH_ROWS, Batch, batches
from weblog.ingestion.hits import HitMaker
from weblog.ingestion.ledger import (
    Progress,
    known_sources,
    ledger_row,
    progress_of,
    remember_source,
)
from weblog.ingestion.prefetch import ahead
from weblog.parse import Chunk
from weblog.schema import REJECTS
from weblog.sources import (
    CHUNK_BYTES,
    Head,
    KnownSource,
    Reader,
    Source,
    digest,
    new_identity,
    recognised,
)
from weblog.store import Store

TAIL = 4096


@dataclass(frozen=True, slots=True)
class SourceResult:
    """What one source gave.

    ``lines``, ``hits``, ``rejects`` and ``skipped`` count what is new (lines = hits + rejects
    + skipped); ``already`` are lines that were in the store before. ``unfinished`` are bytes of
    a last line without an end, left for the next run. ``notes`` are sentences for people.
    """

    path: str
    log_source: str | None = None
    log_format: str = ""
    lines: int = 0
    hits: int = 0
    rejects: int = 0
    skipped: int = 0
    already: int = 0
    unfinished: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read: a format given by name or string, and sizes that tests make small."""

    log_format: str | None = None
    chunk_bytes: int = CHUNK_BYTES
    batch_rows: int = BATCH_ROWS


def ingest_source(
    store: Store,
    source: Source,
    maker: HitMaker,
    settings: Settings,
    moved: Callable[[int], None],
) -> SourceResult:
    """Ingest what is new in ``source``.

    Args:
        store: where to.
        source: what, just opened.
        maker: makes hits of parsed rows.
        settings: format and sizes.
        moved: told the position in the file on disk from time to time.

    Raises:
        SourceError: it cannot be read, or its earlier content was rewritten.
        FormatError: no format fits.
        ConcurrentIngestError: another process ingests the same source right now.
    """
    reader = Reader(source)
    data, is_all = reader.head()
    if not data:
        problem = reader.damage or "empty"
        return SourceResult(source.shown, notes=(f"{problem}: nothing to read",))
    head = Head.of(data, is_all=is_all)
    if not head.prefixes:
        return SourceResult(source.shown, unfinished=len(data), notes=(_unfinished(len(data)),))
    known = known_sources(store)
    found = recognised(head, known)
    log_format = _format(found, data, settings, source.shown)
    if found is None:
        found = KnownSource(new_identity(head, known), head, log_format.text, 0, 0, digest(b""))
        remember_source(store, found, source.shown, datetime.now(UTC))
    elif len(head.prefixes) > len(found.head.prefixes):
        found = replace(found, head=head)
    return _SourceRun(store, source, reader, found, log_format, maker, settings, moved).run()


def _format(found: KnownSource | None, data: bytes, settings: Settings, shown: str) -> LogFormat:
    """Return the format given, else the one the source was read with before, else detect it."""
    lines = [line.rstrip(b"\r") for line in data.split(b"\n")[:-1] or [data]]
    lines = [line for line in lines if line.strip()]
    if settings.log_format is None:
        return format_named(found.log_format) if found else detect_format(lines, shown)
    given = format_named(settings.log_format)
    if found is None and lines and share_fitting(given, lines) == 0:
        first = repr(lines[0][:100])[1:]
        problem = f"{shown}: none of its first {len(lines)} lines fits; the first is {first}"
        raise FormatError(given.text, problem, "Give the format it is written in with --format.")
    return given


@dataclass
class _SourceRun:
    store: Store
    source: Source
    reader: Reader
    known: KnownSource
    log_format: LogFormat
    maker: HitMaker
    settings: Settings
    moved: Callable[[int], None]
    _tail: bytes = field(default=b"", init=False)

    def run(self) -> SourceResult:
        progress = progress_of(self.store, self.known.log_source)
        result = SourceResult(
            self.source.shown,
            self.known.log_source,
            self.log_format.text,
            already=progress.lines,
        )
        notes: list[str] = []
        if progress.offset and not self._skipped(progress, notes):
            return replace(result, notes=tuple(notes))
        for batch in ahead(self._batches(progress)):
            progress = self._commit(batch, progress)
            result = replace(
                result,
                lines=result.lines + batch.lines,
                hits=result.hits + batch.rows.height,
                rejects=result.rejects + batch.rejects.height,
                skipped=result.skipped + batch.skipped,
            )
        if result.lines:
            self._remember(progress.offset)
        if self.reader.damage:
            notes.append(f"{self.reader.damage}: what came before it was read; run again later")
        elif self.reader.unfinished:
            notes.append(_unfinished(self.reader.unfinished))
        return replace(result, unfinished=self.reader.unfinished, notes=tuple(notes))

    def _skipped(self, progress: Progress, notes: list[str]) -> bool:
        """Go to where reading was left; False where this copy does not reach that far."""
        known = self.known
        checked = min(known.offset, progress.offset)
        reached, tail = self.reader.skip_to(checked, known.tail_length if checked else 0)
        if reached == checked and checked and tail != known.tail:
            problem = (
                f"begins like a log that was ingested before ({known.log_source}), but differs "
                f"from it before byte {checked:,}: it was rewritten"
            )
            advice = "Nothing was read. Restore the file, or ingest it into another store."
            raise SourceError(self.source.shown, problem, advice)
        if reached == checked:
            # The process died before it wrote down the newest tail: go on without a check.
            reached += self.reader.skip(progress.offset - checked)
        if reached < progress.offset:
            notes.append(
                f"an older or shorter copy: it ends at byte {reached:,}, "
                f"{progress.offset:,} are in the store already"
            )
        return reached == progress.offset

    def _batches(self, progress: Progress) -> Iterator[Batch]:
        chunks = self.reader.chunks(progress.offset, progress.lines + 1, self.settings.chunk_bytes)
        return batches(ahead(self._watched(chunks)), self.log_format, self.settings.batch_rows)

    def _watched(self, chunks: Iterator[Chunk]) -> Iterator[Chunk]:
        for chunk in chunks:
            self._tail = chunk.data[-TAIL:]
            self.moved(self.source.position())
            yield chunk

    def _commit(self, batch: Batch, progress: Progress) -> Progress:
        """Commit one batch to hits, rejects and ledger, in this order."""
        log_source, now = self.known.log_source, datetime.now(UTC)
        counts = (batch.lines, batch.rows.height, batch.rejects.height, batch.skipped)
        span = (batch.start, batch.end)
        marks = dict(progress.marks)
        hits = _from(self.maker.hits(batch.rows, log_source), marks["hits"]).drop("offset")
        rejects = self._reject_rows(_from(batch.rejects, marks["rejects"]), now)
        row = ledger_row(log_source, span, batch.first_line, counts, now)
        for name, rows in (("hits", hits), ("rejects", rejects), ("ledger", row)):
            if rows.height:
                self.store.append_once(name, rows, log_source, batch.end, marks[name])
                marks[name] = batch.end
        return Progress(marks, progress.lines + batch.lines)

    def _reject_rows(self, rejects: pl.DataFrame, now: datetime) -> pl.DataFrame:
        return rejects.with_columns(
            ingest_date=pl.lit(now.date()),
            log_source=pl.lit(self.known.log_source),
            path=pl.lit(self.source.shown),
            log_format=pl.lit(self.log_format.text),
        ).select(REJECTS.schema.names())

    def _remember(self, offset: int) -> None:
        tail = self._tail
        known = replace(
            self.known,
            log_format=self.log_format.text,
            offset=offset,
            tail_length=len(tail),
            tail=digest(tail),
        )
        remember_source(self.store, known, self.source.shown, datetime.now(UTC))


def _from(rows: pl.DataFrame, mark: int | None) -> pl.DataFrame:
    """Return the rows that lie at or behind a table's own mark."""
    return rows if mark is None else rows.filter(pl.col("offset") >= mark)


def _unfinished(length: int) -> str:
    return (
        f"the last line ({length:,} bytes) has no end yet and was left for the next run; "
        "--final takes it now"
    )
