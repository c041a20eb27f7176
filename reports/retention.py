"""Who comes back: people by when they began, and by how long ago that was.

Functions of tables of people and days; no disk, no clock.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from reports.ask import SMALL
from reports.intervals import wilson
from reports.measures import quotient
from reports.query import Span

EACH: Final = ("month", "week")
"""How long a cohort's period is, and what its age is counted in."""

WINDOWS: Final = ("calendar", "rolling")
"""Ages in calendar months (or weeks, from Monday), or in days since each person's own first."""

DAYS: Final = {"month": 30, "week": 7}
"""Length of a rolling period."""

RATES: Final = (("active", "observed", ""), ("bought", "bought_observed", "bought_"))
"""What is counted, of whom, and what its rate's and interval's names begin with."""


def retention(
    firsts: pl.DataFrame,
    visits: pl.DataFrame,
    bought: pl.DataFrame | None,
    *,
    each: str,
    window: str,
    seen: Span,
    since: date | None = None,
) -> pl.DataFrame:
    """Count, for each cohort and age, those who came back and those who bought.

    Args:
        firsts: ``person`` and ``first`` (Date): when each began, one row a person.
        visits: ``person`` and ``day`` on which they came back, any number of rows; days before
            the first do not count. Or with ``first``, that of each person, beside them.
        bought: the same of purchases; None if nobody can know.
        each: one of :data:`EACH`.
        window: one of :data:`WINDOWS`.
        seen: first and last day of the period; no first lies outside.
        since: from when visits are known, if not from each person's first day on.

    Returns:
        A row per cohort and age from 0 to the greatest anyone has, also where nothing was
        observed: ``cohort`` (first day of its period; null for all cohorts together), ``age``,
        ``size``, then ``observed``, ``active``, ``rate``, ``low``, ``high`` and the same of
        purchases. ``observed`` are those whose whole period of that age lies within the data;
        where there are none, the rest is null.
    """
    if firsts.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    days = firsts.group_by("first").agg(pl.len().cast(pl.Int64).alias("people"))
    days = days.with_columns(_start(pl.col("first"), each).alias("cohort"))
    last = seen[1]
    age = _age(pl.col("first"), pl.lit(last), each, window)
    ages = pl.DataFrame({"age": range(int(days.select(age.max()).item()) + 1)})
    cells = days.join(ages, how="cross").with_columns(*_period(each, window))
    inside = pl.col("to") <= last
    known = inside & _is_since(since)
    people = pl.col("people")
    grid = cells.group_by("cohort", "age").agg(
        people.sum().alias("size"),
        people.filter(known).sum().alias("observed"),
        people.filter(inside).sum().alias("bought_observed"),
    )
    for name, found, start in (("active", visits, since), ("bought", bought, None)):
        counts = _counted(firsts, found, name, each=each, window=window, last=last, since=start)
        grid = grid.join(counts, on=["cohort", "age"], how="left")
    together = (
        grid.group_by("age")
        .agg(pl.col("size", "observed", "active", "bought_observed", "bought").sum())
        .with_columns(pl.lit(None, pl.Date).alias("cohort"))
    )
    rows = pl.concat([together.select(grid.columns), grid])
    if bought is None:
        rows = rows.with_columns(pl.lit(None, pl.Int64).alias("bought_observed"))
    return (
        rows.with_columns(_null_where_unobserved())
        .with_columns(_rates())
        .sort("cohort", "age", nulls_last=False)
        .select(_SCHEMA.names())
    )


def _counted(
    firsts: pl.DataFrame,
    days: pl.DataFrame | None,
    name: str,
    *,
    each: str,
    window: str,
    last: date,
    since: date | None,
) -> pl.DataFrame:
    """Count by cohort and age the people who have a day in a period observed whole."""
    if days is None:
        empty = {"cohort": pl.Date, "age": pl.Int64, name: pl.Int64}
        return pl.DataFrame(schema=empty)
    if "first" not in days.columns:
        days = days.join(firsts, on="person")
    return (
        _people_by_age(days.filter(pl.col("day") >= pl.col("first")), each, window)
        .with_columns(_start(pl.col("first"), each).alias("cohort"), *_period(each, window))
        .filter(pl.col("to") <= last, _is_since(since))
        .group_by("cohort", "age")
        .agg(pl.col("people").sum().alias(name))
    )


def _people_by_age(days: pl.DataFrame, each: str, window: str) -> pl.DataFrame:
    """Return ``first``, ``age`` and how many ``people`` who began that day came at that age.

    Args:
        days: ``person``, ``first`` and ``day``, not before it.
        each: one of :data:`EACH`.
        window: one of :data:`WINDOWS`.
    """
    if days.is_empty():
        return days.select("first", pl.lit(0, pl.Int64).alias("age"), people=pl.lit(0, pl.Int64))
    first, day = (days[name].to_physical().to_numpy() for name in ("first", "day"))
    begin = int(first.min())
    # Of which periods two days are follows from the days: they are few, people are many.
    calendar = pl.int_range(begin, int(day.max()) + 1, dtype=pl.Int32, eager=True).cast(pl.Date)
    number = calendar.to_frame("day").select(_number(pl.col("day"), each)).to_series().to_numpy()
    age = (day - first) // DAYS[each]
    if window == "calendar":
        age = number[day - begin] - number[first - begin]
    person = days["person"]
    runs = person if person.dtype.is_integer() else person.rank("dense")
    is_next = _are_next(runs.to_numpy(), age)
    width = int(age.max()) + 1
    cells = (first[is_next] - begin).astype(np.int64) * width + age[is_next]
    people = np.bincount(cells)
    some = np.flatnonzero(people)
    return pl.DataFrame(
        {"first": calendar.gather(some // width), "age": some % width, "people": people[some]}
    )


def _are_next(person: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Return the rows that are the first of a person and age, whatever their order."""
    differs = person[1:] != person[:-1]
    if not np.all((person[1:] > person[:-1]) | (~differs & (age[1:] >= age[:-1]))):
        order = np.lexsort((age, person))
        rows: np.ndarray = order[_are_next(person[order], age[order])]
        return rows
    return np.flatnonzero(np.append(True, differs | (age[1:] != age[:-1])))


def _number(day: pl.Expr, each: str) -> pl.Expr:
    """Return a number of the month, or week, that a day is in: of the next one it is one more."""
    if each == "week":
        return _start(day, each).to_physical() // 7
    return day.dt.year() * 12 + day.dt.month()


def _is_since(since: date | None) -> pl.Expr:
    """Say whether all of a person's period is known: in the first one, from the first day on."""
    if since is None:
        return pl.lit(value=True)
    return pl.max_horizontal("from", "first") >= since


def _start(day: pl.Expr, each: str) -> pl.Expr:
    return day.dt.truncate("1mo" if each == "month" else "1w")


def _age(first: pl.Expr, day: pl.Expr, each: str, window: str) -> pl.Expr:
    """Return how many periods lie between the first day's and the day's."""
    if window == "rolling":
        return (day - first).dt.total_days() // DAYS[each]
    if each == "week":
        return (_start(day, each) - _start(first, each)).dt.total_days() // 7
    years = (day.dt.year() - first.dt.year()).cast(pl.Int64)
    return years * 12 + day.dt.month() - first.dt.month()


def _period(each: str, window: str) -> tuple[pl.Expr, pl.Expr]:
    """Return first and last day of the period of ``age`` after ``first``, as ``from``, ``to``."""
    age = pl.col("age")
    if window == "rolling":
        begin = pl.col("first") + pl.duration(days=age * DAYS[each])
        return begin.alias("from"), (begin + pl.duration(days=DAYS[each] - 1)).alias("to")
    cohort = _start(pl.col("first"), each)
    if each == "week":
        begin = cohort + pl.duration(days=age * 7)
        return begin.alias("from"), (begin + pl.duration(days=6)).alias("to")
    begin = cohort.dt.offset_by(pl.format("{}mo", age))
    end = cohort.dt.offset_by(pl.format("{}mo", age + 1)) - pl.duration(days=1)
    return begin.alias("from"), end.alias("to")


def _null_where_unobserved() -> list[pl.Expr]:
    return [
        pl.when(pl.col(under) > 0).then(pl.col(over).fill_null(0)).alias(over)
        for over, under, _ in RATES
    ]


def _rates() -> list[pl.Expr]:
    found = [
        (pl.col("observed") == pl.col("size")).alias("is_complete"),
        pl.col("observed").is_between(1, SMALL - 1).alias("small"),
    ]
    for over, under, prefix in RATES:
        low, high = wilson(pl.col(over), pl.col(under))
        found += [
            quotient(over, under).alias(f"{prefix}rate"),
            low.alias(f"{prefix}low"),
            high.alias(f"{prefix}high"),
        ]
    return found


_SCHEMA: Final = pl.Schema(
    {
        "cohort": pl.Date,
        "age": pl.Int64,
        "size": pl.Int64,
        "observed": pl.Int64,
        "is_complete": pl.Boolean,
        "active": pl.Int64,
        "rate": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "bought_observed": pl.Int64,
        "bought": pl.Int64,
        "bought_rate": pl.Float64,
        "bought_low": pl.Float64,
        "bought_high": pl.Float64,
        "small": pl.Boolean,
    }
)
