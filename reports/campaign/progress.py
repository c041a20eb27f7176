"""How far a target is, and where it will end if things go on as they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from reports.intervals import student_quantile

HISTORY: Final = 56
"""Days a projection looks back: eight weeks, as many Mondays as Sundays."""

FEWEST: Final = 14
"""Days of history a projection needs: each weekday twice."""

WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a target is on a day.

    Attributes:
        so_far: counted in the days of the period that have passed.
        expected: what had to be reached by now, were the target on course: its number times the
            part of the period that has passed, days of the week weighed by what they usually bring.
        projection: what the period will have brought at its end, if it goes on as in the last
            weeks; None: too few days are known.
        low, high: 95 % prediction interval of it.
    """

    so_far: float
    expected: float
    projection: float | None
    low: float | None
    high: float | None


def progress(daily: pl.DataFrame, start: date, end: date, today: date, number: float) -> Progress:
    """Tell how far a target is at the end of ``today``.

    The days of the last eight weeks bring, by day of the week, their mean each; a week's profile
    is these means, or the same for all where a weekday is there less than twice. With w the
    profile's weight of a day, W the sum of the days looked back upon, Y what they brought and F
    the sum of those to come, Y F / W is to come. Counts vary more than Poisson's do, so
    the variance of a day is taken as f times its mean, f by Pearson's statistic, at least
    what the counts themselves say::

        var = f (Y F / W) (1 + F / W), f = sum((y - w Y / W)^2 / (w Y / W)) / (days - 1 - fitted)

    The first term is the chance of the days to come, the second that of the mean being wrong.
    Sources: McCullagh and Nelder (1989), "Generalized Linear Models", 2nd edition, sections 4.5
    and 6.2 (f); Hahn and Meeker (1991), "Statistical Intervals", chapter 4 (prediction).

    Args:
        daily: ``date`` and ``n``, a row per day that has data, also from before the period.
        start: first day of the period.
        end: last day of it.
        today: the last day that is known.
        number: the target.
    """
    past = daily.filter(pl.col("date") <= today)
    inside = past.filter(pl.col("date").is_between(start, end))
    so_far = float(inside["n"].sum())
    back = past.filter(pl.col("date") > today - timedelta(days=HISTORY))
    weights, fitted = _profile(back)
    period = pl.DataFrame({"date": pl.date_range(start, end, eager=True)})
    of_day = pl.col("date").dt.weekday().replace_strict(weights, return_dtype=pl.Float64)
    weighed = period.with_columns(of_day.alias("w"))
    whole = float(weighed["w"].sum())
    passed = float(weighed.filter(pl.col("date") <= today)["w"].sum())
    expected = number * (passed / whole if whole else 0.0)
    to_come = whole - passed
    if today >= end:
        return Progress(so_far, number, so_far, so_far, so_far)
    if back.height < FEWEST or today < start:
        return Progress(so_far, expected, None, None, None)
    looked = back.with_columns(of_day.alias("w"))
    mean, spread = _to_come(looked, to_come, fitted)
    ahead = so_far + mean
    return Progress(so_far, expected, ahead, max(so_far, ahead - spread), ahead + spread)


def _profile(back: pl.DataFrame) -> tuple[dict[int, float], int]:
    """Return the weight of each day of the week, and how many of them were fitted."""
    flat = dict.fromkeys(range(1, WEEK + 1), 1.0)
    means = (
        back.group_by(pl.col("date").dt.weekday().alias("weekday"))
        .agg(pl.col("n").mean(), pl.len().alias("days"))
        .sort("weekday")
    )
    is_known = means.height == WEEK and means["days"].min() >= 2  # type: ignore[operator]
    if not is_known or float(means["n"].min() or 0) <= 0:  # type: ignore[arg-type]
        return flat, 0
    every = float(means["n"].sum()) / WEEK
    return {
        int(day): float(mean) / every
        for day, mean in zip(means["weekday"], means["n"], strict=True)
    }, WEEK - 1


def _to_come(looked: pl.DataFrame, to_come: float, fitted: int) -> tuple[float, float]:
    """Return what is to come, and half the length of its interval."""
    brought, weight = float(looked["n"].sum()), float(looked["w"].sum())
    mean = brought * to_come / weight
    freedom = looked.height - 1 - fitted
    due = pl.col("w") * brought / weight
    pearson = looked.select(((pl.col("n") - due) ** 2 / due).sum()).item() if brought else 0.0
    variance = pearson / freedom * mean * (1 + to_come / weight)
    quantile = pl.select(student_quantile(pl.lit(float(freedom)))).item()
    return mean, float(quantile) * variance**0.5
