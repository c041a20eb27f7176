"""Files as they lie on disk: any compression, damaged anywhere, in any encoding."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import sys
import tempfile
from pathlib import Path

from weblog.errors import SourceError
from weblog.sources import Reader, open_source
from weblog.sources.compression import LONGEST_BEGINNING, compression_of, decompressed
from weblog.sources.damage import DamagedError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MOST = 64 << 20
"""Bytes that are read of a file: a small one may hold gigabytes."""

LOG = b'1.2.3.4 - - [17/May/2015:10:05:03 +0900] "GET / HTTP/1.1" 200 5\n' * 3


def check_file(data: bytes) -> None:
    """Read a file in small and in large chunks: the same content, lines whole, none twice."""
    if b"PK" in data[:4]:
        return  # archives are opened by name, and read by zipfile
    handle, name = tempfile.mkstemp(prefix="fuzz-")
    path = Path(name)
    try:
        os.write(handle, data)
        os.close(handle)
        assert _read(path, 64) == _read(path, 1 << 20)
    finally:
        path.unlink()


def _read(path: Path, size: int) -> tuple[str, bytes, int, bool]:
    """Return what went wrong, the content, what was left for later, and whether it is damaged."""
    try:
        source = open_source(path, final=True)
    except SourceError as error:
        return str(error), b"", 0, False
    try:
        reader = Reader(source)
        content, line = b"", 1
        try:
            reader.head()
            for chunk in reader.chunks(0, 1, size):
                assert chunk.offset == len(content)
                assert chunk.first_line == line
                content += chunk.data
                line += chunk.lines
                if len(content) > MOST:
                    break
        except SourceError as error:
            return str(error), b"", 0, False
        if reader.unfinished:
            assert reader.damage
        return "", content[:MOST], reader.unfinished, bool(reader.damage)
    finally:
        source.close()


def seeds() -> list[bytes]:
    """Return a small log in every compression and encoding, whole and damaged."""
    packed = [gzip.compress(LOG), bz2.compress(LOG), lzma.compress(LOG), zstd.compress(LOG)]
    encoded = [LOG.decode().encode(name) for name in ("utf-16", "utf-16-le", "utf-8-sig")]
    cut = [each[: len(each) * 2 // 3] for each in packed]
    twice = [each + each for each in packed]
    return [LOG, LOG.replace(b"\n", b"\r\n"), *packed, *cut, *twice, *encoded]


def check_packed(data: bytes) -> None:
    """Content in any compression: whole it comes out as it was; cut or harmed, no more than it.

    The first three bytes say which compression, whether to cut or harm it, and where.
    """
    if len(data) < 3:
        return
    which, how, where, content = data[0], data[1] % 3, data[2], data[3:]
    packed = bytearray(PACKERS[which % len(PACKERS)](content))
    place = where * len(packed) // 256
    if how == 1:
        del packed[place:]
    elif how == 2:
        packed[place] ^= 1 + which // len(PACKERS)
    try:
        made = compression_of(bytes(packed[:LONGEST_BEGINNING]))
        if made is None:
            assert how
            return
        out = b"".join(decompressed(iter([bytes(packed[:7]), bytes(packed[7:])]), made))
    except DamagedError as error:
        assert how
        assert made is not None
        assert str(error).startswith(made.name)
        return
    if how < 2:
        assert content.startswith(out)
    if how == 0:
        assert out == content


PACKERS = (gzip.compress, bz2.compress, lzma.compress, zstd.compress)


def packed_seeds() -> list[bytes]:
    """Return a log for each compression, to be left, cut and harmed."""
    return [bytes([which, how, 128]) + LOG for which in range(len(PACKERS)) for how in range(3)]
