"""What a report is: its name, its function, its figure, and the meaning of each column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import polars as pl

from reports.result import Report

Unit = Literal["", "day", "count", "rate", "ratio", "points", "seconds", "money", "z"]
"""What a number counts: "rate" and "points" are fractions of 1 (0.0162 is 1.62 %), "ratio" a
quotient that may exceed 1, "money" the site's currency; text has no unit."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a report: name, polars type, unit, and what it means in one sentence."""

    name: str
    dtype: pl.DataType
    unit: Unit
    meaning: str


def no_rows(columns: Iterable[ColumnSpec]) -> pl.DataFrame:
    """Return a frame of these columns without a row."""
    return pl.DataFrame(schema={column.name: column.dtype for column in columns})


@dataclass(frozen=True, slots=True)
class ReportSpec:
    """One report, as the command line, the dashboard and the documentation list it.

    ``title`` is a key of the message catalogue. ``function(source, filters)`` answers;
    ``figure(frame, language, theme)`` draws the answer as a plain dictionary that Plotly reads.
    """

    name: str
    title: str
    function: Callable[..., Report]
    figure: Callable[..., dict[str, Any]]
    columns: tuple[ColumnSpec, ...]

    @property
    def schema(self) -> pl.Schema:
        """The columns as a polars schema, in order."""
        return pl.Schema([(column.name, column.dtype) for column in self.columns])

    def column(self, name: str) -> ColumnSpec:
        """Return the column called ``name``."""
        return next(column for column in self.columns if column.name == name)
