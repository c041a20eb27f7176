"""What to read where: sources cut into pieces, each for one executor.

A plain file is cut at line ends into pieces of about the same size, so that one huge log keeps
every machine busy. What is compressed, recoded or in an archive can only be read from its
beginning, and a format whose header line tells its columns only with it: these are one piece.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from weblog.errors import FormatError, SourceError, WeblogError
from weblog.formats import Format
from weblog.formats.csv_lines import CsvFormat
from weblog.formats.w3c import W3CFormat
from weblog.ingestion.beginning import judged
from weblog.ingestion.books import Account, Books
from weblog.ingestion.reading import Settings, recognised, unfinished
from weblog.ingestion.results import SourceResult
from weblog.remote import file as remote_file
from weblog.remote.address import is_remote, is_web
from weblog.remote.bucket import Found
from weblog.remote.fetching import Content, fetched
from weblog.sources import Head, Reader, Source, open_source

if TYPE_CHECKING:
    from io import BufferedReader

_LOOK: Final = 1 << 16
_LONGEST: Final = 64 << 20
_JUDGED_BYTES: Final = 1 << 20

_REMEMBERING: Final = (W3CFormat, CsvFormat)
"""Formats of which a line can only be read with a header line before it."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a source: from byte ``start`` of its content to ``end``, or all the rest (None).

    ``path`` is absolute or an address, ``shown`` what to call it. ``first_line`` is None where
    nobody has counted the lines before it yet; ``weight`` is how many bytes on disk it takes to
    read; ``is_part`` says that the source has other pieces. ``found`` is what a listing told of
    an object in a bucket: an executor reads the very one, or none.
    """

    path: str
    shown: str
    account: Account
    log_format: Format
    start: int
    end: int | None
    first_line: int | None
    weight: int
    is_final: bool
    is_part: bool = False
    found: Found | None = None

    def numbered(self, first_line: int) -> Piece:
        """Return the piece with the number of its first line."""
        return replace(self, first_line=first_line)

    @contextmanager
    def opened(self, content: bytes | None = None) -> Iterator[Reader]:
        """Open it, as a reader that stands at its start, while a block runs.

        ``content`` is all of the object, where it was fetched already.

        Raises:
            SourceError: it cannot be opened, or is another file here.
        """
        source = open_source(self.path, final=self.is_final, found=self.found, content=content)
        try:
            if self.end is None:
                reader = Reader(source)
                reached, tail = reader.skip_to(self.start, self.account.tail_length)
                if reached < self.start or tail != self.account.tail:
                    raise _changed(source.shown)
                yield reader
                return
            if not source.can_seek() or source.seek_on(self.start) < self.start:
                raise _changed(source.shown)
            stream = _Part(cast("BufferedReader", source.stream), self.end - self.start)
            yield Reader(Source(source.shown, stream, True, None, None))
            if stream.left:
                raise _changed(source.shown)
        finally:
            source.close()


def _changed(shown: str) -> SourceError:
    problem = "is another file there than here, or has changed meanwhile"
    return SourceError(shown, problem, "All machines must see the same files under the same names.")


@dataclass
class _Part:
    """The next ``left`` bytes of a file."""

    file: BufferedReader
    left: int

    def read1(self, size: int, /) -> bytes:
        data = self.file.read1(min(size, self.left)) if self.left else b""
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()


@dataclass
class Planner:
    """Cuts sources into pieces; errors and results are gathered on the way.

    ``open_accounts`` are the sources of which pieces are not committed yet: a copy of one of
    them, under another name, waits for that (None is yielded). ``objects`` is what a listing
    told of those in buckets.
    """

    books: Books
    settings: Settings
    final: bool
    piece_bytes: int
    results: list[SourceResult] = field(default_factory=list)
    _of_source: dict[str, SourceResult] = field(default_factory=dict)
    first_errors: list[WeblogError] = field(default_factory=list)
    open_accounts: set[str] = field(default_factory=set)
    objects: Mapping[str, Found] = field(default_factory=dict)
    _cutting: str | None = None
    _errors: list[tuple[int, WeblogError]] = field(default_factory=list)
    _places: dict[str, int] = field(default_factory=dict)
    _read: dict[int, tuple[Found, SourceResult]] = field(default_factory=dict)

    def pieces(self, paths: Sequence[str]) -> Iterator[Piece | None]:
        """Yield what is to be read, in order; None: commit what was yielded before going on."""
        for place, (path, content) in enumerate(fetched(paths, self.objects)):
            try:
                if self._is_open(str(path), content):
                    yield None
                yield from self._of(str(path), place, content)
            except (SourceError, FormatError) as error:
                self._errors.append((place, error))

    @property
    def errors(self) -> list[WeblogError]:
        """What went wrong, in the order of the files: some is known before others are read."""
        found = sorted(self._errors, key=lambda each: each[0])
        return [*self.first_errors, *(error for _, error in found)]

    @property
    def finished(self) -> list[Found]:
        """Objects that were read to their end, once all is committed."""
        failed = {place for place, _ in self._errors}
        return [
            found
            for place, (found, result) in self._read.items()
            if place not in failed and not result.unfinished
        ]

    def committed(self) -> None:
        """Note that all pieces so far are committed; the source that is being cut has others."""
        self.open_accounts &= set(filter(None, [self._cutting]))

    def failed(self, log_source: str, error: WeblogError) -> None:
        """Note what went wrong with a source, of which pieces were yielded."""
        self._errors.append((self._places[log_source], error))

    def result(self, log_source: str) -> SourceResult:
        """Return what the file gave that the source was last met in."""
        return self._of_source[log_source]

    def _opened(self, path: str, content: Content | None) -> Source:
        found = self.objects.get(path)
        return open_source(path, final=self.final, found=found, content=content and content())

    def _is_open(self, path: str, content: Content | None) -> bool:
        """Say whether the file is a source that is being read."""
        if not self.open_accounts:
            return False
        source = self._opened(path, content)
        try:
            reader = Reader(source)
            data, is_all = reader.head()
        finally:
            source.close()
        account = self.books.account(Head.of(data, is_all=is_all))
        return account is not None and account.log_source in self.open_accounts

    def _of(self, path: str, place: int, content: Content | None) -> Iterator[Piece]:
        source = self._opened(path, content)
        result = SourceResult(source.shown)
        # Before anything is read: a byte order mark is no part of the content.
        mark = cast("BufferedReader", source.stream).tell() if source.can_seek() else 0
        try:
            found = recognised(source, self.books, self.settings, result)
            self.results.append(result)
            if path in self.objects:
                self._read[place] = self.objects[path], result
            if found is None:
                return
            self._of_source[found.account.log_source] = result
            self._places[found.account.log_source] = place
            if found.is_new and not self.settings.force:
                # All that is read here is read again: a megabyte of a new source.
                chunks = found.reader.chunks(0, 1, _JUDGED_BYTES)
                next(judged(chunks, found.log_format, source.shown), None)
        finally:
            source.close()
        whole = Piece(
            path if is_remote(path) else str(Path(path).absolute()),
            source.shown,
            found.account,
            found.log_format,
            start=found.account.offset,
            end=None,
            first_line=found.account.lines + 1,
            weight=source.size or 0,
            is_final=self.final,
            found=self.objects.get(path),
        )
        self.open_accounts.add(found.account.log_source)
        # A web server need not know ranges: each piece would cost all that is before it.
        is_whole = is_web(path) or not source.can_seek()
        if is_whole or isinstance(found.log_format, _REMEMBERING):
            yield whole
            return
        self._cutting = found.account.log_source
        yield from self._cut(whole, mark, result)
        self._cutting = None

    def _cut(self, whole: Piece, mark: int, result: SourceResult) -> Iterator[Piece]:
        """Cut the rest of a plain file at line ends."""
        with _plain(whole) as file:
            size = file.seek(0, 2) - mark
            end = size if self.final else _line_end_before(file, mark, whole.start, size)
            if end < size:
                result.unfinished = size - end
                result.notes.append(unfinished(size - end))
            start = whole.start
            first_line = whole.first_line
            while start < end:
                stop = min(start + self.piece_bytes, end)
                if stop < end:
                    stop = min(_line_end_after(file, mark, stop) or end, end)
                yield replace(
                    whole,
                    start=start,
                    end=stop,
                    first_line=first_line,
                    weight=stop - start,
                    is_part=(start, stop) != (whole.start, end),
                )
                start, first_line = stop, None


def _plain(piece: Piece) -> BufferedReader:
    if is_remote(piece.path):
        file, _ = remote_file.opened(piece.path, piece.found, None)
        return file
    return Path(piece.path).open("rb")


def _line_end_before(file: BufferedReader, mark: int, start: int, size: int) -> int:
    """Return where the last line that has an end does end; ``start`` where none has."""
    at = size
    while at > start:
        low = max(at - _LOOK, start)
        file.seek(mark + low)
        found = file.read(at - low).rfind(b"\n")
        if found >= 0:
            return low + found + 1
        at = low
    return start


def _line_end_after(file: BufferedReader, mark: int, at: int) -> int | None:
    """Return where the line that byte ``at`` is in ends; None: too far away, or nowhere."""
    file.seek(mark + at)
    passed = 0
    while passed <= _LONGEST and (data := file.read(_LOOK)):
        found = data.find(b"\n")
        if found >= 0:
            return at + passed + found + 1
        passed += len(data)
    return None
