"""Search every byte of a store: each file as it is, and each Parquet file decoded.

Values in Parquet files are compressed, so that bytes alone prove nothing about them; their
column names, statistics and the transaction log are not, so that rows alone prove nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from weblog.erasure.person import IDS, finder, spellings

PIECE: Final = 16 << 20
"""Bytes of a file looked at at once."""

Finder = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search went through, and the places where something was found."""

    files: int
    bytes: int
    values: int
    found: tuple[str, ...]

    def and_of(self, folder: Path, more: Searched) -> Searched:
        """Return this and what a search of another folder found, whose places are named in full."""
        places = [str(folder / place) for place in more.found]
        return Searched(
            self.files + more.files,
            self.bytes + more.bytes,
            self.values + more.values,
            (*self.found, *places),
        )


def search(folder: Path, words: Iterable[str], ids: Iterable[str], without: str) -> Searched:
    """Search all files below ``folder`` but the one named ``without``.

    Args:
        folder: the store's.
        words: texts that must not be found, whole, in any case, percent-encoded or not.
        ids: what no column of ids may hold, compared whole.
        without: name of a file in the folder that is left out.
    """
    known = sorted(words)
    look = _Look(known, frozenset(ids), finder(known))
    longest = 4 * max((len(word.encode()) for word in known), default=0) + 8
    files = size = values = 0
    found: list[str] = []
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        if not file.is_file() or name == without:
            continue
        files += 1
        size += file.stat().st_size
        if look.holds(name.encode()) or any(look.holds(piece) for piece in _pieces(file, longest)):
            found.append(name)
        if file.suffix == ".parquet":
            texts, columns = _columns_with(file, look)
            values += texts
            found += [f"{name}, column {column}" for column in columns]
    return Searched(files, size, values, tuple(found))


def _pieces(file: Path, overlap: int) -> Iterator[bytes]:
    """Yield a file in pieces, each with the end of the one before."""
    rest = b""
    with file.open("rb") as handle:
        while piece := handle.read(PIECE):
            yield rest + piece
            rest = piece[-overlap:]


def _columns_with(file: Path, look: _Look) -> tuple[int, list[str]]:
    """Return how many texts a file has, and its columns with one that is sought."""
    rows = pl.read_parquet(file, hive_partitioning=False)
    columns = [leaf for name in rows.columns for leaf in _leaves(rows[name])]
    count = sum(len(column) for column in columns)
    return count, sorted({column.name for column in columns if look.finds(column)})


@dataclass(frozen=True, slots=True)
class _Look:
    """What is sought: ``ids`` as whole values, where ``holds`` says so anywhere in a text."""

    words: Sequence[str]
    ids: frozenset[str]
    holds: Finder

    def finds(self, column: pl.Series) -> bool:
        """Say whether a column of text or bytes holds something that is sought."""
        if column.name in IDS:
            return bool(column.is_in(list(self.ids)).any())
        if column.dtype == pl.Binary:
            return any(value is not None and self.holds(value) for value in column.to_list())
        known = spellings(self.words)
        held = column.str.contains_any(known, ascii_case_insensitive=True) if known else None
        suspects = column.clear() if held is None else column.filter(held.fill_null(value=False))
        return any(self.holds(text.encode()) for text in suspects.unique().to_list())


def _leaves(column: pl.Series) -> Iterator[pl.Series]:
    """Yield the texts and bytes in a column, also those within lists and structs."""
    dtype = column.dtype
    if isinstance(dtype, pl.List):
        # Lists hold ids: compared whole.
        inner = column.drop_nulls().explode()
        yield from _leaves(inner.alias(IDS[0]) if inner.dtype == pl.String else inner)
    elif isinstance(dtype, pl.Struct):
        for field in dtype.fields:
            yield from _leaves(column.struct.field(field.name))
    elif isinstance(dtype, pl.Categorical):
        yield column.cast(pl.String)
    elif dtype in (pl.String, pl.Binary):
        yield column
