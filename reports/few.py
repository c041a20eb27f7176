"""Which groups are of few people, and what of a report that counts otherwise may be told.

The rules of :mod:`reports.coarse` for reports that are not a row per group of one partition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from reports import load

if TYPE_CHECKING:
    from reports.ask import Asked

CAMPAIGN_LEVELS: Final = ("channel", "source", "medium", "campaign", "content")
"""Levels of report `campaign_results` that sessions are grouped by here, one at a time."""

TAGGED: Final = frozenset({"campaign", "content"})
"""Of these, levels that only sessions whose link names one are counted by."""

Told = tuple[pl.DataFrame, int] | None
"""Rows that may be told and how many groups may not; None: nothing may."""


def few_groups(frame: pl.DataFrame, by: list[str], least: int) -> pl.DataFrame:
    """Return the groups of fewer visitors than ``least``, and the smallest of the others."""
    groups = (
        frame.group_by(by)
        .agg(pl.col("visitor").n_unique().alias("n"))
        .with_columns(pl.col(by).cast(pl.String))
        .sort("n", *by, nulls_last=True)
    )
    few = groups.filter(pl.col("n") < least)
    if few.is_empty():
        return few.select(by)
    return groups.head(few.height + 1).select(by)


def level_of(asked: Asked, frame: pl.DataFrame) -> str | None:
    """Return the level the rows of `campaign_results` are of; None: of several, or of others.

    The rows themselves tell: each must have the sessions of the group it names.
    """
    named = [
        column
        for column in (*CAMPAIGN_LEVELS, "keyword", "date", "segment")
        if frame[column].count()
    ]
    if len(named) != 1 or named[0] not in CAMPAIGN_LEVELS:
        return None
    level = named[0]
    counted = (
        load.sessions(asked.snapshot, asked.query.current, asked.query.filters, [level])
        .group_by(pl.col(level).cast(pl.String))
        .agg(pl.len().cast(pl.Int64).alias("n"))
    )
    rows = frame.filter(~pl.col("is_other"), pl.col("sessions") > 0)
    both = rows.join(counted, on=level, how="left", nulls_equal=True)
    return level if (both["n"] == both["sessions"]).all() else None


def targets_told(asked: Asked, frame: pl.DataFrame, least: int) -> Told:
    """Return the rows of `goals` of enough visitors, and with enough others beside them."""
    columns = ["start", "as_of", "segment", "campaign"]
    enough = []
    for start, end, segment, campaign in frame.select(columns).rows():
        span, filters = (start, end), asked.query.filters
        everyone = load.sessions(asked.snapshot, span, filters, ["visitor", "segment", "campaign"])
        is_of = pl.lit(value=True)
        for column, value in (("segment", segment), ("campaign", campaign)):
            if value is not None:
                is_of &= (pl.col(column) == value).fill_null(value=False)
        own, others = everyone.filter(is_of), everyone.filter(~is_of)
        counts = [one["visitor"].n_unique() for one in (own, others)]
        enough.append(counts[0] >= least and not 0 < counts[1] < least)
    told = frame.filter(pl.Series(enough, dtype=pl.Boolean))
    return told, frame.height - told.height


def days_told(asked: Asked, frame: pl.DataFrame, least: int) -> Told:
    """Return the series of `anomalies` that have no day of few visitors.

    With one that has goes the smallest other: all sessions less the others would tell it. Where
    all sessions have such a day, nothing is told.
    """
    if frame.is_empty():
        return frame, 0
    by = str(frame["by"][0])
    first, last = frame.select(pl.min("date").alias("a"), pl.max("date").alias("b")).row(0)
    columns = ["date", "visitor", by]
    rows = load.sessions(asked.snapshot, (first, last), asked.query.filters, columns)
    people = pl.col("visitor").n_unique().alias("n")
    if (rows.group_by("date").agg(people)["n"] < least).any():
        return None
    days = rows.group_by("date", pl.col(by).cast(pl.String).alias("series")).agg(people)
    series = days.group_by("series").agg(
        pl.col("n").min().alias("least"), pl.col("n").sum().alias("n")
    )
    series = series.sort(pl.col("least") >= least, "n", "series", nulls_last=True)
    few = series.filter(pl.col("least") < least).height
    hidden = series.head(few + 1 if few else 0).select("series")
    parts = frame.filter(~pl.col("is_all"))
    shown = parts.join(hidden, on="series", how="anti", nulls_equal=True, maintain_order="left")
    left_out = parts["series"].n_unique() - shown["series"].n_unique()
    return pl.concat([frame.filter("is_all"), shown]), left_out
