"""Read a source as chunks of whole lines, from its start or from where it was left."""

from __future__ import annotations

import lzma
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from weblog.errors import SourceError
from weblog.parse.lines import Chunk
from weblog.sources.identity import HEAD_BYTES, HEAD_LINES, digest
from weblog.sources.open import Source

CHUNK_BYTES = 12 << 20
LONGEST_READ = 64 << 20
"""A line longer than this ends the reading: memory must not follow a file without lines."""

_READ = 1 << 20


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

    def head(self) -> tuple[bytes, bool]:
        """Read the first lines; return them and whether that is all there will ever be.

        There is a whole line among them, however long, where the source has one.

        Raises:
            SourceError: the source cannot be read, or its first line is longer than 64 MiB.
        """
        parts = [self._ahead]
        length, lines = len(self._ahead), self._ahead.count(b"\n")
        while lines < HEAD_LINES and (length < HEAD_BYTES or not lines):
            more = self._read(64 << 10)
            if not more:
                break
            parts.append(more)
            length, lines = length + len(more), lines + more.count(b"\n")
            if length > LONGEST_READ and not lines:
                raise self._too_long(1)
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
            here = self.source.stream.tell()
            passed_on = min(length - passed, max((self.source.size or 0) - here, 0))
            self.source.stream.seek(here + passed_on)
            return passed + passed_on
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
            data = rest + self._exactly(size)
            if len(data) == len(rest):
                break
            cut = data.rfind(b"\n") + 1
            rest = data[cut:]
            if cut:
                chunk = Chunk(data[:cut], offset, first_line)
                yield chunk
                offset += cut
                first_line += chunk.lines
            elif len(rest) > LONGEST_READ:
                raise self._too_long(first_line)
        if rest and self.source.is_final and not self.damage:
            yield Chunk(rest, offset, first_line)
        else:
            self.unfinished = len(rest)

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

    def _too_long(self, line: int) -> SourceError:
        problem = f"line {line} is longer than {LONGEST_READ >> 20} MiB"
        return SourceError(self.source.shown, problem, "This is no access log.")

    def _read(self, length: int) -> bytes:
        if self._at_end:
            return b""
        try:
            # read1, not read: where a compressed file breaks off, read loses what came before
            data = self.source.stream.read1(length)
        except (EOFError, zlib.error, lzma.LZMAError, OSError) as error:
            if self.source.compression is None:
                problem = f"cannot be read ({error})"
                raise SourceError(self.source.shown, problem) from None
            # A copy still under way, or a broken disk: what came before is whole and counts.
            self.damage = f"{self.source.compression} data ends too early or is damaged ({error})"
            data = b""
        self._at_end = not data
        return data
