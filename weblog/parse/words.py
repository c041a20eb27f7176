"""Texts that repeat, numbered once per run: what a column of them holds are the numbers."""

from __future__ import annotations

import ctypes
import secrets
import weakref
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from weblog.parse.library import library

NUMBERED: Final = frozenset({"client", "host", "request", "referrer", "user", "user_agent"})
"""The fields whose texts repeat, and are looked at once each."""

LIMIT: Final = 100_000
"""Distinct texts of one field that are remembered: memory must not follow the log."""

LIMIT_SIZE: Final = 64 << 20
"""Their bytes, all together: a line may be long, and every one another."""


class Words:
    """Distinct texts of one field, numbered in the order they are met.

    A column of them is categorical: its numbers are those of this object, and its
    categories are ``dtype``'s, of nobody else.

    Raises:
        MemoryError: there is none left.
    """

    def __init__(self) -> None:
        self._native = library()
        handle = self._native.weblog_words_new(secrets.randbits(64))
        if not handle:
            raise MemoryError("no memory for the distinct texts of a field")
        self.handle = ctypes.c_void_p(handle)
        freed = weakref.finalize(self, self._native.weblog_words_free, self.handle)
        freed.atexit = False  # a thread may still be reading lines then
        self.dtype = pl.Categorical(pl.Categories.random())
        self._told = 0
        self._size = 0
        self._alive: list[pl.Series] = []  # categories die with their last user

    @property
    def is_full(self) -> bool:
        """Whether it is time to begin anew."""
        return (
            int(self._native.weblog_words_count(self.handle)) > LIMIT
            or int(self._native.weblog_words_size(self.handle)) > LIMIT_SIZE
        )

    def column(self, name: str, numbers: NDArray[np.uint32]) -> pl.Series:
        """Return the texts of these numbers, which the splitter gave, as a column."""
        self._tell()
        return pl.Series(name, numbers).cat.to(self.dtype)

    def encoded(self, column: pl.Series) -> pl.Series:
        """Return a column of text as one of these texts; null stays null."""
        present = column.drop_nulls()
        texts = [text.encode() for text in present]
        ends = np.cumsum([len(text) for text in texts], dtype=np.int64)
        numbers = np.empty(len(texts), dtype=np.uint32)
        self._tell()
        failed = self._native.weblog_words_numbers(
            self.handle, b"".join(texts), ends.ctypes.data, len(texts), numbers.ctypes.data
        )
        if failed:
            raise MemoryError("no memory for the distinct texts of a field")
        # Not _tell: these texts may hold newlines.
        news = numbers >= self._told
        first = np.unique(numbers[news], return_index=True)[1]
        self._add([present[int(i)] for i in np.flatnonzero(news)[first]])
        if present.len() == column.len():
            return pl.Series(column.name, numbers).cat.to(self.dtype)
        every = np.zeros(column.len(), dtype=np.uint32)
        every[column.is_not_null().to_numpy()] = numbers
        known = pl.Series(column.name, every).set(column.is_null(), None)
        return known.cat.to(self.dtype)

    def _tell(self) -> None:
        """Tell polars of the texts that were met since."""
        count = int(self._native.weblog_words_count(self.handle))
        if count == self._told:
            return
        size = int(self._native.weblog_words_size(self.handle))
        begin = self._size + (1 if self._told else 0)
        met = np.empty(size - begin, dtype=np.uint8)
        texts = self._native.weblog_words_texts(self.handle)
        ctypes.memmove(met.ctypes.data, texts + begin, met.size)
        self._add(lines_of(met))

    def _add(self, texts: Sequence[str] | pl.Series) -> None:
        added = pl.Series(texts, dtype=pl.String).cast(self.dtype)
        expected = np.arange(self._told, self._told + len(added), dtype=np.uint32)
        self._told += len(added)
        self._size = int(self._native.weblog_words_size(self.handle))
        is_whole = self._told == int(self._native.weblog_words_count(self.handle))
        if not is_whole or not np.array_equal(added.to_physical().to_numpy(), expected):
            raise RuntimeError("texts and their numbers came apart")  # a fault of ours
        self._alive = [added[:1]] if not self._alive and len(added) else self._alive


def lines_of(joined: NDArray[np.uint8]) -> pl.Series:
    """Return the texts between newlines in UTF-8; of nothing, one empty text."""
    return pl.Series([str(joined.data, "utf-8")]).str.split("\n").explode()


def numbered_columns(rows: pl.DataFrame) -> list[str]:
    """Return the names of the columns whose texts are numbered."""
    return [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Categorical)]


def as_text(rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows with all texts as strings."""
    return rows.with_columns(pl.col(name).cast(pl.String) for name in numbered_columns(rows))


class Vocabulary:
    """The :class:`Words` of every field for one run, each begun anew when it is full."""

    def __init__(self) -> None:
        self._words: dict[str, Words] = {}

    def renew(self) -> None:
        """Begin those anew that are full: before a chunk, since a column has one dtype."""
        for name in [name for name, words in self._words.items() if words.is_full]:
            del self._words[name]

    def of(self, name: str) -> Words:
        """Return those of a field."""
        words = self._words.get(name)
        if words is None:
            words = self._words[name] = Words()
        return words

    def encoded(self, rows: pl.DataFrame, names: Iterable[str]) -> pl.DataFrame:
        """Return rows with these columns of text as numbered ones."""
        return rows.with_columns(
            self.of(name).encoded(rows[name]) for name in names if name in rows.columns
        )
