"""Types of columns, by short names for declarations."""

from __future__ import annotations

from typing import Final

import polars as pl

from weblog.table import Column

TS: Final = pl.Datetime("us", "UTC")
"""Instants: UTC, millisecond precision, stored in microseconds (Delta knows no other unit)."""

S: Final = pl.String()
I16: Final = pl.Int16()
I32: Final = pl.Int32()
I64: Final = pl.Int64()
F64: Final = pl.Float64()
B: Final = pl.Boolean()
D: Final = pl.Date()


def columns(*rows: tuple[str, pl.DataType, str]) -> tuple[Column, ...]:
    """Return declarations of columns: name, type and meaning of each."""
    return tuple(Column(*row) for row in rows)
