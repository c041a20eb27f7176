"""Read a source as chunks of whole lines, from its start or from where it was left."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weblog.errors import SourceError
from weblog.parse.lines import Chunk
from weblog.sources.damage import DamagedError
from weblog.sources.denied import denied
from weblog.sources.identity import HEAD_BYTES, HEAD_LINES, digest
from weblog.sources.open import Source

CHUNK_BYTES = 8 << 20
LONGEST_READ = 64 << 20
"""A line longer than this ends the reading: memory must not follow a file without lines."""

_READ, _HEAD_READ = 1 << 20, 64 << 10


@dataclass
class Reader:
    """Reads one source; ``unfinished`` and ``damage`` tell afterwards what was left.

    ``unfinished`` are the bytes of a last line that has no end yet and was left for the
    next run; ``damage`` says why a compressed file could not be read to its end.
    """

    source: Source
    unfinished: int = 0
    damage: str = ""
    _ahead: bytes = b""
    _at_end: bool = False
    _head: tuple[bytes, bool] | None = None

    def head(self) -> tuple[bytes, bool]:
        """Read the first lines; return them and whether that is all there will ever be.

        There is a whole line among them, however long, where the source has one. Asked again,
        they are the same.

        Raises:
            SourceError: the source cannot be read, its first line is longer than 64 MiB, or
                its lines end as those of old Macs do.
        """
        if self._head is None:
            self._head = self._first_lines()
        return self._head

    def whole(self, limit: int) -> bytes | None:
        """Return all of a source just opened; None where that is more than ``limit`` bytes.

        Nothing is passed over by this: what is read is kept. Of a damaged source there is no all.

        Raises:
            SourceError: the source cannot be read.
        """
        parts, length = [self._ahead], len(self._ahead)
        while length <= limit and (more := self._read(_HEAD_READ)):
            parts.append(more)
            length += len(more)
        self._ahead = b"".join(parts)
        return self._ahead if self._at_end and not self.damage else None

    def _first_lines(self) -> tuple[bytes, bool]:
        parts = [self._ahead]
        length, lines = len(self._ahead), self._ahead.count(b"\n")
        while lines < HEAD_LINES and (length < HEAD_BYTES or not lines):
            more = self._read(_HEAD_READ)
            if not more:
                break
            parts.append(more)
            length, lines = length + len(more), lines + more.count(b"\n")
            if length > LONGEST_READ and not lines:
                raise self._too_long(1)
            if not lines:
                self._refuse_returns(more)
        self._ahead = b"".join(parts)
        return self._ahead, self._at_end and self.source.is_final and not self.damage

    def skip_to(self, offset: int, tail_length: int) -> tuple[int, str]:
        """Go from the start to ``offset``.

        Returns how far there was content, and the hash of the ``tail_length`` bytes before.

        Raises:
            SourceError: the source cannot be read.
        """
        start = offset - tail_length
        reached = self.skip(start)
        tail = self._exactly(tail_length)
        return reached + len(tail), digest(tail)

    def skip(self, length: int) -> int:
        """Go ``length`` bytes on; return how many there were.

        Raises:
            SourceError: the source cannot be read.
        """
        passed = len(self._exactly(min(length, len(self._ahead))))
        if self.source.can_seek():
            return passed + self.source.seek_on(length - passed)
        while passed < length:
            data = self._exactly(min(_READ, length - passed))
            if not data:
                break
            passed += len(data)
        return passed

    def chunks(self, offset: int, first_line: int, size: int = CHUNK_BYTES) -> Iterator[Chunk]:
        """Yield the rest as chunks of about ``size`` bytes; the reader stands at ``offset``.

        Raises:
            SourceError: a line is longer than 64 MiB.
        """
        rest = b""
        while True:
            parts, length, has_end = [rest], len(rest), False
            # Small pieces, one joining: each copy of a chunk costs as much as finding its lines.
            while (length < size or not has_end) and (data := self._piece(size)):
                parts.append(data)
                length += len(data)
                has_end = has_end or b"\n" in data
                if length > LONGEST_READ and not has_end:
                    raise self._too_long(first_line)
            if len(parts) == 1:
                break
            whole, rest = _cut(parts)
            if whole:
                chunk = Chunk(whole, offset, first_line)
                yield chunk
                offset += len(whole)
                first_line += chunk.lines
        if rest and self.source.is_final and not self.damage:
            yield Chunk(rest, offset, first_line)
        else:
            self.unfinished = len(rest)

    def _piece(self, size: int) -> bytes:
        if self._ahead:
            return self._exactly(min(size, len(self._ahead)))
        return self._read(min(size, _READ))

    def _exactly(self, length: int) -> bytes:
        """Read ``length`` bytes, fewer only at the end."""
        parts = [self._ahead[:length]]
        self._ahead = self._ahead[length:]
        missing = length - len(parts[0])
        while missing > 0:
            data = self._read(missing)
            if not data:
                break
            parts.append(data)
            missing -= len(data)
        return b"".join(parts)

    def _refuse_returns(self, data: bytes) -> None:
        """Refuse lines that end with a carriage return alone: they would be one endless line."""
        if b"\r" in data[:-1]:
            problem = "its lines end with carriage returns alone, expected newlines"
            advice = "Convert it and pipe it in: tr '\\r' '\\n' < FILE | weblog ingest -"
            raise SourceError(self.source.shown, problem, advice)

    def _too_long(self, line: int) -> SourceError:
        problem = f"line {line} is longer than {LONGEST_READ >> 20} MiB"
        return SourceError(self.source.shown, problem, "This is no access log.")

    def _read(self, length: int) -> bytes:
        if self._at_end:
            return b""
        try:
            data = self.source.stream.read1(length)
        except DamagedError as damage:
            # A copy still under way, or a broken disk: what came before is whole and counts.
            self.damage, data = str(damage), b""
        except OSError as error:
            raise denied(self.source.shown, error) from None
        self._at_end = not data
        return data


def _cut(parts: list[bytes]) -> tuple[bytes, bytes]:
    """Return the whole lines of the joined ``parts``, and what comes after the last one's end."""
    for i in range(len(parts) - 1, -1, -1):
        cut = parts[i].rfind(b"\n") + 1
        if cut:
            whole = b"".join((*parts[:i], parts[i][:cut]))
            return whole, b"".join((parts[i][cut:], *parts[i + 1 :]))
    return b"", b"".join(parts)
