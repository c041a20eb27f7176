"""A remote object as a file that is read: streamed, and resumed where the connection breaks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BufferedReader, BytesIO, RawIOBase
from typing import TYPE_CHECKING, Final, cast

from weblog.errors import SourceError
from weblog.remote.address import is_web, shown_address
from weblog.remote.bucket import Found, looked_up, ranges
from weblog.remote.web import asked, pages

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

TRIES: Final = 4
"""How often in a row, without a byte between, reading is taken up again."""

_PAUSE: Final = 0.5
_BUFFER: Final = 1 << 20


class RemoteFile(RawIOBase):
    """Reads an object from any byte on; a request is made where reading begins or jumps."""

    def __init__(
        self,
        found: Found,
        source: Callable[[Found, int], Iterator[bytes]],
        pause: float = _PAUSE,
    ) -> None:
        super().__init__()
        self.found = found
        self._source, self._pause = source, pause
        self._pieces: Iterator[bytes] | None = None
        self._piece = memoryview(b"")
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """Say whether its length is known, and so where its end is."""
        return self.found.size >= 0

    def tell(self) -> int:
        """Return the byte that is read next."""
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a byte; what is read from there is asked for anew."""
        start = (0, self._at, self.found.size)[whence]
        if start + offset != self._at:
            self._at, self._pieces, self._piece = start + offset, None, memoryview(b"")
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Fill ``buffer`` as far as a piece reaches.

        Raises:
            OSError: it cannot be read, however often it is tried.
        """
        target = memoryview(buffer).cast("B")
        if not self._piece:
            self._piece = memoryview(self._next())
        length = min(len(target), len(self._piece))
        target[:length] = self._piece[:length]
        self._piece = self._piece[length:]
        self._at += length
        return length

    def _next(self) -> bytes:
        if 0 <= self.found.size <= self._at:
            return b""
        for attempt in range(TRIES):
            try:
                if self._pieces is None:
                    self._pieces = self._source(self.found, self._at)
                return next(self._pieces, b"")
            except (OSError, SourceError) as error:
                self._pieces = None
                if attempt == TRIES - 1 or getattr(error, "problem", "").startswith("was"):
                    told = getattr(error, "problem", None) or getattr(error, "strerror", None)
                    raise OSError(0, told or "the connection broke") from None
                time.sleep(self._pause * 2**attempt)
        return b""


def opened(address: str, found: Found | None, content: bytes | None) -> tuple[BufferedReader, int]:
    """Open an object; return it and its size, -1 where nobody knows it.

    Args:
        address: where it is.
        found: what a listing told of it, to save the question.
        content: all of it, where it was fetched already.

    Raises:
        SourceError: it is not there, or cannot be read.
    """
    if content is not None:
        return BufferedReader(cast("RawIOBase", BytesIO(content))), len(content)
    if is_web(address):
        found = found or asked(address)
        return BufferedReader(RemoteFile(found, pages), _BUFFER), found.size
    found = found or looked_up(address)
    if found is None:
        raise SourceError(shown_address(address), "no such object", "Check the name.")
    return BufferedReader(RemoteFile(found, ranges), _BUFFER), found.size
