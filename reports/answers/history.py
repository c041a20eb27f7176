"""Days as another tool counted them, beside the store's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import polars as pl

from reports.ask import Asked, ask
from reports.breakdown import text
from reports.coarse import CoarseSnapshot, days_to_hide
from reports.load import CACHE, data_days, key_of
from reports.query import EVERYTHING, Filters, Span
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.history import MEASURES, Histories
from weblog.store import Snapshot, Store

BY: Final = ("day", "month")

COLUMNS = (
    text("part", "'period': a day or month; 'overlap': all days both tell of, together"),
    ColumnSpec("date", pl.Date(), "day", "The day, or the month's first; of 'overlap' the first"),
    text("measure", "sessions (visits), page_views, hits, visitors or bytes"),
    text("tool", "Which tool counted: awstats, goaccess or matomo; null: no other tells the day"),
    text("source", "What its files were loaded as (`weblog history list`)"),
    ColumnSpec("imported", pl.Int64(), "count", "What the tool counted, by its own definitions"),
    ColumnSpec("own", pl.Int64(), "count", "What this store counts; null: it has no such day"),
    ColumnSpec("imported_days", pl.Int64(), "count", "Days the tool tells of"),
    ColumnSpec("own_days", pl.Int64(), "count", "Days of the store's own"),
    ColumnSpec("ratio", pl.Float64(), "ratio", "imported / own where both tell of the same days"),
    ColumnSpec("lowest", pl.Float64(), "ratio", "Of 'overlap': the smallest ratio of a row of it"),
    ColumnSpec("highest", pl.Float64(), "ratio", "Of 'overlap': the largest ratio of a row of it"),
)  # fmt: skip

_LOOKED_AT: Final = ("date", "visitor", "page_views")
_SILENT: Final = frozenset(
    {
        *("starts_before_data", "ends_after_data", "period_without_data", "no_data", "no_match"),
        "days_withheld",
    }
)
"""Warnings about days the store has not: here that is what it is about."""


def history(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str = "day",
    measure: str | None = None,
) -> Report:
    """Set the days another tool counted beside the store's own; nothing is added to anything.

    A row per day (``by="month"``: per month), measure and source of ``weblog history load``; where
    the store has the same days, ``own`` and the ratio imported / own. Days only the store has are
    rows without a tool, of the measures some source tells; ``measure`` leaves one of them. Before
    them, as part 'overlap', a row per measure and source: the sums over all its rows that have a
    ratio, the ratio of these sums, of how many days they are, and the smallest and the largest
    ratio among them - a range, no interval: both counted the same visits and differ by their
    definitions, not by chance.

    Own hits and bytes are all the log's, robots and errors among them. Visitors are distinct within
    the row's day or month, so months are not the sum of their days: of a month they are known only
    where the tool tells them itself, as AWStats, which tells none of days. A month has a ratio only
    if both tell of the same days of it. The period is, where no day is given, all days any of them
    tells; of the filters only the period applies.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: ``by`` is neither day nor month, or there is no such measure.
        QueryError: the filters contradict themselves.
        StoreError: the store, or what was loaded, cannot be read.
    """
    for kind, name, known in (("unit of time", by, BY), ("measure", measure or "hits", MEASURES)):
        if name not in known:
            raise UnknownNameError(kind, name, list(known))
    snapshot = source.snapshot() if isinstance(source, Store) else source
    kept = Histories(snapshot.folder)
    days, months = kept.days(), kept.months()
    asked = _asked(snapshot, filters, days)
    warnings = [ReportWarning("history_counted_whole")] if filters.chosen else []
    if days.is_empty():
        warnings.append(ReportWarning("no_history"))
    frame, span = no_rows(COLUMNS), asked.query.current
    if span and days.height:
        hidden = days_to_hide(asked, days)
        told = days.filter(~pl.col("day").is_in(hidden))
        there = {*told["measure"], *_visitors_of(months)}
        names = [name for name in MEASURES if name in there and measure in {None, name}]
        own = _own_days(asked, names, hidden)
        imported = _imported(told, months, own, by, span)
        imported = imported.filter(pl.col("measure").is_in(names))
        frame = _beside(imported, _own(asked, own, hidden, by))
        if isinstance(snapshot, CoarseSnapshot) and "bytes" in names:
            warnings.append(ReportWarning("history_bytes_withheld"))
    answer = asked.answer("history", frame, *warnings)
    silent: frozenset[str] = _SILENT if days.height else frozenset()
    unknown = _unknown_values(snapshot, filters)
    about = tuple(one for one in (*unknown, *answer.warnings) if one.code not in silent)
    return replace(answer, query=replace(answer.query, filters=filters), warnings=about)


def _asked(snapshot: Snapshot, filters: Filters, days: pl.DataFrame) -> Asked:
    """Resolve the period: all days any tool or the store tells, where none is given."""
    data = data_days(snapshot)
    known = [*(data or ()), *days["day"].sort().gather([0, -1] if days.height else [])]
    start, end = filters.start, filters.end
    if known:
        start = start or min([min(known), *([end] if end else [])])
        end = end or max(*known, start)
    period = Filters(start=start, end=end, compare="none")
    asked = ask(snapshot, period, _LOOKED_AT)
    # Of a coarse snapshot days are hidden one by one, not cut off at the period's ends.
    return replace(asked, query=replace(asked.query, start=start, end=end))


def _visitors_of(months: pl.DataFrame) -> list[str]:
    return [] if months.is_empty() else ["visitors"]


def _own_days(asked: Asked, names: list[str], hidden: list[date]) -> pl.DataFrame:
    """Return ``date`` and ``measure`` of the days the store has, and what it counts by day.

    Hits may be gone where sessions are still kept: a day has the measures its tables tell.
    """
    span = asked.query.current
    assert span  # noqa: S101  asked only of a period
    hits = asked.snapshot.rows_by_day("hits")
    lines = pl.DataFrame({"date": list(hits), "hits": list(hits.values())}, schema=_HITS)
    people = asked.sessions.group_by("date").agg(
        pl.len().cast(pl.Int64).alias("sessions"),
        pl.col("page_views").sum().cast(pl.Int64),
        pl.col("visitor").n_unique().cast(pl.Int64).alias("visitors"),
    )
    known = lines.join(people, on="date", how="full", coalesce=True).with_columns(
        pl.col("sessions", "page_views", "visitors").fill_null(0)
    )
    if isinstance(asked.snapshot, CoarseSnapshot):
        known = known.with_columns(pl.lit(None, pl.Int64).alias("bytes"))
    elif "bytes" in names:
        known = known.join(_bytes(asked.snapshot), on="date", how="left")
    return (
        known.filter(pl.col("date").is_between(*span), ~pl.col("date").is_in(hidden))
        .unpivot(names, index="date", variable_name="measure", value_name="own")
        .drop_nulls("own")
    )


_HITS: Final = {"date": pl.Date(), "hits": pl.Int64()}


def _bytes(snapshot: Snapshot) -> pl.DataFrame:
    def read() -> pl.DataFrame:
        summed = pl.col("bytes").sum().cast(pl.Int64)
        return snapshot.scan("hits").group_by("date").agg(summed).collect()

    return CACHE.get(key_of(snapshot, "hits", "bytes by day"), read)


def _own(asked: Asked, days: pl.DataFrame, hidden: list[date], by: str) -> pl.DataFrame:
    """Return ``date`` of the row, ``measure``, ``own`` and ``own_days``."""
    counted = (
        days.group_by(_unit("date", by), "measure")
        .agg(pl.col("own").sum(), pl.len().cast(pl.Int64).alias("own_days"))
    )  # fmt: skip
    if by == "day":
        return counted
    people = (
        asked.sessions.filter(~pl.col("date").is_in(hidden))
        .group_by(_unit("date", by))
        .agg(pl.col("visitor").n_unique().cast(pl.Int64).alias("distinct"))
        .with_columns(pl.lit("visitors").alias("measure"))
    )
    distinct = pl.when(pl.col("measure") == "visitors").then(pl.col("distinct").fill_null(0))
    return counted.join(people, on=["date", "measure"], how="left").select(
        "date", "measure", distinct.otherwise("own").alias("own"), "own_days"
    )


def _imported(
    told: pl.DataFrame, months: pl.DataFrame, own: pl.DataFrame, by: str, span: Span
) -> pl.DataFrame:
    """Return what tools counted, of how many days, and ``common``: how many the store has, too."""
    days = told.rename({"day": "date", "value": "imported"}).filter(
        pl.col("date").is_between(*span)
    )
    if by == "month":
        # Visitors of a month stand for all its days the tool tells of, by whatever measure.
        summed = days.filter(pl.col("measure") != "visitors")
        whole = (
            told.unique(["day", "source"])
            .select("source", date="day", month=pl.col("day").dt.truncate("1mo"))
            .join(months.select("tool", "source", month="day"), on=["source", "month"])
            .select("date", "tool", "source", measure=pl.lit("visitors"))
        )
        value = months.select("source", month="day", visitors="value")
        days = pl.concat([summed, whole], how="diagonal")
    both = days.join(own, on=["date", "measure"], how="left")
    rows = both.group_by(_unit("date", by), "measure", "tool", "source").agg(
        pl.col("imported").sum(),
        pl.len().cast(pl.Int64).alias("imported_days"),
        pl.col("own").is_not_null().sum().cast(pl.Int64).alias("common"),
    )
    if by == "day":
        return rows
    is_whole = pl.col("measure") == "visitors"
    return (
        rows.join(value.rename({"month": "date"}), on=["source", "date"], how="left")
        .with_columns(pl.when(is_whole).then("visitors").otherwise("imported").alias("imported"))
        .drop("visitors")
        .filter(pl.col("date").is_between(span[0].replace(day=1), span[1]))
    )


def _beside(imported: pl.DataFrame, own: pl.DataFrame) -> pl.DataFrame:
    """Return the rows: what both tell of together, then each day or month."""
    names = imported["measure"].unique()
    same = (pl.col("common") == pl.col("imported_days")) & (pl.col("common") == pl.col("own_days"))
    rows = (
        imported.join(
            own.filter(pl.col("measure").is_in(names.implode())),
            on=["date", "measure"],
            how="full",
            coalesce=True,
        )
        .with_columns(
            pl.lit("period").alias("part"),
            pl.when(same & (pl.col("own") > 0))
            .then(pl.col("imported") / pl.col("own"))
            .alias("ratio"),
            pl.col("imported_days", "own_days").fill_null(0),
        )
    )  # fmt: skip
    total = (
        rows.filter(pl.col("ratio").is_not_null())
        .group_by("measure", "tool", "source")
        .agg(
            pl.col("date").min(),
            pl.col("imported", "own", "imported_days", "own_days").sum(),
            pl.col("ratio").min().alias("lowest"),
            pl.col("ratio").max().alias("highest"),
        )
        .with_columns(pl.lit("overlap").alias("part"), ratio=pl.col("imported") / pl.col("own"))
    )
    place = pl.col("measure").replace_strict(_PLACES, return_dtype=pl.Int64)
    return (
        pl.concat([total, rows], how="diagonal_relaxed")
        .sort("part", place, "date", "source", nulls_last=True)
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


_PLACES: Final = {name: place for place, name in enumerate(MEASURES)}


def _unit(day: str, by: str) -> pl.Expr:
    return pl.col(day).dt.truncate("1mo" if by == "month" else "1d").alias("date")


def _unknown_values(snapshot: Snapshot, filters: Filters) -> list[ReportWarning]:
    if not filters.chosen:
        return []
    return [one for one in ask(snapshot, filters).query.warnings if one.code == "unknown_value"]
