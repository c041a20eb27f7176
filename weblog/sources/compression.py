"""Compressions: known by their first bytes, decompressed block by block in bounded memory.

A compressed file is a row of members (gzip), streams (bzip2, xz) or frames (zstd), which
``cat`` and log shippers put one after the other. Each is decompressed by an object of the
interface that Python's own decompressors share, so that one loop reads them all.
"""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol, cast

from isal import igzip_lib

from weblog.sources.damage import DamagedError
from weblog.sources.gzip_member import GzipMember

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP: Final = 32 << 10
"""Bytes given to a decompressor at a time: what it made of the step it fails in is lost."""

BLOCK: Final = 1 << 20
"""Most bytes a decompressor may return at a time, whatever it is given (bombs)."""

_MOST_MEMORY: Final = 256 << 20
"""Most bytes an xz stream may ask for; its strongest setting takes 65 MiB. zstd's is 128 MiB."""


class Decompressor(Protocol):
    """What bz2, lzma, zstd and gzip decompressors have in common: one member each."""

    @property
    def eof(self) -> bool:
        """Whether the member has ended."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more input."""

    @property
    def unused_data(self) -> bytes:
        """What was given beyond the end of the member."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Return at most ``max_length`` further bytes."""


@dataclass(frozen=True, slots=True)
class Compression:
    """A compression: its name, what its members begin with, what decompresses one."""

    name: str
    begins: tuple[bytes, ...]
    start: Callable[[], Decompressor]


def _xz() -> Decompressor:
    return lzma.LZMADecompressor(memlimit=_MOST_MEMORY)


_SKIPPABLE: Final = tuple(bytes([0x50 + i]) + b"\x2a\x4d\x18" for i in range(16))
"""Frames of zstd that hold no content; pzstd begins with one."""

COMPRESSIONS: Final = (
    Compression("gzip", (b"\x1f\x8b",), GzipMember),
    Compression("bzip2", (b"BZh",), bz2.BZ2Decompressor),
    Compression("xz", (b"\xfd7zXZ\x00",), _xz),
    Compression("lzma", (b"\x5d\x00\x00",), _xz),
    Compression("zstd", (b"\x28\xb5\x2f\xfd", *_SKIPPABLE), zstd.ZstdDecompressor),
)

LONGEST_BEGINNING: Final = 6

_UNREADABLE: Final = (
    (b"\x1f\x9d", "compress (.Z)", "zcat"),
    (b"\x04\x22\x4d\x18", "lz4", "lz4cat"),
    (b"LZIP", "lzip", "lzip -dc"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip", "7z x -so"),
    (b"Rar!", "RAR", "unrar p -inul"),
)

_FAILURES: Final[tuple[type[Exception], ...]] = (
    DamagedError,
    cast("type[Exception]", igzip_lib.IsalError),
    zlib.error,
    lzma.LZMAError,
    zstd.ZstdError,
)


def compression_of(begins: bytes) -> Compression | None:
    """Return the compression of a file that begins so. Names lie: bytes do not."""
    fits = (each for each in COMPRESSIONS if begins.startswith(each.begins))
    return next(fits, None)


def unreadable(begins: bytes) -> tuple[str, str] | None:
    """Return (name, command that decompresses it) of a compression that is not read."""
    for start, name, command in _UNREADABLE:
        if begins.startswith(start):
            return name, command
    return None


def decompressed(blocks: Iterator[bytes], compression: Compression) -> Iterator[bytes]:
    """Yield the content of all members.

    Args:
        blocks: the compressed bytes.
        compression: what they are compressed with.

    Raises:
        DamagedError: they end too early, are damaged, or something else follows; what came
            before has been yielded.
    """
    steps = _steps(blocks)
    data = b""
    while data := _next_member(data, steps, compression):
        member = compression.start()
        try:
            yield from _content(member, data, steps)
        except _FAILURES as error:
            raise DamagedError(f"{compression.name} data is damaged ({error})") from None
        except EOFError:
            raise DamagedError(f"{compression.name} data ends too early") from None
        except (OSError, ValueError) as error:  # bz2's words for damage
            raise DamagedError(f"{compression.name} data is damaged ({error})") from None
        data = member.unused_data


def _content(member: Decompressor, data: bytes, steps: Iterator[bytes]) -> Iterator[bytes]:
    while True:
        plain = member.decompress(data, BLOCK)
        if plain:
            yield plain
        if member.eof:
            return
        data = b""
        if member.needs_input:
            data = next(steps, b"")
            if not data:
                raise EOFError


def _next_member(data: bytes, steps: Iterator[bytes], compression: Compression) -> bytes:
    """Return what begins the next member, nothing at the end; zeros before it are padding."""
    data = data.lstrip(b"\0")
    while len(data) < LONGEST_BEGINNING and (more := next(steps, b"")):
        data = (data + more).lstrip(b"\0")
    if data and not data.startswith(compression.begins):
        if any(begins.startswith(data) for begins in compression.begins):
            raise DamagedError(f"{compression.name} data ends too early")
        raise DamagedError(f"{compression.name} data is followed by other data")
    return data


def _steps(blocks: Iterator[bytes]) -> Iterator[bytes]:
    for block in blocks:
        for start in range(0, len(block), STEP):
            yield block[start : start + STEP]
