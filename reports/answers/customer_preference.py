"""What each customer looks at more than everybody does."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from reports import customer_views, load
from reports.affinity import SCHEMA, affinity_of
from reports.ask import Asked, ask
from reports.breakdown import text
from reports.compact import in_any
from reports.contents import beside
from reports.looked_at import age_weight, check_half_life, check_kind, customers_of
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.seen import Seen
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.store import Snapshot, Store

HALF_LIFE = 30.0
"""Days in which a view loses half its weight: a taste of last month counts half."""

COLUMNS = (
    text("customer_id", "Whom"),
    text("segment", "What the customer was at the last session's start"),
    text("kind", "category or product"),
    text("name", "Which category or product"),
    ColumnSpec("rank", pl.Int64(), "count", "1 for what the customer prefers most"),
    ColumnSpec("page_views", pl.Int64(), "count", "The customer's page views of it"),
    ColumnSpec("weighted_views", pl.Float64(), "", "The same, each weighing 0.5 ^ (age/half_life)"),
    ColumnSpec("last_seen", pl.Date(), "day", "Day of the last session that viewed it"),
    ColumnSpec(
        "dwell_s",
        pl.Float64(),
        "seconds",
        "Time spent on these pages in all; unknown for a session's last page, never 0",
    ),
    ColumnSpec("index", pl.Float64(), "", "100 x the customer's share / that of all customers"),
    ColumnSpec("low", pl.Float64(), "", "Lower end of the index's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "", "Upper end of the index's interval"),
    ColumnSpec(
        "evidence", pl.Float64(), "", "Independent views those of the customer are worth here"
    ),
    ColumnSpec(
        "weight", pl.Float64(), "rate", "How much the customer's own views count; rest: the segment"
    ),
)


def customer_preference(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    kind: str = "category",
    half_life: float | None = HALF_LIFE,
    limit: int | None = 20,
) -> Report:
    """Tell what single customers prefer: an affinity index per customer and category or product.

    Customers known in a session of the period, those with most to go by first, and of each all
    names by rank, viewed or not. Index = 100 x share / everyone's share among all known customers;
    the share is drawn toward that of the customer's segment, and the segment's toward
    everybody's, as far as data are thin (Buhlmann and Straub's credibility): who came once is
    near 100. A view weighs 0.5 ^ (age / ``half_life``), age in days up to the period's last;
    None: all alike. Filters choose who is listed; who is compared with is every customer of the
    period. ``limit`` is a number of customers, None for all.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: ``kind`` is none of these.
        QueryError: the filters contradict themselves, or ``half_life`` or ``limit`` is not
            above 0.
        StoreError: the store cannot be read.
    """
    check_kind(kind)
    check_half_life(half_life)
    check_limit(limit)
    asked = ask(source, replace(filters, compare="none"), ("session",), ("session",))
    snapshot, span = asked.snapshot, asked.query.current
    listed = None
    if filters.chosen:
        listed = customers_of(asked.sessions, snapshot, span)["customer_id"].unique()
    # First of all, so that what is read of page views is read together.
    views = customer_views.page_views(snapshot, span, ["session", kind, "dwell_s"])
    viewed = customer_views.viewed(snapshot, span, kind)
    segments = customer_views.segments(snapshot, span)
    found = pl.DataFrame(schema=SCHEMA)
    if not viewed.is_empty():
        aged = viewed.with_columns(age_weight(asked.query.end, half_life).alias("aged"))["aged"]
        seen = Seen.in_order(viewed, aged)
        found = affinity_of(seen, segments, listed=listed, limit=limit)
    frame = _ranked(found)
    evidence = _evidence(asked, views.rename({kind: "name"}), frame["customer"])
    frame = (
        frame.join(evidence, on=["customer", "name"], how="left", maintain_order="left")
        .join(segments, on="customer", how="left", maintain_order="left")
        .rename({"customer": "customer_id"})
        .with_columns(pl.lit(kind).alias("kind"))
        .select(column.name for column in COLUMNS)
    )
    return asked.answer(
        "customer_preference", frame, *_warnings(frame, asked.sessions, filters.customers)
    )


def _ranked(found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of customers with most weighted views first, each one's by rank."""
    most = found.group_by("customer").agg(pl.col("weighted_views").sum().alias("most"))
    return found.join(most, on="customer").sort(
        [pl.col("most").round(6), "customer", "rank"], descending=[True, False, False]
    )


def _evidence(asked: Asked, views: pl.DataFrame, customers: pl.Series) -> pl.DataFrame:
    """Return ``customer``, ``name``, ``last_seen`` and ``dwell_s`` of what customers viewed."""
    snapshot, span = asked.snapshot, asked.query.current
    everyone = load.sessions(snapshot, span, EVERYTHING, ["session", "date"])
    known = customers_of(everyone, snapshot, span)
    theirs = known.filter(pl.col("customer_id").is_in(customers.unique().implode()))
    views = views.filter(in_any(views["session"], theirs["session"]))
    dwell = pl.when(pl.col("dwell_s").is_not_null().any()).then(pl.col("dwell_s").sum())
    return (
        beside(beside(views.drop_nulls("name"), theirs, "customer_id"), everyone, "date")
        .group_by(pl.col("customer_id").alias("customer"), pl.col("name").cast(pl.String))
        .agg(pl.col("date").max().alias("last_seen"), dwell.alias("dwell_s"))
    )


def _warnings(
    frame: pl.DataFrame, sessions: pl.DataFrame, customers: tuple[str, ...]
) -> list[ReportWarning]:
    if sessions.is_empty():
        return []
    unseen = sorted(set(customers) - set(frame["customer_id"]))
    if unseen and customers:
        return [ReportWarning("customers_unseen", {"customers": ", ".join(unseen)})]
    return [ReportWarning("no_customers")] if frame.is_empty() else []
