"""The ways people take through the site."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.ask import SMALL, Asked, ask
from reports.breakdown import OTHER
from reports.measures import columns_of, interval, quotient, relative_change
from reports.query import EVERYTHING, Filters, check_limit
from reports.ranked import foremost
from reports.result import Report
from reports.spec import ColumnSpec
from reports.visit_paths import Labels, PathQuestion
from reports.walking import Here, Walking
from reports.warning import ReportWarning
from weblog.errors import QueryError
from weblog.store import Snapshot, Store

REST: Final = "(other pages)"
"""A step on a page too rare to be named; several in a row are one step."""

NONE: Final = "(no category)"

COLUMNS = (
    ColumnSpec("path", pl.List(pl.String()), "", f"Its steps in order; {REST!r}: a rare page"),
    OTHER,
    ColumnSpec("paths", pl.Int64(), "count", "How many different paths the row is about"),
    *columns_of("sessions"),
    ColumnSpec("share", pl.Float64(), "rate", "Part of all sessions that have what was asked"),
    ColumnSpec("cut", pl.Int64(), "count", "Sessions with more steps than are shown"),
    ColumnSpec("looped", pl.Int64(), "count", "Sessions in which A B A B was folded to A B here"),
    *columns_of("converted", "conversion_rate"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the conversion rate's 95 % interval"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of the conversion rate's interval"),
    ColumnSpec("previous_sessions", pl.Int64(), "count", "Sessions in the period compared with"),
    ColumnSpec("change", pl.Float64(), "rate", "Relative change of sessions"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} sessions: no conclusion"),
)


def paths(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    start: str | None = None,
    end: str | None = None,
    goal: str | None = None,
    around: str | None = None,
    level: str = "page",
    depth: int = 4,
    nodes: int | None = 100,
    limit: int | None = 20,
) -> Report:
    """Rank the paths of visits: from their entry, from a page, up to a page or goal, or around one.

    ``start``, ``end`` and ``around`` are path patterns (``/quote/*``), ``goal`` a goal's name;
    what counts is the first time in the visit. Without any of them every visit counts, from its
    entry. A path is ``depth`` steps long at most (with ``around`` on either side); steps are
    pages, or content categories with ``level="category"``. The ``nodes`` commonest keep their
    names (None: all), as does what was asked for; others are one step, and how many is said.
    A A A is one step A; of A B A B whole repetitions go, so that it is A B, and ``looped``
    counts it; A B A stays. Then the first ``limit`` paths by sessions, and one row that sums
    up the others; sessions sum to those that have what was asked. Conversions are those of the
    whole session: an association with the path, not its effect. Columns, units and meanings:
    ``COLUMNS``.

    Raises:
        QueryError: the filters contradict themselves; more than one of start, end, goal and
            around; a depth, nodes or limit out of range.
        UnknownNameError: no such level.
        StoreError: the store cannot be read.
    """
    question = PathQuestion(start, end, goal, around, level=level, depth=depth)
    return answered(source, filters, question, nodes, limit, Here())


def answered(  # noqa: PLR0917  the report's own
    source: Store | Snapshot,
    filters: Filters,
    question: PathQuestion,
    nodes: int | None,
    limit: int | None,
    walking: Walking,
) -> Report:
    """Answer :func:`paths`, whoever walks the visits.

    Raises:
        QueryError, StoreError: as there.
    """
    check_limit(limit)
    check_nodes(nodes)
    asked = ask(source, filters, ("session", "conversions"))
    labels = walking.labels(asked, question, nodes, both=True)
    now = walking.walks(asked, question, labels)
    then = None
    if asked.query.previous is not None:
        then = walking.walks(asked, question, labels, previous=True)
    frame = _ranked(now, then, question, labels, limit)
    asked = walking.sized(asked)
    warnings = warnings_of(asked, int(now["sessions"].sum()), question, labels)
    return asked.answer("paths", frame, *warnings)


def check_nodes(nodes: int | None) -> None:
    """Refuse a number of names that leaves none.

    Raises:
        QueryError: ``nodes`` is less than 1.
    """
    if nodes is not None and nodes < 1:
        raise QueryError(f"nodes is {nodes}: expected at least 1, or None for all of them")


def warnings_of(
    asked: Asked, sessions: int, question: PathQuestion, labels: Labels
) -> list[ReportWarning]:
    """Say what nobody reached, and how many pages were folded to one step."""
    warnings = []
    if question.anchor and not sessions and asked.session_count:
        warnings.append(ReportWarning("not_reached", {"step": question.anchor}))
    if labels.folded:
        warnings.append(ReportWarning("rare_steps", {"pages": labels.folded, "step": REST}))
    if question.level == "category" and sessions and labels.names.is_empty():
        warnings.append(ReportWarning("no_categories"))
    return warnings


_SUMS: Final = ("sessions", "cut", "looped", "converted", "previous_sessions")


def _ranked(
    now: pl.DataFrame,
    then: pl.DataFrame | None,
    question: PathQuestion,
    labels: Labels,
    limit: int | None,
) -> pl.DataFrame:
    steps = list(question.columns)
    if then is None:
        rows = now.with_columns(pl.lit(None, pl.Int64).alias("previous_sessions"))
    else:
        earlier = then.select(*steps, pl.col("sessions").alias("previous_sessions"))
        rows = now.join(earlier, on=steps, how="full", coalesce=True, nulls_equal=True)
        rows = rows.with_columns(pl.col(_SUMS).fill_null(0))
    # Labels are in the order of names: ties are broken by the names of the steps.
    order = ["sessions", "previous_sessions", *steps]
    descending = [True, True, *(False for _ in steps)]
    whole = int(rows["sessions"].sum()) or None
    shown, rest = foremost(rows, order, descending, limit)
    told = shown.select(
        pl.concat_list(labels.told(shown[name], REST, NONE).alias(name) for name in steps)
        .list.drop_nulls()
        .alias("path"),
        pl.lit(value=False).alias("is_other"),
        pl.lit(1, pl.Int64).alias("paths"),
        *_SUMS,
    )
    if rest.height:
        other = rest.select(
            pl.lit(None, pl.List(pl.String)).alias("path"),
            pl.lit(value=True).alias("is_other"),
            pl.lit(rest.height, pl.Int64).alias("paths"),
            *(_sum_or_null(name) for name in _SUMS),
        ).head(1)
        told = pl.concat([told, other])
    return told.with_columns(
        (pl.col("sessions") / whole).alias("share"),
        quotient("converted", "sessions").alias("conversion_rate"),
        *interval("converted", "sessions"),
        relative_change("sessions", "previous_sessions").alias("change"),
        (pl.col("sessions") < SMALL).alias("small"),
    ).select(column.name for column in COLUMNS)


def _sum_or_null(name: str) -> pl.Expr:
    """Return the sum; null where nothing is known, of which polars makes 0."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(name)
