"""Segments as of a day, beside those sessions began with."""

from __future__ import annotations

from datetime import date

import polars as pl

from reports.compact import distinct
from reports.load import CACHE, key_of, seed
from reports.query import Span
from reports.warning import ReportWarning
from sessionize import customers_on, validate_segments
from weblog.site.rules import Site
from weblog.store import Snapshot


def segments_on(snapshot: Snapshot, day: date, site: Site) -> pl.DataFrame:
    """Return ``customer_id`` and ``segment`` of all customers known at the start of ``day``.

    Raises:
        SiteError: a segment rule is wrong, or fails with these customers.
    """
    validate_segments(site)
    tables = ("sessions", "customers", "purchases")
    key = [part for name in tables for part in key_of(snapshot, name)]
    rules = tuple((rule.segment, rule.when) for rule in site.segments)
    return CACHE.get((*key, day, rules), lambda: customers_on(snapshot, day, site.segments))


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
    known = (
        snapshot.scan("sessions")
        .filter(pl.col("date").is_between(*span), pl.col("customer_id").is_not_null())
        .select(pl.col("session_id").hash(seed(snapshot, span)).alias("key"), "customer_id")
        .collect()
    )
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
