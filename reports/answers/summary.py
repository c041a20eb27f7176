"""The whole period in one row per measure."""

from __future__ import annotations

import polars as pl

from reports.answers.site_status import current_by_day
from reports.ask import SMALL, ask
from reports.intervals import wilson
from reports.measures import MEASURES, counts, looked_at, quotients
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec
from weblog.store import Snapshot, Store

COLUMNS = (
    ColumnSpec("measure", pl.String(), "", "Name of the measure"),
    ColumnSpec("unit", pl.String(), "", "Its unit: count, rate, ratio or money"),
    ColumnSpec("value", pl.Float64(), "", "Over the whole period; visitors counted once"),
    ColumnSpec("previous", pl.Float64(), "", "The same over the period compared with"),
    ColumnSpec("change", pl.Float64(), "rate", "Relative; of a rate, the difference in points"),
    ColumnSpec("numerator", pl.Int64(), "count", "What a rate or ratio counts"),
    ColumnSpec("denominator", pl.Int64(), "count", "What it is divided by"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of a rate's 95 % interval (Wilson)"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of it"),
    ColumnSpec("spark", pl.List(pl.Float64()), "", "Its value on each day of the period"),
    ColumnSpec(
        "small", pl.Boolean(), "", f"Denominator (or sessions) under {SMALL}: no conclusion"
    ),
)


def summary(source: Store | Snapshot, filters: Filters = EVERYTHING) -> Report:
    """Sum up the period: every measure with its change, its interval and its days.

    A row per measure of :data:`reports.measures.MEASURES`, in that order. Visitors are
    distinct over the whole period, not the sum of days. ``change`` is (value - previous) /
    previous, for rates value - previous. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, (*looked_at(), "date"))
    days = current_by_day(asked)
    return asked.answer("summary", summed(asked.sessions, asked.previous_sessions, days))


def summed(
    current: pl.DataFrame, previous: pl.DataFrame | None, days: pl.DataFrame
) -> pl.DataFrame:
    """Return a row per measure, from the sessions of both periods and the rows per day."""
    now = _totals(current)
    before = _totals(previous) if previous is not None else dict.fromkeys(MEASURES)
    rows = [
        {
            "measure": name,
            "unit": measure.unit,
            "value": now[name],
            "previous": before[name],
            "numerator": now[measure.numerator] if measure.numerator else None,
            "denominator": now[measure.denominator] if measure.denominator else None,
            "sample": now[measure.denominator or "sessions"],
            "spark": days[name].cast(pl.Float64).to_list(),
        }
        for name, measure in MEASURES.items()
    ]
    types = {column.name: column.dtype for column in COLUMNS} | {"sample": pl.Int64()}
    frame = pl.DataFrame(rows, schema={name: types[name] for name in rows[0]})
    is_rate = pl.col("unit") == "rate"
    low, high = wilson(pl.col("numerator"), pl.col("denominator"))
    difference = pl.col("value") - pl.col("previous")
    relative = difference / pl.when(pl.col("previous") > 0).then(pl.col("previous"))
    return frame.with_columns(
        pl.when(is_rate).then(difference).otherwise(relative).alias("change"),
        pl.when(is_rate).then(low).alias("low"),
        pl.when(is_rate).then(high).alias("high"),
        (pl.col("sample") < SMALL).alias("small"),
    ).select(column.name for column in COLUMNS)


def _totals(sessions: pl.DataFrame) -> dict[str, float | None]:
    return sessions.select(*counts()).with_columns(*quotients()).row(0, named=True)
