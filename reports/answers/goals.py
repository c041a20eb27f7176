"""Goals and targets: how far they are, and where they will end."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from reports import load
from reports.ask import Asked, ask
from reports.breakdown import text
from reports.campaign.progress import HISTORY, Progress, progress
from reports.campaign.reached import known_goals, with_goal
from reports.measures import MEASURES, looked_at
from reports.query import EVERYTHING, Filters
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.warning import Fact, ReportWarning
from weblog.site.goal_targets import GoalTarget, period_around
from weblog.site.rules import Site
from weblog.store import Snapshot, Store

STATES: Final = ("reached", "on course", "open", "off course", "missed", "no target")
"""Where a target is: its number is reached; the projection's whole interval reaches it; a part of
the interval does; none of it does; the period is over without it; there is only a goal."""


def _number(name: str, meaning: str) -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), "", meaning)


COLUMNS = (
    text("target", "Its name; null: a goal without a target"),
    text("goal", "Which goal; null: all of them, or a measure of sessions"),
    text("measure", "What is counted"),
    text("segment", "Only sessions of this segment; null: all"),
    text("campaign", "Only sessions of this campaign; null: all"),
    ColumnSpec("start", pl.Date(), "day", "First day of the period"),
    ColumnSpec("end", pl.Date(), "day", "Last day of it"),
    ColumnSpec("as_of", pl.Date(), "day", "Last day counted"),
    ColumnSpec("days_passed", pl.Int64(), "count", "Days of the period up to then"),
    ColumnSpec("days", pl.Int64(), "count", "Days of the period"),
    _number("so_far", "Counted so far"),
    _number("number", "What is to be reached; null: no target"),
    ColumnSpec("progress", pl.Float64(), "ratio", "so_far / number"),
    _number("expected", "What had to be reached by now, weighed by days of the week"),
    _number("projection", "What the period will have brought, if it goes on like the last weeks"),
    _number("low", "Lower end of its 95 % prediction interval"),
    _number("high", "Upper end of it"),
    _number("needed_per_day", "What each day left has to bring; null: none left, or reached"),
    text("state", f"Where it is: {', '.join(STATES)}"),
)


def goals(
    source: Store | Snapshot, filters: Filters = EVERYTHING, *, site: Site | None = None
) -> Report:
    """Tell how far each target is: so far, expected by now, projected, on course or not.

    A row per target of ``[[targets]]`` in the rules of ``site``, for the period of it that the
    last day asked about lies in; then a row per goal without one, for the period asked about.
    What is expected by now and the projection weigh days of the week by what they brought in the
    last eight weeks; the projection's interval is one of prediction, of counts that vary more
    than Poisson's (:func:`reports.campaign.progress.progress` has formulas and sources); it
    needs 14 days. Sessions count on the day they began. Filters other than the days apply to
    every row. Columns, units and meanings: ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    asked = ask(source, filters, _columns("conversions"), ())
    rules, today = site or Site(), asked.query.end
    if today is None or asked.query.start is None or asked.sessions.is_empty():
        return asked.answer("goals", no_rows(COLUMNS))
    rows = [_row(asked, target, today) for target in rules.targets]
    meant = {target.goal for target in rules.targets}
    reached = dict.fromkeys([*(rule.goal for rule in rules.goals), *known_goals(asked.snapshot)])
    rows += [_plain(asked, goal) for goal in reached if goal not in meant]
    frame = pl.DataFrame(rows, schema={c.name: c.dtype for c in COLUMNS}, orient="row")
    warnings = [] if rules.targets else [ReportWarning("no_targets")]
    first = asked.query.data_first_day
    if first is not None:
        begun = frame.filter(pl.col("target").is_not_null(), pl.col("start") < first)["target"]
        if len(begun):
            facts: dict[str, Fact] = {"targets": ", ".join(begun), "first": first}
            warnings.append(ReportWarning("targets_before_data", facts))
    return asked.answer("goals", frame, *warnings)


Row = tuple[str | float | int | date | None, ...]


def _row(asked: Asked, target: GoalTarget, today: date) -> Row:
    start, end = period_around(target.period, today)
    daily = _daily(asked, target, min(start, today - timedelta(days=HISTORY - 1)), today)
    found = progress(daily, start, end, today, target.number)
    as_of = min(today, end)
    left = (end - as_of).days
    missing = max(0.0, target.number - found.so_far)
    return (
        *(target.target, target.goal, target.measure, target.segment, target.campaign),
        *(start, end, as_of, max(0, (as_of - start).days + 1), (end - start).days + 1),
        *(found.so_far, target.number, found.so_far / target.number, found.expected),
        *(found.projection, found.low, found.high),
        missing / left if left and missing else None,
        state_of(found, target.number, is_over=today >= end),
    )


def state_of(found: Progress, number: float, *, is_over: bool) -> str:
    """Return which of :data:`STATES` a target is in."""
    if found.so_far >= number:
        return "reached"
    if is_over:
        return "missed"
    if found.low is None or found.high is None:
        return "open"
    if found.low >= number:
        return "on course"
    return "off course" if found.high < number else "open"


def _plain(asked: Asked, goal: str) -> Row:
    """Return the row of a goal that no target names: the period asked about."""
    start, end = asked.query.start, asked.query.end
    days = asked.query.days
    counted = with_goal(asked, asked.query.current, asked.sessions, goal)
    so_far = float(counted["conversions"].sum())
    nothing = (None,) * 7
    return (None, goal, "conversions", None, None, start, end, end, days, days, so_far, *nothing,
            "no target")  # fmt: skip


def _columns(measure: str) -> list[str]:
    """Return the columns of the sessions frame that a target of this measure looks at."""
    own = ("key", "date", "segment", "campaign", "conversions", "value")
    return list(dict.fromkeys((*own, *looked_at(measure))))


def _daily(asked: Asked, target: GoalTarget, first: date, today: date) -> pl.DataFrame:
    """Return ``date`` and ``n`` of the days that have sessions at all."""
    begins = max(first, asked.query.data_first_day or first)
    span = (begins, today)
    if begins > today:
        return pl.DataFrame(schema={"date": pl.Date, "n": pl.Float64})
    everyone = load.sessions(asked.snapshot, span, asked.query.filters, _columns(target.measure))
    chosen = with_goal(asked, span, everyone, target.goal)
    for column, value in (("segment", target.segment), ("campaign", target.campaign)):
        if value is not None:
            chosen = chosen.filter(pl.col(column) == value)
    count = MEASURES[target.measure].count
    counted = chosen.group_by("date").agg(
        pl.lit(0.0).alias("n") if count is None else count.alias("n")
    )
    if target.campaign is not None and chosen.height:
        # The days before it began would make it look slower than it is.
        begins = chosen["date"].min()  # type: ignore[assignment]
    days = load.days_with_sessions(asked.snapshot)
    days = days.filter(pl.col("day").is_between(begins, today))
    return (
        days.select(pl.col("day").alias("date"))
        .join(counted, on="date", how="left")
        .with_columns(pl.col("n").cast(pl.Float64).fill_null(0.0))
    )
