"""Texts that repeat, numbered once per run: what a column of them holds are the numbers."""

from __future__ import annotations

import ctypes
import secrets
import weakref
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Final

import numpy as np
import polars as pl

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

    def encoded(self, column: pl.Series) -> pl.Series:
        """Return a column of text as one of these texts; null stays null."""
        return self.numbers(column).cat.to(self.dtype)

    def numbers(self, column: pl.Series) -> pl.Series:
        """Return the numbers of a column of text (UInt32), and tell polars of new texts."""
        values = column.to_list()
        present = [value for value in values if value is not None]
        texts = [text.encode() for text in present]
        ends = np.fromiter(accumulate(map(len, texts)), dtype=np.int64, count=len(texts))
        numbers = np.empty(len(texts), dtype=np.uint32)
        self._tell()
        failed = self._native.weblog_words_numbers(
            self.handle, b"".join(texts), ends.ctypes.data, len(texts), numbers.ctypes.data
        )
        if failed:
            raise MemoryError("no memory for the distinct texts of a field")
        found = numbers.tolist()
        # Not _tell: these texts may hold newlines.
        news = {n: text for n, text in zip(found, present, strict=True) if n >= self._told}
        if news:
            self.add([news[n] for n in sorted(news)])
        if len(found) == len(values):
            return pl.Series(column.name, numbers)
        each = iter(found)
        every = [None if value is None else next(each) for value in values]
        return pl.Series(column.name, every, dtype=pl.UInt32)

    def _tell(self) -> None:
        tell([self])

    def untold(self) -> tuple[int, bytes]:
        """Return how many texts were met that polars was not told of; and these, in lines."""
        count = int(self._native.weblog_words_count(self.handle)) - self._told
        if not count:
            return 0, b""
        size = int(self._native.weblog_words_size(self.handle))
        begin = self._size + (1 if self._told else 0)
        texts = self._native.weblog_words_texts(self.handle)
        return count, ctypes.string_at(texts + begin, size - begin)

    def add(self, texts: Sequence[str] | pl.Series) -> None:
        """Tell polars of the texts that were met since."""
        added = pl.Series(texts, dtype=pl.String).cast(self.dtype)
        expected = np.arange(self._told, self._told + len(added), dtype=np.uint32)
        self._told += len(added)
        self._size = int(self._native.weblog_words_size(self.handle))
        is_whole = self._told == int(self._native.weblog_words_count(self.handle))
        if not is_whole or not np.array_equal(added.to_physical().to_numpy(), expected):
            raise RuntimeError("texts and their numbers came apart")  # a fault of ours
        self._alive = [added[:1]] if not self._alive and len(added) else self._alive


def tell(every: Sequence[Words]) -> None:
    """Tell polars of all texts that were met since: columns of their numbers can be made then."""
    untold = [(each, *each.untold()) for each in every]
    untold = [(each, count, texts) for each, count, texts in untold if count]
    if not untold:
        return
    # All at once: taking texts apart costs more to ask for than to do.
    lines = lines_of(b"\n".join(texts for _, _, texts in untold))
    at = 0
    for each, count, _ in untold:
        each.add(lines[at : at + count])
        at += count


def lines_of(joined: bytes) -> pl.Series:
    """Return the texts between newlines in UTF-8; of nothing, one empty text."""
    text = pl.Series([joined.decode()])
    return pl.select(pl.lit(text).str.split("\n").explode()).to_series()


def of_types(types: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """Return numbers as the texts they are, with one expression for each column."""
    return [pl.col(name).cat.to(dtype) for name, dtype in types.items()]


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
        words = {name: self.of(name) for name in names if name in rows.columns}
        numbers = [each.numbers(rows[name]) for name, each in words.items()]
        types = {name: each.dtype for name, each in words.items()}
        return rows.with_columns(numbers).with_columns(of_types(types))
