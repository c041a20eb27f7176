"""Small sources of one format, parsed as one: what a parse costs, they share.

A load balancer writes an object for each of its addresses every five minutes, of some dozen
lines each. To open a parse for each of them takes a hundred times what its lines take.

What comes of it is what comes of reading one after the other. A source of which anything is
unusual (one the store knows, lines that do not fit, headers in the middle) is read by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BufferedReader, BytesIO
from typing import Final, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats import AUTO, Detection, Format, format_named
from weblog.formats.csv_lines import CsvFormat
from weblog.formats.w3c import W3CFormat
from weblog.ingestion.books import Books
from weblog.ingestion.reading import BEGINS, Settings, telling_lines
from weblog.ingestion.results import SourceResult
from weblog.ingestion.segments import Segment, segment_of
from weblog.ingestion.selection import Selection, counted, left_out_by
from weblog.parse import Chunk, Parsed, Vocabulary, parse_chunk
from weblog.parse.lines import BOM
from weblog.remote.bucket import Found
from weblog.sources import Head, Reader, Source
from weblog.sources.identity import HEAD_LINES

SMALL: Final = 1 << 20
"""Bytes of content up to which a source is small."""

AT_ONCE: Final = 1000
"""Sources that are parsed as one, at most."""

FEW: Final = 0.02
"""The share of lines that do not fit from which a source is looked at by itself."""


@dataclass(frozen=True, slots=True)
class Small:
    """A small source nobody has seen, all of it in memory: ``source`` is of that.

    ``preamble`` are the header lines it begins with. ``object`` is what a listing told of it.
    """

    source: Source
    data: bytes
    head: Head
    log_format: Format
    detection: Detection | None
    preamble: bytes
    object: Found | None

    def goes_with(self, other: Small) -> bool:
        """Say whether the two can be parsed as one."""
        return self.log_format == other.log_format and self.preamble == other.preamble


def small(reader: Reader, books: Books, settings: Settings, found: Found | None) -> Small | None:
    """Return a source just opened as a small one; None where it is to be read by itself.

    The reader stands where it stood.

    Raises:
        SourceError: it cannot be read.
    """
    source = reader.source
    limit = min(SMALL, settings.chunk_bytes)
    if source.size is None or source.size > limit:
        return None
    first, is_all = reader.head()
    data = reader.whole(limit)
    if not data or not data.endswith(b"\n") or data.startswith(BOM):
        return None
    head = Head.of(first, is_all=is_all)
    if books.account(head) is not None:
        return None
    given = None if settings.log_format == AUTO else settings.log_format
    detection = None if given else settings.seen.again(telling_lines(first))
    log_format = format_named(given) if given else detection.format if detection else None
    preamble = _preamble(data, log_format)
    if log_format is None or preamble is None:
        return None
    held = replace(
        source,
        stream=BufferedReader(cast("BufferedReader", BytesIO(data))),
        size=len(data),
        _position=lambda: len(data),
        _opened=(),
    )
    return Small(held, data, head, log_format, detection, preamble, found)


def _preamble(data: bytes, log_format: Format | None) -> bytes | None:
    """Return the lines with ``#`` that a W3C log begins with, of others none.

    None for a log whose header lines say more than those of the log before it may have said.
    """
    if not isinstance(log_format, W3CFormat):
        return None if isinstance(log_format, CsvFormat) else b""
    end = 0
    while data.startswith(b"#", end):
        end = data.index(b"\n", end) + 1
    return data[:end] if end and data.find(b"\n#", end - 1) < 0 else None


@dataclass(frozen=True, slots=True)
class Part:
    """What became of one source of those parsed as one: as if it had been parsed by itself.

    ``begins`` is when its log does, ``skipped`` what the site's rules left out.
    """

    parsed: Parsed
    begins: str
    skipped: Mapping[str, int]


def parts_of(
    data: Sequence[bytes], log_format: Format, selection: Selection, vocabulary: Vocabulary
) -> list[Part | None]:
    """Parse sources as one; None for each of which it cannot be told by itself what it holds.

    Args:
        data: their content, each ending with a newline, and all with the same header lines.
        log_format: of all.
        selection: the lines to leave out.
        vocabulary: the texts that repeat.
    """
    vocabulary.renew()
    parsed = parse_chunk(Chunk(b"".join(data), 0, 1), log_format, b"", vocabulary)
    if len(parsed.skipped) > 1:
        return [None] * len(data)  # which of them has which is not told
    places = _Places.of(data)
    rows, of_rows = places.own(parsed.rows)
    rejects, of_rejects = places.own(parsed.rejects)
    begins = _begins(rows, of_rows)
    rules = left_out_by(rows, selection) if selection else None
    parts: list[Part | None] = []
    row = reject = 0
    for each, lines in enumerate(places.lines.tolist()):
        fitting, not_fitting = of_rows[each], of_rejects[each]
        if not fitting or not begins[each] or not_fitting > FEW * (fitting + not_fitting):
            parts.append(None)
        else:
            kept, out = rows.slice(row, fitting), {}
            if rules is not None:
                why = rules.slice(row, fitting)
                kept, out = kept.filter(why.is_null()), dict(counted(why))
            left = lines - fitting - not_fitting
            own = Parsed(
                kept,
                rejects.slice(reject, not_fitting),
                lines,
                dict.fromkeys(parsed.skipped, left) if left else {},
                parsed.header,
            )
            parts.append(Part(own, begins[each], out))
        row, reject = row + fitting, reject + not_fitting
    return parts


@dataclass(frozen=True, slots=True)
class _Places:
    """Where each source lies in what is parsed: its lines, and what lies before it."""

    lines: NDArray[np.int64]
    lines_before: NDArray[np.int64]
    bytes_before: NDArray[np.int64]

    @classmethod
    def of(cls, data: Sequence[bytes]) -> _Places:
        lines = np.array([each.count(b"\n") for each in data], dtype=np.int64)
        sizes = np.array([len(each) for each in data], dtype=np.int64)
        return cls(lines, np.cumsum(lines) - lines, np.cumsum(sizes) - sizes)

    def own(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, list[int]]:
        """Return rows in order, placed in their own sources, and how many each has."""
        ordered = frame if frame["line"].is_sorted() else frame.sort("line")
        line = ordered["line"].to_numpy()
        which = np.searchsorted(self.lines_before, line - 1, side="right") - 1
        placed = ordered.with_columns(
            pl.Series("line", line - self.lines_before[which]),
            pl.Series("offset", ordered["offset"].to_numpy() - self.bytes_before[which]),
        )
        return placed, np.bincount(which, minlength=len(self.lines)).tolist()


def _begins(rows: pl.DataFrame, counts: Sequence[int]) -> list[str]:
    """Return the time of the first row of each source, "" where its first lines have none."""
    if rows.is_empty():
        return [""] * len(counts)
    first = np.minimum(np.cumsum(counts) - counts, rows.height - 1)
    is_early = rows["line"].gather(first) <= HEAD_LINES
    times = rows["ts"].gather(first).dt.to_string(BEGINS)
    return times.zip_with(is_early, pl.Series([""])).to_list()


@dataclass
class Together:
    """Gathers small sources until there are enough of them, or one comes that does not go with.

    ``alone`` reads one by itself; ``done`` is told of each that was read, and what it gave.
    """

    books: Books
    settings: Settings
    alone: Callable[[Small], Iterator[Segment]]
    done: Callable[[Small, SourceResult], None]
    _waiting: list[Small] = field(default_factory=list)
    _size: int = 0

    def add(self, source: Small) -> Iterator[Segment]:
        """Take one more; yield those that came before it where it is not parsed with them."""
        if self._waiting and not source.goes_with(self._waiting[-1]):
            yield from self.rest()
        self._waiting.append(source)
        self._size += len(source.data)
        if self._size >= self.settings.chunk_bytes or len(self._waiting) >= AT_ONCE:
            yield from self.rest()

    def rest(self) -> Iterator[Segment]:
        """Yield those that wait."""
        waiting, self._waiting, self._size = self._waiting, [], 0
        if not waiting:
            return
        selection, vocabulary = self.settings.selection, self.settings.vocabulary
        data = [each.data for each in waiting]
        parts = parts_of(data, waiting[0].log_format, selection, vocabulary)
        for source, part in zip(waiting, parts, strict=True):
            if part is None or self.books.account(source.head) is not None:  # one like it came
                yield from self.alone(source)
            else:
                yield self._segment(source, part)

    def _segment(self, source: Small, part: Part) -> Segment:
        shown, log_format = source.source.shown, source.log_format
        account = self.books.opened(source.head, part.begins, shown, log_format.text)
        result = SourceResult(shown, account.log_source, log_format.text)
        if source.detection is not None:
            result.told(source.detection)
        chunk = Chunk(source.data, 0, 1)
        segment = segment_of(chunk, part.parsed, account, log_format, result, part.skipped)
        self.done(source, result)
        return segment
