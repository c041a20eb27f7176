"""Open a log source: whatever its compression and encoding, always whole UTF-8 content."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import BufferedReader
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Final, Protocol, cast

from weblog.errors import SourceError, shown_path
from weblog.remote import file as remote_file
from weblog.remote.address import is_remote, shown_address
from weblog.remote.bucket import Found
from weblog.sources.archive import ZIP, Member, member_named, members
from weblog.sources.blocks import BlockStream, ByteStream, RawBlocks, in_thread
from weblog.sources.compression import Compression, compression_of, decompressed, unreadable
from weblog.sources.denied import denied
from weblog.sources.encoding import ENOUGH, as_utf8, encoding_of, refuse_tar
from weblog.sources.named_pipe import opened_pipe

STDIN: Final = "-"
"""Names standard input."""

_WORTH_A_THREAD: Final = 256 << 10
"""Size on disk from which a file is decompressed in a thread of its own."""


class _Closable(Protocol):
    def close(self) -> None: ...


@dataclass
class Source:
    """An open log source.

    ``shown`` is what to call it in messages. ``stream`` gives decompressed UTF-8 bytes.
    ``is_final`` says that an unfinished last line will not grow any more. ``compression`` is
    its name, None for a plain file. ``size`` is the size on disk in bytes, None where nobody
    knows it.
    """

    shown: str
    stream: ByteStream
    is_final: bool
    compression: str | None
    size: int | None
    _position: Callable[[], int] = field(repr=False, default=lambda: 0)
    _opened: tuple[_Closable, ...] = field(repr=False, default=())

    def position(self) -> int:
        """Bytes of the file on disk that have been read, for progress."""
        return self._position()

    def can_seek(self) -> bool:
        """Whether reading can start in the middle at no cost."""
        return self.size is not None and isinstance(self.stream, BufferedReader)

    def seek_on(self, length: int) -> int:
        """Go ``length`` bytes on; return how many there were. Only where it can seek."""
        file = cast("BufferedReader", self.stream)
        here = file.tell()
        passed = min(length, max((self.size or 0) - here, 0))
        file.seek(here + passed)
        return passed

    def close(self) -> None:
        """Close what was opened; standard input stays open."""
        for opened in self._opened:
            opened.close()


def open_source(
    path: str | Path,
    *,
    final: bool = False,
    found: Found | None = None,
    content: bytes | None = None,
) -> Source:
    """Open the log at ``path`` (``-``: standard input; ``a.zip/b.log``: a file in an archive).

    Args:
        path: the file, or an address such as ``s3://bucket/a.log`` or ``https://host/a.log``.
        final: take an unfinished last line of a plain file too.
        found: what a listing told of an address.
        content: all of it, where it was fetched already.

    Raises:
        SourceError: missing, a directory, not readable, or compressed in a way not known.
    """
    if str(path) == STDIN:
        return _pipe("standard input", cast("BufferedReader", sys.stdin.buffer), opened=False)
    if is_remote(path):
        return _remote(str(path), found, content, final=final)
    file, shown = Path(path), shown_path(path)
    if file.is_dir():
        advice = f"Name the files in it, e.g. {shown}/*.log"
        raise SourceError(shown, "is a directory, expected a log file", advice)
    member = member_named(file)
    if member is not None:
        return _member(*member, shown)
    try:
        handle = opened_pipe(file, shown) if file.is_fifo() else file.open("rb")
    except (FileNotFoundError, NotADirectoryError):
        raise SourceError(shown, "no such file", "Check the path.") from None
    except OSError as error:
        raise denied(shown, error) from None
    if not file.is_file():
        return _pipe(shown, handle, opened=True)
    try:
        if handle.peek(len(ZIP[0])).startswith(ZIP):
            handle.close()
            return _only_member(file, shown)
        return _file(shown, handle, os.fstat(handle.fileno()).st_size, final=final)
    except SourceError:
        handle.close()
        raise
    except OSError as error:  # its first bytes
        handle.close()
        raise denied(shown, error) from None


def _remote(address: str, found: Found | None, content: bytes | None, *, final: bool) -> Source:
    shown = shown_address(address)
    handle, size = remote_file.opened(address, found, content)
    try:
        _refuse_archive(handle.peek(ENOUGH), shown)
        if size < 0:  # a page sent without its length: read once, from its beginning
            return _pipe(shown, handle, opened=True)
        return _file(shown, handle, size, final=final)
    except OSError as error:
        handle.close()
        raise denied(shown, error) from None
    except SourceError:
        handle.close()
        raise


def _refuse_archive(begins: bytes, shown: str) -> None:
    if begins.startswith(ZIP):
        advice = "Its list of files is at its end: copy it here, and ingest the copy."
        raise SourceError(shown, "a zip archive, which is not read from afar", advice)


def _file(shown: str, handle: BufferedReader, size: int, *, final: bool) -> Source:
    begins = handle.peek(ENOUGH)
    raw = RawBlocks(handle)
    if compression := _compression(begins, shown):
        content = as_utf8(decompressed(iter(raw), compression), shown, final=True)
        stream = _stream(content, in_background=size >= _WORTH_A_THREAD)
        return Source(
            shown, stream, True, compression.name, size, lambda: raw.passed, (stream, handle)
        )
    refuse_tar(begins, shown)
    encoding, mark = encoding_of(begins)
    if encoding == "utf-8":
        handle.seek(mark)
        return Source(shown, handle, final, None, size, handle.tell, (handle,))
    stream = BlockStream(as_utf8(iter(raw), shown, final=final))
    return Source(shown, stream, final, None, size, lambda: raw.passed, (stream, handle))


def _pipe(shown: str, handle: BinaryIO, *, opened: bool) -> Source:
    """Open what can be read once only, from its beginning."""
    raw = iter(RawBlocks(handle))
    first = next(raw, b"")
    if first.startswith(ZIP):
        advice = "Give the archive's name, or pipe in what it holds: unzip -p FILE"
        raise SourceError(shown, "a zip archive, which cannot be read from a pipe", advice)
    compression = _compression(first, shown)
    blocks: Iterator[bytes] = chain([first], raw)
    if compression is not None:
        blocks = decompressed(blocks, compression)
    # No thread where it could wait for input nobody sends: it could not be ended.
    content = as_utf8(blocks, shown, final=True)
    stream = _stream(content, in_background=compression is not None and _is_file(handle))
    name = None if compression is None else compression.name
    close: tuple[_Closable, ...] = (stream, handle) if opened else (stream,)
    return Source(shown, stream, True, name, None, _opened=close)


def _member(archive: Path, name: str, shown: str) -> Source:
    """Open a file in a zip archive; it may be compressed once more."""
    member = Member(archive, name)
    content = as_utf8(_perhaps_decompressed(member, shown), shown, final=True)
    stream = _stream(content, in_background=member.size >= _WORTH_A_THREAD)
    return Source(shown, stream, True, "zip", member.size, member.position, (stream, member))


def _only_member(file: Path, shown: str) -> Source:
    names = members(file)
    if len(names) != 1:
        advice = f"Name one of them, e.g. {shown}/{names[0]}" if names else "It is empty."
        raise SourceError(shown, f"a zip archive of {len(names)} files, expected one", advice)
    return _member(file, names[0], f"{shown}/{names[0]}")


def _perhaps_decompressed(blocks: Iterable[bytes], shown: str) -> Iterator[bytes]:
    iterator = iter(blocks)
    first = next(iterator, b"")
    compression = _compression(first, shown)
    whole = chain([first], iterator)
    yield from whole if compression is None else decompressed(whole, compression)


def _compression(begins: bytes, shown: str) -> Compression | None:
    refused = unreadable(begins)
    if refused is not None:
        name, command = refused
        advice = f"Decompress it and pipe it in: {command} FILE | weblog ingest -"
        raise SourceError(shown, f"compressed with {name}, which is not read", advice)
    return compression_of(begins)


def _stream(content: Iterator[bytes], *, in_background: bool) -> BlockStream:
    return BlockStream(in_thread(content) if in_background else content)


def _is_file(handle: BinaryIO) -> bool:
    try:
        return stat.S_ISREG(os.fstat(handle.fileno()).st_mode)
    except (OSError, ValueError):  # a stream of a program's own
        return False
