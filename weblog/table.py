"""What a table of the store is: its columns, its key, how its files are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import polars as pl


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, polars type, and what it means in one sentence."""

    name: str
    dtype: pl.DataType
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table of the store.

    ``key`` are the columns that tell one row from another; ``partition_by`` the
    columns whose values name the folders of the files; ``needed`` those that, beside
    the key, no row of the company's own file may lack.
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition_by: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()

    @cached_property
    def schema(self) -> pl.Schema:
        """The columns as a polars schema, in order. Made once: each file written asks for it."""
        return pl.Schema([(column.name, column.dtype) for column in self.columns])

    def empty(self) -> pl.DataFrame:
        """A frame with the right columns and no row."""
        return pl.DataFrame(schema=self.schema)
