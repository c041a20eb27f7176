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


@dataclass(frozen=True, slots=True)
class Check:
    """What values of one column must be, beside their type.

    ``is_right`` is asked of rows whose values have their types; null is not wrong. ``expected``
    says it in words, as in "expected 0 or more".
    """

    column: str
    is_right: pl.Expr
    expected: str


@dataclass(frozen=True)
class Table:
    """One table of the store.

    ``key`` are the columns that tell one row from another; ``partition_by`` the
    columns whose values name the folders of the files; ``needed`` those that, beside
    the key, no row of the company's own file may lack; ``unknown`` those of the key that may be
    null, which tells a row from others like any value; ``checks`` what its values must be.
    ``whole`` are columns of the key: an export tells all rows that have the same values in them,
    so that rows of before with these values go, whatever the rest of their key (default: the key).
    """

    name: str
    grain: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    partition_by: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    whole: tuple[str, ...] = ()

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that no row of the company's own file may lack."""
        return (*(name for name in self.key if name not in self.unknown), *self.needed)

    @cached_property
    def schema(self) -> pl.Schema:
        """The columns as a polars schema, in order. Made once: each file written asks for it."""
        return pl.Schema([(column.name, column.dtype) for column in self.columns])

    def empty(self) -> pl.DataFrame:
        """A frame with the right columns and no row."""
        return pl.DataFrame(schema=self.schema)
