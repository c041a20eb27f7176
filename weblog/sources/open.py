"""Open a log source: plain or compressed file, or standard input; always decompressed bytes."""

from __future__ import annotations

import bz2
import gzip
import lzma
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BufferedReader
from pathlib import Path
from typing import Final, cast

from weblog.errors import SourceError, shown_path

STDIN: Final = "-"

_COMPRESSIONS: Final[tuple[tuple[bytes, str, Callable[[BufferedReader], object]], ...]] = (
    (b"\x1f\x8b", "gzip", lambda raw: gzip.GzipFile(fileobj=raw)),
    (b"BZh", "bzip2", bz2.BZ2File),
    (b"\xfd7zXZ\x00", "xz", lzma.LZMAFile),
)
"""Compressions by their first bytes: names lie (``access.log.2`` may well be gzipped)."""

_UNREADABLE: Final = (b"\x28\xb5\x2f\xfd", b"PK\x03\x04")


@dataclass
class Source:
    """An open log source.

    ``shown`` is what to call it in messages. ``stream`` gives decompressed bytes. ``is_final``
    says that an unfinished last line will not grow any more. ``size`` is the size on disk
    in bytes, None where nobody knows it.
    """

    shown: str
    stream: BufferedReader
    is_final: bool
    compression: str | None
    size: int | None
    _raw: BufferedReader = field(repr=False)

    def position(self) -> int:
        """Bytes of the file on disk that have been read, for progress."""
        return self._raw.tell() if self.size is not None else 0

    def can_seek(self) -> bool:
        """Whether reading can start in the middle at no cost."""
        return self.compression is None and self.size is not None

    def close(self) -> None:
        """Close what was opened; standard input stays open."""
        if self.size is not None:
            self.stream.close()
            self._raw.close()


def open_source(path: str | Path, *, final: bool = False) -> Source:
    """Open the log at ``path`` (``-``: standard input), whatever its compression.

    Args:
        path: the file.
        final: take an unfinished last line of a plain file too.

    Raises:
        SourceError: missing, a directory, not readable, or compressed in a way not known.
    """
    if str(path) == STDIN:
        stdin = cast("BufferedReader", sys.stdin.buffer)
        magic = stdin.peek(6)
        return _opened("standard input", stdin, magic, None, final=True)
    shown = shown_path(path)
    file = Path(path)
    if file.is_dir():
        advice = f"Name the files in it, e.g. {shown}/*.log"
        raise SourceError(shown, "is a directory, expected a log file", advice)
    try:
        handle = file.open("rb")
    except FileNotFoundError:
        raise SourceError(shown, "no such file", "Check the path.") from None
    except OSError as error:
        raise SourceError(shown, f"cannot be read ({error.strerror})") from None
    magic = handle.peek(6)
    size = file.stat().st_size if file.is_file() else None
    return _opened(shown, handle, magic, size, final=final or size is None)


def _opened(
    shown: str, raw: BufferedReader, magic: bytes, size: int | None, *, final: bool
) -> Source:
    for start, name, opened in _COMPRESSIONS:
        if magic.startswith(start):
            return Source(shown, cast("BufferedReader", opened(raw)), True, name, size, raw)
    if magic.startswith(_UNREADABLE):
        advice = "Decompress it and pipe it in: zstdcat FILE | weblog ingest -"
        raise SourceError(shown, "compressed with zstd or zip, which is not read", advice)
    return Source(shown, raw, final, None, size, raw)
