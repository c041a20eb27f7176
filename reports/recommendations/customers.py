"""Who the customers are at the start of a day, as far as suggestions and texts ask."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import polars as pl

from reports.attributes import age_band
from reports.load import CACHE, key_of
from reports.recommendations.history import person
from reports.recommendations.moments import SCHEMA
from sessionize import validate_segments
from sessionize.as_of import facts_on
from sessionize.facts import states_on
from sessionize.segments import segments_of
from weblog.site.rules import Site
from weblog.store import Snapshot

GROUP: Final = ("segment", "sex", "age_band")

MOMENT: Final = ("hour", "weekday")
"""What a text may ask that is not of the customer."""

FEBRUARY: Final = 2
LEAP_DAY: Final = 29


def customers_before(snapshot: Snapshot, day: date, site: Site) -> pl.DataFrame:
    """Return the customers known at the start of ``day``.

    Returns:
        ``customer_id``, ``person`` (u64), :data:`GROUP`, and the columns of
        :data:`reports.recommendations.moments.COLUMNS` that speak of the customer; a row each,
        ordered by id. Null is not known.

    Raises:
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    validate_segments(site)
    tables = ("sessions", "customers", "purchases")
    key = [part for name in tables for part in key_of(snapshot, name)]
    rules = tuple((rule.segment, rule.when) for rule in site.segments)
    return CACHE.get(("customers", *key, day, rules), lambda: _customers(snapshot, day, site))


def _customers(snapshot: Snapshot, day: date, site: Site) -> pl.DataFrame:
    facts = facts_on(snapshot, day)
    born = _born(snapshot, facts.select("customer_id"), day)
    ends = _next_end(snapshot, day)
    joined, today = pl.col("joined"), pl.lit(day)
    years = pl.col("next_anniversary").dt.year() - joined.dt.year()
    has_joined = joined.is_not_null() & (joined < today)
    return (
        facts.with_columns(segments_of(facts, site.segments))
        .join(born, on="customer_id", how="left", maintain_order="left")
        .join(ends, on="customer_id", how="left", maintain_order="left")
        .with_columns(
            _next(pl.col("birth_date"), day).alias("next_birthday"),
            _next(joined, day).alias("next_anniversary"),
        )
        .select(
            "customer_id",
            person(pl.col("customer_id")).alias("person"),
            "segment",
            "sex",
            age_band(pl.col("age")).alias("age_band"),
            _days(pl.col("next_birthday"), day).alias("days_to_birthday"),
            pl.when(has_joined)
            .then(_days(pl.col("next_anniversary"), day))
            .alias("days_to_joining_anniversary"),
            pl.when(has_joined).then(years.cast(pl.Int32)).alias("years_joined"),
            _days(pl.col("next_end"), day).alias("days_to_maturity"),
            pl.col("purchases_in_force").cast(pl.Int32),
            pl.col("days_since_last_visit").cast(pl.Int32),
        )
    )


def at_moment(customers: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Add the hour and the weekday of ``moment`` (in the site's time zone), in their order."""
    return customers.with_columns(
        pl.lit(moment.hour, pl.Int32).alias("hour"),
        pl.lit(moment.isoweekday(), pl.Int32).alias("weekday"),
    ).select("customer_id", *SCHEMA)


def _born(snapshot: Snapshot, known: pl.DataFrame, day: date) -> pl.DataFrame:
    states = snapshot.scan("customers").filter(pl.col("valid_from") <= day)
    asked = known.with_columns(pl.lit(day).alias("date"))
    return states_on(asked, states.collect()).select("customer_id", "birth_date")


def _next_end(snapshot: Snapshot, day: date) -> pl.DataFrame:
    in_force = snapshot.scan("purchases").filter(pl.col("purchased") < day, pl.col("ended") > day)
    return in_force.group_by("customer_id").agg(pl.col("ended").min().alias("next_end")).collect()


def _next(of: pl.Expr, day: date) -> pl.Expr:
    """Return the next return of a day of the year, from ``day`` on; 29 February is the 28th."""

    def in_year(year: int) -> pl.Expr:
        leap = pl.date(year, 12, 31).dt.ordinal_day() == 366
        is_leap_day = (of.dt.month() == FEBRUARY) & (of.dt.day() == LEAP_DAY)
        shown = pl.when(is_leap_day & ~leap).then(LEAP_DAY - 1).otherwise(of.dt.day())
        return pl.date(year, of.dt.month(), shown)

    this = in_year(day.year)
    return pl.when(this >= pl.lit(day)).then(this).otherwise(in_year(day.year + 1))


def _days(until: pl.Expr, day: date) -> pl.Expr:
    return (until - pl.lit(day)).dt.total_days().cast(pl.Int32)
