"""Segments as of a day, beside those sessions began with."""

from __future__ import annotations

from datetime import date

import polars as pl

from reports.compact import distinct, in_any
from reports.customer_numbers import (
    customer_ids,
    customers_key,
    numbered,
    numbered_register,
    numbered_sessions,
)
from reports.customer_sessions import customer_sessions
from reports.load import CACHE
from reports.query import Span
from reports.warning import ReportWarning
from sessionize import validate_segments
from sessionize.as_of import complete, facts_of, facts_on_days, known_on
from sessionize.facts import last_visits, product_days
from sessionize.segments import segments_of
from weblog.site.rules import Site
from weblog.store import Snapshot


def segments_on(snapshot: Snapshot, day: date, site: Site) -> pl.DataFrame:
    """Return ``customer_id`` and ``segment`` of all customers known at the start of ``day``.

    Raises:
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    found = numbers_on(snapshot, day, site)
    return found.with_columns(customer_ids(snapshot).gather(found["customer_id"]))


def numbers_on(snapshot: Snapshot, day: date, site: Site) -> pl.DataFrame:
    """Return what :func:`segments_on` does, with the number of each customer for the id.

    Numbers are those of :mod:`reports.customer_numbers`.

    Raises:
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    validate_segments(site)
    rules = tuple((rule.segment, rule.when) for rule in site.segments)
    key = (*customers_key(snapshot), "segments on", day, rules)
    return CACHE.get(key, lambda: _numbers_on(snapshot, day, site))


def _numbers_on(snapshot: Snapshot, day: date, site: Site) -> pl.DataFrame:
    """As :func:`sessionize.customers_on`, which reads everything anew for each day."""
    register = numbered_register(snapshot)
    sessions = numbered_sessions(snapshot, ["date", "product_views"])
    before = sessions.lazy().filter(pl.col("date") < day)
    visits, viewed = pl.collect_all([last_visits(before), product_days(before)])
    customers = known_on(register, visits, day)
    facts = facts_of(customers, day, visits, viewed, register)
    named = facts.with_columns(customer_ids(snapshot).gather(customers["customer_id"]))
    segment = segments_of(complete(named, is_visit=False), site.segments)
    return customers.with_columns(segment.alias("segment"))


def segments_on_days(snapshot: Snapshot, pairs: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Return what :func:`sessionize.segments_on_days` does, of what is in memory.

    Raises:
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    validate_segments(site)
    days = numbered(snapshot, pairs.select("customer_id", "date").unique())
    if days.is_empty():
        return pairs.clear().select("customer_id", "date", pl.lit(None, pl.String).alias("segment"))
    asked = days["customer_id"].unique()
    sessions = numbered_sessions(snapshot, ["date", "product_views"])
    own = in_any(sessions["customer_id"], asked) & (sessions["date"] < days["date"].max())
    facts = facts_on_days(days, sessions.filter(own).lazy(), numbered_register(snapshot))
    days = days.with_columns(customer_ids(snapshot).gather(days["customer_id"]))
    facts = facts.with_columns(days["customer_id"])
    return days.with_columns(segments_of(complete(facts, is_visit=False), site.segments))


def with_segments_on(
    sessions: pl.DataFrame, snapshot: Snapshot, span: Span | None, day: date, site: Site
) -> pl.DataFrame:
    """Give sessions of known customers the segment their customer is in on ``day``.

    Sessions of nobody keep theirs: who they were is not known today either.

    Args:
        sessions: of ``span``, as :func:`reports.load.sessions` returns them.
        snapshot: of the store.
        span: first and last day.
        day: as of its start.
        site: its segment rules.
    """
    if sessions.is_empty() or span is None:
        return sessions
    known = customer_sessions(snapshot, span, ["key", "customer_id"])
    now = known.join(segments_on(snapshot, day, site), on="customer_id", how="left").select(
        "key", pl.col("segment").alias("now"), pl.lit(value=True).alias("is_known")
    )
    is_known = pl.col("is_known").fill_null(value=False)
    segment = pl.when(is_known).then("now").otherwise(pl.col("segment").cast(pl.String))
    return (
        sessions.join(now, on="key", how="left", maintain_order="left")
        .with_columns(segment.cast(pl.Categorical).alias("segment"))
        .drop("now", "is_known")
    )


def about_rules(sessions: pl.DataFrame, site: Site) -> list[ReportWarning]:
    """Warn if sessions bear segments these rules do not name: they were made by others."""
    named = {rule.segment for rule in site.segments}
    others = sorted(set(distinct(sessions["segment"]).cast(pl.String)) - named)
    if not others:
        return []
    return [ReportWarning("other_segment_rules", {"segments": ", ".join(others)})]
