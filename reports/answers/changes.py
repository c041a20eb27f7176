"""What changed, and where."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports.ask import Asked, ask
from reports.breakdown import text
from reports.query import EVERYTHING, SESSION_FILTERS, Filters
from reports.result import Report
from reports.runs import counts, firsts, tally
from reports.spec import ColumnSpec, no_rows
from reports.view_counts import Coded
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

Z: Final = 2.0
"""Differences of less than two standard deviations are left out as noise."""

DIMENSIONS: Final = ("channel", "segment", "device", "campaign")

FIELDS: Final = {
    **{column: field for field, column in SESSION_FILTERS.items() if column in DIMENSIONS},
    "page": "pages",
}
"""Dimension to the field of `Filters` that narrows it."""

MEASURED: Final = {
    "sessions": pl.lit(1.0),
    "page_views": pl.col("page_views").cast(pl.Float64),
    "new_visitors": pl.col("is_new").cast(pl.Float64),
    "logins": pl.col("logins").cast(pl.Float64),
    "conversions": pl.col("conversions").cast(pl.Float64),
    "value": pl.col("value"),
}
"""What each session adds to a measure: those that are sums over sessions."""

COLUMNS = (
    text("dimension", "channel, segment, device, campaign or page"),
    text("name", "Which of them"),
    ColumnSpec("current", pl.Float64(), "", "The measure in the period"),
    ColumnSpec("previous", pl.Float64(), "", "The measure in the period compared with"),
    ColumnSpec("difference", pl.Float64(), "", "current - previous"),
    ColumnSpec(
        "share", pl.Float64(), "rate", "Part of the whole site's difference; null if that is 0"
    ),
    ColumnSpec("z", pl.Float64(), "z", "Difference in standard deviations; |z| < 2 is left out"),
)


def changes(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    measure: str = "sessions",
    limit: int = 10,
) -> Report:
    """List the largest contributions to the change of a measure between the periods.

    A row per channel, segment, device class, campaign (sessions that carry one) and page
    (sessions that viewed it) whose difference is beyond noise, largest difference first. z
    = (current - previous) / sqrt(sum of x^2 over both periods), x being what one session adds
    to the measure. Sessions arriving independently, that is the standard deviation of the
    difference of two compound Poisson sums; for sessions, Poisson counts, it is sqrt(current
    + previous). Rows overlap: the same session has a channel, a device and pages, and shares
    do not sum to 1. What is filtered to one value is no row: it would only repeat the whole.
    Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: ``measure`` is none of :data:`MEASURED`.
        QueryError: the filters contradict themselves.
        StoreError: the store cannot be read.
    """
    if measure not in MEASURED:
        raise UnknownNameError("measure of changes", measure, list(MEASURED))
    added = MEASURED[measure].meta.root_names()
    asked = ask(source, filters, ("session", *DIMENSIONS, *added), ("session", "path"))
    if asked.previous_sessions is None:
        empty = no_rows(COLUMNS)
        return asked.answer("changes", empty, ReportWarning("no_comparison"))
    frame = contributions(asked, measure)
    none = frame.is_empty() and not asked.sessions.is_empty()
    warning = ReportWarning("no_change", {"measure": measure, "z": Z})
    return asked.answer("changes", frame.head(limit), *([warning] if none else []))


def contributions(asked: Asked, measure: str) -> pl.DataFrame:
    """Return every difference beyond noise, the largest first."""
    added = MEASURED[measure].alias("x")
    now = asked.sessions.with_columns(added)
    before = _or_none(asked.previous_sessions, asked.sessions).with_columns(added)
    later = asked.page_views
    earlier = _or_none(asked.previous_page_views, later)
    rows = _sums(now, later, measure).join(
        _sums(before, earlier, measure),
        on=["dimension", "name"],
        how="full",
        coalesce=True,
        suffix="_before",
    )
    difference = pl.col("current") - pl.col("previous")
    known = _filtered_to_one(asked.query.filters)
    whole = float(now["x"].sum()) - float(before["x"].sum())
    return (
        rows.join(known, on=["dimension", "name"], how="anti")
        .fill_null(0.0)
        .select(
            "dimension",
            "name",
            pl.col("x").alias("current"),
            pl.col("x_before").alias("previous"),
            (pl.col("xx") + pl.col("xx_before")).alias("variance"),
        )
        .with_columns(difference.alias("difference"))
        .with_columns(
            (pl.col("difference") / (whole or None)).alias("share"),
            (pl.col("difference") / pl.col("variance").sqrt()).alias("z"),
        )
        .filter(pl.col("variance") > 0, pl.col("z").abs() >= Z)
        .sort(pl.col("difference").abs(), "dimension", "name", descending=[True, False, False])
        .select(column.name for column in COLUMNS)
    )


def _filtered_to_one(filters: Filters) -> pl.DataFrame:
    """Return dimension and name of every filter that lets only one value through."""
    alone = [
        (dimension, *filters.chosen[field])
        for dimension, field in FIELDS.items()
        if len(filters.chosen.get(field, ())) == 1
    ]
    return pl.DataFrame(alone, schema={"dimension": pl.String, "name": pl.String}, orient="row")


def _or_none(frame: pl.DataFrame | None, like: pl.DataFrame) -> pl.DataFrame:
    return like.clear() if frame is None else frame


def _sums(sessions: pl.DataFrame, views: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Return per dimension and name the sums of x and of its square, unless they are 0."""
    if measure != "sessions":  # of most measures, few sessions add any
        sessions = sessions.filter(pl.col("x") != 0)
    rows = [
        _dimension_sums(sessions.select(dimension, "x"), dimension, measure).select(
            pl.lit(dimension).alias("dimension"), _text(dimension), "x", "xx"
        )
        for dimension in DIMENSIONS
    ]
    seen = _page_sums(sessions, views, measure)
    rows.append(seen.select(pl.lit("page").alias("dimension"), _text("path"), "x", "xx"))
    return pl.concat(rows).drop_nulls("name")


def _dimension_sums(sessions: pl.DataFrame, dimension: str, measure: str) -> pl.DataFrame:
    if measure == "sessions":  # x is 1 throughout: they are counted
        n = pl.col("n").cast(pl.Float64)
        found = Coded.of(sessions[dimension]).tallied()
        return found.select(dimension, n.alias("x"), n.alias("xx"))
    sums = (pl.col("x").sum(), (pl.col("x") ** 2).sum().alias("xx"))
    return sessions.group_by(dimension).agg(*sums)


def _text(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.String).alias("name")


def _page_sums(sessions: pl.DataFrame, views: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Return ``path``, ``x`` and ``xx`` of the sessions that viewed each."""
    coded, session = Coded.of(views["path"]), views["session"]
    end = coded.null + 1
    if measure == "sessions":
        x = xx = counts(session, coded.codes, end)
    elif measure == "page_views":  # a page's own views, not all those of its viewers
        x, xx = _own_views(session, coded.codes, end)
    else:
        adding = _by_number(sessions, session).gather(session)
        adds = adding != 0
        codes, own = coded.codes.filter(adds), session.filter(adds)
        first = firsts(own, codes, end)
        added, codes = adding.filter(adds).filter(first).to_numpy(), codes.filter(first)
        x, xx = (pl.Series(np.bincount(codes.to_numpy(), n, end)) for n in (added, added**2))
    seen = (xx > 0).arg_true()
    sums = [each.gather(seen).cast(pl.Float64).alias(n) for n, each in (("x", x), ("xx", xx))]
    return pl.DataFrame([coded.values(seen), *sums])


def _own_views(session: pl.Series, codes: pl.Series, end: int) -> tuple[pl.Series, pl.Series]:
    """Return for each code the sums over sessions of views of it, and of their squares.

    Most sessions view a page once. Of one that views it r times more, (1 + r)^2 is its 1 + r
    views, the r again, and r^2: only those have to be told apart.
    """
    views, again = tally(codes, end), ~firsts(session, codes, end)
    code, pair = codes.filter(again), session.filter(again).cast(pl.UInt64) * end
    more = (pair + code).alias("pair").value_counts(name="r")
    squares = np.bincount(
        (more["pair"] % end).cast(pl.Int64).to_numpy(),
        more["r"].cast(pl.Float64).to_numpy() ** 2,
        end,
    )
    return views, views + tally(code, end) + pl.Series(squares).cast(pl.Int64)


def _by_number(sessions: pl.DataFrame, asked: pl.Series) -> pl.Series:
    """Return x by the number of the session, as far as the numbers ``asked`` for go."""
    last = max(int(part.max() or 0) for part in (sessions["session"], asked))  # type: ignore[arg-type]
    none = pl.repeat(0.0, last + 1, dtype=pl.Float64, eager=True)
    return none.scatter(sessions["session"], sessions["x"])
