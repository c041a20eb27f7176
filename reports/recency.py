"""How often and how lately customers come: bands, and the parts of them that were active.

Functions of tables of customers and days; no disk, no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from reports.ask import SMALL
from reports.intervals import wilson
from reports.measures import quotient
from reports.query import Span

ACTIVE: Final = (7, 30, 90)
"""Days back within which a visit makes a customer active."""

RECENCY: Final = (7, 30, 90, 180, 364)
"""Upper ends of the bands of days since the last visit, each included: the last one ends where
customers are dormant by the default rules."""

NEVER: Final = "never"
FREQUENCY: Final = ((0, 0), (1, 1), (2, 3), (4, 7), (8, None))
"""Bands of logins in a month: least and most."""

CELLS: Final = pl.Schema(
    {
        "part": pl.String,
        "month": pl.Date,
        "is_complete": pl.Boolean,
        "segment": pl.String,
        "is_all": pl.Boolean,
        "band": pl.String,
        "customers": pl.Int64,
        "of_customers": pl.Int64,
        "logins": pl.Int64,
    }
)

_PEOPLE: Final = pl.len().cast(pl.Int64).alias("people")


def recency_bands() -> list[str]:
    """Return the names of the bands of days since the last visit, the latest first."""
    closed = [f"{low}-{high}" for low, high in _closed()]
    return [*closed, f"{RECENCY[-1] + 1} or more", NEVER]


def _closed() -> list[tuple[int, int]]:
    lows = [1, *(high + 1 for high in RECENCY)]
    return list(zip(lows, RECENCY, strict=False))


def frequency_bands() -> list[str]:
    """Return the names of the bands of logins in a month, fewest first."""
    return [_frequency(low, high) for low, high in FREQUENCY]


def _frequency(low: int, high: int | None) -> str:
    if high is None:
        return f"{low} or more"
    return str(low) if low == high else f"{low}-{high}"


def by_segment(customers: pl.DataFrame) -> pl.DataFrame:
    """Return each customer twice: in its segment, and among all (``is_all``, segment null)."""
    own = customers.with_columns(is_all=pl.lit(value=False))
    everyone = own.with_columns(pl.lit(None, pl.String).alias("segment"), is_all=pl.lit(value=True))
    return pl.concat([everyone, own])


def as_of(customers: pl.DataFrame, asked_days: int) -> pl.DataFrame:
    """Count customers by how lately they came, as of a day.

    Args:
        customers: ``segment``, ``away`` (days since the last visit, 1 on the last day, null: never)
            and ``in_force`` (whether a purchase is).
        asked_days: days without a visit after which who has a purchase in force is told.

    Returns:
        Columns :data:`CELLS`: parts "active" (band: within so many days), "recency" (bands of
        days since the last visit, each customer in one) and "going_dormant" (a purchase in force,
        and no visit for ``asked_days``, of all with one in force).
    """
    # Customers are many, and days since a visit few: all bands are counted on those.
    rows = by_segment(customers.group_by("segment", "away", "in_force").agg(_PEOPLE))
    groups = rows.group_by("segment", "is_all")
    away = pl.col("away")
    parts = [
        _cell(groups, "active", str(days), (away <= days).fill_null(value=False)) for days in ACTIVE
    ]
    parts += [
        _cell(groups, "recency", band, away.is_between(*ends).fill_null(value=False))
        for ends, band in zip(_closed(), recency_bands(), strict=False)
    ]
    over, never = recency_bands()[-2:]
    parts.append(_cell(groups, "recency", over, (away > RECENCY[-1]).fill_null(value=False)))
    parts.append(_cell(groups, "recency", never, away.is_null()))
    quiet = (away >= asked_days).fill_null(value=True)
    holding = rows.filter("in_force").group_by("segment", "is_all")
    parts.append(_cell(holding, "going_dormant", str(asked_days), quiet))
    return pl.concat(parts)


def _cell(
    groups: object, part: str, band: str, holds: pl.Expr, logins: pl.Expr | None = None
) -> pl.DataFrame:
    """Return a row per group of rows that stand for ``people`` each: of how many it holds."""
    counted: pl.DataFrame = groups.agg(  # type: ignore[attr-defined]
        pl.col("people").filter(holds).sum().alias("customers"),
        pl.col("people").sum().alias("of_customers"),
        (pl.lit(None, pl.Int64) if logins is None else logins).alias("logins"),
    )
    return counted.with_columns(
        part=pl.lit(part),
        band=pl.lit(band),
        month=pl.lit(None, pl.Date),
        is_complete=pl.lit(None, pl.Boolean),
    ).select(CELLS.names())


def frequencies(
    customers: pl.DataFrame, days: pl.DataFrame, span: Span, months: Sequence[date]
) -> pl.DataFrame:
    """Count customers by how often they logged in in each month.

    Args:
        customers: ``person``, ``segment`` and ``since``, the day from which each is known.
        days: ``person``, ``day`` and ``logins`` of visits.
        span: first and last day.
        months: first days of the months that ``span`` touches.

    Returns:
        Columns :data:`CELLS`, part "frequency": of the customers known by the end of the month,
        those with so many logins in it; ``logins`` sums up theirs.
    """
    known = customers.group_by("segment", "since").agg(_PEOPLE)
    came = _logged_in(customers, days, span)
    parts = []
    for month in months:
        end = _month_end(month)
        groups = by_segment(_by_logins(known, came, month, min(end, span[1]))).group_by(
            "segment", "is_all"
        )
        number = pl.col("logins")
        for low, high in FREQUENCY:
            holds = number >= low if high is None else number.is_between(low, high)
            name = _frequency(low, high)
            of_band = (number * pl.col("people")).filter(holds).sum()
            cell = _cell(groups, "frequency", name, holds, of_band)
            whole = pl.lit(value=month >= span[0] and end <= span[1])
            cell = cell.with_columns(pl.lit(month).alias("month"), whole.alias("is_complete"))
            parts.append(cell.select(CELLS.names()))
    return pl.concat(parts) if parts else pl.DataFrame(schema=CELLS)


def _logged_in(customers: pl.DataFrame, days: pl.DataFrame, span: Span) -> pl.DataFrame:
    """Return how many ``people`` of a ``segment``, known by then, had so many ``logins`` a month.

    Only who logged in is there: the others follow from how many are known.
    """
    month = pl.col("day").dt.month_start()
    by_then = pl.min_horizontal(pl.col("month").dt.month_end(), pl.lit(span[1]))
    return (
        days.lazy()
        .filter(pl.col("day").is_between(*span), pl.col("logins") > 0)
        .group_by("person", month.alias("month"))
        .agg(pl.col("logins").sum())
        .join(customers.lazy().select("person", "segment", "since"), on="person")
        .filter(pl.col("since") <= by_then)
        .group_by("month", "segment", "logins")
        .agg(_PEOPLE)
        .collect()
    )


def _by_logins(known: pl.DataFrame, came: pl.DataFrame, month: date, by_then: date) -> pl.DataFrame:
    """Return ``segment``, ``logins`` and ``people`` of a month, those without a login among them.

    Args:
        known: ``segment``, ``since`` and ``people``.
        came: as :func:`_logged_in` returns it.
        month: its first day.
        by_then: the day by which they are to be known.
    """
    own = came.filter(month=month).select("segment", "logins", "people")
    everyone = known.filter(pl.col("since") <= by_then).select(
        "segment", pl.lit(0, pl.Int64).alias("logins"), "people"
    )
    seen = own.select("segment", pl.lit(0, pl.Int64).alias("logins"), -pl.col("people"))
    without = pl.concat([everyone, seen]).group_by("segment", "logins").agg(pl.col("people").sum())
    return pl.concat([without, own])


def _month_end(month: date) -> date:
    return pl.select(pl.lit(month).dt.month_end()).item()  # type: ignore[no-any-return]


def rated(cells: pl.DataFrame) -> pl.DataFrame:
    """Add ``share`` with its interval, ``logins_per_customer`` and ``small``."""
    low, high = wilson(pl.col("customers"), pl.col("of_customers"))
    return cells.with_columns(
        quotient("customers", "of_customers").alias("share"),
        low.alias("low"),
        high.alias("high"),
        quotient("logins", "customers").alias("logins_per_customer"),
        (pl.col("of_customers") < SMALL).alias("small"),
    )
