"""Conditions people write as SQL: over one row, and over nothing else."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

import polars as pl

from weblog.errors import did_you_mean

_CLOCK: Final = re.compile(r"(?i)(?<![\w'])(?:CURRENT_(?:DATE|TIME|TIMESTAMP)\b|NOW\s*\()")
_OTHER_ROWS: Final = re.compile(
    r'"(?:Agg|Over|Explode|Quantile|NullCount)":|"(?:Correlation|Pearson|Covariance)\w*"|'
    r'(?<!"String":)"Len"'
)
"""Parts of an expression that look at more than one row. What other sessions are worked through
with one is chance: a rule that looks at them would depend on the order of ingestion."""

_VALUES: Final[dict[pl.DataType, tuple[object, ...]]] = {
    pl.String(): ("x", "", "1", "x", None),
    pl.Date(): (date(2000, 2, 29), date(1900, 1, 1), date(2199, 12, 31), date(2000, 2, 29), None),
    pl.Boolean(): (True, False, True, True, None),
    pl.Float64(): (1.0, 0.0, 1e15, -1e15, None),
    pl.Int32(): (1, 0, 2_000_000_000, -2_000_000_000, None),
    pl.Int64(): (1, 0, 2_000_000_000, -2_000_000_000, None),
}


def sample_of(schema: pl.Schema) -> pl.DataFrame:
    """Return rows with ordinary values and very large ones, to try conditions on.

    What fails with them would fail with data, as a cast to a type too small does, on the day
    that the first row has a larger value.
    """
    return pl.DataFrame({name: _VALUES[dtype] for name, dtype in schema.items()}, schema=schema)


def condition_fault(condition: str, sample: pl.DataFrame, about: str) -> str | None:
    """Say what is wrong with a condition, if anything.

    Args:
        condition: as written.
        sample: as :func:`sample_of`: the columns it may name.
        about: what a row is, as in "session".
    """
    # polars raises several unrelated classes for what people may type here.
    try:
        holds = pl.sql_expr(condition)
        names = holds.meta.root_names()
    except Exception as error:
        return f"expected an SQL condition ({first_line(error)})"
    unknown = sorted({name for name in names if name not in sample.columns})
    if unknown:
        known = sample.columns
        near = did_you_mean(unknown[0], known)
        return f"no column is called {unknown[0]!r}.{near} Known: {', '.join(known)}"
    parts = holds.meta.serialize(format="json")
    if _CLOCK.search(condition) or _OTHER_ROWS.search(parts):
        return f"expected a condition on one {about}: no aggregate, no window function, no clock"
    try:
        result = sample.select(holds.alias("holds"))
    except Exception as error:
        advice = " TRY_CAST gives null instead." if "conversion" in str(error) else ""
        return f"expected an SQL condition ({first_line(error)}).{advice}"
    if result.schema["holds"] != pl.Boolean:
        kind = result.schema["holds"]
        return f"expected a condition that is true or false; this is {kind}"
    return None


def first_line(error: Exception) -> str:
    """Return what an error says first."""
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
