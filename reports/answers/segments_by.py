"""What the people of a segment are like."""

from __future__ import annotations

from datetime import date

import polars as pl

from reports.as_of import about_rules, with_segments_on
from reports.ask import ask
from reports.attributes import ATTRIBUTES, OF_SESSION, PRODUCT, with_attribute
from reports.breakdown import OTHER, breakdown, looked_at, text
from reports.breakdown import columns as breakdown_columns
from reports.intervals import wilson
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.spec import ColumnSpec
from reports.warning import ReportWarning
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

_CELL = (text("segment", "What the session's customer was at its start"), text("name", ""))
_MEASURES = tuple(
    column
    for column in breakdown_columns(*_CELL)
    if column.name not in {"segment", "name", "is_other"}
)

COLUMNS = (
    _CELL[0],
    text("kind", f"What the segment is crossed with: {', '.join(ATTRIBUTES)}"),
    text("name", "Its value on the day of the session; null: nobody logged in, or not known"),
    OTHER,
    ColumnSpec("segment_sessions", pl.Int64(), "count", "Sessions of the segment, all values"),
    ColumnSpec("segment_share", pl.Float64(), "rate", "Sessions divided by the segment's sessions"),
    ColumnSpec("share_low", pl.Float64(), "rate", "Lower end of that share's 95 % interval"),
    ColumnSpec("share_high", pl.Float64(), "rate", "Upper end of that share's interval"),
    ColumnSpec("customers", pl.Int64(), "count", "Distinct customers; 0 where nobody logged in"),
    *_MEASURES,
)


def segments_by(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str = "age_band",
    limit: int | None = None,
    segments_as_of: date | None = None,
    site: Site | None = None,
) -> Report:
    """Cross segments with what their customers are like: age, sex, children, products held.

    ``by`` is "age_band", "sex", "occupation", "children", "product_held", "device" or "channel".
    What the register knows is that of the day of the session, not today's; age is that on that
    day. With "product_held" a session counts in each product its customer holds, so shares do
    not sum to 1. ``segments_as_of`` takes the segments customers are in at the start of that
    day, by the rules of ``site``, instead of those their sessions began with, and says so.
    Cells with fewer than 30 sessions are marked. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: ``by`` is none of these.
        QueryError: the filters contradict themselves.
        SiteError: a segment rule is wrong.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, (*looked_at("segment", *OF_SESSION), "session", "date", "key"))
    rules = site or Site()

    def crossed(sessions: pl.DataFrame, span: Span | None) -> pl.DataFrame:
        if segments_as_of is not None:
            sessions = with_segments_on(sessions, asked.snapshot, span, segments_as_of, rules)
        return with_attribute(sessions, asked.snapshot, span, by)

    current = crossed(asked.sessions, asked.query.current)
    before = asked.previous_sessions
    previous = None if before is None else crossed(before, asked.query.previous)
    frame = cells(current, previous, limit).with_columns(pl.lit(by).alias("kind"))
    warnings = _warnings(frame, by)
    if segments_as_of is not None:
        warnings.append(ReportWarning("segments_as_of", {"day": segments_as_of}))
        warnings += about_rules(asked.sessions, rules)
    return asked.answer("segments_by", frame.select(c.name for c in COLUMNS), *warnings)


def cells(current: pl.DataFrame, previous: pl.DataFrame | None, limit: int | None) -> pl.DataFrame:
    """Return a row per segment and ``name``, the largest segment first, then by name.

    Args:
        current: sessions with ``customer`` and ``name``; the same ``key`` may be there for
            several names, one after the other.
        previous: the same of the period compared with.
        limit: how many cells; the others become one row.
    """
    by = ["segment", "name"]
    frame = breakdown(current, previous, by, limit=limit)
    texts = pl.col(by).cast(pl.String)
    once = current.filter((pl.col("key") != pl.col("key").shift(1)).fill_null(value=True))
    wholes = once.group_by("segment").agg(pl.len().cast(pl.Int64).alias("segment_sessions"))
    wholes = wholes.with_columns(pl.col("segment").cast(pl.String))
    known = current.select(*by, "customer").drop_nulls("customer")
    people = pl.col("customer").n_unique().cast(pl.Int64).alias("customers")
    shown = known.group_by(by).agg(people).with_columns(texts)
    kept = frame.filter(~pl.col("is_other")).select(by)
    rest = known.with_columns(texts).join(kept, on=by, how="anti", nulls_equal=True)
    others = rest["customer"].n_unique()
    whole = pl.when(~pl.col("is_other")).then("segment_sessions")
    low, high = wilson(pl.col("sessions"), pl.col("segment_sessions"))
    return (
        frame.join(wholes, on="segment", how="left", nulls_equal=True, maintain_order="left")
        .join(shown, on=by, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(
            whole.alias("segment_sessions"),
            pl.when("is_other")
            .then(others)
            .otherwise(pl.col("customers").fill_null(0))
            .cast(pl.Int64)
            .alias("customers"),
            (pl.col("sessions") / (once.height or None)).alias("share"),
        )
        .with_columns(
            (pl.col("sessions") / pl.col("segment_sessions")).alias("segment_share"),
            low.alias("share_low"),
            high.alias("share_high"),
        )
        .sort(
            ["is_other", "segment_sessions", "segment", "name"],
            descending=[False, True, False, False],
            nulls_last=True,
        )
    )


def _warnings(frame: pl.DataFrame, by: str) -> list[ReportWarning]:
    if frame.is_empty():
        return []
    warnings = []
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_cells", {"small": small, "cells": frame.height}))
    if by == PRODUCT:
        warnings.append(ReportWarning("products_overlap"))
    if by not in OF_SESSION and frame["name"].is_null().all():
        warnings.append(ReportWarning("attribute_unknown", {"attribute": by}))
    return warnings
