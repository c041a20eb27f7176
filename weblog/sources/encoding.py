"""Encodings a whole source is written in: UTF-16 becomes UTF-8, a byte order mark goes.

Windows tools write both. Done here, like decompression, the same log is the same source in
whatever encoding it is kept, and no format need know of marks. What single fields are
written in (UTF-8, CP949, Latin-1) is told line by line: see :mod:`weblog.parse.charsets`.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from itertools import chain
from typing import Final

from weblog.errors import SourceError
from weblog.sources.damage import DamagedError

ENOUGH: Final = 512
"""Bytes of a source's content that tell what it is written in, and whether it is an archive."""

_UTF8_MARK: Final = codecs.BOM_UTF8
_MARKS: Final = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TAR: Final = slice(257, 262)


def encoding_of(begins: bytes) -> tuple[str, int]:
    r"""Return the encoding of content that begins so, and the length of its byte order mark.

    Without a mark it is UTF-16 where every other byte of the first 64 is zero: in a log those
    are ASCII. A log that was truncated while a server kept writing begins with zeros alone.

    >>> encoding_of(codecs.BOM_UTF16_LE + b"1\0"), encoding_of(b"192.0.2.1 - -")
    (('utf-16-le', 2), ('utf-8', 0))
    """
    if begins.startswith(_UTF8_MARK):
        return "utf-8", len(_UTF8_MARK)
    for mark, name in _MARKS:
        if begins.startswith(mark):
            return name, len(mark)
    even, odd = begins[:64:2], begins[1:64:2]
    if len(odd) >= 8:
        if not any(odd) and all(even):
            return "utf-16-le", 0
        if not any(even) and all(odd):
            return "utf-16-be", 0
    return "utf-8", 0


def refuse_tar(begins: bytes, shown: str) -> None:
    """Refuse a tar archive: its files would be read as one log, and the headers as its lines.

    Raises:
        SourceError: the content is one.
    """
    if begins[_TAR] == b"ustar":
        advice = "Unpack it, or pipe in what it holds: tar -xOf FILE | weblog ingest -"
        raise SourceError(shown, "is a tar archive, expected a log", advice)


def as_utf8(blocks: Iterator[bytes], shown: str, *, final: bool) -> Iterator[bytes]:
    """Yield content as UTF-8 without a byte order mark, whatever it is written in.

    Args:
        blocks: the decompressed content.
        shown: what to call the source in errors.
        final: see :func:`recoded`.

    Raises:
        SourceError: it is an archive.
        DamagedError: as ``blocks`` do, after what came before.
    """
    first: list[bytes] = []
    damage: DamagedError | None = None
    try:
        while sum(map(len, first)) < ENOUGH and (block := next(blocks, None)) is not None:
            first.append(block)
    except DamagedError as error:
        damage = error
    begins = b"".join(first)
    refuse_tar(begins, shown)
    encoding, mark = encoding_of(begins)
    content = chain([begins[mark:]], blocks)
    yield from content if encoding == "utf-8" else recoded(content, encoding, final=final)
    if damage is not None:
        raise damage


def recoded(blocks: Iterator[bytes], encoding: str, *, final: bool) -> Iterator[bytes]:
    """Yield UTF-16 content as UTF-8; ``blocks`` begin after the mark.

    Halves of a character alone become the three bytes that stand for them: they are no UTF-8,
    so that the line is read as any other with bytes that are none, and nothing is lost.

    Args:
        blocks: the content.
        encoding: ``utf-16-le`` or ``utf-16-be``.
        final: the content will not grow: half a character at its end stays half.
    """
    decoder = codecs.getincrementaldecoder(encoding)("surrogatepass")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "surrogatepass")
    left, _ = decoder.getstate()
    if left and final:
        yield left
