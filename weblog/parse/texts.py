"""The lines of a chunk as one text column, without copying a byte of them.

Arrow's string views are (length, first four bytes, buffer, offset): made of the line ends that
numpy has found already, they point into the chunk itself. Reading the lines with a CSV
reader takes ten times as long. Polars trusts that text is UTF-8, so a line that is not is
left out here and repaired on its own.
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.parse.lines import LONGEST, Chunk

_INLINE = 12
"""Text up to this length stands in the view itself (Arrow's columnar format)."""

_STRAY = re.compile(r"[\udc80-\udcff]")

_VIEW = np.dtype([("length", "<u4"), ("prefix", "<u4"), ("buffer", "<u4"), ("offset", "<u4")])


def line_texts(chunk: Chunk) -> tuple[pl.Series, NDArray[np.bool_]]:
    """Return the text of every line, and which lines have none here.

    Those are lines that are not UTF-8 or too long to be parsed; their text is empty. The
    series shares the chunk's memory.
    """
    import pyarrow as pa  # noqa: PLC0415  200 ms that most formats do without

    left = (chunk.lengths > LONGEST) | not_utf8(chunk)
    lengths = np.where(left, 0, chunk.lengths)
    views = np.zeros(chunk.lines, dtype=_VIEW)
    views["length"] = lengths
    long = lengths > _INLINE
    starts = chunk.starts[long]
    if starts.size:
        # A number at every byte: one look at each line's start, not four.
        every = np.ndarray((len(chunk.data) - 3,), dtype="<u4", buffer=chunk.data, strides=(1,))
        views["prefix"][long] = every[starts]
        views["offset"][long] = starts
    inline = views.view(np.uint8).reshape(-1, _VIEW.itemsize)
    short = np.flatnonzero((lengths > 0) & ~long)
    for i in range(_INLINE):
        short = short[lengths[short] > i]
        inline[short, 4 + i] = chunk.bytes_seen[chunk.starts[short] + i]
    buffers = [None, pa.py_buffer(views), pa.py_buffer(chunk.data)]
    array = pa.Array.from_buffers(pa.string_view(), chunk.lines, buffers)
    texts = pl.from_arrow(array)
    assert isinstance(texts, pl.Series)  # noqa: S101  an array makes a series
    return texts.rename("text"), left


def not_utf8(chunk: Chunk) -> NDArray[np.bool_]:
    """Say which lines are not UTF-8."""
    found = np.zeros(chunk.lines, dtype=np.bool_)
    if chunk.data.isascii() or _is_utf8(chunk.data):
        return found
    for line in chunk.beyond_ascii.tolist():
        start, end = int(chunk.starts[line]), int(chunk.ends[line])
        try:
            chunk.data[start:end].decode("utf-8")
        except UnicodeDecodeError:
            found[line] = True
    return found


def _is_utf8(data: bytes) -> bool:
    """Say whether all is UTF-8: Arrow looks at many bytes at once, Python at one."""
    import pyarrow as pa  # noqa: PLC0415  see above

    ends = np.array([0, len(data)], dtype=np.int64)
    whole = pa.LargeStringArray.from_buffers(1, pa.py_buffer(ends), pa.py_buffer(data))
    try:
        whole.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def repaired(line: bytes) -> str:
    """Return the text of a line that is not UTF-8: bytes that are none are read as Latin-1."""
    text = line.decode("utf-8", "surrogateescape")
    return _STRAY.sub(lambda match: chr(ord(match[0]) - 0xDC00), text)
