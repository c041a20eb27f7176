"""Which channels are credited with conversions, model by model."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports.ask import SMALL, Asked, ask
from reports.attribution.credited import Credited, Crediting, Here, JourneyQuestion
from reports.attribution.credits import Credits, Settings
from reports.attribution.models import MODELS
from reports.attribution.paths import MOST_TOUCHES, Floats
from reports.attribution.plugged import model_named
from reports.breakdown import OTHER, text
from reports.query import EVERYTHING, Filters, check_limit
from reports.result import Report
from reports.spec import ColumnSpec, no_rows
from reports.touches import DIMENSIONS
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.store import Snapshot, Store

WINDOW_DAYS: Final = 30
BOOTSTRAP: Final = 500
MOST_RESAMPLES: Final = 10_000
ORDERS: Final = (1, 2, 3)
LEVELS: Final = (0.025, 0.975)


def _number(name: str, meaning: str, unit: str = "count") -> ColumnSpec:
    return ColumnSpec(name, pl.Float64(), unit, meaning)  # type: ignore[arg-type]


COLUMNS = (
    text("model", f"Who is credited: {', '.join(MODELS)}, or a package's own"),
    text("kind", f"What is credited: {', '.join(DIMENSIONS)}"),
    text("name", "Which of them; null: sessions that do not tell"),
    OTHER,
    _number("conversions", "Conversions credited; those of a model sum to all conversions"),
    _number("low", "Lower end of their 95 % interval"),
    _number("high", "Upper end of it"),
    _number("share", "Part of all conversions", "rate"),
    _number("value", "Value credited; that of a model sums to the value of all", "money"),
    _number("value_low", "Lower end of its 95 % interval", "money"),
    _number("value_high", "Upper end of it", "money"),
    _number("difference", "Conversions more than last touch credits"),
    _number("difference_low", "Lower end of the difference's 95 % interval"),
    _number("difference_high", "Upper end of it"),
    ColumnSpec("touched", pl.Int64(), "count", "Conversions with a touch of this name on the path"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} of these: no conclusion"),
)


def attribution(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    models: tuple[str, ...] = (),
    by: str = "channel",
    window_days: int = WINDOW_DAYS,
    goal: str | None = None,
    half_life_days: float = 7.0,
    order: int = 1,
    bootstrap: int = BOOTSTRAP,
    limit: int | None = 20,
) -> Report:
    """Credit conversions to channels, sources, media or campaigns by several models side by side.

    A row per model and name, in the order of ``models`` (all built-in ones without; models of
    other packages are asked for by name), most touched first. Filters and the period choose the
    sessions that convert; their touches are all sessions of the same person (the customer where
    known, else the visitor) up to ``window_days`` before, also from before the period, and
    whatever the filters. Each
    conversion has a path of its own, which earlier conversions do not cut. ``goal`` counts the
    conversions of one goal only.

    Last touch, first touch, linear, position based (40/20/40) and time decay (half-life
    ``half_life_days``) take direct sessions as any other; last non-direct takes the latest
    session that is not, if there is one. Markov: removal effects in a chain of order ``order``
    (Anderl et al. 2016). Shapley: values of the conversion rates of sets of names (Shao & Li
    2011, Dalessandro et al. 2012). These two use the paths of people who did not convert.

    Intervals are percentiles of ``bootstrap`` resamples of people (Efron 1979), who are drawn
    with all their paths; 0: no intervals. They tell how far chance reaches, not which model is
    right: a model shares out what happened, and shows no effect of a channel.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: there is no such model, dimension or goal.
        PluginError: the model of another package cannot be used.
        QueryError: the filters contradict themselves; a number is out of its range; the chain
            has too many states.
        StoreError: the store cannot be read.
    """
    question = asking(models, by, window_days, goal, half_life_days, order, bootstrap, limit)
    return answered(source, filters, question, Here())


def asking(  # noqa: PLR0917  the report's own
    models: tuple[str, ...],
    by: str,
    window_days: int,
    goal: str | None,
    half_life_days: float,
    order: int,
    bootstrap: int,
    limit: int | None,
) -> JourneyQuestion:
    """Return what is asked of journeys.

    Raises:
        UnknownNameError: there is no such model.
        PluginError: the model of another package cannot be used.
        QueryError: a number is out of its range.
    """
    _check(window_days, half_life_days, order, bootstrap)
    check_limit(limit)
    chosen = {name: model_named(name) for name in (models or MODELS)}
    settings = Settings(half_life_days, order)
    return JourneyQuestion(by, window_days, goal, limit, chosen, settings, bootstrap)


def answered(
    source: Store | Snapshot, filters: Filters, question: JourneyQuestion, crediting: Crediting
) -> Report:
    """Answer :func:`attribution`, whoever sums up what models need to know of people.

    Raises:
        UnknownNameError, QueryError, StoreError: as there.
    """
    asked = crediting.sized(ask(source, filters, ("key",)))
    found = crediting.credited(asked, question)
    if found.last is None:
        empty = no_rows(COLUMNS)
        return asked.answer("attribution", empty, *_warnings(asked, found, empty, question))
    # A chain walks through names that were on no converting path, too: what any model credits is
    # a row of all of them, or the rows of that model would not sum to the conversions.
    shown = found.touched > 0
    for credits_of in found.given.values():
        shown |= credits_of.conversions[0] > 0
    named = pl.DataFrame({"touched": found.touched, "is_shown": shown})
    frame = pl.concat(
        [_rows(name, given, found.last, found, named, question.by)
         for name, given in found.given.items()]
    )  # fmt: skip
    return asked.answer("attribution", frame, *_warnings(asked, found, frame, question))


def _check(window_days: int, half_life_days: float, order: int, bootstrap: int) -> None:
    if window_days < 0:
        raise QueryError(f"window_days is {window_days}: expected 0 or more days")
    if not 0 < half_life_days < float("inf"):
        raise QueryError(f"half_life_days is {half_life_days}: expected more than 0 days")
    if order not in ORDERS:
        raise QueryError(f"order is {order}: expected 1, 2 or 3")
    if not 0 <= bootstrap <= MOST_RESAMPLES:
        raise QueryError(f"bootstrap is {bootstrap}: expected 0 to {MOST_RESAMPLES:,} resamples")


def _rows(  # noqa: PLR0917  beside one another
    model: str, given: Credits, last: Credits, found: Credited, named: pl.DataFrame, by: str
) -> pl.DataFrame:
    """Return a row per name: what is credited, with its intervals."""
    low, high = _interval(given.conversions)
    value_low, value_high = _interval(given.value)
    differences = given.conversions - last.conversions
    difference_low, difference_high = _interval(differences)
    columns = {
        "name": pl.Series(found.names, dtype=pl.String),
        "conversions": given.conversions[0],
        "low": low,
        "high": high,
        "share": given.conversions[0] / found.conversions,
        "value": given.value[0],
        "value_low": value_low,
        "value_high": value_high,
        "difference": differences[0],
        "difference_low": difference_low,
        "difference_high": difference_high,
        "touched": named["touched"].cast(pl.Int64),
        "is_shown": named["is_shown"],
    }
    last_code = len(found.names) - 1 if found.has_other else -1
    return (
        pl.DataFrame(columns, nan_to_null=True)
        .with_row_index("code")
        .with_columns(
            pl.lit(model).alias("model"),
            pl.lit(by).alias("kind"),
            (pl.col("code") == last_code).alias("is_other"),
            (pl.col("touched") < SMALL).alias("small"),
        )
        .filter("is_shown")
        .sort("is_other", "touched", "name", descending=[False, True, False], nulls_last=True)
        .select(pl.col(column.name).cast(column.dtype) for column in COLUMNS)
    )


def _interval(resampled: Floats) -> Floats:
    """Return the ends of the percentile interval of each column; NaN without resamples."""
    drawn = resampled[1:]
    if not len(drawn) or np.isnan(drawn).any():
        return np.full((2, resampled.shape[1]), np.nan)
    return np.asarray(np.quantile(drawn, LEVELS, axis=0), dtype=np.float64)


def _warnings(
    asked: Asked, found: Credited, frame: pl.DataFrame, question: JourneyQuestion
) -> list[ReportWarning]:
    first = asked.query.data_first_day
    if found.since is None or first is None:
        return []
    warnings = []
    if found.since < first:
        warnings.append(ReportWarning("window_before_data", {"start": found.since, "first": first}))
    if frame.is_empty():
        return [*warnings, ReportWarning("no_conversions")]
    if found.split:
        facts = {"split": found.split, "all": found.led}
        warnings.append(ReportWarning("journeys_split", facts))
    small = int(frame["small"].sum())
    if small:
        warnings.append(ReportWarning("small_credits", {"small": small, "cells": frame.height}))
    if question.bootstrap:
        without = frame.filter(pl.col("low").is_null())["model"].unique().sort()
        warnings += [ReportWarning("not_resampled", {"model": model}) for model in without]
    if found.shortened:
        facts = {"paths": found.shortened, "touches": MOST_TOUCHES}
        warnings.append(ReportWarning("paths_shortened", facts))
    return warnings
