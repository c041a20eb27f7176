"""Days out of line and lasting changes, of all sessions and of each channel or segment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

import polars as pl

from reports import load
from reports.anomalies.by_day import MEASURES, by_day
from reports.anomalies.detect import LEAST_LEVEL, Findings, detect
from reports.anomalies.expected import FEWEST_DAYS
from reports.anomalies.steps import LEAST_DAYS
from reports.ask import Asked, ask
from reports.breakdown import text
from reports.query import EVERYTHING, Filters, Span, check_limit
from reports.result import Report
from reports.spec import ColumnSpec, Unit
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

BY: Final = ("channel", "segment", "device", "source")
HISTORY: Final = timedelta(days=182)
"""So many days up to the period's end tell what is usual: half a year, 26 whole weeks."""

PARTS: Final = ("anomaly", "step", "day")


def _number(name: str, unit: Unit, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), unit, meaning)


COLUMNS = (
    text("part", "anomaly: a day out of line; step: a change that lasts; day: any other day"),
    text("measure", f"What is counted: {', '.join(MEASURES)}"),
    text("by", f"What series are told apart by: {', '.join(BY)}"),
    text("series", "Which of them; null: of all sessions where is_all, else not known"),
    ColumnSpec("is_all", pl.Boolean(), "", "The series of all sessions"),
    ColumnSpec("date", pl.Date(), "day", "The day; of a step its first"),
    text("reason", "What [[calendar]] of site.toml says of the day"),
    _number("value", "count", "What was counted; of a step the mean of a day after it"),
    _number("expected", "count", "What was to be expected; of a step the mean of a day before"),
    _number("expected_low", "count", "Of 95 % of ordinary days, least"),
    _number("expected_high", "count", "Of 95 % of ordinary days, most"),
    _number("difference", "count", "value - expected"),
    _number("difference_low", "count", "Lower end of its 95 % interval"),
    _number("difference_high", "count", "Upper end of it"),
    _number("change", "rate", "difference / expected, 1 being as much again"),
    _number("change_low", "rate", "Lower end of its 95 % interval"),
    _number("change_high", "rate", "Upper end of it"),
    _number("p", "ratio", "Chance of a day so far out, if it is ordinary; null: a step"),
)


def anomalies(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    by: str = "channel",
    measure: str = "sessions",
    limit: int | None = 8,
    site: Site | None = None,
) -> Report:
    """Find days out of line and lasting changes, of all sessions and of each channel or segment.

    A row per anomaly and step, and one per ordinary day, for figures; the series of all sessions
    first, then the ``limit`` largest by ``by`` (None: all). Each day is judged by the days of up
    to half a year before the period's end, whether before or after it: what its level, growth and
    weekday let expect. A step is a change of level that lasts two weeks at least; what is
    shorter, as a holiday, is days out of line. The formulas and their sources are in
    :mod:`reports.anomalies.expected` and :mod:`reports.anomalies.steps`.

    False alarms: where nothing happened in any series, there is an anomaly in 5 % of reports,
    and a step in 5 %; else 5 % of the anomalies are false, on average (Benjamini and Hochberg
    over all days and series). Simulated in the tests. A day no session is known of at all is a
    gap in the logs, no anomaly. What ``[[calendar]]`` of ``site`` says of a day is its reason.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no such ``by`` or ``measure``.
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    for kind, name, known in (("series", by, list(BY)), ("measure", measure, list(MEASURES))):
        if name not in known:
            raise UnknownNameError(kind, name, known)
    asked = ask(source, replace(filters, compare="none"), ("session",), ())
    series = _series(asked, by, measure, limit)
    start = asked.query.start
    found = detect(series, since=start) if start else detect(series.clear())
    rows = _rows(found).with_columns(measure=pl.lit(measure, pl.String), by=pl.lit(by, pl.String))
    frame = _named(rows, site or Site()).select(
        pl.col(column.name).cast(column.dtype) for column in COLUMNS
    )
    return asked.answer("anomalies", frame, *_warnings(frame, series))


ALL: Final = "\0all"
"""What the series of all sessions is called while it is beside the others: sorted first."""

UNKNOWN: Final = "\uffff"
"""Likewise those of which it is not known."""


def _series(asked: Asked, by: str, measure: str, limit: int | None) -> pl.DataFrame:
    """Return ``day``, ``series`` and ``value``, with the days before the period that tell."""
    query = asked.query
    schema = {"day": pl.Date, "series": pl.String, "value": pl.Int64}
    span = query.current
    if span is None or query.data_first_day is None:
        return pl.DataFrame(schema=schema)
    first = max(query.data_first_day, min(span[0], span[1] - HISTORY + timedelta(days=1)))
    last = min(span[1], max(query.data_last_day or span[1], span[0]))
    if first > last:
        return pl.DataFrame(schema=schema)
    parts = by_day(asked.snapshot, (first, last), query.filters, by, measure)
    if parts.is_empty():
        return pl.DataFrame(schema=schema)
    whole = parts.group_by("date").agg(pl.col("value").sum()).with_columns(series=pl.lit(ALL))
    kept = parts.group_by(by).agg(pl.col("value").sum()).with_columns(pl.col(by).cast(pl.String))
    kept = kept.sort("value", by, descending=[True, False]).head(limit or kept.height)
    parts = (
        parts.with_columns(pl.col(by).cast(pl.String))
        .join(kept.select(by), on=by, how="semi", nulls_equal=True)
        .rename({by: "series"})
        .with_columns(pl.col("series").fill_null(UNKNOWN))
    )
    rows = pl.concat(
        [whole.select("date", "series", "value"), parts.select("date", "series", "value")]
    )
    return _whole_days(rows.rename({"date": "day"}), asked, (first, last)).cast(schema)  # type: ignore[arg-type]


def _whole_days(rows: pl.DataFrame, asked: Asked, span: Span) -> pl.DataFrame:
    """Give every series every day: 0 where others had sessions, null where the logs have a gap."""
    days = pl.date_range(*span, "1d", eager=True).alias("day").to_frame()
    known = load.days_with_sessions(asked.snapshot).select("day", known=pl.lit(value=True))
    grid = days.join(rows.select("series").unique(), how="cross")
    return (
        grid.join(rows, on=["day", "series"], how="left")
        .join(known, on="day", how="left")
        .select(
            "day",
            "series",
            pl.when("known").then(pl.col("value").fill_null(0)).otherwise(None).alias("value"),
        )
    )


def _rows(found: Findings) -> pl.DataFrame:
    """Return days and steps under the names of the report's columns."""
    value, usual = pl.col("value").cast(pl.Float64), pl.col("expected")
    days = found.days.select(
        "series",
        pl.when("is_anomaly").then(pl.lit("anomaly")).otherwise(pl.lit("day")).alias("part"),
        *(pl.col("day").alias("date"), value.alias("value"), "expected", "p"),
        pl.col("low").alias("expected_low"),
        pl.col("high").alias("expected_high"),
        (value - usual).alias("difference"),
        (value - pl.col("high")).alias("difference_low"),
        (value - pl.col("low")).alias("difference_high"),
        (value / _enough("expected") - 1).alias("change"),
        (value / _enough("high") - 1).alias("change_low"),
        (value / _enough("low") - 1).alias("change_high"),
    )
    steps = found.steps.select(
        "series",
        pl.lit("step").alias("part"),
        *(pl.col("day").alias("date"), pl.col("after").alias("value")),
        pl.col("before").alias("expected"),
        *("difference", "difference_low", "difference_high"),
        *("change", "change_low", "change_high"),
    )
    return pl.concat([days, steps], how="diagonal")


def _enough(name: str) -> pl.Expr:
    """Return what a change can be told relative to; null where there is next to nothing."""
    return pl.when(pl.col(name) >= LEAST_LEVEL).then(pl.col(name))


def _named(rows: pl.DataFrame, site: Site) -> pl.DataFrame:
    """Add ``is_all`` and ``reason``, and put the rows in order."""
    told = pl.DataFrame(
        {"date": [day.day for day in site.calendar], "reason": [day.name for day in site.calendar]},
        schema={"date": pl.Date, "reason": pl.String},
    )
    told = told.group_by("date", maintain_order=True).agg(pl.col("reason").str.join(", "))
    series = pl.col("series")
    return (
        rows.join(told, on="date", how="left", maintain_order="left")
        .with_columns(is_all=series == ALL, place=_place())
        .sort("series", "place", "date")
        .with_columns(series=pl.when(~series.is_in([ALL, UNKNOWN])).then(series))
    )


def _place() -> pl.Expr:
    return pl.col("part").replace_strict({part: place for place, part in enumerate(PARTS)})


def _warnings(frame: pl.DataFrame, series: pl.DataFrame) -> list[ReportWarning]:
    if series.is_empty():
        return []
    days = int(series["day"].n_unique())
    if frame["expected"].null_count() == frame.height:
        facts = {"days": days, "least": FEWEST_DAYS}
        return [ReportWarning("too_few_days", facts)]
    warnings = []
    if days < 2 * LEAST_DAYS:
        warnings.append(ReportWarning("no_steps_yet", {"days": days, "least": 2 * LEAST_DAYS}))
    if frame.filter(pl.col("part") != "day").is_empty():
        warnings.append(
            ReportWarning("nothing_out_of_line", {"series": frame["series"].n_unique()})
        )
    return warnings
