"""SQL conditions that people write: over declared columns, about one row at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import polars as pl

from weblog.errors import did_you_mean
from weblog.schema import Column


@dataclass(frozen=True)
class Vocabulary:
    """What conditions may be about: the columns they may name, of ``one`` session or customer."""

    columns: tuple[Column, ...]
    one: str

    @cached_property
    def schema(self) -> pl.Schema:
        """The columns as a polars schema, in order."""
        return pl.Schema([(column.name, column.dtype) for column in self.columns])

    @cached_property
    def sample(self) -> pl.DataFrame:
        """Rows with ordinary values and very large ones.

        What fails with them would fail with data, as a cast to a type too small does, on the day
        of the first larger value.
        """
        values = {column.name: _VALUES[column.dtype] for column in self.columns}
        return pl.DataFrame(values, schema=self.schema)

    def unknown(self, names: Sequence[str]) -> str | None:
        """Say which of ``names`` is no column, which one may have been meant, and all there are."""
        unknown = sorted({name for name in names if name not in self.schema})
        if not unknown:
            return None
        near = did_you_mean(unknown[0], list(self.schema))
        return f"no column is called {unknown[0]!r}.{near} Known: {', '.join(self.schema)}"

    def fault(self, condition: str) -> str | None:
        """Say what is wrong with a condition, if anything."""
        # polars raises several unrelated classes for what people may type here.
        try:
            _check_length(condition)
            holds = pl.sql_expr(condition)
            names = holds.meta.root_names()
        except Exception as error:
            return f"expected an SQL condition ({first_line(error)})"
        if unknown := self.unknown(names):
            return unknown
        parts = holds.meta.serialize(format="json")
        if _CLOCK.search(condition) or _OTHER_ROWS.search(parts):
            return (
                f"expected a condition on one {self.one}: no aggregate, no window function, "
                "no clock"
            )
        try:
            result = self.sample.select(holds.alias("holds"))
        except Exception as error:
            return f"expected an SQL condition ({first_line(error)}).{_advice(str(error))}"
        if result.schema["holds"] != pl.Boolean:
            kind = result.schema["holds"]
            return f"expected a condition that is true or false; this is {kind}"
        return None


def _check_length(condition: str) -> None:
    if len(condition) > LONGEST:
        raise ValueError(
            f"at most {LONGEST:,} characters, this has {len(condition):,}; what is one of many "
            "values is asked with IN"
        )


LONGEST: Final = 4000
"""Characters of a condition. Some ten thousand terms joined by AND overflow the stack of polars'
parser, which ends the process."""


def _advice(error: str) -> str:
    if "conversion" in error:
        return " TRY_CAST gives null instead."
    if "got: list" in error:
        return " What a list holds is asked with ARRAY_CONTAINS(column, 'value')."
    return ""


def first_line(error: Exception) -> str:
    """Return the first line of what an error says."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__


_CLOCK: Final = re.compile(r"(?i)(?<![\w'])(?:CURRENT_(?:DATE|TIME|TIMESTAMP)\b|NOW\s*\()")
_OTHER_ROWS: Final = re.compile(
    r'"(?:Agg|Over|Explode|Quantile|NullCount)":|"(?:Correlation|Pearson|Covariance)\w*"|'
    r'(?<!"String":)"Len"'
)
"""Parts of an expression that look at more than one row. What other rows are looked at together
with one is chance: a condition on them would depend on the order of ingestion."""

_VALUES: Final[Mapping[pl.DataType, tuple[object, ...]]] = {
    pl.String(): ("x", "", "1", "x", None),
    pl.Date(): (date(2000, 2, 29), date(1900, 1, 1), date(2199, 12, 31), date(2000, 2, 29), None),
    pl.Boolean(): (True, False, True, True, None),
    pl.Float64(): (1.0, 0.0, 1e15, -1e15, None),
    pl.Int32(): (1, 0, 2_000_000_000, -2_000_000_000, None),
    pl.Int64(): (1, 0, 2_000_000_000, -2_000_000_000, None),
    pl.List(pl.String()): (("x",), (), ("1", "x"), ("x",), None),
}
