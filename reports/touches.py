"""Read the touches of people: the sessions of a period, and those that may have led to them.

A touch is a session. Those of the days before the period are read too, as far as the window
reaches back, or the paths of the period's first days would look short.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import polars as pl

from reports import whole
from reports.ask import Asked
from reports.attribution.paths import ORDER, TOUCHES, AllPaths, is_sorted, paths_of
from reports.cache import CACHE, key_of
from reports.compact import in_any
from reports.load import passing, seed
from reports.merging import Merged
from reports.portioned import PERSON, SESSION_VALUES, START, VISITOR
from reports.query import Span
from reports.whole import Whole
from weblog.errors import UnknownNameError
from weblog.store import Snapshot

DIMENSIONS: Final = ("channel", "source", "medium", "campaign")
"""What of a session can be credited."""

MOST_NAMES: Final = 60
"""Names that are told apart at most: with the others' one they fit the bits of a number."""

DIRECT: Final = "Direct"

_AT: Final = "at"
"""A column of touches that are taken out of a whole: which session of their days each is."""


@dataclass(frozen=True, slots=True)
class Journeys:
    """Paths, and what the codes of their touches stand for.

    Attributes:
        by: what of a session the names are: one of :data:`DIMENSIONS`.
        paths: of all people.
        names: by code; null stands for sessions that do not tell.
        has_other: whether the last code sums up all names beyond the limit.
        since: first day read.
        split: how many of the converting sessions are of a browser that has sessions of another
            person as well, such as those before the customer logged in.
    """

    by: str
    paths: AllPaths
    names: tuple[str | None, ...]
    has_other: bool
    since: date | None
    split: int = 0


def journeys(
    asked: Asked, by: str, window_days: int, goal: str | None, limit: int | None
) -> Journeys:
    """Read the touches of a question and make paths of them.

    Sessions of the period that pass the filters may end a path; whatever the filters, every
    session of the same person before it is a touch. A person is the customer where the session
    has one (logged in, or claimed by the site's stitching), else the visitor.

    Raises:
        UnknownNameError: ``by`` is no dimension, or no session ever reached ``goal``.
    """
    check_dimension(by)
    if goal is not None:
        check_goal(goal, goals_of(asked.snapshot))
    if asked.query.current is None or asked.sessions.is_empty():
        empty = pl.DataFrame(schema=TOUCHES)
        return Journeys(by, paths_of(empty, window_days, 0), (), has_other=False, since=None)
    since = first_day(asked, window_days)
    read = touches_of(asked, by, since, goal)
    names, has_other = ranked_names(name_counts(read), limit)
    touches = coded(read, names)
    return Journeys(
        by,
        paths_of(touches.select(TOUCHES.names()), window_days, len(names)),
        names,
        has_other=has_other,
        since=since,
        split=count_split(touches),
    )


def check_dimension(by: str) -> None:
    """Refuse what is no dimension.

    Raises:
        UnknownNameError: ``by`` is none.
    """
    if by not in DIMENSIONS:
        raise UnknownNameError("dimension of attribution", by, list(DIMENSIONS))


def first_day(asked: Asked, window_days: int) -> date:
    """Return the first day whose sessions may lead to conversions of the period."""
    span = asked.query.current
    if span is None:
        raise AssertionError("a question about no day has no first one")
    return span[0] - timedelta(days=window_days)


def touches_of(asked: Asked, by: str, since: date, goal: str | None) -> pl.DataFrame:
    """Return the sessions from ``since`` to the end of the period, in the order of touches.

    Returns:
        The columns of :data:`reports.attribution.paths.TOUCHES` but ``code``; ``name``
        (categorical) of the session; ``is_split``: its browser has sessions of another person.
    """
    snapshot, span = asked.snapshot, asked.query.current
    if span is None:
        raise AssertionError("a question about no day has no touches")
    of_ids, days = seed(snapshot, span), (since, span[1])
    read = _read_sessions(snapshot, days, by, of_ids)
    ends = _ends(read, asked, span, days)
    if goal is not None:
        read = _only(read, _read_goal(snapshot, days, goal, of_ids))
    return read.select(pl.exclude(_AT), ends.alias("is_end"))


def count_split(touches: pl.DataFrame) -> int:
    """Return how many converting sessions are of a browser that has those of another person."""
    return touches.filter("is_end", "is_split", pl.col("conversions") > 0).height


def _ends(touches: pl.DataFrame, asked: Asked, span: Span, days: Span) -> pl.Series:
    """Return which touches, of sessions of ``days``, are of ``span`` and pass the filters."""
    snapshot, filters = asked.snapshot, asked.query.filters
    if not filters.chosen:
        return touches["date"] >= span[0]
    kept = whole.of(snapshot)
    if kept is not None and _AT in touches.columns:
        some = passing(snapshot, span, filters).arg_true()
        return kept.among(days, span, some).gather(touches[_AT])
    return touches["key"].is_in(asked.sessions["key"].implode())


def _read_sessions(snapshot: Snapshot, span: Span, by: str, seed: int) -> pl.DataFrame:
    key = (*key_of(snapshot, "sessions", span), "touches", by, seed)
    kept = whole.of(snapshot)
    if kept is not None and kept.seed == seed:
        return CACHE.get(key, lambda: _taken(kept, span, by))
    return CACHE.get(key, lambda: _in_order(snapshot, span, by, seed))


def _taken(kept: Whole, span: Span, by: str) -> pl.DataFrame:
    """Take the sessions of ``span`` in the order of touches out of the whole store."""
    told = kept.sessions(span, ["visitor", PERSON, START, "key"])
    visitor, person = told["visitor"], told[PERSON]
    # Those of no customer stand in order already: by visitor, then by time.
    is_known = visitor != person
    own, known = (~is_known).arg_true(), is_known.arg_true()
    known = known.gather(told[known].select(pl.arg_sort_by(ORDER)).to_series())
    merged = Merged.of(person, own, person.gather(known))
    order = pl.repeat(0, told.height, dtype=pl.UInt32, eager=True)
    order = order.scatter(merged.of_old, own).scatter(merged.of_new, known)
    touches = told.select(pl.col(ORDER).gather(order))
    if not is_sorted(touches):
        order = told.select(pl.arg_sort_by(*ORDER)).to_series()
        touches = told.select(pl.col(ORDER).gather(order))
    names = dict.fromkeys(("date", by, "channel", "conversions", "value"))
    values = kept.sessions(span, list(names), order)
    return touches.with_columns(
        values["date"],
        values[by].alias("name"),
        (values["channel"] == DIRECT).fill_null(value=False).alias("is_direct"),
        values["conversions"].cast(pl.UInt32),
        values["value"],
        _of_another(visitor, person).gather(order).alias("is_split"),
        order.alias(_AT),
    )


def _of_another(visitor: pl.Series, person: pl.Series) -> pl.Series:
    """Return for each session whether its browser has sessions of another person as well.

    Those of one visitor stand together.
    """
    is_next = (visitor != visitor.shift(1)).fill_null(value=True)
    number = is_next.cum_sum().cast(pl.UInt32)
    is_other = (person != person.shift(1)).fill_null(value=False) & ~is_next
    return in_any(number, number.filter(is_other))


def _in_order(snapshot: Snapshot, span: Span, by: str, seed: int) -> pl.DataFrame:
    """Read the sessions of ``span`` in the order of touches, a few columns at a time."""
    rows = snapshot.scan("sessions").filter(pl.col("date").is_between(*span))
    people = rows.select(SESSION_VALUES[PERSON].alias("person"), VISITOR.alias("visitor")).collect()
    is_split = _of_several(people)
    moments = rows.select(
        SESSION_VALUES[START].alias("start"),
        pl.col("session_id").hash(seed).alias("key"),
    ).collect()
    ordered = pl.DataFrame([people["person"], *moments])
    # The store has the sessions of a day in the order of time: most often that settles it.
    order = ordered.select(pl.arg_sort_by("person", maintain_order=True)).to_series()
    touches = ordered.select(pl.all().gather(order))
    if not is_sorted(touches):
        order = ordered.select(pl.arg_sort_by(*ORDER)).to_series()
        touches = ordered.select(pl.all().gather(order))
    del ordered, moments, people
    told = rows.select(
        "date",
        pl.col(by).cast(pl.Categorical).alias("name"),
        (pl.col("channel") == DIRECT).fill_null(value=False).alias("is_direct"),
        pl.col("conversions").fill_null(0).cast(pl.UInt32),
        pl.col("value").fill_null(0.0),
    ).collect()
    return touches.with_columns(
        *(column.gather(order) for column in told), is_split.gather(order).alias("is_split")
    )


def _of_several(people: pl.DataFrame) -> pl.Series:
    """Return for each session whether its browser has sessions of another person as well."""
    visitor = people["visitor"]
    known = visitor.filter(people["person"] != visitor).unique()
    several = (
        people.filter(pl.col("visitor").is_in(known.implode()))
        .group_by("visitor")
        .agg((pl.col("person").min() != pl.col("person").max()).alias("several"))
        .filter("several")["visitor"]
    )
    return visitor.is_in(several.implode())


def _read_goal(snapshot: Snapshot, span: Span, goal: str, seed: int) -> pl.DataFrame:
    """Return how often sessions reached the goal, and its value."""
    key = (*key_of(snapshot, "page_views", span), "goal", goal, seed)
    reached = (
        snapshot.scan("page_views")
        .filter(pl.col("date").is_between(*span), pl.col("goal") == goal)
        .group_by(pl.col("session_id").hash(seed).alias("key"))
        .agg(
            pl.len().cast(pl.Int64).alias("conversions"),
            pl.col("value").sum().alias("value"),
        )
    )
    return CACHE.get(key, reached.collect)


def _only(read: pl.DataFrame, reached: pl.DataFrame) -> pl.DataFrame:
    """Replace the conversions of all goals by those of one."""
    return (
        read.drop("conversions", "value")
        .join(reached, on="key", how="left", maintain_order="left")
        .with_columns(
            pl.col("conversions").fill_null(0).cast(pl.UInt32), pl.col("value").fill_null(0.0)
        )
    )


def goals_of(snapshot: Snapshot) -> list[str]:
    """Return the goals that sessions reached, by name."""
    goal = pl.col("goal").drop_nulls().unique().sort()
    reached = snapshot.scan("page_views").select(goal)
    found = CACHE.get((*key_of(snapshot, "page_views"), "goals"), reached.collect)
    return found["goal"].to_list()


def check_goal(goal: str, known: list[str]) -> None:
    """Refuse a goal that nobody reached.

    Raises:
        UnknownNameError: it is none of those known.
    """
    if goal not in known:
        raise UnknownNameError("goal", goal, known)


def name_counts(touches: pl.DataFrame) -> pl.DataFrame:
    """Return ``name`` (null: sessions that do not tell) and ``n``, how many touches bear it."""
    return (
        touches.group_by("name")
        .agg(pl.len().cast(pl.Int64).alias("n"))
        .with_columns(pl.col("name").cast(pl.String))
    )


def ranked_names(counts: pl.DataFrame, limit: int | None) -> tuple[tuple[str | None, ...], bool]:
    """Return names in the order of their codes, the commonest first, and whether there is a rest.

    What is beyond the limit shares the last code, which stands for null.
    """
    every = counts.group_by("name").agg(pl.col("n").sum())
    ranked = every.sort("n", "name", descending=[True, False], nulls_last=True)["name"].to_list()
    most = min(limit or MOST_NAMES, MOST_NAMES)
    if len(ranked) > most:
        return (*ranked[:most], None), True
    return tuple(ranked), False


def coded(touches: pl.DataFrame, names: tuple[str | None, ...]) -> pl.DataFrame:
    """Return touches with ``code``: the place of their name among ``names``, else the last.

    Args:
        touches: of :func:`touches_of`.
        names: as :func:`ranked_names` tells them. Of two that are null, sessions that do not
            tell are the first, and the last is the rest.
    """
    numbers = touches["name"].to_physical()
    known = pl.Series(names, dtype=pl.String).cast(touches["name"].dtype).to_physical()
    end = max(int(str(each.max() or 0)) for each in (numbers, known)) + 1
    # A table from the categories' own numbers to codes: a join takes ten times as long.
    table = np.full(end, max(len(names) - 1, 0), dtype=np.uint8)
    is_known = known.is_not_null().to_numpy()
    table[known.drop_nulls().to_numpy()] = np.flatnonzero(is_known)
    unknown = names.index(None) if None in names else 0
    code = pl.Series(table).gather(numbers).fill_null(unknown)
    return touches.with_columns(code.alias("code"))
