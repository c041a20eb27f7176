"""Where people go from a page, and where they come from."""

from __future__ import annotations

from typing import Final

import polars as pl

from reports.answers.paths import NONE
from reports.ask import SMALL, ask
from reports.breakdown import OTHER, text
from reports.intervals import newcombe
from reports.measures import interval, quotient
from reports.neighbours import neighbours
from reports.query import EVERYTHING, Filters, check_limit
from reports.ranked import foremost
from reports.result import Report
from reports.spec import ColumnSpec
from reports.trail import Trail, current_trail, previous_trail
from reports.visit_paths import LEVELS, names_of
from reports.warning import ReportWarning
from weblog.errors import UnknownNameError
from weblog.store import Snapshot, Store

DIRECTIONS: Final = ("next", "previous")

COLUMNS = (
    text("page", "Path of the page (or category), or the pattern asked for"),
    text("beside", "The next page, or the previous one; null where there was none"),
    text("direction", "'next' or 'previous': which of them"),
    ColumnSpec("is_end", pl.Boolean(), "", "There was none: the visit ended, or began, here"),
    OTHER,
    ColumnSpec("views", pl.Int64(), "count", "How often this followed, or came before"),
    ColumnSpec("page_views", pl.Int64(), "count", "Views of the page, reloads not counted"),
    ColumnSpec("share", pl.Float64(), "rate", "views / page_views: the probability"),
    ColumnSpec("low", pl.Float64(), "rate", "Lower end of the share's 95 % interval (Wilson)"),
    ColumnSpec("high", pl.Float64(), "rate", "Upper end of it"),
    ColumnSpec("previous_views", pl.Int64(), "count", "views in the period compared with"),
    ColumnSpec("previous_page_views", pl.Int64(), "count", "page_views in that period"),
    ColumnSpec("previous_share", pl.Float64(), "rate", "share in that period"),
    ColumnSpec("difference", pl.Float64(), "points", "share - previous_share"),
    ColumnSpec(
        "difference_low", pl.Float64(), "points", "Lower end of its 95 % interval (Newcombe)"
    ),
    ColumnSpec("difference_high", pl.Float64(), "points", "Upper end of it"),
    ColumnSpec("small", pl.Boolean(), "", f"Fewer than {SMALL} page_views: no conclusion"),
)


def next_pages(
    source: Store | Snapshot,
    filters: Filters = EVERYTHING,
    *,
    of: str | None = None,
    direction: str = "next",
    level: str = "page",
    limit: int | None = 20,
) -> Report:
    """Give the probabilities of the next page after a page, or of the previous one before it.

    ``of`` is a path pattern (with ``level="category"`` a category's name); None: of all pages,
    the commonest pairs. ``direction`` is "next" or "previous". The first ``limit`` rows by
    views, then one that sums up the others: ``views`` sum to the views of the page (or all
    pages), since each view is followed by one page or by none. A page viewed twice in a row is
    viewed once. Intervals take views as independent: of people who view a page again and again
    they tell less than they seem to. Columns, units and meanings: ``COLUMNS``.

    Raises:
        UnknownNameError: no such direction or level.
        QueryError: the filters contradict themselves, or ``limit`` is less than 1.
        StoreError: the store cannot be read.
    """
    check_limit(limit)
    for what, value, known in (("direction", direction, DIRECTIONS), ("level", level, LEVELS)):
        if value not in known:
            raise UnknownNameError(f"{what} of next_pages", value, list(known))
    asked = ask(source, filters, ("session",))
    now = _pairs(current_trail(asked), of, direction, level)
    before = previous_trail(asked)
    then = None if before is None else _pairs(before, of, direction, level)
    warnings = []
    if of and now.is_empty() and asked.sessions.height:
        warnings.append(ReportWarning("not_reached", {"step": f"{level}={of}"}))
    return asked.answer("next_pages", _ranked(now, then, direction, limit), *warnings)


def _pairs(trail: Trail, of: str | None, direction: str, level: str) -> pl.DataFrame:
    """Count ``views`` by ``page``, ``beside`` and ``is_end``."""
    names = names_of(trail, level).fill_null(NONE)
    known = names.unique().sort()
    numbers = names.cast(pl.Enum(known)).to_physical().cast(pl.UInt32)
    wanted = trail.whats["is_page"]
    if of is not None:
        wanted &= trail.fits(of) if level == "page" else names == of
    asked = numbers.filter(wanted).unique().sort()
    counted = neighbours(trail, numbers, asked, is_back=direction == "previous")
    if of is not None:
        counted = counted.group_by("beside").agg(pl.col("views").sum())
        counted = counted.with_columns(pl.lit(of).alias("page"))
    else:
        counted = counted.with_columns(known.gather(counted["label"]).alias("page"))
    return counted.select(
        "page",
        known.gather(counted["beside"]).alias("beside"),
        pl.col("beside").is_null().alias("is_end"),
        "views",
    )


def _ranked(
    now: pl.DataFrame, then: pl.DataFrame | None, direction: str, limit: int | None
) -> pl.DataFrame:
    keys = ["page", "beside", "is_end"]
    if then is None:
        rows = now.with_columns(pl.lit(None, pl.Int64).alias("previous_views"))
    else:
        earlier = then.rename({"views": "previous_views"})
        rows = now.join(earlier, on=keys, how="full", coalesce=True, nulls_equal=True)
        rows = rows.with_columns(pl.col("views", "previous_views").fill_null(0))
    views = ["views", "previous_views"]
    order = [*views, *keys[:2]]
    wholes = rows.group_by("page").agg(_sum(name, f"{name}_whole") for name in views)
    shown, rest = foremost(rows, order, [True, True, False, False], limit)
    told = shown.join(wholes, on="page", maintain_order="left")
    told = told.with_columns(pl.lit(value=False).alias("is_other"))
    if rest.height:
        # Of one page (or pattern) the rest has the same whole; of many there is none.
        is_one = wholes.height == 1
        of = [pl.first(f"{name}_whole") for name in views] if is_one else [
            pl.lit(None, pl.Int64).alias(f"{name}_whole") for name in views
        ]  # fmt: skip
        other = rest.join(wholes, on="page").select(
            pl.first("page") if is_one else pl.lit(None, pl.String).alias("page"),
            pl.lit(None, pl.String).alias("beside"),
            pl.lit(value=False).alias("is_end"),
            *(_sum(name, name) for name in views),
            *of,
            pl.lit(value=True).alias("is_other"),
        )
        told = pl.concat([told, other.head(1)])
    low, high = newcombe(*(pl.col(name) for name in (
        "views", "page_views", "previous_views", "previous_page_views"
    )))  # fmt: skip
    return (
        told.rename({"views_whole": "page_views", "previous_views_whole": "previous_page_views"})
        .with_columns(
            quotient("views", "page_views").alias("share"),
            quotient("previous_views", "previous_page_views").alias("previous_share"),
            *interval("views", "page_views"),
            pl.lit(direction).alias("direction"),
            low.alias("difference_low"),
            high.alias("difference_high"),
            (pl.col("page_views") < SMALL).fill_null(value=False).alias("small"),
        )
        .with_columns((pl.col("share") - pl.col("previous_share")).alias("difference"))
        .select(column.name for column in COLUMNS)
    )


def _sum(name: str, called: str) -> pl.Expr:
    """Return the sum; null where nothing is known, of which polars makes 0."""
    return pl.when(pl.col(name).is_not_null().any()).then(pl.col(name).sum()).alias(called)
