"""A chunk of a log: whole lines of bytes, with their numbers and offsets for free."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from weblog.parse.library import is_compiled, library

LONGEST = 64 * 1024
"""Longest line that is parsed, in bytes. Apache's and nginx's limits make lines far shorter."""

BOM = b"\xef\xbb\xbf"
"""UTF-8's byte order mark, which some programs put in front of a log."""

_NEWLINE, _RETURN, _BACKSLASH = 10, 13, 92
_MANY = 20_000
_SHORT = 64
_PIECE = 1 << 19
_ASCII = 127


@dataclass(frozen=True)
class Chunk:
    """Whole lines: ``data`` ends with a newline (the last chunk of a final source may not).

    ``offset`` is the offset of its first byte in the decompressed source, ``first_line`` the
    number of its first line, from 1.
    """

    data: bytes
    offset: int
    first_line: int

    @cached_property
    def bytes_seen(self) -> NDArray[np.uint8]:
        """The data as numbers."""
        return np.frombuffer(self.data, dtype=np.uint8)

    @cached_property
    def _found(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]] | None:
        """Starts, ends and lengths of the lines by the compiled part, where it is here."""
        if not is_compiled():
            return None
        size = len(self.data)
        room = size // _SHORT + 1  # counting them first would take as long again
        while True:
            found = tuple(np.empty(room, dtype=np.int64) for _ in range(3))
            places = (array.ctypes.data for array in found)
            count = library().weblog_find_lines(self.data, size, room, *places)
            if count >= 0:
                starts, ends, lengths = (array[:count] for array in found)
                return starts, ends, lengths
            room = library().weblog_count_lines(self.data, size)

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Position of the end of each line (of its newline, or of the data)."""
        if self._found:
            return self._found[1]
        ends = self._where(lambda piece: piece == _NEWLINE)
        if self.data and self.data[-1] != _NEWLINE:
            ends = np.append(ends, len(self.data))
        return ends

    @property
    def has_mark(self) -> bool:
        """Whether the log begins here, with a byte order mark."""
        return self.offset == 0 and self.data.startswith(BOM)

    @property
    def beyond_ascii(self) -> NDArray[np.int64]:
        """The lines (numbers from 0) that hold another byte than ASCII's."""
        return np.unique(np.searchsorted(self.ends, self._where(lambda piece: piece > _ASCII)))

    def _where(
        self, is_wanted: Callable[[NDArray[np.uint8]], NDArray[np.bool_]]
    ) -> NDArray[np.int64]:
        """Return the positions of bytes that are wanted."""
        seen = self.bytes_seen
        # Piece by piece: what is compared stays in the processor's cache.
        found = [
            np.flatnonzero(is_wanted(seen[at : at + _PIECE])) + at
            for at in range(0, seen.size, _PIECE)
        ]
        return np.concatenate(found).astype(np.int64) if found else np.empty(0, dtype=np.int64)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Position of the first byte of each line."""
        if self._found:
            return self._found[0]
        starts = np.empty_like(self.ends)
        if starts.size:
            starts[0] = 0
            starts[1:] = self.ends[:-1] + 1
        return starts

    @cached_property
    def lengths(self) -> NDArray[np.int64]:
        """Length of each line in bytes, without newline and a carriage return before it."""
        if self._found:
            return self._found[2]
        lengths = self.ends - self.starts
        full = np.flatnonzero(lengths > 0)
        returns = full[self.bytes_seen[self.ends[full] - 1] == _RETURN]
        lengths[returns] -= 1
        return lengths

    @cached_property
    def has_backslash(self) -> NDArray[np.bool_]:
        """Whether a line holds a backslash: then something in it is escaped."""
        marks = np.zeros(self.ends.size, dtype=np.bool_)
        # Searching a few is far cheaper than comparing every byte.
        places = np.fromiter(islice(self._backslashes(), _MANY), dtype=np.int64)
        if places.size == _MANY:
            places = np.flatnonzero(self.bytes_seen == _BACKSLASH)
        marks[np.searchsorted(self.ends, places)] = True
        return marks

    def _backslashes(self) -> Iterator[int]:
        place = self.data.find(b"\\")
        while place >= 0:
            yield place
            place = self.data.find(b"\\", place + 1)

    @property
    def lines(self) -> int:
        """Number of lines."""
        return int(self.ends.size)

    def line(self, row: int) -> bytes:
        """Return the bytes of line ``row`` (from 0), without its line end."""
        start = int(self.starts[row])
        return self.data[start : start + int(self.lengths[row])]
