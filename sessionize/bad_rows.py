"""Rows of the company's own tables that cannot be used: which, where in them, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

SCHEMA: Final = pl.Schema(
    {"row": pl.Int64(), "column": pl.String(), "value": pl.String(), "expected": pl.String()}
)
"""A fault: ``row`` of the file, the header of a CSV file being the first (null: a fault of the
whole column); ``column`` (null: of the whole row); ``value``, null where there is none; what was
``expected`` instead. A row may have several."""

Fault = tuple[str, str, str]
"""A fault as an error tells it: where, the value, what was expected."""

MOST_FAULTS: Final = 20
"""Faults told of one file; the next ones would mostly be the same."""


def faults(*found: pl.DataFrame) -> pl.DataFrame:
    """Return these faults in the order of rows, those of whole columns first."""
    empty = pl.DataFrame(schema=SCHEMA)
    return pl.concat([empty, *found]).sort("row", nulls_last=False, maintain_order=True)


def row_faults(found: Iterable[tuple[int, str, str]]) -> pl.DataFrame:
    """Return faults of whole rows: number, what the row is, what was expected."""
    rows = [(row, None, value, expected) for row, value, expected in found]
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def cell_faults(rows: pl.Series, column: str, values: pl.Series, expected: str) -> pl.DataFrame:
    """Return faults of one column."""
    frame = pl.DataFrame({"row": rows, "value": values}).with_columns(
        pl.lit(column).alias("column"), pl.lit(expected).alias("expected")
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def column_fault(column: str, value: str, expected: str) -> pl.DataFrame:
    """Return a fault of a whole column."""
    return pl.DataFrame([(None, column, value, expected)], schema=SCHEMA, orient="row")


def told(found: pl.DataFrame, most: int = MOST_FAULTS) -> list[Fault]:
    """Return the first ``most`` faults as an error tells them."""
    return [
        _told(row, column, value, expected)
        for row, column, value, expected in found.head(most).rows()
    ]


def _told(row: int | None, column: str | None, value: str | None, expected: str) -> Fault:
    if column is None:
        return f"row {row}", str(value), expected
    place = column if " and " in column else f"column {column}"
    if row is None:
        return place, str(value), expected
    return f"row {row}, {place}", "empty" if value is None else repr(value), expected
