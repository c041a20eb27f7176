"""Who the customers are at the start of a day, as far as suggestions and texts ask."""

from __future__ import annotations

from calendar import isleap
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

FEBRUARY: Final = 2
LEAP_DAY: Final = 29


def customers_before(snapshot: Snapshot, day: date, site: Site) -> pl.DataFrame:
    """Return the customers known at the start of ``day``.

    Returns:
        ``customer_id``, ``person`` (u64), :data:`GROUP`, ``birth_date``, ``joined``,
        ``last_visit``, ``next_end`` (day the next purchase in force ends, where the register
        says so beforehand) and ``purchases_in_force``; a row each, ordered by id. Null is not
        known.

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
    known = facts.select("customer_id", date=pl.lit(day))
    states = snapshot.scan("customers").filter(pl.col("valid_from") <= day)
    born = states_on(known, states.collect()).select("customer_id", "birth_date")
    in_force = snapshot.scan("purchases").filter(pl.col("purchased") < day, pl.col("ended") > day)
    ends = in_force.group_by("customer_id").agg(pl.col("ended").min().alias("next_end")).collect()
    joined, since = pl.col("joined"), pl.col("days_since_last_visit")
    return (
        facts.with_columns(segments_of(facts, site.segments))
        .join(born, on="customer_id", how="left", maintain_order="left")
        .join(ends, on="customer_id", how="left", maintain_order="left")
        .select(
            "customer_id",
            person(pl.col("customer_id")).alias("person"),
            "segment",
            "sex",
            age_band(pl.col("age")).alias("age_band"),
            "birth_date",
            pl.when(joined < pl.lit(day)).then(joined).alias("joined"),
            (pl.lit(day) - pl.duration(days=since)).alias("last_visit"),
            "next_end",
            pl.col("purchases_in_force").cast(pl.Int32),
        )
    )


def at_moment(customers: pl.DataFrame, moment: datetime) -> pl.DataFrame:
    """Return what texts may ask of customers at a moment in the site's time zone.

    Args:
        customers: as :func:`customers_before` returns them.
        moment: now; a day before what is known of the customers makes no sense, and what it
            would be negative for is null.

    Returns:
        ``customer_id`` and the columns of :data:`reports.recommendations.moments.COLUMNS`.
    """
    day = moment.date()
    anniversary = _next(pl.col("joined"), day)
    years = anniversary.dt.year() - pl.col("joined").dt.year()
    has_joined = pl.col("joined") < pl.lit(day)
    days = {
        "days_to_birthday": _days(_next(pl.col("birth_date"), day), day),
        "days_to_joining_anniversary": pl.when(has_joined).then(_days(anniversary, day)),
        "years_joined": pl.when(has_joined).then(years),
        "days_to_maturity": _days(pl.col("next_end"), day),
        "days_since_last_visit": -_days(pl.col("last_visit"), day),
        "hour": pl.lit(moment.hour),
        "weekday": pl.lit(moment.isoweekday()),
    }
    return customers.with_columns(
        pl.when(value >= 0).then(value).cast(pl.Int32).alias(name) for name, value in days.items()
    ).select("customer_id", *SCHEMA)


def _next(of: pl.Expr, day: date) -> pl.Expr:
    """Return the next return of a day of the year, from ``day`` on; 29 February is the 28th."""

    def in_year(year: int) -> pl.Expr:
        is_leap_day = (of.dt.month() == FEBRUARY) & (of.dt.day() == LEAP_DAY)
        shown = of.dt.day() - (is_leap_day & (not isleap(year))).cast(pl.Int8)
        return pl.date(year, of.dt.month(), shown)

    this = in_year(day.year)
    return pl.when(this >= pl.lit(day)).then(this).otherwise(in_year(day.year + 1))


def _days(until: pl.Expr, day: date) -> pl.Expr:
    return (until - pl.lit(day)).dt.total_days()
