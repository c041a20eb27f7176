"""The fast path compiled: a format's segments as a program for ``native.c``, run over a chunk.

The same rows as :mod:`weblog.parse.fast` gives, with the texts that repeat as numbers.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.formats import Segment
from weblog.formats.log_format import Token
from weblog.parse.library import library
from weblog.parse.lines import LONGEST, Chunk
from weblog.parse.times import END, FIRST, PER_MS
from weblog.parse.words import NUMBERED, Vocabulary, lines_of, of_types, tell

_LITERAL, _QUOTED, _WORD, _TIME = range(4)
_DROPPED, _TEXT, _ADDRESS, _STATUS, _BYTES, _DURATION, _WHOLE_DURATION = range(7)
"""As in native.c."""

_MOST_VALUES: Final = 64
_NO_BYTES: Final = np.iinfo(np.int64).min
_LONGEST_CHUNK: Final = 1 << 31
"""What reaches that is left to the patterns: positions have 32 bits, and so have polars' texts."""

_ADDRESSES: Final = ("client", "header:x-forwarded-for")
"""Fields that may be lists, which only the patterns tell from a word with a comma."""

_KINDS: Final = {
    "status": _STATUS,
    "bytes": _BYTES,
    **dict.fromkeys(PER_MS, _DURATION),
    **dict.fromkeys(("duration_us", "duration_ms"), _WHOLE_DURATION),
    **dict.fromkeys(_ADDRESSES, _ADDRESS),
}
"""What a word of a field is, as the patterns have it; of others any text."""


@dataclass(frozen=True, slots=True)
class Program:
    """A format's segments as ``native.c`` runs them.

    ``operations``: seven numbers each; ``literals``: the text they refer to; ``texts`` and
    ``numbered``: the fields in the order of their slots; ``typed``: which others there are.
    """

    operations: NDArray[np.int32]
    literals: bytes
    texts: tuple[str, ...]
    numbered: tuple[str, ...]
    typed: frozenset[str]


class _Output(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("first", "end", "longest", "skip")),
        *((name, ctypes.c_int64) for name in ("texts", "numbered")),
        *((name, ctypes.c_void_p) for name in ("tables", "rows", "starts", "lengths")),
        *((name, ctypes.c_void_p) for name in ("numbers", "micros", "bytes", "durations")),
        ("statuses", ctypes.c_void_p),
    )


@lru_cache(maxsize=64)
def program_of(segments: tuple[Segment, ...]) -> Program | None:
    """Return the program of a layout, None for one of more fields than it has room for."""
    maker = _Maker()
    for i, segment in enumerate(segments):
        if i:
            maker.literal('"')
        maker.segment(segment)
    if len(maker.names) > _MOST_VALUES or len(maker.typed & PER_MS.keys()) > 1:
        return None
    texts = tuple(name for name in maker.names if name not in NUMBERED)
    numbered = tuple(name for name in maker.names if name in NUMBERED)
    slots = {name: slot for slot, name in enumerate((*texts, *numbered))}
    slots |= dict.fromkeys(maker.typed, 0)
    rows = [
        (op, kind, slots.get(name, -1), start, length, kind2, slots.get(name2, -1))
        for op, kind, name, start, length, kind2, name2 in maker.operations
    ]
    operations = np.array(rows, dtype=np.int32)
    return Program(operations, bytes(maker.literals), texts, numbered, frozenset(maker.typed))


@dataclass
class _Maker:
    """Writes a program; a field that was met before is looked at and dropped."""

    operations: list[tuple[int, int, str, int, int, int, str]] = field(default_factory=list)
    literals: bytearray = field(default_factory=bytearray)
    names: list[str] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)

    def segment(self, segment: Segment) -> None:
        if segment.quoted:
            kind, name = self._value(segment.tokens[0].fields[0], is_word=False)
            self.operations.append((_QUOTED, kind, name, 0, 0, _DROPPED, ""))
            return
        self.literal(segment.before)
        for i, token in enumerate(segment.tokens):
            if i:
                self.literal(" ")
            self._token(token)
        if segment.has_time:
            if segment.tokens:
                self.literal(" ")
            self.operations.append((_TIME, _DROPPED, "", 0, 0, _DROPPED, ""))
        self.literal(segment.after)

    def literal(self, text: str) -> None:
        if text:
            start, length = self._kept(text)
            self.operations.append((_LITERAL, _DROPPED, "", start, length, _DROPPED, ""))

    def _token(self, token: Token) -> None:
        if token.literal is not None:
            self.literal(token.literal)
            return
        start, length = self._kept(token.separator)
        values = [self._value(name, is_word=True) for name in token.fields]
        second = values[1] if len(values) > 1 else (_DROPPED, "")
        self.operations.append((_WORD, *values[0], start, length, *second))

    def _kept(self, text: str) -> tuple[int, int]:
        start = len(self.literals)
        self.literals += text.encode()
        return start, len(self.literals) - start

    def _value(self, name: str | None, *, is_word: bool) -> tuple[int, str]:
        """Return the kind of a field, and its name where its value is kept."""
        if name is None:
            return _DROPPED, ""
        kind = _KINDS.get(name, _TEXT) if is_word else _TEXT
        if name in self.names or name in self.typed:
            return kind, ""
        if kind in (_TEXT, _ADDRESS):
            self.names.append(name)
        else:
            self.typed.add(name)
        return kind, name


def split_chunk(
    chunk: Chunk, program: Program, vocabulary: Vocabulary
) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Return the accepted rows and, for every line, whether it was accepted.

    The frame has the columns :func:`weblog.parse.fast.split_lines` gives; those of
    :data:`weblog.parse.words.NUMBERED` are categorical, of ``vocabulary``.

    Raises:
        MemoryError: there is none left.
    """
    lines, native = chunk.lines, library()
    accepted = np.zeros(lines, dtype=np.bool_)
    if len(chunk.data) >= _LONGEST_CHUNK:
        return pl.DataFrame(schema={"row": pl.UInt32}), accepted
    words = [vocabulary.of(name) for name in program.numbered]
    tables = np.array([each.handle.value for each in words], dtype=np.uint64)
    rows = np.empty(lines, dtype=np.uint32)
    starts = np.empty((len(program.texts), lines), dtype=np.uint32)
    lengths = np.empty_like(starts)
    numbers = np.empty((len(words), lines), dtype=np.uint32)
    micros, counts = (np.empty(lines, dtype=np.int64) for _ in range(2))
    durations = np.empty(lines, dtype=np.float64)
    statuses = np.empty(lines, dtype=np.int16)
    arrays = (tables, rows, starts, lengths, numbers, micros, counts, durations, statuses)
    output = _Output(
        int(FIRST.timestamp()),
        int(END.timestamp()),
        LONGEST,
        int(chunk.has_mark),
        len(program.texts),
        len(words),
        *(array.ctypes.data for array in arrays),
    )
    found = native.weblog_split_lines(
        chunk.data,
        lines,
        chunk.starts.ctypes.data,
        chunk.lengths.ctypes.data,
        program.operations.ctypes.data,
        len(program.operations),
        program.literals,
        ctypes.addressof(output),
    )
    if found < 0:
        raise MemoryError("no memory for the distinct texts of a field")
    rows = rows[:found]
    accepted[rows] = True
    tell(words)
    types = {name: each.dtype for name, each in zip(program.numbered, words, strict=True)}
    columns = {
        "row": rows,
        "ts": micros[:found],
        **_typed(program.typed, statuses[:found], counts[:found], durations[:found]),
        **{
            name: _texts(chunk, starts[i, :found], lengths[i, :found])
            for i, name in enumerate(program.texts)
        },
        **{name: numbers[i, :found] for i, name in enumerate(program.numbered)},
    }
    return pl.DataFrame(columns).with_columns(
        _TS, *_told(program.typed), *of_types(types)
    ), accepted


_TS: Final = pl.col("ts").cast(pl.Datetime("us", "UTC"))


def _typed(
    names: frozenset[str],
    statuses: NDArray[np.int16],
    counts: NDArray[np.int64],
    durations: NDArray[np.float64],
) -> dict[str, NDArray[Any]]:
    """Return numbers as they were read."""
    columns: dict[str, NDArray[Any]] = {}
    if "status" in names:
        columns["status"] = statuses
    if "bytes" in names:
        columns["bytes"] = counts
    if names & PER_MS.keys():
        columns["duration_ms"] = durations
    return columns


def _told(names: frozenset[str]) -> list[pl.Expr]:
    """Return what the numbers say: null where the line says nothing, durations in milliseconds."""
    said: list[pl.Expr] = []
    if "bytes" in names:
        said.append(pl.when(pl.col("bytes") != _NO_BYTES).then("bytes"))
    for name in names & PER_MS.keys():
        duration = pl.col("duration_ms")
        told = pl.when(duration >= 0).then(duration) * PER_MS[name]
        said.append(told.round().cast(pl.Int32, strict=False))
    return said


def _texts(chunk: Chunk, starts: NDArray[np.uint32], lengths: NDArray[np.uint32]) -> pl.Series:
    if not starts.size:
        return pl.Series([], dtype=pl.String)
    joined = np.empty(int(lengths.sum()) + starts.size - 1, dtype=np.uint8)
    library().weblog_join_texts(
        chunk.data, starts.ctypes.data, lengths.ctypes.data, starts.size, joined.ctypes.data
    )
    return lines_of(joined.tobytes())
