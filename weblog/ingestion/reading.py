"""Read one source: recognise it, go to where it was left, parse what is new."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from weblog.errors import FormatError, SourceError
from weblog.formats import AUTO, Detection, Format, detect, format_named
from weblog.formats.seen import Seen
from weblog.ingestion.beginning import judged
from weblog.ingestion.books import Account, Books
from weblog.ingestion.results import SourceResult
from weblog.ingestion.segments import BATCH_LINES, Segment, segments
from weblog.ingestion.selection import EVERY_LINE, Selection
from weblog.parse import Chunk, Parsed, Vocabulary, parse_chunk
from weblog.sources import CHUNK_BYTES, Head, Reader, Source

NO_TIME: Final = "00000000T000000.000"
"""Stands for when a log begins that nobody knows of."""

BEGINS: Final = "%Y%m%dT%H%M%S%.3f"
"""How the time is written at which a log begins."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How to read: a format given by name or string, which lines to leave out; sizes for tests.

    ``force`` reads a new log even where its format does not fit most of its first lines;
    ``vocabulary`` is what the run has met of texts that repeat, ``seen`` of formats.
    """

    log_format: str | None = None
    selection: Selection = EVERY_LINE
    force: bool = False
    chunk_bytes: int = CHUNK_BYTES
    batch_lines: int = BATCH_LINES
    vocabulary: Vocabulary = field(default_factory=Vocabulary, compare=False)
    seen: Seen = field(default_factory=Seen, compare=False)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A source of which something may be new: ``reader`` stands where its account was left.

    ``first`` are its first bytes, with what they were parsed to where they were.
    """

    reader: Reader
    account: Account
    log_format: Format
    is_new: bool
    first: tuple[bytes, Parsed | None]


def recognised(
    source: Source | Reader, books: Books, settings: Settings, result: SourceResult
) -> Recognised | None:
    """Recognise ``source`` by its content, and go to where it was left; None: nothing is new.

    Args:
        source: just opened, or its reader, which has passed over nothing yet.
        books: what the store knows of sources; an account is opened for one it does not know.
        settings: the format.
        result: filled in, but for what is counted when segments are committed.

    Raises:
        SourceError: it cannot be read, or its earlier content was rewritten.
        FormatError: no format fits.
    """
    reader = source if isinstance(source, Reader) else Reader(source)
    source = reader.source
    data, is_all = reader.head()
    head = Head.of(data, is_all=is_all)
    if not head.prefixes:
        result.unfinished = len(data)
        if reader.damage:
            raise SourceError(source.shown, reader.damage, "No line of it could be read.")
        result.notes.append(unfinished(len(data)) if data else "empty: nothing to read")
        return None
    account = books.account(head)
    log_format, first = _format(account, data, settings, result), None
    if account is None:
        first = _first(data, log_format)
        begins = _begins(first)
        account = books.opened(head, begins, source.shown, log_format.text)
    result.log_source, result.log_format = account.log_source, log_format.text
    result.already = account.lines
    if account.offset and not _skipped(reader, account, result):
        if reader.damage:
            raise SourceError(source.shown, reader.damage, "The store holds more of this log.")
        return None
    is_new = account.written is None and not account.offset
    books.met(account, head, source.shown)
    return Recognised(reader, account, log_format, is_new, (data, first))


def read_source(
    source: Source | Reader,
    books: Books,
    settings: Settings,
    result: SourceResult,
    moved: Callable[[int], None],
) -> Iterator[Segment]:
    """Yield what is new in ``source``.

    Args:
        source: just opened, or its reader, which has passed over nothing yet.
        books: what the store knows of sources.
        settings: format and sizes.
        result: filled in, but for what is counted when segments are committed.
        moved: told the position in the file on disk from time to time.

    Raises:
        SourceError: it cannot be read (to its end), or its earlier content was rewritten.
        FormatError: no format fits, or the one there is does not fit most of a new log's lines.
    """
    found = recognised(source, books, settings, result)
    if found is None:
        return
    reader, account, log_format = found.reader, found.account, found.log_format
    source = reader.source
    chunks = reader.chunks(account.offset, account.lines + 1, settings.chunk_bytes)
    if found.is_new and not settings.force:
        chunks = judged(chunks, log_format, source.shown, found.first)
    yield from segments(
        _watched(chunks, source, moved),
        account,
        log_format,
        result,
        settings.selection,
        vocabulary=settings.vocabulary,
    )
    result.unfinished = reader.unfinished
    if reader.damage:
        # Told last: what came before the damage has been read, and counts.
        raise broken_off(source.shown, reader.damage)
    if reader.unfinished:
        result.notes.append(unfinished(reader.unfinished))


def broken_off(shown: str, damage: str) -> SourceError:
    """Return the error of a source that could be read to its damage only."""
    advice = "What came before was read. Ingest it again when it is whole."
    return SourceError(shown, damage, advice)


def _format(
    account: Account | None, data: bytes, settings: Settings, result: SourceResult
) -> Format:
    """Return the format given, else the one the source was read with before, else detect it."""
    given = None if settings.log_format == AUTO else settings.log_format
    if account is not None:
        return format_named(given or account.known.log_format)
    log_format, detection = fitting_format(given, data, result.path)
    if detection is not None:
        settings.seen.remember(detection)
        result.told(detection)
    return log_format


def fitting_format(given: str | None, data: bytes, shown: str) -> tuple[Format, Detection | None]:
    """Return the format to read a new source by: the one given, else detect it.

    Args:
        given: a name or the text of a format; None or "auto" to detect it.
        data: the source's first lines.
        shown: what to call the source in errors.

    Returns:
        The format, and by what evidence where it was detected.

    Raises:
        SourceError: there is nothing to tell a format by.
        FormatError: no format fits, or the one given fits no line.
    """
    lines = telling_lines(data)
    if given is None or given == AUTO:
        if not lines:
            advice = "Give its LogFormat with --format, or read it again when it has lines."
            raise SourceError(shown, "only blank lines so far, which tell no format", advice)
        detection = detect(lines, shown)
        return detection.format, detection
    log_format = format_named(given)
    if lines and log_format.fit(lines) == 0:
        first = repr(lines[0][:100])[1:]
        problem = f"{shown}: none of its first {len(lines)} lines fits; the first is {first}"
        raise FormatError(
            log_format.text, problem, "Give the format it is written in with --format."
        )
    return log_format, None


def telling_lines(data: bytes) -> list[bytes]:
    """Return the whole lines of a source's first bytes that may tell its format."""
    lines = [line.rstrip(b"\r") for line in data.split(b"\n")[:-1] or [data]]
    return [line for line in lines if line.strip()]


def _first(data: bytes, log_format: Format) -> Parsed:
    """Parse the first lines of a source, whole ones where there are."""
    return parse_chunk(Chunk(data[: data.rfind(b"\n") + 1] or data, 0, 1), log_format)


def _begins(first: Parsed) -> str:
    """Return the time of the first line that is one, such as ``20150517T100503.000`` (UTC).

    A log is not read before it has such a line (see :func:`_format`), so the answer stays the
    same as it grows. Where the line fits but for its time, it is :data:`NO_TIME`.
    """
    if first.rows.is_empty():
        return NO_TIME
    when = pl.col("ts").first().dt.to_string(BEGINS)
    return str(first.rows.sort("line").select(when).item())


def _skipped(reader: Reader, account: Account, result: SourceResult) -> bool:
    """Go to where reading was left; False where this copy does not reach that far."""
    reached, tail = reader.skip_to(account.offset, account.tail_length)
    if reached < account.offset:
        result.notes.append(
            f"an older or shorter copy: it ends at byte {reached:,}, "
            f"{account.offset:,} are in the store already"
        )
        return False
    if tail != account.tail:
        problem = (
            f"begins like a log that was ingested before ({account.log_source}), but differs "
            f"from it before byte {account.offset:,}: it was rewritten"
        )
        advice = "Nothing was read. Restore the file, or ingest it into another store."
        raise SourceError(result.path, problem, advice)
    return True


def _watched(
    chunks: Iterator[Chunk], source: Source, moved: Callable[[int], None]
) -> Iterator[Chunk]:
    for chunk in chunks:
        moved(source.position())
        yield chunk


def unfinished(length: int) -> str:
    """Say that a last line was left, since it has no end yet."""
    return (
        f"the last line ({length:,} bytes) has no end yet and was left for the next run; "
        "--final takes it now"
    )
