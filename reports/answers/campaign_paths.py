"""The way from a campaign to a conversion: touches before it, and how long it takes."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports.ask import SMALL, Asked, ask
from reports.breakdown import OTHER, text
from reports.intervals import wilson
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.touches import Journeys, journeys
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.store import Snapshot, Store

WINDOW_DAYS: Final = 30
PARTS: Final = ("summary", "lag", "path")
PATHS: Final = 5
"""Ways of each campaign that are told."""

LAGS: Final = (0, 1, 3, 7, 14)
"""Days a lag is told by: up to so many; the last is more."""

_JOIN: Final = "\x1f"
"""What no campaign has in its name: values of links lose control characters in the log."""


def _count(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "count", meaning)


COLUMNS = (
    text("part", "summary: a row per campaign; lag: per lag in days; path: the commonest ways"),
    text("campaign", "The campaign"),
    OTHER,
    ColumnSpec(
        "lag_from", pl.Int64(), "count", "Of a lag: more than so many days; null: 0 or more"
    ),
    ColumnSpec("lag_to", pl.Int64(), "count", "Of a lag: up to so many days; null: any"),
    ColumnSpec(
        "path", pl.List(pl.String()), "", "Of a path: campaigns in order, repeats once; null: none"
    ),
    _count("conversions", "Conversions with the campaign on their path; those of all rows overlap"),
    ColumnSpec("sessions", pl.Int64(), "count", "Sessions in which they happened"),
    ColumnSpec(
        "share",
        pl.Float64(),
        "rate",
        "Of a summary: part of all converting sessions; else of the campaign's",
    ),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of its 95 % interval (Wilson)"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of it"),
    ColumnSpec("value", pl.Float64(), "money", "Value of these conversions"),
    _count("first_touch", "Of them, the campaign was the first touch"),
    _count("last_touch", "The campaign was the last touch: it happened in a session of its own"),
    _count("assisted", "The campaign was on the path, but not last"),
    _count("only_touch", "No other touch was on the path"),
    ColumnSpec("touches", pl.Float64(), "ratio", "Mean touches of the path, all of them"),
    ColumnSpec("own_touches", pl.Float64(), "ratio", "Mean touches by the campaign"),
    *(
        ColumnSpec(f"{name}_{end}", pl.Float64(), "", f"{meaning}: {said}")
        for name, meaning in (
            ("lag_days", "Days from the campaign's last touch to the conversion's session"),
            ("lag_sessions", "Sessions from the campaign's last touch to that one, 0: the same"),
            ("first_lag_days", "Days from the campaign's first touch"),
        )
        for end, said in (("q1", "first quartile"), ("median", "median"), ("q3", "third quartile"))
    ),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} converting sessions: no conclusion"),
)

_SCHEMA: Final = {column.name: column.dtype for column in COLUMNS}


def campaign_paths(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    window_days: int = WINDOW_DAYS,
    goal: str | None = None,
    limit: int | None = 10,
) -> Report:
    """Follow campaigns to conversions: first or last touch, lag in days and in sessions, ways.

    A path is that of :func:`reports.attribution`: a session that converts in the period and
    passes the filters, and the sessions of the same person up to ``window_days`` before it,
    whatever the filters. Of each campaign on a path: a *summary*; how the *lags* from its last
    touch spread; the five commonest *paths*, in which null stands for visits without a campaign
    and repeats count once. A path with two campaigns counts for both. ``goal`` counts the
    conversions of one goal. The first ``limit`` campaigns by sessions have names, the others
    share one row; None: 60. Nothing here says that a campaign caused a conversion.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no session ever reached ``goal``.
        QueryError: the filters contradict themselves; a number is out of its range.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    if window_days < 0:
        raise QueryError(f"window_days is {window_days}: expected 0 or more days")
    asked = ask(source, filters, ("key",))
    # Visits without a campaign are a name, too: one more than are asked for.
    found = journeys(asked, "campaign", window_days, goal, None if limit is None else limit + 1)
    paths = _on_paths(found)
    if paths.is_empty():
        return asked.answer("campaign_paths", no_rows(COLUMNS), *_warnings(asked, found, paths))
    whole = int((found.paths.conversions > 0).sum())
    parts = [_summary(paths, whole), _lags(paths), _ways(found, paths)]
    frame = pl.concat(
        [
            part.with_columns(
                pl.lit(name).alias("part"),
                *(
                    pl.lit(None, dtype).alias(c)
                    for c, dtype in _SCHEMA.items()
                    if c not in part.columns and c != "part"
                ),
            ).select(pl.col(c).cast(dtype) for c, dtype in _SCHEMA.items())
            for name, part in zip(PARTS, parts, strict=True)
        ]
    )
    return asked.answer("campaign_paths", frame, *_warnings(asked, found, frame))


def _touches(found: Journeys) -> pl.DataFrame:
    """Return the touches of converting paths: ``path``, ``place``, ``code`` and more."""
    led = found.paths.led
    lengths = led.lengths
    of = led.of_touch
    return pl.DataFrame(
        {
            "path": of,
            "place": led.place,
            "length": lengths[of],
            "code": led.code.astype(np.int64),
            "age": led.age_days,
            "conversions": led.conversions[of],
            "value": led.value[of],
        }
    )


def _on_paths(found: Journeys) -> pl.DataFrame:
    """Return a row per converting path and campaign on it."""
    codes = list(range(len(found.names)))
    last = codes[-1] if found.has_other else -1
    names = pl.DataFrame(
        {
            "code": codes,
            "campaign": list(found.names),
            "is_other": [code == last for code in codes],
        },
        schema={"code": pl.Int64, "campaign": pl.String, "is_other": pl.Boolean},
    )
    place, length = pl.col("place"), pl.col("length")
    return (
        _touches(found)
        .group_by("path", "code")
        .agg(
            pl.col("length", "conversions", "value").first(),
            (place == 0).any().alias("is_first"),
            (place == length - 1).any().alias("is_last"),
            pl.len().alias("own"),
            (length - 1 - place).min().alias("lag_sessions"),
            pl.col("age").min().alias("lag_days"),
            pl.col("age").max().alias("first_lag_days"),
        )
        .join(names.filter(pl.col("campaign").is_not_null() | pl.col("is_other")), on="code")
    )


def _summary(paths: pl.DataFrame, whole: int) -> pl.DataFrame:
    n = pl.col("conversions")
    rows = paths.group_by("campaign", "is_other").agg(
        n.filter("is_first").sum().alias("first_touch"),
        n.filter("is_last").sum().alias("last_touch"),
        n.filter(~pl.col("is_last")).sum().alias("assisted"),
        n.filter(pl.col("own") == pl.col("length")).sum().alias("only_touch"),
        pl.col("length").mean().alias("touches"),
        pl.col("own").mean().alias("own_touches"),
        *(
            pl.col(name).quantile(level, "linear").alias(f"{name}_{end}")
            for name in ("lag_days", "lag_sessions", "first_lag_days")
            for end, level in (("q1", 0.25), ("median", 0.5), ("q3", 0.75))
        ),
        *_sums(),
    )
    return _shared(rows.with_columns(pl.lit(whole).alias("whole")))


def _lags(paths: pl.DataFrame) -> pl.DataFrame:
    """Return a row per campaign and lag, those without a conversion as well."""
    steps = pl.DataFrame(
        {"step": range(len(LAGS) + 1), "lag_from": [None, *LAGS], "lag_to": [*LAGS, None]},
        schema={"step": pl.Int64, "lag_from": pl.Int64, "lag_to": pl.Int64},
    )
    days = pl.col("lag_days")
    step = pl.sum_horizontal((days > lag).cast(pl.Int64) for lag in LAGS).alias("step")
    by = ["campaign", "is_other"]
    counted = paths.with_columns(step).group_by(*by, "step").agg(_sums())
    every = paths.group_by(by).agg(pl.len().alias("whole")).join(steps, how="cross")
    rows = every.join(counted, on=[*by, "step"], how="left", nulls_equal=True).with_columns(
        pl.col("conversions", "sessions", "value").fill_null(0)
    )
    return _shared(rows.sort("step"), "step")


def _ways(found: Journeys, paths: pl.DataFrame) -> pl.DataFrame:
    """Return the commonest ways of each campaign."""
    names = pl.DataFrame(
        {"code": range(len(found.names)), "name": list(found.names)},
        schema={"code": pl.Int64, "name": pl.String},
    )
    touches = _touches(found).join(names, on="code", how="left").sort("path", "place")
    again = (pl.col("code") == pl.col("code").shift()) & (pl.col("path") == pl.col("path").shift())
    ways = (
        touches.filter(~again.fill_null(value=False))
        .group_by("path")
        .agg(pl.col("name").fill_null("").str.join(_JOIN).alias("way"))
    )
    by = ["campaign", "is_other"]
    rows = paths.join(ways, on="path").group_by(*by, "way").agg(_sums())
    every = paths.group_by(by).agg(pl.len().alias("whole"))
    ranked = (
        rows.sort("conversions", "way", descending=[True, False])
        .group_by(by, maintain_order=True)
        .head(PATHS)
        .join(every, on=by, nulls_equal=True)
    )
    step = pl.element()
    way = pl.col("way").str.split(_JOIN).list.eval(pl.when(step != "").then(step))
    return _shared(ranked, "conversions", "way").with_columns(way.alias("path"))


def _sums() -> list[pl.Expr]:
    return [
        pl.col("conversions").sum().alias("conversions"),
        pl.len().cast(pl.Int64).alias("sessions"),
        pl.col("value").sum().alias("value"),
    ]


def _shared(rows: pl.DataFrame, *order: str) -> pl.DataFrame:
    """Add the share of ``whole`` and its interval; the largest campaign first."""
    low, high = wilson(pl.col("sessions"), pl.col("whole"))
    size = pl.col("sessions").sum().over("campaign", "is_other")
    inner = [-pl.col(name) if name == "conversions" else pl.col(name) for name in order]
    return rows.with_columns(
        (pl.col("sessions") / pl.col("whole")).alias("share"),
        low.alias("low"),
        high.alias("high"),
        (pl.col("whole" if order else "sessions") < SMALL).alias("small"),
    ).sort("is_other", -size, "campaign", *inner, nulls_last=True)


def _warnings(asked: Asked, found: Journeys, frame: pl.DataFrame) -> list[ReportWarning]:
    first = asked.query.data_first_day
    if found.since is None or first is None:
        return []
    warnings = []
    if found.since < first:
        warnings.append(ReportWarning("window_before_data", {"start": found.since, "first": first}))
    if not (found.paths.conversions > 0).any():
        return [*warnings, ReportWarning("no_conversions")]
    if frame.is_empty():
        return [*warnings, ReportWarning("no_campaigns")]
    if found.split:
        facts = {"split": found.split, "all": int((found.paths.conversions > 0).sum())}
        warnings.append(ReportWarning("journeys_split", facts))
    rows = frame.filter(pl.col("part") == "summary")
    small = int(rows["small"].sum())
    if small:
        warnings.append(ReportWarning("small_credits", {"small": small, "cells": rows.height}))
    return warnings
