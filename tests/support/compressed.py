"""One log in every compression and encoding there is, made by the tools people use."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import subprocess
import sys
import zipfile
from collections.abc import Callable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Make = Callable[[bytes], bytes]


def tool(*command: str) -> Make:
    """Compress by a program."""
    return lambda data: subprocess.run(command, input=data, capture_output=True, check=True).stdout


def halves(compress: Make) -> Make:
    """Compress in two members, the first of which ends within a line."""
    return lambda data: compress(data[: len(data) // 2]) + compress(data[len(data) // 2 :])


def named_gzip(data: bytes) -> bytes:
    """Compress with everything a header can hold: extra field, name, comment and checksum."""
    body = gzip.compress(data, mtime=0)[10:]
    header = b"\x1f\x8b\x08" + bytes([2 | 4 | 8 | 16]) + bytes(6)
    return header + b"\x03\x00abc" + b"access.log\0" + b"a comment\0" + b"\x12\x34" + body


def zipped(method: int) -> Make:
    """Put the log into an archive of its own."""

    def make(data: bytes) -> bytes:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.writestr("access.log", data)
        return file.getvalue()

    return make


COMPRESSORS: dict[str, Make] = {
    "gzip": gzip.compress,
    "gzip, fast": lambda data: gzip.compress(data, 1),
    "gzip, stored": lambda data: gzip.compress(data, 0),
    "gzip by the tool": tool("gzip", "-c"),
    "gzip, full header": named_gzip,
    "gzip, two members": halves(gzip.compress),
    "gzip, padded": lambda data: gzip.compress(data) + bytes(1000),
    "gzip, an empty member": lambda data: gzip.compress(b"") + gzip.compress(data),
    "bzip2": bz2.compress,
    "bzip2, two streams": halves(bz2.compress),
    "xz": lzma.compress,
    "xz, two streams, padded": lambda data: halves(lzma.compress)(data) + bytes(8),
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zstd": zstd.compress,
    "zstd, two frames": halves(zstd.compress),
    "zstd, a skippable frame": lambda data: b"\x50\x2a\x4d\x18\x04\0\0\0abcd" + zstd.compress(data),
    "zip": zipped(zipfile.ZIP_DEFLATED),
    "zip, stored": zipped(zipfile.ZIP_STORED),
    "zip, lzma": zipped(zipfile.ZIP_LZMA),
    "zip of gzip": lambda data: zipped(zipfile.ZIP_STORED)(gzip.compress(data)),
}

ENCODERS: dict[str, Make] = {
    "UTF-8 with a mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16, little end first": lambda data: b"\xff\xfe" + data.decode().encode("utf-16-le"),
    "UTF-16, big end first": lambda data: b"\xfe\xff" + data.decode().encode("utf-16-be"),
    "UTF-16 without a mark": lambda data: data.decode().encode("utf-16-le"),
    "UTF-16, compressed": lambda data: gzip.compress(
        b"\xff\xfe" + data.decode().encode("utf-16-le")
    ),
}
